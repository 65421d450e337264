const DIRTY = 1;
const RESET = 2;

/** Takes the dirty entries of a ring: `inOrder` reads each, and flags it for reset. */
export const harvestInOrder = (inOrder) => (mem, ring, max) => {
  const pages = [];
  let next = mem.load(ring.fetch);
  for (; pages.length < max; next++) {
    const { flags, slot, offset } = ring.entries[next & (ring.size - 1)];
    if (mem.loadAcquire(flags) !== DIRTY) break;
    inOrder(
      () => pages.push({ slot: mem.read(slot), offset: mem.read64(offset) }),
      () => mem.storeRelease(flags, RESET),
    );
  }
  mem.store(ring.fetch, next);
  return pages;
};
