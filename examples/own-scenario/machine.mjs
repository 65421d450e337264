import { scenario } from 'gfnring';

const PAGES = [0, 1];

/**
 * A VMM: two vCPUs write pages and mark them in a dirty bitmap of one word. A migration thread runs
 * `round` twice, the code under test. The final round, with stopped vCPUs, copies the marked pages.
 */
export const machine = (name, round) =>
  scenario({
    name,
    cells: {
      dirty: 'u32',
      page: { type: 'u32', length: PAGES.length },
      copy: { type: 'u32', length: PAGES.length },
    },
    actors: {
      vcpu0: [write(0, 1), write(0, 2)],
      vcpu1: [write(1, 1)],
      migration: [round, round],
    },
    sometimes: {
      'a page is copied by both rounds': ({ results: { migration } }) =>
        migration[0]?.some((n) => migration[1]?.includes(n)),
      'a round copies both pages': ({ results: { migration } }) => migration[1]?.length === PAGES.length,
      'a round copies nothing': ({ results: { migration } }) => migration[0]?.length === 0,
    },
    finally: {
      'what is not copied is marked': ({ read, cells }) => {
        const lost = PAGES.find((n) => read(cells.copy[n]) !== read(cells.page[n]) && !(read(cells.dirty) & (1 << n)));
        return lost === undefined || `page ${lost} is ${read(cells.page[lost])}, its copy ${read(cells.copy[lost])}`;
      },
    },
  });

/** The guest's store, then its mark. A mark before the store could be cleared too early. */
const write = (n, value) => ({
  label: `write page ${n}`,
  run: (mem, { page, dirty }) => {
    mem.store(page[n], value);
    mem.fetchOr(dirty, 1 << n);
  },
});

/** Returns the copied pages. */
export function copyMarked(mem, { page, copy }, marked) {
  const pages = PAGES.filter((n) => marked & (1 << n));
  for (const n of pages) mem.store(copy[n], mem.load(page[n]));
  return pages;
}
