import type { RingData } from '../data.ts';
import { h } from './dom.ts';
import type { MemorySnapshot } from './memorySnapshot.ts';

/** Entries that are drawn, at most: of a larger ring, those that an index stands at, and their neighbours. */
const ENTRIES_MAX = 24;
/** What a struct kvm_dirty_gfn's flags say. */
const FLAGS = ['empty', 'dirty', 'harvested', 'dirty, harvested'];

/** A ring as it is at a moment: its entries, which of them are in use, and which entry each index stands at. Indices run free, and are masked here alone. */
export function drawRing(ring: RingData, moment: MemorySnapshot): HTMLElement {
  const size = ring.entries.length;
  const cursors = ring.cursors.map(({ name, place }) => ({
    name,
    place,
    at: Number(moment.value(place) % BigInt(size)),
  }));
  const used = usedOf(ring, moment);
  const shown = shownOf(size, [...cursors.map(({ at }) => at), ...used]);
  const entries = shown.map((index) => {
    const isUsed = used.has(index);
    const at = cursors.filter((cursor) => cursor.at === index);
    return h(
      'div',
      { class: isUsed ? 'entry used' : 'entry', role: 'listitem' },
      h('div', { class: 'index' }, `[${index}]`, h('span', {}, isUsed ? 'in use' : '')),
      ...fieldsOf(ring.entries[index], moment),
      ...at.map(({ name }) => h('span', { class: 'cursor' }, name)),
    );
  });
  const left = size - shown.length;
  return h(
    'div',
    {},
    h('div', { class: 'entries', role: 'list', 'aria-label': `entries of ${ring.name}` }, ...entries),
    left > 0
      ? h('p', { class: 'quiet' }, `${left} of ${size} entries are not shown: no index is near them`)
      : undefined,
    cursors.length === 0
      ? undefined
      : h(
          'p',
          { class: 'cursors' },
          ...cursors.flatMap(({ name, place }, i) => [`${i > 0 ? ' · ' : ''}${name} `, moment.show(place)]),
        ),
  );
}

function fieldsOf(entry: RingData['entries'][number], moment: MemorySnapshot): HTMLElement[] {
  const named = (field: string) => entry.find((of) => of.field === field)?.place;
  const [slot, offset] = [named('slot'), named('offset')];
  const isGfn = slot !== undefined && offset !== undefined;
  const rest = entry.filter(({ field }) => !(isGfn && (field === 'slot' || field === 'offset')));
  return [
    ...(isGfn ? [h('div', { title: 'slot : page' }, moment.show(slot), ' : ', moment.show(offset))] : []),
    ...rest.map(({ field, place }) =>
      field === 'flags'
        ? h('div', {}, moment.show(place, FLAGS[Number(moment.value(place))]))
        : h('div', {}, field === '' ? '' : `${field} `, moment.show(place)),
    ),
  ];
}

/** The entries in use: between the two indices that say so, where they are not further apart than there are entries. */
function usedOf({ used, entries }: RingData, moment: MemorySnapshot): Set<number> {
  if (used === undefined) return new Set();
  const [from, to] = used.map((place) => moment.value(place));
  const { bits } = moment.of.places[used[0]];
  const count = Number(BigInt.asUintN(bits, to - from));
  if (count > entries.length) return new Set();
  return new Set(
    Array.from({ length: count }, (_, i) => Number(BigInt.asUintN(bits, from + BigInt(i)) % BigInt(entries.length))),
  );
}

function shownOf(size: number, near: readonly number[]): number[] {
  if (size <= ENTRIES_MAX) return Array.from({ length: size }, (_, i) => i);
  const shown = new Set(near.flatMap((at) => [(at + size - 1) % size, at, (at + 1) % size]));
  return [...shown].slice(0, ENTRIES_MAX).sort((a, b) => a - b);
}
