import type { Execution } from './execution/execution.ts';
import type { Program } from './program.ts';

/**
 * Symmetry reduction (Ip and Dill, "Better Verification Through Symmetry", FMSD 1996; as in Murphi
 * and Stateright), for `sc` only. Threads with the same operations are interchangeable. Of states
 * that differ in their order alone, most are kept once. The places of the threads are sorted, and
 * locks name their holders by that order. Threads that the sort takes for equal keep their order.
 * So some of these states may be kept several times.
 *
 * Sound only if the properties do not tell the threads apart either. The user who asks for it says
 * so.
 */
export class Symmetry {
  /** Groups of two or more such threads. */
  readonly groups: readonly (readonly number[])[];
  private readonly locks: readonly number[];
  private readonly ordered: number[];

  constructor(program: Program) {
    this.groups = symmetricThreads(program);
    this.locks = program.layout.places
      .filter(({ kind }) => kind === 'mutex' || kind === 'spinlock')
      .map(({ offset }) => offset >>> 2);
    this.ordered = program.actors.map((_, t) => t);
  }

  /** The threads in the order in which a state lists them: each at a position of its group. */
  order({ node, asleep, bytes: { u32 } }: Execution, results: Uint32Array): readonly number[] {
    const holds = (t: number): number =>
      this.locks.reduce((held, word, i) => (u32[word] === t + 1 ? held | (1 << (i & 31)) : held), 0);
    for (const group of this.groups) {
      const sorted = group.toSorted(
        (a, b) => node[a] - node[b] || asleep[a] - asleep[b] || results[a] - results[b] || holds(a) - holds(b),
      );
      for (let i = 0; i < group.length; i++) this.ordered[group[i]] = sorted[i];
    }
    return this.ordered;
  }

  /**
   * A copy of `memory` in which the holders of locks are named by their positions in the last
   * `order`.
   */
  rename(memory: Uint32Array): Uint32Array {
    const words = memory.slice();
    for (const word of this.locks) if (words[word] !== 0) words[word] = this.ordered.indexOf(words[word] - 1) + 1;
    return words;
  }
}

/** Groups of two or more actors with the same operations, as thread numbers. */
export function symmetricThreads({ actors }: Program): number[][] {
  const groups: number[][] = [];
  for (let t = 0; t < actors.length; t++) {
    const alike = groups.find(([first]) => {
      const [a, b] = [actors[first].operations, actors[t].operations];
      return a.length === b.length && a.every(({ run, until }, i) => run === b[i].run && until === b[i].until);
    });
    if (alike === undefined) groups.push([t]);
    else alike.push(t);
  }
  return groups.filter((group) => group.length > 1);
}
