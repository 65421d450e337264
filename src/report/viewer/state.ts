import type { InterleavingData, PageData } from '../data.ts';
import { h } from './dom.ts';
import { inWords, type MemorySnapshot } from './memorySnapshot.ts';
import { drawRing } from './ring.ts';

/** Cells that are listed, at most. */
const CELLS_MAX = 200;
const ARMED = ['writable', 'armed', 'unmapped'];

/**
 * What there is beside the diagram: rings, store buffers, what threads may read, pages, locks and all other cells, as they are after a step.
 *
 * @param pick is called with the name of a cell that is clicked on.
 */
export function renderStatePanel(moment: MemorySnapshot, pick: (name: string) => void): HTMLElement[] {
  const { of } = moment;
  const { rings, pages, locks, others } = of.drawing;
  return [
    ...rings.map((ring) => section(ring.name, drawRing(ring, moment))),
    ...buffersOf(moment),
    ...viewsOf(moment),
    ...(pages.length === 0 ? [] : [section('Pages', pagesOf(pages, moment))]),
    ...(locks.length === 0
      ? []
      : [
          section(
            'Locks',
            table(
              ['lock', 'held by'],
              locks.map((lock) => [of.places[lock].name, moment.show(lock, moment.holder(lock) ?? '–')]),
            ),
          ),
        ]),
    ...(others.length === 0 ? [] : [section('Cells', cellsOf(others, moment, pick))]),
  ];
}

function buffersOf({ of, replayed, step }: MemorySnapshot): HTMLElement[] {
  if (of.memoryModel !== 'tso') return [];
  const buffers = replayed
    .buffersAt(step + 1)
    .map((stores, actor) => [
      of.actors[actor].name,
      stores.length === 0
        ? 'empty'
        : stores.map((s) => `${of.texts[of.steps[s].text].replace(/^\w+ +/, '')} (step ${s + 1})`).join(', '),
    ]);
  return [section('Store buffers, oldest first', table(['actor', 'holds'], buffers))];
}

function viewsOf({ of, replayed, step }: MemorySnapshot): HTMLElement[] {
  if (of.memoryModel !== 'weak') return [];
  const rows = replayed
    .viewsAt(step + 1)
    .map(({ actor, place, values }) => [
      of.actors[actor].name,
      of.places[place].name,
      values.map((value) => inWords(BigInt(value))).join(' or '),
    ]);
  return [
    section(
      'What each may still read, newest first',
      rows.length === 0
        ? h('p', { class: 'quiet' }, 'everybody reads the newest of each cell')
        : table(['actor', 'cell', 'reads'], rows),
    ),
  ];
}

const pagesOf = (pages: readonly PageData[], moment: MemorySnapshot): HTMLElement =>
  table(
    ['page', 'is', 'translated by', 'version', 'copied'],
    pages.map(({ name, armed, translations, version, copy }) => [
      name,
      moment.show(armed, ARMED[Number(moment.value(armed))]),
      moment.show(translations, vcpusOf(Number(moment.value(translations)))),
      moment.show(version),
      copy === undefined ? '' : moment.show(copy),
    ]),
  );

/** The vCPUs that have a writable translation of a page, a bit each. */
function vcpusOf(bits: number): string {
  const vcpus = Array.from({ length: 16 }, (_, i) => i).filter((i) => bits & (1 << i));
  return vcpus.length === 0 ? '–' : vcpus.map((i) => `vcpu${i}`).join(', ');
}

function cellsOf(cells: readonly number[], moment: MemorySnapshot, pick: (name: string) => void): HTMLElement {
  const { places } = moment.of;
  const rows = cells.slice(0, CELLS_MAX).map((cell) => {
    const { name } = places[cell];
    return [
      h(
        'button',
        { class: 'plain', type: 'button', click: () => pick(name), title: `show the steps on ${name} alone` },
        name,
      ),
      moment.show(cell),
    ];
  });
  const left = cells.length - rows.length;
  return h(
    'div',
    {},
    table(['cell', 'holds'], rows),
    left > 0 ? h('p', { class: 'quiet' }, `and ${left} more`) : undefined,
  );
}

function section(title: string, content: HTMLElement): HTMLElement {
  return h('section', { 'aria-label': title }, h('h2', {}, title), content);
}

export const table = (head: readonly string[], rows: readonly (readonly (string | Node)[])[], of = ''): HTMLElement =>
  h(
    'table',
    { class: of },
    h('thead', {}, h('tr', {}, ...head.map((name) => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, ...rows.map((row) => h('tr', {}, ...row.map((cell) => h('td', {}, cell))))),
  );

/** The places whose names have a text in them, and those that lie over one of these: an access of either is one of the other. */
export function placesNamed({ places }: InterleavingData, text: string): Set<number> {
  const wanted = text.toLowerCase();
  const named = places.filter(({ name }) => name.toLowerCase().includes(wanted));
  const meets = (a: (typeof places)[number]): boolean =>
    named.some((b) => a.offset < b.offset + b.bits / 8 && b.offset < a.offset + a.bits / 8);
  return new Set(places.flatMap((place, id) => (meets(place) ? [id] : [])));
}
