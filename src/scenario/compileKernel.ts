import { compile } from '../kernel/compile/compile.ts';
import type { KernelFile } from '../trackers/interface/tracker.ts';
import { kernelFileOf, type OutsideEvents, outsideEventsOf, trackerOfApi } from './compiledKernel.ts';

/** A kernel's C file for `vm`. */
export interface KernelOfVm extends KernelFile, OutsideEvents {
  /** The tracker that has the functions of the file. */
  readonly tracker: string;
}

/**
 * Compiles a kernel's C file, as `gfnring kernel` does, or takes it from the cache. Rejects with
 * `BadInput` where it cannot be compiled.
 *
 * @param kdir the kernel tree
 * @param file the C file, relative to the tree
 */
export async function compileKernel(kdir: string, file = 'virt/kvm/dirty_ring.c'): Promise<KernelOfVm> {
  const compiled = await compile({ kdir, file, allowed: [] });
  return { ...kernelFileOf(compiled), ...outsideEventsOf(compiled), tracker: trackerOfApi[compiled.api] };
}
