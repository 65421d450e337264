import { LOST, ONE_PAGE } from '#dist/trackers/scenarios/trackerScenario.js';
import { halt, host, hostWrite, migrate, serve, setSlot, userspace, vcpu, write } from '#dist/vm/actorSpecs.js';
import type { ActorSpec, VmSpec } from '#dist/vm/spec.js';
import { type Canary, COPIED_BEFORE_RESET, canariesOf, vmOf } from './canary.ts';

/** What is around a tracker: faults, stores, stopped vCPUs, the pause, checkpoints and slots. */
const REMUS =
  'Cully et al., Remus, NSDI 2008: a checkpoint is of a machine that stands still, and counts as a whole or not at all';
const API = 'Linux, api.rst 8.29';
const ring = canariesOf('gfn-ring');
const bitmap = canariesOf('dirty-bitmap');
const merged = canariesOf('dirty-ring@repaired');

const COMMITTED = 'at each commit and rollback the copy is the guest';
const STILL = 'a machine that is paused stands still';

const backed = (name: string, ...actors: readonly ActorSpec[]): VmSpec =>
  vmOf('dirty-ring@repaired', [{ size: 4, leeway: 2 }])(name, actors, { ...ONE_PAGE, backupBitmap: true });
const BITMAP_AT_THE_END = backed('bitmap-at-the-end', host(hostWrite(0), halt), userspace(serve));
const BITMAP_MOVES = backed('bitmap-moves', host(hostWrite(0)), userspace(migrate(0, 1)));
const COMES_BACK = vmOf('dirty-bitmap')(
  'comes-back',
  [vcpu(0, write(0), write(0)), userspace(setSlot(0, 1))],
  ONE_PAGE,
);

export const machine: readonly Canary[] = [
  ring('copied-before-the-reset', `B36; ${API}; comment in QEMU's kvm-all.c`, 'dirty-again', LOST, COPIED_BEFORE_RESET),
  ring(
    'lost-wake-up-of-a-vcpu',
    'the mail: a vCPU that stopped runs again after a reset',
    'full-ring',
    ['L1', 'L3', 'L5'],
    ['actors/vcpu', 'mem.wait(vm.resets, resets); } } export', 'mem.wait(vm.resets, mem.load(vm.resets)); } } export'],
  ),
  ring(
    'full-not-rechecked-before-wait',
    'the mail: a vCPU that stopped runs again after a reset',
    'full-ring',
    ['L1', 'L3', 'L5'],
    ['actors/vcpu', 'if (!vm.tracker.mustExit(mem, vcpu)) return;', ''],
  ),
  ring(
    'lost-wake-up-of-userspace',
    'a futex sleeps on the value that was read before the work',
    'dirty-again',
    ['L5', 'L1'],
    [
      'actors/userspace',
      'if (running > 0) mem.wait(vm.exits, exits);',
      'if (running > 0) mem.wait(vm.exits, mem.load(vm.exits));',
    ],
  ),
  ring(
    'no-wake-up-after-a-reset',
    'the mail: a vCPU that stopped runs again after a reset',
    'full-ring',
    ['L1', 'L3', 'L5'],
    ['actors/kernel', 'mem.wake(vm.resets);', ''],
  ),
  ring('mapped-outside-mmu-lock', 'Linux, locking.rst 2: a fault and a reset of the same page', 'dirty-again', LOST, [
    'actors/vcpu',
    'mem.lock(kvm.mmu_lock); const fault = mapPage(mem, vm, vcpu, page);',
    'const fault = mapPage(mem, vm, vcpu, page); mem.lock(kvm.mmu_lock);',
  ]),
  ring(
    'store-through-a-flushed-translation',
    'a store retires through a translation whose shootdown has not been acknowledged, or faults',
    'dirty-again',
    LOST,
    [
      'guest/store',
      'if (mem.cmpxchg(page.word, word, written) === word) return true;',
      'mem.store(page.version, u16(word + 1)); return written > 0;',
    ],
  ),
  ring(
    'sleeps-inside-the-gate',
    REMUS,
    'gfn-ring/replicate',
    ['L1', 'L3', 'L5'],
    [
      'actors/vcpu',
      'stopWhileFull(mem, vm, vcpu); return vm.gate === undefined || enterGate(mem, vm.gate);',
      'const inside = vm.gate === undefined || enterGate(mem, vm.gate); if (inside) stopWhileFull(mem, vm, vcpu); return inside;',
    ],
  ),
  ring(
    'paused-while-a-vcpu-is-inside',
    REMUS,
    'gfn-ring/checkpoint',
    [STILL, COMMITTED],
    ['actors/gate', 'if (inside === 0) return;', 'if (inside < 2) return;'],
  ),
  ring(
    'gate-entered-without-recheck',
    REMUS,
    'gfn-ring/checkpoint',
    [STILL, COMMITTED],
    ['actors/gate', 'mem.fetchAdd(gate.inside, 1);', ''],
    [
      'actors/gate',
      'if (phase === RUNNING) return true; leaveGate(mem, gate);',
      'if (phase === RUNNING) { mem.fetchAdd(gate.inside, 1); return true; }',
    ],
  ),
  ring(
    'inside-count-not-atomic',
    REMUS,
    'gfn-ring/two-inside',
    ['L5', STILL, COMMITTED],
    [
      'actors/gate',
      'if (mem.fetchAdd(gate.inside, -1) === 1) mem.wake(gate.inside);',
      'const inside = mem.load(gate.inside); mem.store(gate.inside, inside - 1); if (inside === 1) mem.wake(gate.inside);',
    ],
  ),
  ring('no-wake-up-on-resume', REMUS, 'gfn-ring/checkpoint', ['L5'], ['actors/gate', 'mem.wake(gate.phase);', '']),
  ring(
    'committed-before-it-is-copied',
    REMUS,
    'gfn-ring/checkpoint',
    [COMMITTED],
    [
      'actors/checkpoint',
      'backup.commit(mem, pages); resumeMachine(mem, gate, COMMITTED);',
      'resumeMachine(mem, gate, COMMITTED); backup.commit(mem, pages);',
    ],
  ),
  ring(
    'runs-before-it-is-committed',
    REMUS,
    'gfn-ring/checkpoint',
    [COMMITTED, STILL, ...LOST],
    [
      'actors/checkpoint',
      'backup.copy(mem, pages);',
      'resumeMachine(mem, gate, RUNNING); backup.copy(mem, pages);',
      'const gate = vm.gate;',
    ],
  ),
  ring(
    'rollback-leaves-pages-unarmed',
    'B42; Firecracker #4545: the log is consumed, and then the snapshot fails',
    'gfn-ring/fails-after-harvest',
    [COMMITTED, ...LOST],
    [
      'actors/checkpoint',
      'resetAll(mem, vm, [...gfns, ...vm.tracker.harvest(mem), ...vm.tracker.harvestRest(mem)]);',
      '',
    ],
  ),
  merged(
    'migration-skips-backup-bitmap',
    `${API}: the bitmap is collected when the vCPUs have stopped`,
    BITMAP_MOVES,
    [COMMITTED, ...LOST],
    ['actors/migrate', 'copyRemaining(mem, vm);', ''],
  ),
  merged(
    'backup-bitmap-never-collected',
    `${API}: the bitmap is collected when the vCPUs have stopped`,
    BITMAP_AT_THE_END,
    LOST,
    ['actors/userspace', 'else copyRemaining(mem, vm);', ''],
  ),
  ring(
    'pages-collected-before-the-pause',
    REMUS,
    'gfn-ring/migrate',
    [COMMITTED, STILL, ...LOST],
    [
      'actors/migrate',
      'pauseMachine(mem, gate); collectDirtyPages(mem, vm);',
      'collectDirtyPages(mem, vm); pauseMachine(mem, gate);',
    ],
  ),
  ring(
    'deleted-slot-stays-mapped',
    'Linux, kvm_arch_flush_shadow_memslot: what a deleted slot mapped',
    'gfn-ring/slot-reused',
    LOST,
    ['actors/kernel', 'zapSlot(mem, vm.guest, slot);', ''],
  ),
  bitmap(
    'deleted-slot-not-flushed',
    'Linux, kvm_arch_flush_shadow_memslot: what a deleted slot mapped',
    COMES_BACK,
    LOST,
    [
      'actors/kernel',
      'zapSlot(mem, vm.guest, slot); kvm.arch.flush_remote_tlbs(mem);',
      'zapSlot(mem, vm.guest, slot);',
    ],
  ),
  bitmap(
    'hardware-log-overrun',
    'Intel SDM volume 3, 29.3.6: a full log exits before it is written',
    'dirty-bitmap/page-log',
    ['no operation crashes', ...LOST],
    [
      'guest/pml',
      "if (used === pml.entries.length) return 'full';",
      'if (used === pml.entries.length) mem.store(pml.used, 0);',
      'function walkAndLog(mem, pml, vcpu, page)',
    ],
  ),
  bitmap(
    'walk-outlives-the-shootdown',
    'Intel SDM volume 3, 29.3.6: a walk is over before a shootdown is acknowledged',
    'dirty-bitmap/two-logs',
    LOST,
    ['guest/pml', 'if (mem.load(page.armed) !== WRITABLE) mem.fetchAnd(page.translations, ~(1 << vcpu));', ''],
  ),
];
