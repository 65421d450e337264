import type { BitRelation } from './bitRelation.ts';
import type { ExecutionRelations } from './executionRelations.ts';
import { GRACE_PERIODS, rcuOrder } from './rcuOrder.ts';

/**
 * The memory model of the Linux kernel: Alglave, Maranget, McKenney, Parri, Stern, ASPLOS 2018,
 * with the changes up to Linux 6.12. The terms are those of `tools/memory-model/linux-kernel.cat`.
 */
export interface LinuxOrder {
  readonly x: ExecutionRelations;
  readonly addressDependencies: BitRelation;
  readonly rmb: BitRelation;
  readonly strongFence: BitRelation;
  readonly nonReadWriteFence: BitRelation;
  readonly fence: BitRelation;
  readonly rmwSequence: BitRelation;
  readonly cumulFence: BitRelation;
  readonly prop: BitRelation;
  readonly hb: BitRelation;
  readonly pb: BitRelation;
  readonly rb: BitRelation;
  readonly rcuFence: BitRelation;
}

/** The order of a candidate execution, consistent or not. */
export function linuxOrder(x: ExecutionRelations): LinuxOrder {
  const { marked, po, rf, co, fr, internal, external, reads, writes, memory } = x;
  const { rmb, wmb, strongFence, nonReadWriteFence, fence } = fencesOf(x);
  const { address, data, control } = dependenciesOf(x);
  const unlockThenLock = unlockLock(x);

  const overwrite = co.or(fr);
  const toWrite = address.or(data, control).compose(writes).or(overwrite.and(internal), address.compose(x.plain, wmb));
  const toRead = address.compose(reads).or(address.or(data).compose(marked, rf.and(internal)));
  const ppo = toRead.or(toWrite, fence.and(internal), unlockThenLock.and(internal));

  const rfe = rf.and(external);
  const poRelease = memory.compose(po, releases(x));
  const cumulative = (r: BitRelation): BitRelation => rfe.compose(marked).optional().compose(r);
  const rmwSequence = rf.compose(x.rmw).star();
  const cumulFence = marked.compose(cumulative(strongFence.or(poRelease)).or(wmb, unlockThenLock), marked, rmwSequence);
  const prop = marked.compose(overwrite.and(external).optional(), cumulFence.star(), marked, rfe.optional(), marked);

  const sameEvent = x.set(() => true);
  const hb = marked.compose(ppo.or(rfe, prop.without(sameEvent).and(internal)), marked);
  const pb = prop.compose(strongFence, hb.star(), marked);
  const rcuFence = rcuOrder(x, prop, hb, pb);
  const rb = prop.compose(rcuFence, hb.star(), pb.star(), marked);
  return {
    ...{ x, addressDependencies: address, rmb, strongFence, nonReadWriteFence, fence },
    ...{ rmwSequence, cumulFence, prop, hb, pb, rb, rcuFence },
  };
}

const releases = (x: ExecutionRelations): BitRelation => x.labelled('write', 'release', 'unlock');
const acquires = (x: ExecutionRelations): BitRelation => x.labelled('read', 'acquire', 'lock');

/** What is before an unlock, and after the lock by the same thread or the next one of that lock. */
const unlockLock = (x: ExecutionRelations): BitRelation =>
  x.po.compose(x.labelled('write', 'unlock'), x.po.or(x.rf), x.labelled('read', 'lock'), x.po);

/** Dependencies carry through what a thread writes and reads back. */
function dependenciesOf(x: ExecutionRelations) {
  const data = x.dependencies('data');
  const carried = data.compose(x.rf.and(x.internal)).star();
  return {
    address: carried.compose(x.dependencies('address')),
    data: carried.compose(data),
    control: carried.compose(x.dependencies('control')),
  };
}

function fencesOf(x: ExecutionRelations) {
  const { po, memory, writes } = x;
  const readsForRmb = x.set(({ kind, label }) => kind === 'read' && label !== 'noreturn');
  const rmb = readsForRmb.compose(x.fenced('smp_rmb'), readsForRmb);
  const wmb = writes.compose(x.fenced('smp_wmb'), writes);
  const atomics = x.atomics;
  const lockWrites = x.labelled('write', 'lock');
  const mb = memory
    .compose(x.fenced('smp_mb'), memory)
    .or(
      memory.compose(x.fenced('smp_mb__before_atomic'), atomics, po.optional(), memory),
      memory.compose(po.optional(), atomics, x.fenced('smp_mb__after_atomic'), memory),
      memory.compose(po.optional(), lockWrites, x.fenced('smp_mb__after_spinlock'), memory),
      memory.compose(unlockLock(x), x.fences('smp_mb__after_unlock_lock'), po, memory),
      memory.compose(po.optional(), x.fences('srcu_read_unlock'), x.fenced('smp_mb__after_srcu_read_unlock'), memory),
    );
  const gracePeriods = x.fences(...Object.values(GRACE_PERIODS).flat());
  const strongFence = mb.or(po.compose(gracePeriods, po.optional()));
  const nonReadWriteFence = strongFence.or(memory.compose(po, releases(x)), acquires(x).compose(po, memory));
  return { rmb, wmb, strongFence, nonReadWriteFence, fence: nonReadWriteFence.or(rmb, wmb) };
}
