import type { Place } from '../memory/cell.ts';
import type { DrawingData, PageData, RingData } from './data.ts';

/** Indices that go round in the entries of their ring, by the names that trackers, C files and people give them. */
const CURSORS = [
  'prod_index',
  'cons_index',
  'dirty_index',
  'reset_index',
  'avail_index',
  'fetch_index',
  'prod',
  'cons',
  'head',
  'tail',
  'used',
];
/** Where what is in use begins and ends: the kernel's own indices before those that userspace can write. */
const USED = [
  ['cons_index', 'prod_index'],
  ['reset_index', 'dirty_index'],
  ['fetch_index', 'dirty_index'],
  ['cons', 'prod'],
  ['tail', 'head'],
] as const;

/** Finds rings and pages among the places of a layout, by their names: so a C file's ring and one in a user's module are drawn like our own. */
export function detectRingsAndPages(places: readonly Place[]): DrawingData {
  const rings = ringsOf(places);
  const pages = pagesOf(places);
  const locks = places.filter(isLock).map(({ id }) => id);
  const drawn = new Set([
    ...locks,
    ...rings.flatMap(({ entries, cursors }) => [...entries.flat(), ...cursors].map(({ place }) => place)),
    ...pages.flatMap(({ version, translations, armed, copy }) => [version, translations, armed, copy ?? version]),
    ...places.filter(({ name }) => /page\d+\.word$/.test(name)).map(({ id }) => id),
  ]);
  return { rings, pages, locks, others: places.filter(({ id }) => !drawn.has(id)).map(({ id }) => id) };
}

const isLock = ({ kind }: Place): boolean => kind === 'mutex' || kind === 'spinlock';

function ringsOf(places: readonly Place[]): RingData[] {
  const rings = new Map<string, { field: string; place: number }[][]>();
  for (const { name, id } of places) {
    const [, ring, index, field] = /^(.+)\[(\d+)\](?:\.(\w+))?$/.exec(name) ?? [];
    if (ring === undefined) continue;
    const entries = rings.get(ring) ?? [];
    rings.set(ring, entries);
    entries[Number(index)] ??= [];
    entries[Number(index)].push({ field: field ?? '', place: id });
  }
  return [...rings].map(([name, entries]): RingData => {
    const named = (cursor: string): Place | undefined =>
      places.find((place) => place.name === `${name}.${cursor}`) ??
      // Where there is one array alone, indices need not say whose they are.
      (rings.size === 1 ? places.find((place) => place.name === cursor) : undefined);
    const cursors = CURSORS.flatMap((cursor) => {
      const place = named(cursor);
      return place === undefined ? [] : [{ name: cursor, place: place.id }];
    });
    const used = USED.map((pair) => pair.map((cursor) => named(cursor)?.id)).find((pair) => !pair.includes(undefined));
    return { name, entries, cursors, ...(used && { used: used as [number, number] }) };
  });
}

function pagesOf(places: readonly Place[]): PageData[] {
  const ids = new Map(places.map(({ name, id }) => [name, id]));
  return places.flatMap(({ name, id }): PageData[] => {
    const [, of, before = '', slot = '0', page] = /^((.*?\.)??(?:slot(\d+)\.)?page(\d+))\.version$/.exec(name) ?? [];
    const [translations, armed] = [ids.get(`${of}.translations`), ids.get(`${of}.armed`)];
    if (of === undefined || translations === undefined || armed === undefined) return [];
    const copy = ids.get(`${before}copy of ${slot}:${page}`);
    return [{ name: of, version: id, translations, armed, ...(copy !== undefined && { copy }) }];
  });
}
