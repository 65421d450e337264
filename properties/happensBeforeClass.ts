import type { Execution } from '../src/explore/execution/execution.ts';
import { traceOf } from '../src/explore/execution/trace.ts';
import type { Place } from '../src/memory/cell.ts';
import { kindNames, kindOf, placeOf } from '../src/memory/kinds.ts';

/** The part of a step that matters for conflicts: its bytes, and its wait queue. */
interface Access {
  readonly thread: number;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly writes: boolean;
  readonly queue: number;
  readonly wakes: boolean;
}

/**
 * The happens-before class of an execution as text: for each step, named by thread and number,
 * the conflicting steps that came before it, and what was chosen. Computed from the trace by the
 * definition, for each pair of steps. It shares no code with the explorer.
 */
export function classOf(execution: Execution): string {
  const accesses = traceOf(execution).map(({ thread, code, value, old }, s): Access => {
    const kind = kindNames[kindOf(code)];
    const place: Place = execution.places[placeOf(code)];
    const { expected, expectedHigh } = execution.tree;
    const node = execution.nodes[s];
    const wanted = (BigInt(expectedHigh[node]) << 32n) | BigInt(expected[node]);
    const failed = kind === 'cmpxchg' && old !== wanted;
    const queued = /wait|resume|wake/.test(kind);
    const chosen = kind === 'choose' ? ` ${value}` : '';
    const here = !/resume|wake|choose/.test(kind);
    return {
      thread,
      name: `${failed ? 'failed ' : ''}${kind} ${chosen || place.name}`,
      from: here ? place.offset : 0,
      to: here ? place.offset + place.bits / 8 : 0,
      writes: /store|xchg|fetch|lock/.test(kind) && !failed,
      queue: queued ? place.offset : -1,
      wakes: /wake|For/.test(kind),
    };
  });
  const lines: string[][] = execution.program.actors.map(() => []);
  const numbers: string[] = [];
  for (const [s, access] of accesses.entries()) {
    const own = lines[access.thread];
    numbers.push(`${access.thread}.${own.length}`);
    // Their order among themselves is in their own lines.
    const before = numbers.filter((_, e) => e < s && conflict(accesses[e], access)).sort();
    own.push([access.name, ...before].join(' '));
  }
  return lines.map((own) => own.join(', ')).join(' | ');
}

function conflict(a: Access, b: Access): boolean {
  if (a.thread === b.thread) return false;
  if (a.queue >= 0 && a.queue === b.queue && (a.wakes || b.wakes)) return true;
  return a.from < b.to && b.from < a.to && (a.writes || b.writes);
}
