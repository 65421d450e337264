import type { Place } from '../memory/cell.ts';
import type { DrawingData, PageData, RingData } from './data.ts';

/** Names of ring indices in the trackers, in C files and in scenarios of users. */
const INDICES = [
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
/**
 * Pairs of indices that delimit the entries in use. The kernel's private indices come before the
 * shared ones, which userspace can write.
 */
const USED = [
  ['cons_index', 'prod_index'],
  ['reset_index', 'dirty_index'],
  ['fetch_index', 'dirty_index'],
  ['cons', 'prod'],
  ['tail', 'head'],
] as const;

/**
 * Finds rings and pages among the places of a layout. It looks at names only, so the ring of a C
 * file or of a user's module is drawn as well.
 */
export function detectRingsAndPages(places: readonly Place[]): DrawingData {
  const rings = findRings(places);
  const pages = findPages(places);
  const locks = places.filter(isLock).map(({ id }) => id);
  const drawn = new Set([
    ...locks,
    ...rings.flatMap(({ entries, indices }) => [...entries.flat(), ...indices].map(({ place }) => place)),
    ...pages.flatMap(({ version, translations, armed, copy }) => [version, translations, armed, copy ?? version]),
    ...places.filter(({ name }) => /page\d+\.word$/.test(name)).map(({ id }) => id),
  ]);
  return { rings, pages, locks, others: places.filter(({ id }) => !drawn.has(id)).map(({ id }) => id) };
}

const isLock = ({ kind }: Place): boolean => kind === 'mutex' || kind === 'spinlock';

function findRings(places: readonly Place[]): RingData[] {
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
    const find = (index: string): Place | undefined =>
      places.find((place) => place.name === `${name}.${index}`) ??
      // If there is only one array, the names of its indices need no prefix.
      (rings.size === 1 ? places.find((place) => place.name === index) : undefined);
    const indices = INDICES.flatMap((index) => {
      const place = find(index);
      return place === undefined ? [] : [{ name: index, place: place.id }];
    });
    const used = USED.map((pair) => pair.map((index) => find(index)?.id)).find((pair) => !pair.includes(undefined));
    return { name, entries, indices, ...(used && { used: used as [number, number] }) };
  });
}

function findPages(places: readonly Place[]): PageData[] {
  const ids = new Map(places.map(({ name, id }) => [name, id]));
  return places.flatMap(({ name, id }): PageData[] => {
    const [, page, prefix = '', slot = '0', number] =
      /^((.*?\.)??(?:slot(\d+)\.)?page(\d+))\.version$/.exec(name) ?? [];
    const [translations, armed] = [ids.get(`${page}.translations`), ids.get(`${page}.armed`)];
    if (page === undefined || translations === undefined || armed === undefined) return [];
    const copy = ids.get(`${prefix}copy of ${slot}:${number}`);
    return [{ name: page, version: id, translations, armed, ...(copy !== undefined && { copy }) }];
  });
}
