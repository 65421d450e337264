import type { Memory } from '../memory/memory.ts';
import type { Guest, Page } from './guest.ts';

/** Write-protects page `offset + i` of slot `slot` for each set bit i of `mask`. Called with mmu_lock held. */
export function writeProtect(mem: Memory, guest: Guest, slot: number, offset: bigint, mask: bigint): void {
  const pages = guest.slots.get(slot)!;
  for (let i = 0, rest = mask; rest !== 0n; i++, rest >>= 1n) {
    if (rest & 1n) mem.store(pages[Number(offset) + i].armed, 1);
  }
}

/** Takes the protection away; the page must have been recorded as dirty before. Called with mmu_lock held. */
export function makeWritable(mem: Memory, page: Page): void {
  mem.store(page.armed, 0);
}

/** Whether a write to the page must be recorded. Called with mmu_lock held. */
export function isArmed(mem: Memory, page: Page): boolean {
  return mem.load(page.armed) === 1;
}

/** Caches the translation of a page that is writable, on vCPU `vcpu`. Called with mmu_lock held. */
export function cacheTranslation(mem: Memory, vcpu: number, page: Page): void {
  mem.fetchOr(page.translations, 1 << vcpu);
}

/** Drops all cached translations of all vCPUs, as the shootdown interrupt does. Returns when all have gone. */
export function flushTranslations(mem: Memory, guest: Guest): void {
  for (const page of guest.pages) mem.xchg(page.translations, 0); // after all that the reset did: pairs with loadAcquire(word) in guestStore
}
