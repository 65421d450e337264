import { Deadline } from '../explore/limits.ts';
import type { TrackerDescriptor } from '../vm/trackerDescriptor.ts';
import type { Fairness } from './endlessProgram.ts';
import { type EndlessSpec, endlessVm } from './endlessVm.ts';
import { NotShiftable } from './indexShift.ts';
import { type EndlessFinding, ProgramProof } from './programProof.ts';

export interface ProofLimits {
  readonly seconds: number;
  readonly bytes: number;
}

/** What is known of one endless machine. */
export interface ProofReport {
  /** `unknown`: the states are not finitely many, or nothing has happened in them. */
  readonly outcome: 'proved' | 'violated' | 'limit' | 'unknown';
  /** Why it is not proved. */
  readonly why?: string;
  /** All proofs together: one for each page that the marked write goes to. */
  readonly states: number;
  readonly steps: number;
  readonly seconds: number;
  /** The properties that were proved. */
  readonly properties: readonly string[];
  /** What the proof rests on. */
  readonly assumptions: readonly string[];
  readonly finding?: EndlessFinding;
}

/**
 * Proves a tracker on an endless machine under `sc`: no state violates safety, and no fair
 * execution violates liveness, whatever its length.
 */
export function prove(
  tracker: TrackerDescriptor,
  spec: Omit<EndlessSpec, 'markedPage'>,
  fairness: Fairness,
  limits: ProofLimits,
): ProofReport {
  const deadline = new Deadline(limits.seconds);
  let [states, steps] = [0, 0];
  const properties = new Set<string>();
  const assumptions = new Set<string>(fairnessAssumptions(fairness));
  if (spec.hostile !== 'nothing') assumptions.add(HOSTILE_VALUES);
  // Without marks, one proof is enough.
  const pages = spec.hostile === 'nothing' ? spec.pages : 1;
  const report = (outcome: ProofReport['outcome'], more: Pick<ProofReport, 'why' | 'finding'> = {}): ProofReport => ({
    outcome,
    ...more,
    states,
    steps,
    seconds: deadline.seconds,
    properties: [...properties],
    assumptions: [...assumptions],
  });
  for (let markedPage = 0; markedPage < pages; markedPage++) {
    const proof = new ProgramProof(endlessVm(tracker, { ...spec, markedPage }), fairness);
    try {
      const end = proof.run({ until: deadline.end, bytes: limits.bytes });
      states += proof.graph.size;
      steps += proof.graph.edges;
      if (end?.kind === 'limit') return report('limit', { why: end.limit });
      if (end !== undefined) return report('violated', { finding: end });
    } catch (error) {
      if (!(error instanceof NotShiftable)) throw error;
      return report('unknown', { why: `the states are not finitely many: ${error.message}` });
    }
    const missing = proof.neverSeen();
    if (missing !== undefined) return report('unknown', { why: `never happens: ${missing}` });
    for (const name of proof.properties) properties.add(name);
    for (const text of proof.assumptions) assumptions.add(text);
  }
  return report('proved');
}

const HOSTILE_VALUES =
  'hostile userspace stores the distances from the oldest entry up to beyond the ring, the largest, and both sides of the sign bit; of other words, what the code compares with and one more. No other value is tried';

function fairnessAssumptions(fairness: Fairness): string[] {
  return [
    'sequential consistency',
    fairness === 'weak'
      ? 'a thread that can take a step from some moment on takes one'
      : 'a thread that can take a step infinitely often takes one; so each waiter for a lock gets it',
  ];
}
