import { BadInput } from '../../input/badInput.ts';
import { checkWholeNumber, type FieldTypes } from '../../input/fieldTypes.ts';
import { show } from '../../input/show.ts';
import type { Draw } from '../draw.ts';
import type { CheckContext } from '../operation.ts';
import type { Vm } from '../vm.ts';
import type { PageRef } from '../vmView.ts';
import { pagesMax } from './setSlot.ts';
import { NPAGES_MAX, slotNumber } from './values.ts';

/** What `write` and `host-write` share: a list of pages. */
interface Writes {
  readonly pages: readonly PageRef[];
}

const PAGES_MAX = 64;

const pagesField = (t: FieldTypes) => ({
  pages: t
    .list(t.pair(slotNumber(t), t.wholeNumber(0, NPAGES_MAX - 1)), 1, PAGES_MAX)
    .describe('the pages that are written, in order: `[slot, offset]` each'),
});

const formatPages = ({ pages }: Writes): string =>
  pages.map(([slot, offset]) => (slot === 0 ? `page ${offset}` : `page ${slot}:${offset}`)).join(', ');

export const findPages = (vm: Vm, { pages }: Writes) =>
  pages.map(([slot, offset]) => vm.guest.slots.get(slot)![offset]);

function checkPages({ pages }: Writes, { where, vm }: CheckContext): void {
  for (const [i, [slot, offset]] of pages.entries()) {
    const at = `${where}.pages[${i}]`;
    if (!vm.slots.some((other) => other.slot === slot)) throw new BadInput(`${at}: there is no slot ${show(slot)}`);
    checkWholeNumber(offset, at, 0, pagesMax(vm, slot) - 1);
  }
}

/** One page less, or the first page of a slot in place of another. */
function* shrinkPages<Op extends Writes>(op: Op): Generator<Op> {
  const { pages } = op;
  for (let i = 0; i < pages.length; i++) if (pages.length > 1) yield { ...op, pages: pages.toSpliced(i, 1) };
  for (let i = 0; i < pages.length; i++)
    if (pages[i][1] > 0) yield { ...op, pages: pages.with(i, [pages[i][0], 0] as const) };
}

/** One page more, less, or another. */
function mutatePages<Op extends Writes>(op: Op, draw: Draw): Op | undefined {
  const { pages } = op;
  const page = draw.page();
  if (page === undefined) return undefined;
  const i = draw.upTo(pages.length + 1);
  if (i === pages.length) return { ...op, pages: [...pages, page] };
  return { ...op, pages: pages.length > 1 && draw.upTo(2) === 0 ? pages.toSpliced(i, 1) : pages.with(i, page) };
}

/** What the descriptors of `write` and `host-write` share. */
export const writesPages = <const Name extends string>(name: Name) => ({
  name,
  fields: pagesField,
  label: (op: Writes): string => `${name} ${formatPages(op)}`,
  pages: ({ pages }: Writes): readonly PageRef[] => pages,
  check: checkPages,
  shrink: shrinkPages,
  mutate: mutatePages,
  draw(draw: Draw) {
    const page = draw.page();
    return page && { do: name, pages: [page] };
  },
});
