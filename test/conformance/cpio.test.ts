import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cpio, MODE_CHARACTER_DEVICE, MODE_EXECUTABLE, MODE_FOLDER } from '../../src/conformance/cpio.ts';

/** Reads an archive as the kernel does: by the lengths in each header. */
function entriesOf(archive: Buffer) {
  const entries: { name: string; inode: number; mode: number; device: number[]; data: Buffer }[] = [];
  for (let at = 0; ; ) {
    expect(at % 4).toBe(0);
    expect(archive.subarray(at, at + 6).toString()).toBe('070701');
    const field = (_: unknown, i: number) =>
      Number.parseInt(archive.toString('latin1', at + 6 + 8 * i, at + 14 + 8 * i), 16);
    const [inode, mode, , , , , length, , , major, minor, nameLength] = Array.from({ length: 13 }, field);
    const nameAt = at + 110;
    const name = archive.subarray(nameAt, nameAt + nameLength - 1).toString();
    expect(archive[nameAt + nameLength - 1]).toBe(0);
    const dataAt = (nameAt + nameLength + 3) & ~3;
    const data = archive.subarray(dataAt, dataAt + length);
    at = (dataAt + length + 3) & ~3;
    if (name === 'TRAILER!!!') {
      expect(at).toBe(archive.length);
      return entries;
    }
    entries.push({ name, inode, mode, device: [major, minor], data });
  }
}

test('an archive has the names, modes, devices and data that were written', () => {
  const name = fc.stringMatching(/^[a-z][a-z/]{0,20}$/);
  fc.assert(
    fc.property(fc.array(fc.record({ name, data: fc.uint8Array({ maxLength: 20 }) })), (files) => {
      const read = entriesOf(cpio(files.map((file) => ({ ...file, mode: MODE_EXECUTABLE }))));
      expect(read.map(({ name, data }) => ({ name, data: [...data] }))).toEqual(
        files.map(({ name, data }) => ({ name, data: [...data] })),
      );
      expect(new Set(read.map(({ inode }) => inode)).size).toBe(files.length);
    }),
  );
});

test('folders and devices', () => {
  const [folder, device] = entriesOf(
    cpio([
      { name: 'dev', mode: MODE_FOLDER },
      { name: 'dev/console', mode: MODE_CHARACTER_DEVICE, device: [5, 1] },
    ]),
  );
  expect([folder.mode, folder.data.length]).toEqual([0o040755, 0]);
  expect([device.mode, device.device]).toEqual([0o020600, [5, 1]]);
});
