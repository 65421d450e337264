import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Observation, RingEntry, TraceRecord } from '../../src/conformance/reference.ts';
import { main, runNode, temporaryFolder } from '../commandLine.ts';

/** A compiler that writes an empty file: no real kernel is booted either. */
export const cc = 'while [ "$1" != -o ]; do shift; done; : > "$2"';

/** A kernel, its modules, and programs in the place of QEMU, for the tests of one file. */
export function fakeMachine() {
  const { folder, path: at } = temporaryFolder();
  const vmlinuz = at('vmlinuz');
  const modules = at('modules');
  writeFileSync(vmlinuz, '');
  mkdirSync(join(modules, 'kvm'), { recursive: true });
  for (const name of ['irqbypass.ko', 'kvm/kvm.ko.xz', 'kvm/kvm-amd.ko.xz']) writeFileSync(join(modules, name), '');
  const files = ['--vmlinuz', vmlinuz, '--modules', modules];
  const runWith = (programs: Record<string, string>, args: readonly string[]) => {
    const path = mkdtempSync(join(folder, 'bin-'));
    for (const [name, script] of Object.entries(programs)) {
      writeFileSync(join(path, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(path, name), 0o755);
    }
    return runNode([main, 'kernel', ...args], { env: { PATH: path } });
  };
  return {
    vmlinuz,
    modules,
    /** Runs the command with only these programs on the PATH. */
    conformance: (programs: Record<string, string>, ...args: string[]) =>
      runWith(programs, ['conformance', ...files, ...args]),
    /** The same for `confirm`. */
    confirm: (programs: Record<string, string>, finding: string, ...args: string[]) =>
      runWith(programs, ['confirm', finding, ...files, ...args]),
    /** A QEMU that prints these lines. */
    machine(lines: readonly object[]): Record<string, string> {
      const output = join(mkdtempSync(join(folder, 'output-')), 'lines');
      writeFileSync(output, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      return { cc, 'qemu-system-x86_64': `while read -r line; do echo "$line"; done < ${output}` };
    },
  };
}

const traceText = (record: TraceRecord): string => {
  if (record.event === 'exit') return `kvm_dirty_ring_exit: vcpu ${record.vcpu}`;
  const { ring, dirty, reset } = record;
  const text = `kvm_dirty_ring_${record.event}: ring ${ring}: dirty 0x${dirty.toString(16)} reset 0x${reset.toString(16)}`;
  const what = record.event === 'push' ? ` slot ${record.slot} offset 0x${record.offset.toString(16)}` : '';
  return `${text}${what} (used ${(dirty - reset) >>> 0})`;
};

/** The lines that the program in a machine prints for these observations. */
export function linesOf(release: string, lists: readonly (readonly Observation[])[]): object[] {
  const lines: object[] = [{ kernel: release, build: '#1 SMP' }];
  for (const list of lists) {
    lines.push({ list: true });
    const before: RingEntry[][] = [[], []];
    for (const { returned, left, rings, trace } of list) {
      const entries = rings.flatMap((ring, vcpu) =>
        ring.flatMap((entry, i) => {
          const { flags, slot, offset } = entry;
          const old = before[vcpu][i] ?? { flags: 0, slot: 0, offset: 0n };
          before[vcpu][i] = entry;
          const same = old.flags === flags && old.slot === slot && old.offset === offset;
          return same ? [] : [[vcpu, i, flags, slot, `${offset}`]];
        }),
      );
      lines.push({ returned, left, size: rings[0]?.length ?? 0, entries, trace: trace.map(traceText) });
    }
  }
  return [...lines, { end: true }];
}
