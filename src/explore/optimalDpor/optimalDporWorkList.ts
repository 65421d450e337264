import type { Execution } from '../execution/execution.ts';
import { HappensBefore } from '../happensBefore.ts';
import type { PropertyChecker } from '../search/searchProgress.ts';
import type { Reversal, WorkItem, WorkList, WorkResult } from '../work/workItem.ts';
import {
  type Conflict,
  compressTree,
  forget,
  insert,
  type Sleeper,
  unpackSiblings,
  type WakeupNode,
  wakeup,
  weakInitial,
} from './wakeupTree.ts';

/** A part that is being done: the steps that lead to it, and its own last. */
type Path = readonly WakeupNode[];

/**
 * An optimal search (`searchOptimal`) in parts that are done at the same time.
 *
 * At each point, what may still be tried there is ordered, and what stands further left is taken to have been tried: no part looks for what can begin with
 * it. The other way round, a part on the left may find out what a part further right has to try, even when that is done already. So what was tried is kept, and such a
 * sequence is led through it to where it is new. What no part on the left can reach any more is forgotten.
 */
export class OptimalDporWorkList implements WorkList {
  private readonly root = wakeup(-1, 0);
  private readonly conflict: Conflict;
  private readonly paths = new Map<WorkItem, Path>();
  /** The last steps of the parts that are being done: what comes after them is not known here. */
  private readonly inWork = new Set<WakeupNode>();
  /** What parts have found that is to be tried on the way to them. */
  private found: { readonly path: Path; readonly reversals: readonly Reversal[] }[] = [];
  private begun = false;

  constructor(execution: Execution, judge: PropertyChecker) {
    const order = new HappensBefore(execution, (place) => judge.sees(place));
    this.conflict = (a, b) => order.conflict(a, b);
  }

  next(most: number): WorkItem[] {
    if (!this.begun) {
      this.begun = true;
      const part = { kind: 'classes', prefix: [], asleep: [], branch: undefined } as const;
      this.paths.set(part, []);
      return [part];
    }
    const found = this.found;
    this.found = [];
    for (const { path, reversals } of found) this.reverse(path, reversals);
    return this.untried(most).map((path) => {
      const prefix = path.slice(0, -1).map(({ thread }) => thread);
      const part: WorkItem = {
        kind: 'classes',
        prefix,
        asleep: this.asleepAlong(path)[path.length - 1],
        branch: path[path.length - 1],
      };
      this.paths.set(part, path);
      this.inWork.add(path[path.length - 1]);
      return part;
    });
  }

  took(part: WorkItem, { tree, reversals }: WorkResult): void {
    const path = this.paths.get(part)!;
    this.paths.delete(part);
    const steps = unpackSiblings(tree);
    if (path.length === 0) this.root.children = steps;
    else {
      Object.assign(path[path.length - 1], steps[0]);
      this.inWork.delete(path[path.length - 1]);
    }
    if (reversals.length > 0) this.found.push({ path, reversals });
  }

  /**
   * The leftmost steps that were not tried. Forgets what stands further left than all of them, and packs what has nothing in it that is still to be tried.
   */
  private untried(most: number): Path[] {
    const found: Path[] = [];
    let isLeft = true; // of all that is to be tried, or being tried
    const stack: Frame[] = [{ node: this.root, at: 0, through: [], open: false }];
    while (stack.length > 0 && found.length < most) {
      const top = stack[stack.length - 1];
      const child = top.node.children[top.at++];
      if (child === undefined) {
        stack.pop();
        if (isLeft) forget(top.node);
        else if (top.open) for (const node of top.through) compressTree(node);
        else stack.at(-1)?.through.push(top.node);
        if (top.open && stack.length > 0) stack[stack.length - 1].open = true;
      } else if (!child.tried) {
        top.open = true;
        isLeft = false;
        if (!this.inWork.has(child)) found.push([...stack.slice(1).map(({ node }) => node), child]);
      } else if (child.children.length > 0) stack.push({ node: child, at: 0, through: [], open: false });
    }
    return found;
  }

  /** Adds what a part has found. Where that leads to a part that is being done, it has to wait until it is known what that one has tried. */
  private reverse(path: Path, reversals: readonly Reversal[]): void {
    const asleep = this.asleepAlong(path);
    const later: Reversal[] = [];
    for (const reversal of reversals) {
      const { depth, threads, codes } = reversal;
      const sequence = { threads: [...threads], codes: [...codes] };
      if (asleep[depth].some((sleeper) => weakInitial(sleeper, sequence, this.conflict))) continue;
      const { children } = depth === 0 ? this.root : path[depth - 1];
      if (!insert(children, children.indexOf(path[depth]) + 1, sequence, this.conflict, this.inWork))
        later.push(reversal);
    }
    if (later.length > 0) this.found.push({ path, reversals: later });
  }

  /** By depth along a path: who is asleep at the point there, those included who stand left of the path. */
  private asleepAlong(path: Path): Sleeper[][] {
    const along: Sleeper[][] = [];
    let asleep: Sleeper[] = [];
    let { children } = this.root;
    for (const step of path) {
      const left = children.indexOf(step);
      if (left > 0) asleep = [...asleep, ...children.slice(0, left).map(({ thread, code }) => ({ thread, code }))];
      along.push(asleep);
      if (asleep.length > 0) asleep = asleep.filter(({ code }) => !this.conflict(code, step.code));
      ({ children } = step);
    }
    return along;
  }
}

interface Frame {
  readonly node: WakeupNode;
  /** The number of the child that comes next. */
  at: number;
  /** The children that were gone through, and have nothing in them that is to be tried. */
  readonly through: WakeupNode[];
  /** Whether there is something to be tried below. */
  open: boolean;
}
