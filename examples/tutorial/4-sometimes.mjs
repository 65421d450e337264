import { scenario } from 'gfnring';

const SIZE = 4;

/** A dirty ring of one vCPU. Indices are free-running; a write to an armed page faults. */
export default scenario({
  name: 'tiny-ring',
  cells: {
    page: { type: 'u32', length: 2 }, // written by the guest
    armed: { type: 'u32', length: 2, initial: 1 },
    entries: { type: 'u32', length: SIZE },
    prod: 'u32',
    cons: 'u32',
    copy: { type: 'u32', length: 2 }, // saved by userspace
  },
  locks: ['mmu_lock'],
  actors: {
    vcpu: [write],
    userspace: [collect],
  },
  sometimes: {
    'a page that was collected is written again': ({ read, cells }) => read(cells.prod) === 2,
  },
  finally: {
    'no dirty page is lost': ({ read, cells: { page, copy, entries, prod, cons } }) => {
      const pending = new Set();
      for (let i = read(cons); i < read(prod); i++) pending.add(read(entries[i % SIZE]));
      const lost = [0, 1].find((gfn) => read(page[gfn]) !== read(copy[gfn]) && !pending.has(gfn));
      return lost === undefined || `page ${lost} was written, is not copied, and no entry says so`;
    },
  },
});

function write(mem, { page, armed, entries, prod, mmu_lock }) {
  const gfn = 1;
  mem.lock(mmu_lock);
  if (mem.load(armed[gfn]) === 1) {
    const at = mem.load(prod);
    mem.store(entries[at % SIZE], gfn);
    mem.storeRelease(prod, at + 1); // entry before index: pairs with loadAcquire(prod) in collect
    mem.store(armed[gfn], 0);
  }
  mem.store(page[gfn], mem.load(page[gfn]) + 1);
  mem.unlock(mmu_lock);
}

function collect(mem, { page, armed, entries, prod, cons, copy, mmu_lock }) {
  const end = mem.loadAcquire(prod); // pairs with storeRelease(prod) in write
  for (let at = mem.load(cons); at !== end; at++) {
    const gfn = mem.load(entries[at % SIZE]);
    reset(mem, armed[gfn], mmu_lock);
    mem.store(copy[gfn], mem.load(page[gfn]));
    mem.store(cons, at + 1);
  }
}

function reset(mem, armed, mmu_lock) {
  mem.lock(mmu_lock);
  mem.store(armed, 1);
  mem.unlock(mmu_lock);
}
