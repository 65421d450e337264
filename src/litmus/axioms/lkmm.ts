import type { Candidate } from './candidate.ts';
import { ExecutionRelations } from './executionRelations.ts';
import { type LinuxOrder, linuxOrder } from './linuxOrder.ts';
import { isPlainIncoherent } from './lkmmRaces.ts';

/** The first axiom that an execution violates, or its order if it is consistent. */
export function checkLkmm(candidate: Candidate): { readonly violated: string } | LinuxOrder {
  const x = new ExecutionRelations(candidate);
  const com = x.rf.or(x.co, x.fr);
  if (!x.po.and(x.sameAddress).or(com).isAcyclic) return { violated: 'coherence' };
  if (!x.rmw.and(x.fr.and(x.external).compose(x.co.and(x.external))).isEmpty) return { violated: 'atomic' };
  const order = linuxOrder(x);
  if (!order.hb.isAcyclic) return { violated: 'happens-before' };
  if (!order.pb.isAcyclic) return { violated: 'propagation' };
  if (!order.rb.isIrreflexive) return { violated: 'rcu' };
  if (!x.plain.isEmpty && isPlainIncoherent(order)) return { violated: 'plain-coherence' };
  return order;
}
