import type { Cell } from '../memory/cell.ts';
import type { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';
import { ARMED, type Page, WRITABLE } from './guest.ts';
import { cacheTranslation } from './mmu.ts';

/**
 * The page-modification log of a vCPU (Intel SDM volume 3, 29.3.6). With it, a write to a page
 * whose dirty bit is clear does not exit: the processor sets the bit and logs the page. Only the
 * thread of the vCPU accesses the log.
 */
export interface Pml {
  /** Entries in use. */
  readonly used: Cell;
  /** Page ids, in the order of the writes. */
  readonly entries: readonly Cell[];
}

/** @param size entries: 512 on hardware. */
export function layPml(layout: Layout, vcpu: number, size: number): Pml {
  const used = layout.cell(`vcpu${vcpu}.pml.used`, 'u32');
  return { used, entries: Array.from({ length: size }, (_, i) => layout.cell(`vcpu${vcpu}.pml[${i}]`, 'u32')) };
}

/**
 * The processor's page walk for a store without a cached translation. Returns `full` when the log
 * has no room and the vCPU must exit first, `fault` when the page is not mapped. Here ARMED is a
 * clear dirty bit. A walk ends before a shootdown is acknowledged: a translation that it cached of
 * a page that was re-armed meanwhile is dropped as well.
 */
export function walkAndLog(mem: Memory, pml: Pml, vcpu: number, page: Page): 'cached' | 'full' | 'fault' {
  const armed = mem.load(page.armed);
  if (armed === ARMED) {
    const used = mem.load(pml.used);
    if (used === pml.entries.length) return 'full';
    if (mem.cmpxchg(page.armed, ARMED, WRITABLE) === ARMED) {
      mem.store(pml.entries[used], page.id);
      mem.store(pml.used, used + 1);
    }
  } else if (armed !== WRITABLE) return 'fault';
  cacheTranslation(mem, vcpu, page);
  if (mem.load(page.armed) !== WRITABLE) mem.fetchAnd(page.translations, ~(1 << vcpu));
  return 'cached';
}
