import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { BadInput } from '../input/badInput.ts';
import { errorCode } from './fileErrors.ts';

const MEGABYTE = 2 ** 20;
/** The largest document that a user writes, in bytes. */
const DOCUMENT_MAX = 16 * MEGABYTE;
/** The largest file of a campaign, in bytes. */
const CAMPAIGN_FILE_MAX = 512 * MEGABYTE;
/** Bytes of one read. Files in /proc report no size, so a file is read until it ends. */
const CHUNK = 1 << 16;

export interface InputFile {
  /** What the file should be, for messages: `scenario`. */
  readonly what: string;
  /** The largest size in bytes. */
  readonly bytesMax?: number;
  /** Whether the file itself may be a symbolic link. */
  readonly followLinks?: boolean;
}

/**
 * The text of a file that the user named. The file must be regular and in UTF-8. A byte order mark
 * is dropped. Throws `BadInput`, in one line.
 */
export function readInput(file: string, input: InputFile): string {
  try {
    return decode(readRegularFile(file, input), file);
  } catch (error) {
    throw asBadInput(error, file, input);
  }
}

/** Throws what `readInput` throws for what is no regular file, or too large. Reads nothing. */
export function checkInput(file: string, input: InputFile): void {
  try {
    const { size } = withRegularFile(file, input, (fd) => fstatSync(fd));
    if (size > bytesMaxOf(input)) throw tooLarge(file, input);
  } catch (error) {
    throw asBadInput(error, file, input);
  }
}

/** The same for a file whose encoding does not matter, as C with names in its comments. */
export function readInputBytes(file: string, input: InputFile): Buffer {
  try {
    return readRegularFile(file, input);
  } catch (error) {
    throw asBadInput(error, file, input);
  }
}

/** The text of standard input, until it ends. Throws `BadInput`. */
export function readStandardInput(input: InputFile): string {
  try {
    return readToEnd(0, 'standard input', input).toString();
  } catch (error) {
    throw asBadInput(error, 'standard input', input);
  }
}

/**
 * The content of a file in a directory that the program writes. Undefined if there is none. Throws
 * `BadInput` for a link, or what is no regular file, and any other error of the file system.
 */
export function readBytes(file: string): Buffer | undefined {
  try {
    return readRegularFile(file, { what: 'file', bytesMax: CAMPAIGN_FILE_MAX, followLinks: false });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** The same as text, in UTF-8. */
export function readText(file: string): string | undefined {
  const bytes = readBytes(file);
  return bytes && decode(bytes, file);
}

/** What is at a path, behind links. Undefined if it cannot be told. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

const bytesMaxOf = ({ bytesMax = DOCUMENT_MAX }: InputFile): number => bytesMax;

const tooLarge = (file: string, input: InputFile): BadInput =>
  new BadInput(`${file} is too large: at most ${bytesMaxOf(input) / MEGABYTE} MB are read`);

const asBadInput = (error: unknown, file: string, { what }: InputFile): BadInput =>
  error instanceof BadInput ? error : new BadInput(`cannot read the ${what} ${file}: ${errorCode(error) ?? error}`);

/** Throws `BadInput`, or an error of the file system. */
const readRegularFile = (file: string, input: InputFile): Buffer =>
  withRegularFile(file, input, (fd) => readToEnd(fd, file, input));

function withRegularFile<T>(file: string, { what, followLinks = true }: InputFile, use: (fd: number) => T): T {
  const fd = openWithoutBlocking(file, what, followLinks);
  try {
    const kind = kindOf(fstatSync(fd));
    if (kind !== undefined) throw new BadInput(`cannot read the ${what} ${file}: it is ${kind}, and no regular file`);
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

/** A FIFO without a writer would block until it has one. */
function openWithoutBlocking(file: string, what: string, followLinks: boolean): number {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOCTTY = 0, O_NOFOLLOW = 0 } = constants;
  try {
    return openSync(file, O_RDONLY | O_NONBLOCK | O_NOCTTY | (followLinks ? 0 : O_NOFOLLOW));
  } catch (error) {
    if (errorCode(error) === 'ELOOP' && !followLinks)
      throw new BadInput(`cannot read the ${what} ${file}: it is a symbolic link`);
    if (errorCode(error) === 'ENXIO') throw new BadInput(`cannot read the ${what} ${file}: it is a socket`);
    if (error instanceof TypeError) throw new BadInput(`cannot read the ${what} ${file}: a path has no null character`);
    throw error;
  }
}

/** Undefined: a regular file. */
function kindOf(stats: Stats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a FIFO';
  return stats.isSocket() ? 'a socket' : 'a device';
}

function readToEnd(fd: number, file: string, input: InputFile): Buffer {
  const bytesMax = bytesMaxOf(input);
  const { size } = fstatSync(fd);
  if (size > bytesMax) throw tooLarge(file, input);
  let bytes = Buffer.allocUnsafe(Math.max(size + 1, CHUNK));
  for (let end = 0; ; ) {
    const count = readSome(fd, bytes, end);
    if (count === 0) return bytes.subarray(0, end);
    end += count;
    if (end > bytesMax) throw tooLarge(file, input);
    if (end === bytes.length) bytes = Buffer.concat([bytes], 2 * end);
  }
}

/** A pipe that another process has made non-blocking may have nothing yet. */
function readSome(fd: number, bytes: Buffer, end: number): number {
  for (;;)
    try {
      return readSync(fd, bytes, end, bytes.length - end, null);
    } catch (error) {
      if (errorCode(error) === 'EOF') return 0;
      if (errorCode(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
}

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BadInput(`${file} is no text in UTF-8`);
  }
}
