import type { BitRelation } from './bitRelation.ts';
import type { LinuxOrder } from './linuxOrder.ts';

/** What orders conflicting accesses, so that they are no race. The terms are those of the LKMM. */
interface Visibility {
  readonly wwVis: BitRelation;
  readonly wrVis: BitRelation;
  readonly rwXbStar: BitRelation;
}

function visibilityOf(order: LinuxOrder): Visibility {
  const { x, hb, pb, rb, rcuFence, fence, nonReadWriteFence, rmwSequence } = order;
  const { marked } = x;
  const strongFence = order.strongFence.or(rcuFence);
  const fences = fence.or(rcuFence);
  const xbStar = hb.or(pb, rb).star();
  const rfe = x.rf.and(x.external);
  const vis = order.cumulFence
    .star()
    .compose(rfe.optional(), marked, strongFence.compose(marked, xbStar).or(xbStar.and(x.internal)));
  const returns = x.set(({ label }) => label !== 'noreturn');
  const readsForRmb = x.set(({ kind, label }) => kind === 'read' && label !== 'noreturn');
  const rmb = x.fenced('smp_rmb');
  const address = order.addressDependencies;
  const writePre = marked.compose(address.or(fences).optional());
  const readPre = marked.compose(address.or(nonReadWriteFence, rcuFence, readsForRmb.compose(rmb, returns)).optional());
  const writePost = fences.optional().compose(marked, rmwSequence);
  const readPost = nonReadWriteFence.or(rcuFence, returns.compose(rmb, readsForRmb)).optional().compose(marked);
  return {
    wwVis: fences.or(strongFence.compose(xbStar, writePre), writePost.compose(vis, writePre)),
    wrVis: fences.or(strongFence.compose(xbStar, readPre), writePost.compose(vis, readPre)),
    rwXbStar: fences.or(readPost.compose(xbStar, writePre)),
  };
}

/** Conflicting accesses of two threads, of which one is plain. */
function conflicts({ x }: LinuxOrder): BitRelation {
  const accesses = x.memory;
  const all = accesses.compose(x.sameAddress, accesses).and(x.external);
  return x.plain.compose(all).or(all.compose(x.plain));
}

/** Whether plain accesses contradict coherence or reads-from: then it is not consistent. */
export function isPlainIncoherent(order: LinuxOrder): boolean {
  const { wwVis, wrVis, rwXbStar } = visibilityOf(order);
  const { rf, co, fr } = order.x;
  const incoherent = rf.and(rwXbStar.inverse()).or(fr.and(wrVis.inverse()), co.and(wwVis.inverse()));
  return !conflicts(order).and(incoherent).isEmpty;
}

/** Whether a consistent execution has a data race. */
export function hasDataRace(order: LinuxOrder): boolean {
  const { x } = order;
  const { wwVis, wrVis, rwXbStar } = visibilityOf(order);
  const { rf, co, fr, marked, writes } = x;
  const from = (of: BitRelation): BitRelation => of.compose(x.where(() => true));
  const to = (of: BitRelation): BitRelation => x.where(() => true).compose(of);
  const ordered = wwVis.and(from(marked).and(to(writes)).or(rwXbStar), from(writes).and(to(marked)).or(wrVis));
  const races = co
    .without(ordered)
    .or(co.optional().compose(rf).without(wrVis, rwXbStar.inverse()), fr.without(rwXbStar));
  return !conflicts(order).and(races).isEmpty;
}
