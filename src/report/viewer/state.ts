import type { InterleavingData, PageData } from '../data.ts';
import { h, table } from './dom.ts';
import { formatValue, type MemorySnapshot } from './memorySnapshot.ts';
import { renderRing } from './ring.ts';

/** Cells in the list; the rest is counted. */
const CELLS_MAX = 200;
const ARMED = ['writable', 'armed', 'unmapped'];
const VCPUS_MAX = 16;

/**
 * The panel beside the diagram: rings, store buffers, readable values, pages, locks and all other
 * cells, as they are after a step.
 *
 * @param pickCell is called with the name of a cell that is clicked on.
 */
export function renderStatePanel(snapshot: MemorySnapshot, pickCell: (name: string) => void): HTMLElement[] {
  const { places, drawing } = snapshot.data;
  const { rings, pages, locks, others } = drawing;
  const lockRows = locks.map((lock) => [places[lock].name, snapshot.show(lock, snapshot.holder(lock) ?? '–')]);
  return [
    ...rings.map((ring) => section(ring.name, renderRing(ring, snapshot))),
    ...renderStoreBuffers(snapshot),
    ...renderReadableValues(snapshot),
    ...(pages.length === 0 ? [] : [section('Pages', renderPages(pages, snapshot))]),
    ...(locks.length === 0 ? [] : [section('Locks', table(['lock', 'held by'], lockRows))]),
    ...(others.length === 0 ? [] : [section('Cells', renderCells(others, snapshot, pickCell))]),
  ];
}

function renderStoreBuffers({ data, timeline, step }: MemorySnapshot): HTMLElement[] {
  if (!data.hasBuffers) return [];
  const describe = (s: number): string => `${data.texts[data.steps[s].text].replace(/^\w+ +/, '')} (step ${s + 1})`;
  const rows = timeline
    .buffersAt(step + 1)
    .map((stores, actor) => [data.actors[actor].name, stores.map(describe).join(', ') || 'empty']);
  return [section('Store buffers, oldest first', table(['actor', 'holds'], rows))];
}

function renderReadableValues({ data, timeline, step }: MemorySnapshot): HTMLElement[] {
  if (!data.hasViews) return [];
  const rows = timeline
    .readableAt(step + 1)
    .map(({ actor, place, values }) => [
      data.actors[actor].name,
      data.places[place].name,
      values.map((value) => formatValue(BigInt(value))).join(' or '),
    ]);
  const content =
    rows.length === 0
      ? h('p', { class: 'quiet' }, 'every actor reads the newest value of each cell')
      : table(['actor', 'cell', 'may read'], rows);
  return [section('Values that actors may still read, newest first', content)];
}

const renderPages = (pages: readonly PageData[], snapshot: MemorySnapshot): HTMLElement =>
  table(
    ['page', 'is', 'translated by', 'version', 'copied'],
    pages.map(({ name, armed, translations, version, copy }) => [
      name,
      snapshot.show(armed, ARMED[Number(snapshot.value(armed))]),
      snapshot.show(translations, formatVcpus(Number(snapshot.value(translations)))),
      snapshot.show(version),
      copy === undefined ? '' : snapshot.show(copy),
    ]),
  );

/** @param bits one bit for each vCPU that has a writable translation. */
function formatVcpus(bits: number): string {
  const vcpus = Array.from({ length: VCPUS_MAX }, (_, i) => i).filter((i) => bits & (1 << i));
  return vcpus.length === 0 ? '–' : vcpus.map((i) => `vcpu${i}`).join(', ');
}

function renderCells(
  cells: readonly number[],
  snapshot: MemorySnapshot,
  pickCell: (name: string) => void,
): HTMLElement {
  const { places } = snapshot.data;
  const rows = cells.slice(0, CELLS_MAX).map((cell) => {
    const { name } = places[cell];
    const title = `show only the steps on ${name}`;
    return [
      h('button', { class: 'plain', type: 'button', click: () => pickCell(name), title }, name),
      snapshot.show(cell),
    ];
  });
  const hidden = cells.length - rows.length;
  return h(
    'div',
    {},
    table(['cell', 'value'], rows),
    hidden > 0 ? h('p', { class: 'quiet' }, `and ${hidden} more`) : undefined,
  );
}

function section(title: string, content: HTMLElement): HTMLElement {
  return h('section', { 'aria-label': title }, h('h2', {}, title), content);
}

/**
 * The places whose names contain a text, and the places that overlap them: an access to one is one
 * to both.
 */
export function findPlaces({ places }: InterleavingData, text: string): Set<number> {
  const wanted = text.toLowerCase();
  const named = places.filter(({ name }) => name.toLowerCase().includes(wanted));
  const overlaps = (a: (typeof places)[number]): boolean =>
    named.some((b) => a.offset < b.offset + b.bits / 8 && b.offset < a.offset + a.bits / 8);
  return new Set(places.flatMap((place, id) => (overlaps(place) ? [id] : [])));
}
