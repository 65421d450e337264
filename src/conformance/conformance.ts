import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadInput } from '../input/badInput.ts';
import { type VersionName, versions } from '../trackers/dirtyRing/versions.ts';
import type { KernelFile } from '../trackers/interface/tracker.ts';
import { type Agreement, compareList, noAgreement } from './compare.ts';
import { initrd } from './initrd.ts';
import { type MachineOutput, noOutput, readLine } from './machineOutput.ts';
import { modelParty } from './modelReference.ts';
import type { ConformanceOperation } from './operations.ts';
import { boot } from './qemu.ts';
import type { Observed, Reference } from './reference.ts';
import { ringParty } from './ringReference.ts';
import { versionOf } from './versionOf.ts';

export interface KernelFiles {
  /** A kernel for x86-64, as distributions have it in /boot. */
  readonly vmlinuz: string;
  /** A folder with the modules of that kernel, anywhere below it. */
  readonly modules: string;
}

/** Performs lists in a kernel, each in a VM of its own, all in one boot. `first`: the number of the first list. Throws BadInput, ToolMissing, or Error where the machine did not get through. */
export async function observe(
  files: KernelFiles,
  lists: readonly (readonly ConformanceOperation[])[],
  first = 0,
): Promise<MachineOutput> {
  const { vmlinuz, modules } = files;
  try {
    accessSync(vmlinuz, constants.R_OK);
  } catch (error) {
    throw new BadInput(`--vmlinuz ${vmlinuz}: ${(error as NodeJS.ErrnoException).code}`);
  }
  const disk = initrd(modules, lists);
  const folder = mkdtempSync(join(tmpdir(), 'gfnring-boot-'));
  try {
    const paths = { vmlinuz, initrd: join(folder, 'initrd'), console: join(folder, 'console') };
    writeFileSync(paths.initrd, disk);
    writeFileSync(paths.console, '');
    const output = noOutput();
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

function stopped({ release, lists }: MachineOutput, console: string, first: number): string {
  const where = lists.length === 0 ? '' : ` in list ${first + lists.length - 1} at operation ${lists.at(-1)!.length}`;
  const last = console.trim().split('\n').slice(-3).join(' | ');
  return `the machine${release && ` with ${release}`} stopped${where}: ${last || 'nothing on its console'}`;
}

/**
 * Whom a kernel of this release is held against: the model, our ring, of the nearest version unless one is named, and a C file where one is given. Throws BadInput where there is no
 * ring in the kernel.
 */
export function partiesOf(release: string, ring?: VersionName, file?: KernelFile): Reference[] {
  const version = versionOf(release);
  if (version === undefined) throw new BadInput(`the kernel is ${release}: there is a dirty ring from 5.11 on`);
  const ours = [modelParty(versions[version].softFullRequest), ringParty(ring ?? version)];
  return file === undefined ? ours : [...ours, ringParty(ring ?? version, file)];
}

/** What each party says of all lists, against the kernel. `first`: the number of the first list. */
export function agreements(
  lists: readonly (readonly ConformanceOperation[])[],
  kernel: readonly (readonly Observed[])[],
  parties: readonly Reference[],
  first = 0,
): Agreement[] {
  return parties.map((party) => {
    const agreement = noAgreement(party.name);
    for (const [i, list] of lists.entries()) compareList(agreement, first + i, list, kernel[i], party.run(list));
    return agreement;
  });
}
