import { type ConformanceOperation, formatOperation } from './operations.ts';
import type { Observation, RingEntry, TraceRecord } from './reference.ts';

/** How many items were compared, and how many of these were equal. */
export interface MatchCount {
  compared: number;
  equal: number;
}

/** A difference between the kernel and a reference. */
export interface Disagreement {
  /** The number of the list among those of its seed, and of the operation in the list, from 0. */
  readonly list: number;
  readonly operation: number;
  /** The operation as a line. */
  readonly line: string;
  readonly about: 'return' | 'state' | 'trace';
  readonly kernel: string;
  readonly reference: string;
}

/** How a reference compares with the kernel. */
export interface Agreement {
  readonly reference: string;
  /** What operations returned. */
  readonly returns: MatchCount;
  /** All entries of all rings after an operation. */
  readonly states: MatchCount;
  /** Trace records, by their position. */
  readonly traceRecords: MatchCount;
  readonly disagreements: Disagreement[];
}

export const noAgreement = (reference: string): Agreement => ({
  reference,
  returns: { compared: 0, equal: 0 },
  states: { compared: 0, equal: 0 },
  traceRecords: { compared: 0, equal: 0 },
  disagreements: [],
});

/**
 * Compares a reference with the kernel on list number `index`, and adds the result to `agreement`.
 * Throws RangeError unless both have one observation per operation.
 */
export function compareList(
  agreement: Agreement,
  index: number,
  list: readonly ConformanceOperation[],
  kernel: readonly Observation[],
  reference: readonly Observation[],
): void {
  if (kernel.length !== list.length || reference.length !== list.length)
    throw new RangeError(
      `list ${index} has ${list.length} operations, the kernel says ${kernel.length}, ${agreement.reference} ${reference.length}`,
    );
  for (const [operation, its] of list.entries()) {
    const [a, b] = [kernel[operation], reference[operation]];
    const differ = (about: Disagreement['about'], kernel: string, reference: string) =>
      agreement.disagreements.push({ list: index, operation, line: formatOperation(its), about, kernel, reference });

    if (b.returned !== undefined) {
      const [said, other] = [returnText(a), returnText(b)];
      if (!counted(agreement.returns, said === other)) differ('return', said, other);
    }
    const entries = differingEntries(a, b);
    if (!counted(agreement.states, entries.length === 0))
      differ('state', entries.map(([said]) => said).join(', '), entries.map(([, other]) => other).join(', '));

    const records = Array.from({ length: Math.max(a.trace.length, b.trace.length) }, (_, i) =>
      [a.trace[i], b.trace[i]].map(recordText),
    );
    const differing = records.filter(([said, other]) => !counted(agreement.traceRecords, said === other));
    if (differing.length > 0) differ('trace', differing[0][0], differing[0][1]);
  }
}

function counted(count: MatchCount, equal: boolean): boolean {
  count.compared++;
  if (equal) count.equal++;
  return equal;
}

const returnText = ({ returned, left }: Observation): string =>
  left === 0 ? `${returned}` : `${returned}, ${left} pages left`;

/** The entries in which two observations differ, as pairs of texts. */
function differingEntries(a: Observation, b: Observation): [string, string][] {
  if (a.rings.length !== b.rings.length) return [[`${a.rings.length} rings`, `${b.rings.length} rings`]];
  return a.rings.flatMap((ring, vcpu) => {
    const other = b.rings[vcpu];
    if (ring.length !== other.length)
      return [[`ring ${vcpu} of ${ring.length}`, `ring ${vcpu} of ${other.length}`] as [string, string]];
    return ring.flatMap((entry, i) =>
      sameEntry(entry, other[i]) ? [] : [[entryText(vcpu, i, entry), entryText(vcpu, i, other[i])] as [string, string]],
    );
  });
}

const sameEntry = (a: RingEntry, b: RingEntry): boolean =>
  a.flags === b.flags && a.slot === b.slot && a.offset === b.offset;
const entryText = (vcpu: number, i: number, { flags, slot, offset }: RingEntry): string =>
  `ring ${vcpu}[${i}] = flags ${flags}, slot ${slot}, offset ${offset}`;

function recordText(record: TraceRecord | undefined): string {
  if (record === undefined) return 'no record';
  if (record.event === 'exit') return `exit of vcpu ${record.vcpu}`;
  const indices = `${record.event} ring ${record.ring} dirty ${record.dirty} reset ${record.reset}`;
  return record.event === 'reset' ? indices : `${indices} slot ${record.slot} offset ${record.offset}`;
}
