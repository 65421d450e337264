import { KERNEL_RULE } from '../kvm/kernelRules.ts';
import { check } from '../memory/assume.ts';
import type { Memory } from '../memory/memory.ts';
import { ARMED, type Guest, type Page, UNMAPPED, WRITABLE } from './guest.ts';

/**
 * Write-protects page `offset + i` of a slot with `npages` pages, for each set bit i of `mask`, in
 * 64-bit arithmetic as in the kernel. A page beyond the slot is an access out of bounds: KVM's
 * array of reverse mappings has no element for it. Called with mmu_lock held.
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
    check(inside, KERNEL_RULE.G1_WITHIN_BOUNDS, `re-arms page ${page} of slot ${slot}, which has ${npages}`);
    mem.store(pages[Number(page)].armed, ARMED);
  }
}

/**
 * Removes the write protection. The page must be recorded as dirty before. Called with mmu_lock
 * held.
 */
export function makeWritable(mem: Memory, page: Page): void {
  mem.store(page.armed, WRITABLE);
}

/** Whether a write to the page must be recorded. Called with mmu_lock held. */
export function isArmed(mem: Memory, page: Page): boolean {
  return mem.load(page.armed) !== WRITABLE;
}

/** Caches the translation of a writable page on vCPU `vcpu`. Called with mmu_lock held. */
export function cacheTranslation(mem: Memory, vcpu: number, page: Page): void {
  mem.fetchOr(page.translations, 1 << vcpu);
}

/**
 * Removes all pages of a slot from the page tables. Called with slots_lock and mmu_lock held; a
 * flush must follow.
 */
export function zapSlot(mem: Memory, guest: Guest, slot: number): void {
  for (const page of guest.slots.get(slot)!) mem.store(page.armed, UNMAPPED);
}

/**
 * Drops all cached translations of all vCPUs, as a TLB shootdown does. Returns when none is left.
 * Needs no lock.
 */
export function flushTranslations(mem: Memory, guest: Guest): void {
  // After all stores of the reset: pairs with loadAcquire(word) in guestStore
  for (const page of guest.pages) mem.xchg(page.translations, 0);
}
