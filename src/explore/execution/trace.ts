import { changesQueue, isFence, isWait, isWrite, Kind, kindOf, placeOf } from '../../memory/kinds.ts';
import type { Step } from '../../memory/trace.ts';
import { popcount } from '../schedulers/scheduler.ts';
import type { Execution } from './execution.ts';

/** The steps of an execution so far, as plain data. */
export function traceOf(execution: Execution): Step[] {
  const { memory, threads } = execution;
  /** By where a cell begins: the step whose store comes last so far. */
  const last = new Map<number, number>();
  return Array.from({ length: execution.steps }, (_, i) => {
    const node = execution.nodes[i];
    const code = execution.tree.code[node];
    const kind = kindOf(code);
    const place = isFence(kind) ? undefined : execution.places[placeOf(code)];
    const wide = place?.bits === 64;
    const thread = execution.schedule[i];
    const reads = memory.readsFrom(i);
    const stores = place !== undefined && memory.isWrite(i);
    const before = stores ? last.get(place.offset) : undefined;
    const isUnder = before !== undefined && memory.rankOf(before) > memory.rankOf(i);
    if (stores && !isUnder) last.set(place.offset, i);
    return {
      thread: thread % threads.count,
      operation: execution.tree.operation[node],
      code,
      value:
        changesQueue(kind) && !isWait(kind)
          ? wokenBy(execution, i, kind)
          : join(execution.values[i], wide ? execution.highs[i] : 0),
      old: isWrite(kind) ? join(execution.olds[i], wide ? execution.oldHighs[i] : 0) : 0n,
      ...(thread >= threads.count && { leaves: true }),
      ...(reads && { reads }),
      ...(isUnder && { under: before }),
    };
  });
}

/**
 * The line of its operation's code that step `s` came from, as `file:line:column`: see `callerOf`;
 * undefined: not known. The operation is run again for that.
 */
export function lineOf(execution: Execution, s: number): string | undefined {
  return linesTo(execution, s).get(execution.nodes[s]);
}

/** By step: its line. Each operation is run again once. */
export function linesOf(execution: Execution): (string | undefined)[] {
  const { nodes, steps } = execution;
  const lines = new Map<number, string | undefined>();
  for (let s = steps - 1; s >= 0; s--)
    if (!lines.has(nodes[s])) for (const [node, line] of linesTo(execution, s)) lines.set(node, line);
  return Array.from({ length: steps }, (_, s) => lines.get(nodes[s]));
}

/** By node of its operation up to step `s`: the line. */
function linesTo({ schedule, nodes, threads }: Execution, s: number): ReadonlyMap<number, string | undefined> {
  const thread = schedule[s] % threads.count;
  // A store may leave its buffer when its operation has ended: the operation is as it was when the
  // store was issued.
  let issued = s;
  while (schedule[issued] !== thread || nodes[issued] !== nodes[s]) issued--;
  return threads.linesTo(thread, nodes[s], issued);
}

/** Of a wake-up: how many threads it woke. Of the end of a wait: whether it was woken. */
function wokenBy({ values }: Execution, s: number, kind: number): bigint {
  if (kind === Kind.wake) return 0n;
  return BigInt(kind === Kind.wakeSome ? popcount(values[s]) : values[s]);
}

const join = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low);
