import type { Execution } from './execution.ts';
import { HappensBefore } from './happensBefore.ts';
import type { Done, Part, Plan, Reversal } from './parts.ts';
import type { Judge } from './search.ts';
import { type Conflict, forget, insert, pack, type Sleeper, type Wakeup, weakInitial } from './wakeupTree.ts';

/** A part that is being done: the steps that lead to it, and its own last. */
type Path = readonly Wakeup[];

/**
 * An optimal search (`searchOptimal`) in parts that are done at the same time.
 *
 * At each point, what may still be tried there is ordered, and what stands further left is taken to have been tried: no part looks for what can begin with
 * it. The other way round, a part on the left may find out what a part further right has to try, even when that is done already. So what was tried is kept, and such a
 * sequence is led through it to where it is new. What no part on the left can reach any more is forgotten.
 */
export class ClassesPlan implements Plan {
  private readonly root: Wakeup = { thread: -1, code: 0, tried: true, children: [] };
  private readonly conflict: Conflict;
  private readonly paths = new Map<Part, Path>();
  private readonly reversals: { readonly path: Path; readonly reversal: Reversal }[] = [];
  private begun = false;

  constructor(execution: Execution, judge: Judge) {
    const order = new HappensBefore(execution, (place) => judge.sees(place));
    this.conflict = (a, b) => order.conflict(a, b);
  }

  next(most: number): Part[] {
    if (!this.begun) {
      this.begun = true;
      const part = { kind: 'classes', prefix: [], asleep: [], branch: undefined } as const;
      this.paths.set(part, []);
      return [part];
    }
    for (const { path, reversal } of this.reversals) this.reverse(path, reversal);
    this.reversals.length = 0;
    return this.untried(most).map((path) => {
      const prefix = path.slice(0, -1).map(({ thread }) => thread);
      const part: Part = {
        kind: 'classes',
        prefix,
        asleep: this.asleepAt(path, path.length - 1),
        branch: path[path.length - 1],
      };
      this.paths.set(part, path);
      return part;
    });
  }

  took(part: Part, { tree, reversals }: Done): void {
    const path = this.paths.get(part)!;
    this.paths.delete(part);
    if (path.length === 0) this.root.children = [...tree];
    else Object.assign(path[path.length - 1], { packed: undefined }, tree[0]);
    for (const reversal of reversals) this.reversals.push({ path, reversal });
  }

  /**
   * The leftmost steps that were not tried. Forgets what stands further left than all of them, and packs what has nothing in it that is still to be tried.
   */
  private untried(most: number): Path[] {
    const found: Path[] = [];
    const stack: Frame[] = [{ node: this.root, at: 0, through: [], open: false }];
    while (stack.length > 0 && found.length < most) {
      const top = stack[stack.length - 1];
      const child = top.node.children[top.at++];
      if (child === undefined) {
        stack.pop();
        if (found.length === 0) forget(top.node);
        else if (top.open) for (const node of top.through) pack(node);
        else stack.at(-1)?.through.push(top.node);
        if (top.open && stack.length > 0) stack[stack.length - 1].open = true;
      } else if (!child.tried) {
        top.open = true;
        found.push([...stack.slice(1).map(({ node }) => node), child]);
      } else if (child.children.length > 0) stack.push({ node: child, at: 0, through: [], open: false });
    }
    return found;
  }

  /** A part has found that `reversal` is to be tried on the way to it. */
  private reverse(path: Path, { depth, threads, codes }: Reversal): void {
    const sequence = { threads: [...threads], codes: [...codes] };
    if (this.asleepAt(path, depth).some((sleeper) => weakInitial(sleeper, sequence, this.conflict))) return;
    const { children } = depth === 0 ? this.root : path[depth - 1];
    insert(children, children.indexOf(path[depth]) + 1, sequence, this.conflict);
  }

  /** Who is asleep at the point after the first `depth` steps of `path`, those included who stand left of the path there. */
  private asleepAt(path: Path, depth: number): Sleeper[] {
    let asleep: Sleeper[] = [];
    for (let d = 0; d <= depth; d++) {
      const { children } = d === 0 ? this.root : path[d - 1];
      const step = path[d];
      for (const { thread, code } of children.slice(0, children.indexOf(step))) asleep.push({ thread, code });
      if (d < depth) asleep = asleep.filter(({ code }) => !this.conflict(code, step.code));
    }
    return asleep;
  }
}

interface Frame {
  readonly node: Wakeup;
  /** The number of the child that comes next. */
  at: number;
  /** The children that were gone through, and have nothing in them that is to be tried. */
  readonly through: Wakeup[];
  /** Whether there is something to be tried below. */
  open: boolean;
}
