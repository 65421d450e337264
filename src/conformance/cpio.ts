/** A file or folder of an archive. */
export interface CpioFile {
  /** Path without a leading slash. */
  readonly name: string;
  /** As in st_mode: file type and permissions. */
  readonly mode: number;
  readonly data?: Uint8Array;
  /** For a device: its major and minor number. */
  readonly device?: readonly [number, number];
}

export const MODE_FOLDER = 0o040755;
export const MODE_EXECUTABLE = 0o100755;
export const MODE_CHARACTER_DEVICE = 0o020600;

const MAGIC = '070701';
const TRAILER: CpioFile = { name: 'TRAILER!!!', mode: 0 };

/**
 * An archive in the "newc" format of cpio, which Linux expects for an initial RAM disk (see
 * Documentation/driver-api/early-userspace/buffer-format.rst).
 */
export function cpio(files: readonly CpioFile[]): Buffer {
  return Buffer.concat([...files, TRAILER].flatMap(record));
}

/**
 * One record: a header of numbers with eight hexadecimal digits each, the name, and the data. Name
 * and data are padded to multiples of four bytes.
 */
function record({ name, mode, data = new Uint8Array(), device = [0, 0] }: CpioFile, index: number): Uint8Array[] {
  const path = Buffer.from(`${name}\0`);
  const inode = index + 1;
  const links = 1;
  const fields = [inode, mode, 0, 0, links, 0, data.length, 0, 0, ...device, path.length, 0];
  const header = MAGIC + fields.map((field) => field.toString(16).toUpperCase().padStart(8, '0')).join('');
  return [padded(Buffer.concat([Buffer.from(header), path])), padded(data)];
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
