import type { BitRelation } from './bitRelation.ts';
import type { ExecutionRelations } from './executionRelations.ts';

/** Functions that wait for a grace period. */
export const GRACE_PERIODS = {
  rcu: ['synchronize_rcu', 'synchronize_rcu_expedited'],
  srcu: ['synchronize_srcu', 'synchronize_srcu_expedited'],
  /** The system call membarrier: all threads execute a full fence. */
  barrier: ['smp_memb'],
} as const;

/**
 * `rcu-fence` of the LKMM: chains of at least as many grace periods as read-side critical sections
 * order what is before them and what is after them. An SRCU structure counts for itself.
 * For `smp_memb`, any place in a thread is such a section: the fence comes before or after it.
 */
export function rcuOrder(x: ExecutionRelations, prop: BitRelation, hb: BitRelation, pb: BitRelation): BitRelation {
  const { po, sameAddress } = x;
  const gracePeriod = x.fences(...GRACE_PERIODS.rcu);
  const srcuGracePeriod = x.fences(...GRACE_PERIODS.srcu);
  const barrier = x.fences(...GRACE_PERIODS.barrier);
  const all = gracePeriod.or(srcuGracePeriod, barrier);
  if (all.isEmpty) return all;
  const section = rcuSections(x).inverse();
  const srcuLock = x.fences('srcu_read_lock');
  // What srcu_read_lock returns may pass through memory.
  const data = x.dependencies('data');
  const cookie = data.compose(x.rf).star().compose(data);
  const srcuSection = srcuLock.compose(cookie, x.fences('srcu_read_unlock')).and(sameAddress).inverse();
  const anywhere = x.set(() => true);
  const link = po.optional().compose(hb.star(), pb.star(), prop, po);
  const between = (first: BitRelation, middle: BitRelation, last: BitRelation): BitRelation =>
    first.compose(middle, last).or(last.compose(middle, first));
  const pairs = (middle: BitRelation): BitRelation =>
    between(gracePeriod, middle, section).or(
      between(srcuGracePeriod, middle, srcuSection).and(sameAddress),
      between(barrier, middle, anywhere),
    );
  let order = all.or(pairs(link));
  for (;;) {
    const more = order.or(pairs(link.compose(order, link)), order.compose(link, order));
    if (more.equals(order)) return po.compose(order, po.optional());
    order = more;
  }
}

/** From each rcu_read_lock to its rcu_read_unlock. Sections may be nested. */
function rcuSections(x: ExecutionRelations): BitRelation {
  const lock = x.fences('rcu_read_lock');
  const unlock = x.fences('rcu_read_unlock');
  let matched = lock.without(lock);
  for (;;) {
    const open = lock.or(unlock).without(domain(x, matched), domain(x, matched.inverse()));
    const unmatched = open.compose(x.po, open);
    const next = matched.or(lock.compose(open, x.po, open, unlock).without(unmatched.compose(unmatched)));
    if (next.equals(matched)) return matched;
    matched = next;
  }
}

/** The identity relation of what a relation is defined on. */
const domain = (x: ExecutionRelations, of: BitRelation): BitRelation => of.compose(of.inverse()).and(x.set(() => true));
