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

/** What the order of a graph has whatever depends on what. Nothing changes it. */
export interface FixedOrder {
  readonly hb: EventRelation;
  readonly cumulFence: EventRelation;
  /** prop; strong-fence */
  readonly strong: EventRelation;
}

/** HOT under `lkmm`. This part of the order of a graph; undefined: it has a cycle already. */
export function fixedOrder(x: GraphRelations): FixedOrder | undefined {
  const { pool, rfe, co, fr, internal } = x;
  const cumulFence = cumulativeFences(x);
  // All of it is in hb.
  if (!cumulFence.close()) return undefined;
  const external = pool.copy(co).join(fr).without(internal);
  const prop = pool.copy(cumulFence).join(external).joinSequence(external, cumulFence);
  x.keepMarked(prop);
  // The rest of prop: all of that, or nothing at all, and then rfe.
  prop.join(x.keepMarked(pool.copy(rfe).joinSequence(pool.copy(prop), rfe)));
  // A cycle of one event is none of hb, as prop is without these.
  const hb = preserved(x).join(rfe).join(pool.copy(prop).meet(internal)).unreflect();
  const strong = pool.empty();
  if (x.events.hasFullFence) {
    // prop is reflexive on marked events.
    const none = pool.copy(x.strongFence);
    if (x.events.hasPlain) none.from(x.marked);
    strong.joinSequence(prop, x.strongFence).join(none);
  }
  return { hb: x.keepMarked(hb), cumulFence, strong };
}

/**
 * HOT under `lkmm`. The happens-before and propagates-before order of a graph; undefined: one of
 * them has a cycle. The memory model of the Linux kernel: Alglave, Maranget, McKenney, Parri,
 * Stern, ASPLOS 2018, with the changes up to Linux 6.12. There are no grace periods.
 */
export function graphOrder(x: GraphRelations, fixed: FixedOrder, dependencies: Dependencies): GraphOrder | undefined {
  const { pool } = x;
  const { order, address } = dependentOrder(x, dependencies);
  const hb = x.keepMarked(order).join(fixed.hb);
  const hbPlus = pool.copy(hb);
  if (!hbPlus.close()) return undefined;
  const pb = pool.empty();
  if (x.events.hasFullFence) {
    x.keepMarked(pb.join(fixed.strong).joinSequence(fixed.strong, hbPlus));
    if (!pool.copy(pb).close()) return undefined;
  }
  return { hb, cumulFence: fixed.cumulFence, pb, address };
}

/** What fences, acquires, releases and locks keep in program order, whatever depends on what. */
export function fencedOrder(x: GraphRelations): EventRelation {
  const { pool, internal, marked } = x;
  const order = pool.copy(x.nonReadWriteFence).join(x.rmb).join(x.wmb);
  if (x.events.hasUnlock) order.join(pool.copy(x.unlockThenLock).meet(internal));
  order.between(marked).close();
  return order;
}

/** What dependencies preserve, and address dependencies with what carries them. */
function dependentOrder(x: GraphRelations, dependencies: Dependencies): Record<'order' | 'address', EventRelation> {
  const { pool, rfi } = x;
  if (dependencies.areClosed) return { order: pool.copy(dependencies.address), address: dependencies.address };
  const carry = pool.sequence(dependencies.data, rfi);
  carry.close();
  carry.reflect();
  const address = pool.sequence(carry, dependencies.address);
  const addressOrData = pool.copy(address).joinSequence(carry, dependencies.data);
  const order = pool.copy(addressOrData).joinSequence(carry, dependencies.control).to(x.writes);
  if (x.events.hasPlain) order.joinSequence(pool.copy(address).to(x.plain), x.wmb);
  order.join(pool.copy(address).to(x.reads)).joinSequence(addressOrData.to(x.marked), rfi);
  return { order, address };
}

/** Preserved program order without dependencies. */
function preserved(x: GraphRelations): EventRelation {
  const { pool, internal, co, fr } = x;
  const ppo = pool.copy(co).join(fr);
  if (x.events.hasUnlock) ppo.join(x.unlockThenLock);
  return ppo.meet(internal).join(x.nonReadWriteFence).join(x.rmb).join(x.wmb);
}

function cumulativeFences(x: GraphRelations): EventRelation {
  const { pool, marked } = x;
  const fences = pool.copy(x.release).joinSequence(pool.copy(x.rfe).to(marked), x.release);
  x.keepMarked(fences.join(x.wmb).join(x.unlockThenLock));
  return x.events.hasUpdate ? fences.joinSequence(pool.copy(fences), x.rmwSequence) : fences;
}
