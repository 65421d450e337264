import type { RingData } from '../data.ts';
import { h } from './dom.ts';
import type { MemorySnapshot } from './memorySnapshot.ts';

/**
 * Of a larger ring, only the entries at an index, the entries in use and their neighbours are
 * drawn.
 */
const ENTRIES_MAX = 24;
/** Meaning of the flags of a struct kvm_dirty_gfn. */
const FLAGS = ['empty', 'dirty', 'harvested', 'dirty, harvested'];

/**
 * A ring: its entries, which of them are in use, and the entry of each index. Indices are
 * free-running: they are taken modulo the size only here.
 */
export function renderRing(ring: RingData, snapshot: MemorySnapshot): HTMLElement {
  const size = ring.entries.length;
  const indices = ring.indices.map(({ name, place }) => ({
    name,
    place,
    entry: Number(snapshot.value(place) % BigInt(size)),
  }));
  const used = findUsedEntries(ring, snapshot);
  const visible = chooseEntries(size, [...indices.map(({ entry }) => entry), ...used]);
  const entries = visible.map((entry) => {
    const isUsed = used.has(entry);
    return h(
      'div',
      { class: isUsed ? 'entry used' : 'entry', role: 'listitem' },
      h('div', { class: 'index' }, `[${entry}]`, h('span', {}, isUsed ? 'in use' : '')),
      ...renderFields(ring.entries[entry], snapshot),
      ...indices.filter((index) => index.entry === entry).map(({ name }) => h('span', { class: 'ring-index' }, name)),
    );
  });
  const hidden = size - visible.length;
  const values = indices.flatMap(({ name, place }, i) => [`${i > 0 ? ' · ' : ''}${name} `, snapshot.show(place)]);
  return h(
    'div',
    {},
    h('div', { class: 'entries', role: 'list', 'aria-label': `entries of ${ring.name}` }, ...entries),
    hidden > 0
      ? h('p', { class: 'quiet' }, `${hidden} of ${size} entries are hidden: no index is near them`)
      : undefined,
    indices.length > 0 ? h('p', { class: 'ring-indices' }, ...values) : undefined,
  );
}

function renderFields(entry: RingData['entries'][number], snapshot: MemorySnapshot): HTMLElement[] {
  const placeOf = (name: string): number | undefined => entry.find(({ field }) => field === name)?.place;
  const [slot, offset] = [placeOf('slot'), placeOf('offset')];
  const isGfn = slot !== undefined && offset !== undefined;
  const rest = entry.filter(({ field }) => !(isGfn && (field === 'slot' || field === 'offset')));
  return [
    ...(isGfn ? [h('div', { title: 'slot : page' }, snapshot.show(slot), ' : ', snapshot.show(offset))] : []),
    ...rest.map(({ field, place }) =>
      field === 'flags'
        ? h('div', {}, snapshot.show(place, FLAGS[Number(snapshot.value(place))]))
        : h('div', {}, field === '' ? '' : `${field} `, snapshot.show(place)),
    ),
  ];
}

/**
 * The entries between the two indices of `used`; none if the indices are further apart than the
 * ring is long.
 */
function findUsedEntries({ used, entries }: RingData, snapshot: MemorySnapshot): Set<number> {
  if (used === undefined) return new Set();
  const [from, to] = used.map((place) => snapshot.value(place));
  const { bits } = snapshot.data.places[used[0]];
  const count = Number(BigInt.asUintN(bits, to - from));
  if (count > entries.length) return new Set();
  return new Set(
    Array.from({ length: count }, (_, i) => Number(BigInt.asUintN(bits, from + BigInt(i)) % BigInt(entries.length))),
  );
}

function chooseEntries(size: number, wanted: readonly number[]): number[] {
  if (size <= ENTRIES_MAX) return Array.from({ length: size }, (_, i) => i);
  const chosen = new Set(wanted.flatMap((entry) => [(entry + size - 1) % size, entry, (entry + 1) % size]));
  return [...chosen].slice(0, ENTRIES_MAX).sort((a, b) => a - b);
}
