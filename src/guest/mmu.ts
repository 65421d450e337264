import { check } from '../memory/assume.ts';
import type { Memory } from '../memory/memory.ts';
import { ARMED, type Guest, type Page, UNMAPPED, WRITABLE } from './guest.ts';

/**
 * Write-protects page `offset + i` of a slot that has `npages` now, for each set bit i of `mask`; 64-bit arithmetic, as the kernel's. Called with mmu_lock
 * held. A page that the slot has no room for is an access out of bounds: KVM's array of reverse mappings has no element for it.
 */
export function writeProtect(
  mem: Memory,
  guest: Guest,
  { slot, npages }: { readonly slot: number; readonly npages: number },
  offset: bigint,
  mask: bigint,
): void {
  const pages = guest.slots.get(slot)!;
  for (let i = 0n, rest = mask; rest !== 0n; i++, rest >>= 1n) {
    if ((rest & 1n) === 0n) continue;
    const page = BigInt.asUintN(64, offset + i);
    const inside = page < BigInt(npages);
    check(
      inside,
      'G1 the kernel touches nothing beyond ring and slot',
      `re-arms page ${page} of slot ${slot}, which has ${npages}`,
    );
    mem.store(pages[Number(page)].armed, ARMED);
  }
}

/** Takes the protection away; the page must have been recorded as dirty before. Called with mmu_lock held. */
export function makeWritable(mem: Memory, page: Page): void {
  mem.store(page.armed, WRITABLE);
}

/** Whether a write to the page must be recorded. Called with mmu_lock held. */
export function isArmed(mem: Memory, page: Page): boolean {
  return mem.load(page.armed) !== WRITABLE;
}

/** Caches the translation of a page that is writable, on vCPU `vcpu`. Called with mmu_lock held. */
export function cacheTranslation(mem: Memory, vcpu: number, page: Page): void {
  mem.fetchOr(page.translations, 1 << vcpu);
}

/** Takes all pages of a slot out of the page tables. Called with slots_lock and mmu_lock held; a flush has to follow. */
export function zapSlot(mem: Memory, guest: Guest, slot: number): void {
  for (const page of guest.slots.get(slot)!) mem.store(page.armed, UNMAPPED);
}

/** Drops all cached translations of all vCPUs, as the shootdown interrupt does. Returns when all have gone. */
export function flushTranslations(mem: Memory, guest: Guest): void {
  for (const page of guest.pages) mem.xchg(page.translations, 0); // after all that the reset did: pairs with loadAcquire(word) in guestStore
}
