import type { ExecutionTrie } from './executionTrie.ts';
import type { TreeOperation } from './operationEnd.ts';
import type { ReexecutionMemory } from './reexecutionMemory.ts';
import { siteLine } from './sourceLine.ts';

/** Stack frames that are compared to tell the call site of an access from others. */
const FRAMES_MAX = 30;

/** A pass that was run to learn from where in the code its accesses come. */
interface CallSites {
  /** What the operation returned, or a `ThrownValue`, or `SUSPENDED`. */
  readonly outcome: unknown;
  /** By number of an access: its call site. */
  readonly sites: readonly string[];
}

/**
 * Runs an operation over `path` up to access number `count`; `low` is the result of the last access
 * of `path`.
 */
export function collectCallSites(
  mem: ReexecutionMemory,
  operation: TreeOperation,
  path: readonly number[],
  count: number,
  low: number,
): CallSites {
  const { prepareStackTrace } = Error;
  // Without source maps: to tell sites apart, compiled places do.
  Error.prepareStackTrace = (_, frames) =>
    frames.map((frame) => `${frame.getFileName()}:${frame.getLineNumber()}:${frame.getColumnNumber()}`).join();
  const found = withStacks(mem, operation, path, count, low);
  Error.prepareStackTrace = prepareStackTrace;
  return found;
}

/**
 * By node, from the operation's first access to that of `node`: the line of code that it comes
 * from; see `callerOf`.
 */
export function linesTo(
  mem: ReexecutionMemory,
  tree: ExecutionTrie,
  operation: TreeOperation,
  node: number,
): ReadonlyMap<number, string | undefined> {
  const path = tree.path(node);
  const { sites } = withStacks(mem, operation, path, path.length - 1, 0);
  const lines = new Map<string, string | undefined>();
  return new Map(
    sites.slice(0, path.length).map((site, i) => {
      if (!lines.has(site)) lines.set(site, siteLine(site));
      return [path[i], lines.get(site)] as const;
    }),
  );
}

function withStacks(
  mem: ReexecutionMemory,
  operation: TreeOperation,
  path: readonly number[],
  abortAt: number,
  low: number,
): CallSites {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = FRAMES_MAX;
  const sites: string[] = [];
  const outcome = mem.run(operation, { path, low, high: 0, abortAt, sites });
  Error.stackTraceLimit = stackTraceLimit;
  return { outcome, sites };
}
