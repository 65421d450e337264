import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../files/fileErrors.ts';
import { BadInput } from '../input/badInput.ts';
import { type VersionName, versions } from '../trackers/dirtyRing/versions.ts';
import type { KernelFile } from '../trackers/interface/tracker.ts';
import { type Agreement, compareList, noAgreement } from './compare.ts';
import { initrd } from './initrd.ts';
import { emptyOutput, type MachineOutput, readLine } from './machineOutput.ts';
import { modelReference } from './modelReference.ts';
import type { ConformanceOperation } from './operations.ts';
import { boot } from './qemu.ts';
import type { Observation, Reference } from './reference.ts';
import { ringReference } from './ringReference.ts';
import { versionForRelease } from './versionOf.ts';

export interface KernelFiles {
  /** An x86-64 kernel image, as distributions install it in /boot. */
  readonly vmlinuz: string;
  /** A folder that contains the modules of that kernel at any depth. */
  readonly modules: string;
}

/**
 * Runs lists of operations in a kernel: all in one boot, each in a VM of its own. Throws BadInput,
 * ToolMissing, or Error if the machine stopped early.
 *
 * @param first the number of the first list.
 */
export async function observe(
  files: KernelFiles,
  lists: readonly (readonly ConformanceOperation[])[],
  first = 0,
): Promise<MachineOutput> {
  const { vmlinuz, modules } = files;
  checkReadable(vmlinuz);
  const disk = initrd(modules, lists);
  const folder = mkdtempSync(join(tmpdir(), 'gfnring-boot-'));
  try {
    const paths = { vmlinuz, initrd: join(folder, 'initrd'), console: join(folder, 'console') };
    writeFileSync(paths.initrd, disk);
    writeFileSync(paths.console, '');
    const output = emptyOutput();
    let wrong: unknown;
    const console = await boot(paths, (line) => {
      try {
        if (wrong === undefined) readLine(output, line);
      } catch (error) {
        wrong = error;
      }
    });
    if (wrong !== undefined) throw wrong;
    if (!output.complete) throw new Error(stopped(output, console, first));
    return output;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Throws BadInput if the kernel's image cannot be read. */
export function checkReadable(vmlinuz: string): void {
  try {
    accessSync(vmlinuz, constants.R_OK);
  } catch (error) {
    throw new BadInput(`--vmlinuz ${vmlinuz}: ${errorCode(error)}`);
  }
}

function stopped({ release, lists }: MachineOutput, console: string, first: number): string {
  const where = lists.length === 0 ? '' : ` in list ${first + lists.length - 1} at operation ${lists.at(-1)!.length}`;
  const last = console.trim().split('\n').slice(-3).join(' | ');
  return `the machine${release && ` with ${release}`} stopped${where}: ${last || 'nothing on its console'}`;
}

/**
 * The references for a kernel of this release: the model, our merged ring, and a C file if one is
 * given. Throws BadInput if the kernel has no dirty ring.
 *
 * @param ring the version of our ring; left out: the one that fits the release.
 */
export function referencesFor(release: string, ring?: VersionName, file?: KernelFile): Reference[] {
  const version = versionForRelease(release);
  if (version === undefined) throw new BadInput(`the kernel is ${release}: there is a dirty ring from 5.11 on`);
  const ours = [modelReference(versions[version].softFullRequest), ringReference(ring ?? version)];
  return file === undefined ? ours : [...ours, ringReference(ring ?? version, file)];
}

/**
 * Compares each reference with the kernel on all lists.
 *
 * @param first the number of the first list.
 */
export function compareReferences(
  lists: readonly (readonly ConformanceOperation[])[],
  kernel: readonly (readonly Observation[])[],
  references: readonly Reference[],
  first = 0,
): Agreement[] {
  return references.map((reference) => {
    const agreement = noAgreement(reference.name);
    for (const [i, list] of lists.entries()) compareList(agreement, first + i, list, kernel[i], reference.run(list));
    return agreement;
  });
}
