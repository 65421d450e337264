import type { Execution } from '../execution/execution.ts';
import { HappensBefore } from '../happensBefore.ts';
import type { Reversal, WorkItem, WorkList, WorkResult } from '../parallel/workItem.ts';
import { encodeChoice } from '../schedule.ts';
import type { PropertyChecker } from '../search/searchProgress.ts';
import { chosenBy } from './choiceCode.ts';
import {
  type Conflict,
  decodeSiblings,
  dropSubtree,
  encodeSubtree,
  insertSequence,
  type SleepingStep,
  type WakeupNode,
  wakeupNode,
  weakInitial,
} from './wakeupTree.ts';

/** The nodes from the root to the branch of a work item, this branch included. */
type Path = readonly WakeupNode[];

/**
 * The work list of `optimalDpor`: items can run at the same time.
 *
 * The branches of each node are ordered. A work item assumes that all branches to its left have
 * been explored: they are in its sleep set. An item on the left may still find sequences to insert
 * on the right, even if the branch there is finished. Therefore explored nodes are kept, and a
 * sequence is led through them to where it is new. Nodes that no item on their left can reach are
 * dropped.
 */
export class OptimalDporWorkList implements WorkList {
  private readonly root = wakeupNode(-1, 0);
  private readonly conflict: Conflict;
  private readonly paths = new Map<WorkItem, Path>();
  /** The branches of the items that are being run. Their subtrees are not known here. */
  private readonly running = new Set<WakeupNode>();
  /** Reversals that items have found at nodes of their paths, and that are not inserted yet. */
  private pending: { readonly path: Path; readonly reversals: readonly Reversal[] }[] = [];
  private hasStarted = false;

  constructor(execution: Execution, checker: PropertyChecker) {
    const order = new HappensBefore(execution, (place) => checker.sees(place));
    this.conflict = (a, b) => order.conflict(a, b);
  }

  next(most: number): WorkItem[] {
    if (!this.hasStarted) {
      this.hasStarted = true;
      const item = { kind: 'optimalDpor', prefix: [], sleepSet: [], branch: undefined } as const;
      this.paths.set(item, []);
      return [item];
    }
    const { pending } = this;
    this.pending = [];
    for (const { path, reversals } of pending) this.insertReversals(path, reversals);
    return this.leftmostUnexplored(most).map((path) => {
      const branch = path[path.length - 1];
      const item: WorkItem = {
        kind: 'optimalDpor',
        prefix: path.slice(0, -1).map(({ thread, code }) => encodeChoice(thread, chosenBy(code))),
        sleepSet: this.sleepSetsAlong(path)[path.length - 1],
        branch,
      };
      this.paths.set(item, path);
      this.running.add(branch);
      return item;
    });
  }

  complete(item: WorkItem, { tree, reversals }: WorkResult): void {
    const path = this.paths.get(item)!;
    this.paths.delete(item);
    const nodes = decodeSiblings(tree);
    if (path.length === 0) this.root.children = nodes;
    else {
      Object.assign(path[path.length - 1], nodes[0]);
      this.running.delete(path[path.length - 1]);
    }
    if (reversals.length > 0) this.pending.push({ path, reversals });
  }

  /**
   * The paths to the leftmost nodes that are neither explored nor being run. Drops the subtrees to
   * the left of all of these, and encodes other subtrees that are explored completely.
   */
  private leftmostUnexplored(most: number): Path[] {
    const found: Path[] = [];
    /** Whether no unexplored node has been met. */
    let isLeft = true;
    const stack: Frame[] = [{ node: this.root, next: 0, complete: [], open: false }];
    while (stack.length > 0 && found.length < most) {
      const top = stack[stack.length - 1];
      const child = top.node.children[top.next++];
      if (child === undefined) {
        stack.pop();
        if (isLeft) dropSubtree(top.node);
        else if (top.open) for (const node of top.complete) encodeSubtree(node);
        else stack.at(-1)?.complete.push(top.node);
        if (top.open && stack.length > 0) stack[stack.length - 1].open = true;
      } else if (!child.explored) {
        top.open = true;
        isLeft = false;
        if (!this.running.has(child)) found.push([...stack.slice(1).map(({ node }) => node), child]);
      } else if (child.children.length > 0) stack.push({ node: child, next: 0, complete: [], open: false });
    }
    return found;
  }

  /** Inserts reversals. One that leads into an item that is being run stays pending. */
  private insertReversals(path: Path, reversals: readonly Reversal[]): void {
    const sleepSets = this.sleepSetsAlong(path);
    const later: Reversal[] = [];
    for (const reversal of reversals) {
      const { depth, threads, codes } = reversal;
      const sequence = { threads: [...threads], codes: [...codes] };
      if (sleepSets[depth].some((step) => weakInitial(step, sequence, this.conflict))) continue;
      const { children } = depth === 0 ? this.root : path[depth - 1];
      const from = children.indexOf(path[depth]) + 1;
      if (!insertSequence(children, from, sequence, this.conflict, this.running)) later.push(reversal);
    }
    if (later.length > 0) this.pending.push({ path, reversals: later });
  }

  /** By depth along a path: the sleep set there, with the branches to the left of the path. */
  private sleepSetsAlong(path: Path): SleepingStep[][] {
    const along: SleepingStep[][] = [];
    let sleepSet: SleepingStep[] = [];
    let { children } = this.root;
    for (const step of path) {
      const left = children.indexOf(step);
      if (left > 0) sleepSet = [...sleepSet, ...children.slice(0, left).map(({ thread, code }) => ({ thread, code }))];
      along.push(sleepSet);
      // A `choose` excludes one of its thread with another result.
      if (sleepSet.length > 0)
        sleepSet = sleepSet.filter(({ thread, code }) => thread !== step.thread && !this.conflict(code, step.code));
      ({ children } = step);
    }
    return along;
  }
}

/** A node on the path of the tree walk. */
interface Frame {
  readonly node: WakeupNode;
  /** The number of the child to visit next. */
  next: number;
  /** Visited children whose subtrees are explored completely. */
  readonly complete: WakeupNode[];
  /** Whether the subtree has an unexplored node. */
  open: boolean;
}
