import { u16 } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';
import type { Page } from './guest.ts';

/**
 * One store instruction of the guest on vCPU `vcpu`. Returns false when it faults: no writable
 * translation is cached. The compare includes version and translations: no store goes through a
 * translation whose shootdown has been acknowledged.
 */
export function guestStore(mem: Memory, vcpu: number, page: Page): boolean {
  for (;;) {
    // A fault follows its shootdown: pairs with xchg(translations) in flushTranslations
    const word = mem.loadAcquire(page.word);
    if ((word & (1 << (16 + vcpu))) === 0) return false;
    const written = ((word & 0xffff_0000) | u16(word + 1)) >>> 0;
    if (mem.cmpxchg(page.word, word, written) === word) return true;
  }
}
