// The machine of which checkpoints are taken. It is the VM of src/actors, with 4 KiB of data for
// each page that is written, and a backup of these pages.
import { layGate } from '../../dist/actors/gate.js';
import { initVm } from '../../dist/actors/vm.js';
import { ARMED, layGuest } from '../../dist/guest/guest.js';
import { layPml } from '../../dist/guest/pml.js';
import { Layout } from '../../dist/memory/layout.js';
import { trackers } from '../../dist/trackers/registry.js';
import { FramePairs } from './framePairs.mjs';
import { eachPage } from './log.mjs';
import { sharedMemory } from './memcpy.mjs';
import { SpinningMemory } from './spinningMemory.mjs';
import { HOT, NPAGES, PAGE, VCPUS } from './workload.mjs';

/**
 * Entries of a vCPU's page-modification log, as on hardware. With it, a write to a clean page
 * neither exits nor takes mmu_lock.
 */
const PML = 512;

/** The phases of a cycle that can be timed. */
export const PHASES = ['harvest', 'reset', 'copy'];

/** Builds the machine. Each thread builds its own objects, over the same shared memory. */
export function machine({ tracker, spins, pml, broken, memory }, thread) {
  const layout = new Layout();
  const vm = layMachine(layout, tracker, pml, broken);
  // A cell in a cache line of its own.
  const line = (name) => layout.cell(name, 'u32', layout.region(64));
  const turns = Object.fromEntries(
    ['burst', 'ready', 'arrived', 'shared', 'copied', 'cycles'].map((name) => [name, line(name)]),
  );
  const times = { start: layout.cell64('start'), spent: layout.cell64('spent') };
  const pages = vm.guest.pages.length;
  const phases = layout.region(8 * PHASES.length);
  const shares = Array.from({ length: VCPUS }, () => layout.region(4 * (1 + VCPUS * HOT)));
  const stamps = layout.region(FramePairs.stampBytes(pages));
  const data = Math.ceil(layout.size / PAGE) * PAGE;
  const shared = memory ?? sharedMemory(data + 3 * pages * PAGE);
  const { buffer } = shared;
  const mem = new SpinningMemory(buffer, thread, spins);
  if (memory === undefined) initVm(mem, vm, VCPUS);
  return {
    memory: shared,
    mem,
    vm,
    turns,
    times,
    phases: new Float64Array(buffer, phases, PHASES.length),
    shares: shares.map((at) => new Uint32Array(buffer, at, 1 + VCPUS * HOT)),
    data,
    backup: new FramePairs(shared, { pages, data, stamps, broken }),
  };
}

/**
 * Like layVm, with two differences. A flush costs time for each page that was re-armed since the
 * last flush, not for each page of the guest. Most of the guest is a slot whose pages are never
 * written: only the dirty logs include it.
 */
function layMachine(layout, name, pml, broken) {
  const hot = { slot: 0, npages: VCPUS * HOT };
  const guest = layGuest(layout, [hot]);
  let stale = [];
  const arch = {
    enable_log_dirty_pt_masked(mem, { slot }, offset, mask) {
      const pages = guest.slots.get(slot);
      eachPage(offset, mask, (i) => {
        mem.store(pages[i].armed, ARMED);
        stale.push(pages[i]);
      });
    },
    flush_remote_tlbs(mem) {
      if (broken !== 'flush') for (const { translations } of stale) mem.xchg(translations, 0);
      stale = [];
    },
    signal_pending: () => false,
  };
  const slots_lock = layout.lock('slots_lock', 'mutex');
  const mmu_lock = layout.lock('mmu_lock', 'spinlock');
  const kvm = { slots_lock, mmu_lock, memslots: [hot, { slot: 1, npages: NPAGES - hot.npages }], arch };
  const rings = Array.from({ length: VCPUS }, () => ({ size: 64, leeway: 0 }));
  const cell = (of) => layout.cell(of, 'u32');
  return {
    shape: { slots: kvm.memslots, rings },
    kvm,
    tracker: trackers[name].create(layout, kvm, { rings, index: 0, hostWrites: false }),
    guest,
    replica: new Map(),
    resets: cell('resets'),
    exits: cell('exits'),
    running: cell('running'),
    overruns: rings.map((_, i) => cell(`vcpu${i}.overruns`)),
    pml: pml ? rings.map((_, i) => layPml(layout, i, PML)) : [],
    gate: layGate(layout),
    staged: [],
    signals: new Map(),
  };
}
