import { u16 } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';
import type { Page } from './guest.ts';

/**
 * One store instruction of the guest on vCPU `vcpu`. Returns false when it faults: no writable translation is cached. The compare takes
 * version and translations together, as a store cannot retire through a translation whose shootdown has been acknowledged.
 */
export function guestStore(mem: Memory, vcpu: number, page: Page): boolean {
  for (;;) {
    const word = mem.loadAcquire(page.word); // a fault comes after the shootdown that led to it: pairs with xchg(translations) in flushTranslations
    if ((word & (1 << (16 + vcpu))) === 0) return false;
    const written = ((word & 0xffff_0000) | u16(word + 1)) >>> 0;
    if (mem.cmpxchg(page.word, word, written) === word) return true;
  }
}
