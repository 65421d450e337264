import type { Dependencies } from './dependencies.ts';
import type { EventRelation } from './eventRelation.ts';
import type { GraphRelations } from './graphRelations.ts';

/** The order of a consistent graph, under the names of `linux-kernel.cat`. */
export interface GraphOrder {
  readonly hb: EventRelation;
  /** cumul-fence+ */
  readonly cumulFence: EventRelation;
  readonly pb: EventRelation;
  /** Address dependencies, also through what a thread writes and reads back. */
  readonly address: EventRelation;
}

/**
 * HOT under `lkmm`. The happens-before and propagates-before order of a graph; undefined: one of
 * them has a cycle. The memory model of the Linux kernel: Alglave, Maranget, McKenney, Parri,
 * Stern, ASPLOS 2018, with the changes up to Linux 6.12. There are no grace periods.
 */
export function graphOrder(x: GraphRelations, dependencies: Dependencies): GraphOrder | undefined {
  const { pool, rfe, co, fr, internal, marked } = x;
  const { order: dependent, address } = dependentOrder(x, dependencies);
  const hb = preserved(x, dependent).join(rfe);
  const cumulFence = cumulativeFences(x).close();
  const external = pool.copy(co).join(fr).without(internal);
  const prop = pool.copy(cumulFence).join(external).joinSequence(external, cumulFence).from(marked).to(marked);
  // The rest of prop: all of that, or nothing at all, and then rfe.
  const before = pool.copy(prop).reflect().between(marked);
  prop.joinSequence(before, rfe).between(marked);
  hb.join(pool.copy(prop).meet(internal)).unreflect();
  // A cycle of one event is none of hb, as prop is without these.
  hb.between(marked);
  const hbPlus = pool.copy(hb).close();
  if (!hbPlus.isIrreflexive) return undefined;
  const pb = pool.empty();
  if (x.events.hasFullFence) {
    const strong = pool.copy(x.strongFence);
    // prop is reflexive on marked events.
    const start = pool.copy(prop).reflect().from(marked);
    pb.joinSequence(start, strong);
    pb.joinSequence(pool.copy(pb), hbPlus).between(marked);
    if (!pool.copy(pb).close().isIrreflexive) return undefined;
  }
  return { hb, cumulFence, pb, address };
}

/** What fences, acquires, releases and locks keep in program order, whatever depends on what. */
export function fencedOrder(x: GraphRelations): EventRelation {
  const { pool, internal, marked } = x;
  const order = pool.copy(x.nonReadWriteFence).join(x.rmb).join(x.wmb);
  if (x.events.hasUnlock) order.join(pool.copy(x.unlockThenLock).meet(internal));
  return order.between(marked).close();
}

/** What dependencies preserve, and address dependencies with what carries them. */
function dependentOrder(x: GraphRelations, dependencies: Dependencies): Record<'order' | 'address', EventRelation> {
  const { pool, rfi } = x;
  // From each read to all that follows: nothing carries more.
  if (dependencies.areAll) return { order: pool.copy(dependencies.address), address: dependencies.address };
  const carry = pool.sequence(dependencies.data, rfi).close().reflect();
  const address = pool.sequence(carry, dependencies.address);
  const addressOrData = pool.copy(address).joinSequence(carry, dependencies.data);
  const order = pool.copy(addressOrData).joinSequence(carry, dependencies.control).to(x.writes);
  if (x.events.hasPlain) order.joinSequence(pool.copy(address).to(x.plain), x.wmb);
  order.join(pool.copy(address).to(x.reads)).joinSequence(addressOrData.to(x.marked), rfi);
  return { order, address };
}

/** Preserved program order, of which `ppo` has what is dependent. */
function preserved(x: GraphRelations, ppo: EventRelation): EventRelation {
  const { pool, internal, co, fr } = x;
  ppo.join(pool.copy(co).join(fr).meet(internal));
  ppo.join(x.nonReadWriteFence).join(x.rmb).join(x.wmb);
  return x.events.hasUnlock ? ppo.join(pool.copy(x.unlockThenLock).meet(internal)) : ppo;
}

function cumulativeFences(x: GraphRelations): EventRelation {
  const { pool, marked } = x;
  const fences = pool.copy(x.release).joinSequence(pool.copy(x.rfe).to(marked), x.release);
  fences.join(x.wmb).join(x.unlockThenLock).between(marked);
  return x.events.hasUpdate ? fences.joinSequence(pool.copy(fences), x.rmwSequence) : fences;
}
