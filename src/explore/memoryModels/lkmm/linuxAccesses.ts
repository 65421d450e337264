import { isChoice, isFence, isRmw, isSeqCst, KIND_TRAITS, Kind, Trait } from '../../../memory/kinds.ts';

/**
 * Whether Linux has an access of this kind. It has no seq_cst accesses, no fences of C11 but the
 * full one, and no atomics that are acquire and release but not fully ordered.
 */
export function isLinuxAccess(kind: number): boolean {
  if (isChoice(kind)) return true;
  if (isFence(kind)) return kind === Kind.rmb || kind === Kind.wmb || kind === Kind.mb;
  if (isSeqCst(kind)) return false;
  const both = Trait.acquire | Trait.release;
  return !isRmw(kind) || (KIND_TRAITS[kind] & both) !== both;
}
