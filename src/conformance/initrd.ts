import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorCode } from '../files/fileErrors.ts';
import { BadInput } from '../input/badInput.ts';
import { cpio, MODE_CHARACTER_DEVICE, MODE_EXECUTABLE, MODE_FOLDER } from './cpio.ts';
import { type ConformanceOperation, formatOperation } from './operations.ts';
import { ToolMissing } from './toolMissing.ts';

/** The modules that provide /dev/kvm, in load order. QEMU emulates AMD's SVM. */
const MODULES = ['irqbypass', 'kvm', 'kvm-amd'];
/** The file suffixes of modules. The kernel decompresses them itself. */
const SUFFIXES = ['.ko', '.ko.xz', '.ko.zst', '.ko.gz'];
/** The C program, located relative to both src and dist. */
const SOURCE = fileURLToPath(new URL('../../src/conformance/init.c', import.meta.url));

/**
 * An initial RAM disk with our init program, the KVM modules found below `modules`, and the lists.
 * Throws BadInput if a module is missing, and ToolMissing if there is no C compiler.
 */
export function initrd(modules: string, lists: readonly (readonly ConformanceOperation[])[]): Buffer {
  return packInitrd(modules, SOURCE, { lists: textOf(lists) });
}

/**
 * An initial RAM disk with a C program as its first process, the KVM modules found below `modules`,
 * and text files by name. Throws BadInput if a module is missing, and ToolMissing if there is no C
 * compiler.
 */
export function packInitrd(modules: string, source: string, texts: Readonly<Record<string, string>>): Buffer {
  const found = modulesIn(modules);
  return cpio([
    { name: 'dev', mode: MODE_FOLDER },
    { name: 'dev/console', mode: MODE_CHARACTER_DEVICE, device: [5, 1] },
    { name: 'init', mode: MODE_EXECUTABLE, data: compiledInit(source) },
    ...found.map(({ name, path }) => ({ name: `${name}.ko`, mode: MODE_EXECUTABLE, data: readFileSync(path) })),
    ...Object.entries(texts).map(([name, text]) => ({ name, mode: MODE_EXECUTABLE, data: Buffer.from(text) })),
  ]);
}

const textOf = (lists: readonly (readonly ConformanceOperation[])[]): string =>
  lists.map((list) => `${['list', ...list.map(formatOperation)].join('\n')}\n`).join('');

function modulesIn(folder: string): { readonly name: string; readonly path: string }[] {
  let files: string[];
  try {
    files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    throw new BadInput(`--modules ${folder}: ${errorCode(error)}`);
  }
  return MODULES.map((name) => {
    const names = SUFFIXES.map((suffix) => name + suffix);
    const [file, another] = files.filter((path) => names.includes(basename(path)));
    if (file === undefined) throw new BadInput(`--modules ${folder}: no ${name}.ko in it, nor compressed`);
    if (another !== undefined)
      throw new BadInput(`--modules ${folder}: two of ${name}.ko: name the folder of one kernel`);
    return { name, path: join(folder, file) };
  });
}

/** Compiles a program with the host's compiler. This takes less than a second: it is not cached. */
function compiledInit(source: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'gfnring-init-'));
  try {
    const to = join(folder, 'init');
    const { error, status, stderr } = spawnSync('cc', ['-static', '-pthread', '-O1', '-o', to, source], {
      encoding: 'utf8',
    });
    if (error !== undefined)
      throw new ToolMissing(
        'cc',
        'a C compiler that links statically, with the headers of Linux (Debian: gcc, libc6-dev)',
      );
    if (status !== 0) throw new ToolMissing('cc', `it fails on our own program: ${stderr.trim().split('\n').at(-1)}`);
    return readFileSync(to);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
