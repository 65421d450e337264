import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BadInput } from '../input/badInput.ts';
import { cpio, MODE_CHARACTER_DEVICE, MODE_EXECUTABLE, MODE_FOLDER } from './cpio.ts';
import { type ConformanceOperation, lineOf } from './operations.ts';
import { ToolMissing } from './toolMissing.ts';

/** What a machine needs to have /dev/kvm, in the order in which it is loaded. QEMU's emulation has AMD's SVM. */
const MODULES = ['irqbypass', 'kvm', 'kvm-amd'];
/** As packages have them. A compressed one is unpacked by the kernel. */
const SUFFIXES = ['.ko', '.ko.xz', '.ko.zst', '.ko.gz'];
/** The program in C, seen from the source and from dist. */
const SOURCE = fileURLToPath(new URL('../../src/conformance/init.c', import.meta.url));

/** An initial RAM disk: our program, the modules of KVM from anywhere below `modules`, and the lists. Throws BadInput where a module is not there, ToolMissing where cc is not. */
export function initrd(modules: string, lists: readonly (readonly ConformanceOperation[])[]): Buffer {
  const found = modulesIn(modules);
  return cpio([
    { name: 'dev', mode: MODE_FOLDER },
    { name: 'dev/console', mode: MODE_CHARACTER_DEVICE, device: [5, 1] },
    { name: 'init', mode: MODE_EXECUTABLE, data: compiledInit() },
    ...found.map(({ name, path }) => ({ name: `${name}.ko`, mode: MODE_EXECUTABLE, data: readFileSync(path) })),
    { name: 'lists', mode: MODE_EXECUTABLE, data: Buffer.from(textOf(lists)) },
  ]);
}

const textOf = (lists: readonly (readonly ConformanceOperation[])[]): string =>
  lists.map((list) => `${['list', ...list.map(lineOf)].join('\n')}\n`).join('');

function modulesIn(folder: string): { readonly name: string; readonly path: string }[] {
  let files: string[];
  try {
    files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    throw new BadInput(`--modules ${folder}: ${(error as NodeJS.ErrnoException).code}`);
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

/** Compiled by the host's own compiler each time: it takes less than a second. */
function compiledInit(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'gfnring-init-'));
  try {
    const to = join(folder, 'init');
    const { error, status, stderr } = spawnSync('cc', ['-static', '-O1', '-o', to, SOURCE], { encoding: 'utf8' });
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
