import { ONE_PAGE } from '#dist/trackers/scenarios/trackerScenario.js';
import { collect, harvest, hostile, kernel, poke, push, reset, userspace, vcpu, write } from '#dist/vm/actorSpecs.js';
import { type Canary, underRc11 } from './canary.ts';
import { canary, EARLY, MAIL, vm } from './gfnRingScenarios.ts';

const ONE_TOO_FAR = vm('one-too-far', [vcpu(0, push(0)), kernel(0, reset), hostile(poke(0, 2, 16, 2))]);

const WRAP_BETWEEN = vm('wrap-between', [vcpu(0, push(0), push(1)), userspace(harvest(1)), kernel(0, reset)], {
  index: 65534,
});

const BEYOND = vm('beyond-the-slot', [vcpu(0, push(1), push(2)), userspace(harvest()), kernel(0, reset)]);

const TWO_ORDERS = vm('two-orders', [vcpu(0, write(0)), userspace(collect), kernel(0, reset)], ONE_PAGE);
/** Of the ring of the mail: resets. */
export const gfnRingReset: readonly Canary[] = [
  canary(
    'cons-not-validated',
    `B04; ${EARLY}`,
    'hostile-cons',
    ['R9', 'R7', 'R2'],
    ['ring/reset', 'if (count > u16(mem.load(ring.prod_index) - first)) return -EINVAL;', ''],
  ),
  canary(
    'cons-bounded-by-the-size',
    "B04; de Dinechin's bound of December 2019, which lets cons be ahead of prod",
    ONE_TOO_FAR,
    ['R9', 'R2'],
    ['ring/reset', 'count > u16(mem.load(ring.prod_index) - first)', 'count > ring.size'],
  ),
  canary(
    'cons-behind-accepted',
    'B05; m1lfrihj2n.fsf@dinechin.org, December 2019',
    'hostile-cons',
    ['R9', 'R7', 'R2'],
    [
      'ring/reset',
      'count > u16(mem.load(ring.prod_index) - first)',
      'cons > mem.load(ring.prod_index) && count <= 32768',
      'const cons = mem.loadAcquire(ring.indices.cons);',
    ],
  ),
  canary(
    'cons-compared-without-wrap',
    `${MAIL}: indices run free`,
    WRAP_BETWEEN,
    ['R9', 'R7'],
    [
      'ring/reset',
      'count > u16(mem.load(ring.prod_index) - first)',
      'cons > mem.load(ring.prod_index)',
      'const cons = mem.loadAcquire(ring.indices.cons);',
    ],
  ),
  canary(
    'cons-read-twice',
    MAIL,
    'hostile-cons',
    ['C4'],
    [
      'ring/reset',
      'mem.storeRelease(ring.cons_index, cons)',
      'mem.storeRelease(ring.cons_index, mem.load(ring.indices.cons))',
    ],
  ),
  canary(
    'private-cons-not-advanced',
    MAIL,
    'ring',
    ['R7'],
    ['ring/reset', 'mem.storeRelease(ring.cons_index, cons);', ''],
  ),
  canary(
    'reset-releases-before-read',
    MAIL,
    'ring',
    ['R7', 'R5'],
    [
      'ring/reset',
      'let batch;',
      'mem.storeRelease(ring.cons_index, cons); let batch;',
      'function __kvm_gfn_ring_reset(mem, kvm, ring)',
      'const cons = mem.loadAcquire(ring.indices.cons);',
    ],
  ),
  canary(
    'entry-read-twice',
    `kvm.git 9a13921dd3: "userspace may modify it"`,
    'hostile-entry',
    ['C4'],
    [
      'ring/reset',
      'const grown = batch && coalesce(batch, slot, offset);',
      'const again = mem.load64(entry.offset); const grown = batch && coalesce(batch, slot, again);',
      'function __kvm_gfn_ring_reset(mem, kvm, ring)',
      'const entry = entryAt(ring, index);',
    ],
    [
      'ring/reset',
      'batch = grown ?? { slot, offset, mask: 1n };',
      'batch = grown ?? { slot, offset: again, mask: 1n };',
    ],
  ),
  canary(
    'rearmed-with-an-emptied-mask',
    `B01; ${EARLY}`,
    'dirty-again',
    ['R7', 'no dirty page is ever lost'],
    ['ring/reset', 'memslot, batch.offset, batch.mask)', 'memslot, batch.offset, 0n)'],
  ),
  canary(
    'last-batch-forgotten',
    MAIL,
    'dirty-again',
    ['R7', 'no dirty page is ever lost'],
    ['ring/reset', 'if (batch) enable_log_dirty(mem, kvm, batch);', ''],
  ),
  canary(
    'offset-unbounded',
    `B07; ${EARLY}`,
    BEYOND,
    ['G1'],
    ['ring/reset', '|| offset >= BigInt(npagesOf(mem, memslot))', ''],
  ),
  // The master property makes a last round, which may be the one that crashes.
  canary(
    'slot-unchecked',
    `${MAIL}: userspace writes slots, too`,
    'hostile-entry',
    ['no operation crashes', 'no dirty page is ever lost'],
    ['ring/reset', 'memslot === undefined ||', ''],
  ),
  canary(
    'locks-in-reverse-order',
    `O5; ${MAIL}: slots_lock, then mmu_lock`,
    TWO_ORDERS,
    ['nothing sleeps under a spinlock', 'L4'],
    [
      'ring/ioctl',
      'mem.lock(kvm.slots_lock);',
      'mem.lock(kvm.mmu_lock); mem.lock(kvm.slots_lock); mem.unlock(kvm.mmu_lock);',
    ],
  ),
  canary(
    'only-the-first-of-a-batch-bounded',
    `B07; ${EARLY}`,
    BEYOND,
    ['G1'],
    [
      'ring/reset',
      'memslot === undefined || offset >= BigInt(npagesOf(mem, memslot))',
      'memslot === undefined || (batch === undefined && offset >= BigInt(npagesOf(mem, memslot)))',
      'let batch;',
    ],
  ),
  canary(
    'bad-entry-drops-batch',
    'B22; reading 6.17',
    BEYOND,
    ['R7'],
    [
      'ring/reset',
      'if (memslot === undefined || offset >= BigInt(npagesOf(mem, memslot))) continue;',
      'if (memslot === undefined || offset >= BigInt(npagesOf(mem, memslot))) { batch = undefined; continue; }',
      'let batch;',
    ],
  ),
  canary(
    'returns-at-a-bad-entry',
    'B22; an early return that re-arms nothing',
    BEYOND,
    ['R7'],
    [
      'ring/reset',
      'if (memslot === undefined || offset >= BigInt(npagesOf(mem, memslot))) continue;',
      'if (memslot === undefined || offset >= BigInt(npagesOf(mem, memslot))) { mem.storeRelease(ring.cons_index, cons); return count; }',
      'function __kvm_gfn_ring_reset(mem, kvm, ring)',
      'const cons = mem.loadAcquire(ring.indices.cons);',
      'const count = u16(cons - first);',
    ],
  ),
  canary(
    'no-mmu-lock',
    `O5; ${MAIL}`,
    'dirty-again',
    ['R12'],
    ['ring/reset', 'mem.lock(kvm.mmu_lock);', ''],
    ['ring/reset', 'mem.unlock(kvm.mmu_lock);', ''],
  ),
  canary(
    'mmu-lock-around-the-walk',
    `O5; ${MAIL}`,
    'dirty-again',
    ['R12'],
    ['ring/reset', 'let batch;', 'let batch; mem.lock(kvm.mmu_lock);', 'function __kvm_gfn_ring_reset(mem, kvm, ring)'],
    [
      'ring/reset',
      'mem.storeRelease(ring.cons_index, cons);',
      'mem.unlock(kvm.mmu_lock); mem.storeRelease(ring.cons_index, cons);',
      'function __kvm_gfn_ring_reset(mem, kvm, ring)',
    ],
    [
      'ring/reset',
      'const memslot = memslotOf(kvm, batch.slot); mem.lock(kvm.mmu_lock);',
      'const memslot = memslotOf(kvm, batch.slot);',
    ],
    ['ring/reset', 'batch.mask); mem.unlock(kvm.mmu_lock);', 'batch.mask);'],
  ),
  canary(
    'two-resets-at-once',
    `O5; ${MAIL}: slots_lock against concurrent resets`,
    'two-resetters',
    ['R12'],
    ['ring/ioctl', 'mem.lock(kvm.slots_lock);', ''],
    ['ring/ioctl', 'mem.unlock(kvm.slots_lock);', ''],
  ),
  canary(
    'no-flush',
    'B45; kvm_get_dirty_log_protect',
    'dirty-again',
    ['R12', 'no dirty page is ever lost'],
    ['ring/ioctl', 'if (processed > 0) kvm.arch.flush_remote_tlbs(mem);', ''],
  ),
  canary(
    'flush-after-unlock',
    'B20; reading 6.17',
    'two-resetters',
    ['R12'],
    [
      'ring/ioctl',
      'if (processed > 0) kvm.arch.flush_remote_tlbs(mem); mem.unlock(kvm.slots_lock);',
      'mem.unlock(kvm.slots_lock); if (processed > 0) kvm.arch.flush_remote_tlbs(mem);',
    ],
  ),
  canary(
    'flush-before-the-reset',
    'B45; kvm_get_dirty_log_protect',
    'dirty-again',
    ['R12', 'no dirty page is ever lost'],
    [
      'ring/ioctl',
      'for (const ring of rings) {',
      'kvm.arch.flush_remote_tlbs(mem); for (const ring of rings) {',
      'function KVM_RESET_DIRTY_PAGES(mem, kvm',
    ],
    ['ring/ioctl', 'if (processed > 0) kvm.arch.flush_remote_tlbs(mem);', ''],
  ),
  canary(
    'count-of-the-last-ring-alone',
    'B25; Z4S3JTP71zdJFJqD@google.com',
    'shared-page',
    ['R12', 'R7'],
    ['ring/ioctl', 'processed += count;', 'processed = count;'],
  ),
  canary(
    'hostile-ring-stops-the-others',
    MAIL,
    'hostile-cons',
    ['R9'],
    ['ring/ioctl', 'if (count < 0) error = -EINVAL;', 'if (count < 0) { error = -EINVAL; break; }'],
  ),
  canary('error-lost', MAIL, 'hostile-cons', ['R7'], ['ring/ioctl', 'return error || processed', 'return processed']),
  underRc11(
    canary(
      'reset-without-acquire',
      'B14; 8929bc965964',
      'handed-over',
      ['R7', 'no data race'],
      ['ring/reset', 'mem.loadAcquire(ring.indices.cons)', 'mem.load(ring.indices.cons)'],
    ),
  ),
  underRc11(
    canary(
      'reset-without-release',
      'the order of a reset and the push over its entry: reading 6.12',
      'ring',
      ['no data race'],
      ['ring/reset', 'mem.storeRelease(ring.cons_index', 'mem.store(ring.cons_index'],
    ),
  ),
];
