import type { Cell } from '../memory/cell.ts';
import type { Layout } from '../memory/layout.ts';

/** The most vCPUs of a guest: each has a bit in the `translations` of a page. */
export const VCPUS_MAX = 16;

/** A guest page, with its state in hardware and hypervisor. */
export interface Page {
  /** Its index among all pages of the guest. */
  readonly id: number;
  readonly slot: number;
  readonly offset: number;
  /** Its content: how often it was written, modulo 2^16. */
  readonly version: Cell;
  /**
   * Bit v: vCPU v has a writable translation cached. It stays set after write protection, until a
   * flush.
   */
  readonly translations: Cell;
  /**
   * `version` and `translations` as one word: a store either goes through a translation or faults.
   */
  readonly word: Cell;
  /** WRITABLE, ARMED or UNMAPPED. */
  readonly armed: Cell;
}

/**
 * Values of `armed`. WRITABLE: a write is not recorded. ARMED: the next write is recorded.
 * UNMAPPED: every write faults, as the slot of the page has changed.
 */
export const WRITABLE = 0;
export const ARMED = 1;
export const UNMAPPED = 2;

/** Guest memory. The id of a slot is as_id << 16 | slot_id. */
export interface Guest {
  /** All pages, in the order of the slots. Indexed by `Page.id`. */
  readonly pages: readonly Page[];
  readonly slots: ReadonlyMap<number, readonly Page[]>;
}

export function layGuest(layout: Layout, shape: readonly { readonly slot: number; readonly npages: number }[]): Guest {
  const pages: Page[] = [];
  const slots = new Map<number, Page[]>();
  for (const { slot, npages } of shape) {
    const of = Array.from({ length: npages }, (_, i) => layPage(layout, pages.length + i, slot, i));
    slots.set(slot, of);
    pages.push(...of);
  }
  return { slots, pages };
}

function layPage(layout: Layout, id: number, slot: number, offset: number): Page {
  const name = slot === 0 ? `page${offset}` : `slot${slot}.page${offset}`;
  const at = layout.region(8);
  const page = {
    id,
    slot,
    offset,
    version: layout.cell(`${name}.version`, 'u16', at),
    translations: layout.cell(`${name}.translations`, 'u16', at + 2),
    word: layout.cell(`${name}.word`, 'u32', at),
    armed: layout.cell(`${name}.armed`, 'u32', at + 4),
  };
  layout.words.push(page.word);
  return page;
}
