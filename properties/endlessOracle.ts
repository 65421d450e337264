/**
 * Endless programs of small instructions, and an oracle that shares no code with `src/prove`: it
 * interprets them, and finds fair executions as a fixed point of sets of states.
 */

/** An instruction; a jump goes forward. Each but `jump` is one step. */
export type Instruction =
  | { readonly do: 'load'; readonly cell: number }
  | { readonly do: 'store'; readonly cell: number; readonly value: number }
  | { readonly do: 'increment'; readonly cell: number }
  | { readonly do: 'cmpxchg'; readonly cell: number; readonly from: number; readonly to: number }
  | { readonly do: 'choose' }
  | { readonly do: 'lock' | 'unlock' }
  /** Skips the next instruction unless the register is `value`. */
  | { readonly do: 'unless'; readonly value: number };

/** Each actor performs its instructions forever; its register begins as 0. Cells are 0 to 2. */
export interface EndlessActors {
  readonly actors: readonly (readonly Instruction[])[];
  /** Whether each actor gets its turn between operations. */
  readonly fair: readonly boolean[];
}

export const CELLS = 4;
export const VALUES = 3;

interface State {
  readonly cells: readonly number[];
  /** The actor that holds the lock, or -1. */
  readonly holder: number;
  readonly actors: readonly { readonly at: number; readonly register: number; readonly inside: boolean }[];
}

interface Edge {
  readonly actor: number;
  readonly to: number;
}

interface Graph {
  readonly states: State[];
  readonly edges: Edge[][];
  readonly due: boolean[][];
}

const START = { at: 0, register: 0, inside: false };

/** The next instruction that is a step, from `at` on. */
function skip(code: readonly Instruction[], at: number, register: number): number {
  let next = at;
  for (let i = code[next]; i?.do === 'unless'; i = code[next]) next += i.value === register ? 1 : 2;
  return next;
}

function step(program: EndlessActors, state: State, actor: number): State[] {
  const code = program.actors[actor];
  const me = state.actors[actor];
  const i = code[me.at];
  const after = (register: number, cells = state.cells, holder = state.holder): State => {
    const next = skip(code, me.at + 1, register);
    const inside = me.inside || i.do !== 'choose';
    const mine = next >= code.length ? { ...START, at: skip(code, 0, 0) } : { at: next, register, inside };
    return { cells, holder, actors: state.actors.with(actor, mine) };
  };
  switch (i.do) {
    case 'load':
      return [after(state.cells[i.cell])];
    case 'store':
      return [after(me.register, state.cells.with(i.cell, i.value))];
    case 'increment':
      return [after(me.register, state.cells.with(i.cell, (me.register + 1) % VALUES))];
    case 'cmpxchg': {
      const old = state.cells[i.cell];
      return [after(old, old === i.from ? state.cells.with(i.cell, i.to) : state.cells)];
    }
    case 'choose':
      return [after(0), after(1)];
    case 'lock':
      return state.holder === -1 ? [after(me.register, state.cells, actor)] : [];
    case 'unlock':
      return [after(me.register, state.cells, -1)];
    default:
      throw new Error(`no step: ${i.do}`);
  }
}

/** All states; undefined: more than `most`. */
function graphOf(program: EndlessActors, most: number): Graph | undefined {
  const first: State = {
    cells: Array(CELLS).fill(0),
    holder: -1,
    actors: program.actors.map((code) => ({ ...START, at: skip(code, 0, 0) })),
  };
  const numbers = new Map([[JSON.stringify(first), 0]]);
  const graph: Graph = { states: [first], edges: [], due: [] };
  for (let at = 0; at < graph.states.length; at++) {
    if (graph.states.length > most) return undefined;
    const state = graph.states[at];
    const edges: Edge[] = [];
    for (const actor of program.actors.keys())
      for (const next of step(program, state, actor)) {
        const key = JSON.stringify(next);
        const to = numbers.get(key) ?? graph.states.length;
        if (to === graph.states.length) {
          numbers.set(key, to);
          graph.states.push(next);
        }
        edges.push({ actor, to });
      }
    graph.edges.push(edges);
    const can = (actor: number): boolean => edges.some((edge) => edge.actor === actor);
    graph.due.push(state.actors.map(({ inside }, actor) => can(actor) && (inside || program.fair[actor])));
  }
  return graph;
}

/** What holds of a program. */
export interface OracleVerdict {
  readonly states: number;
  /** By value: whether cell 0 can have it in a fair execution, from some state on. */
  readonly forever: { readonly weak: readonly boolean[]; readonly strong: readonly boolean[] };
  /** The values that cells 0 and 1 have together in some state, as text. */
  readonly pairs: ReadonlySet<string>;
}

export function oracle(program: EndlessActors, most: number): OracleVerdict | undefined {
  const graph = graphOf(program, most);
  if (graph === undefined) return undefined;
  const forever = (strong: boolean): boolean[] =>
    Array.from({ length: VALUES }, (_, value) => hasFairExecution(graph, value, strong));
  const pairs = new Set(graph.states.map(({ cells }) => `${cells[0]},${cells[1]}`));
  return { states: graph.states.length, forever: { weak: forever(false), strong: forever(true) }, pairs };
}

/**
 * Whether some fair execution stays where cell 0 is `value`. The largest set of such states from
 * each of which a step stays in the set, and each actor can be served within it.
 */
function hasFairExecution({ states, edges, due }: Graph, value: number, strong: boolean): boolean {
  const set = new Set([...states.keys()].filter((state) => states[state].cells[0] === value));
  const inside = (state: number): Edge[] => edges[state].filter(({ to }) => set.has(to));
  for (let before = -1; before !== set.size; ) {
    before = set.size;
    for (const state of [...set]) if (inside(state).length === 0) set.delete(state);
    for (const actor of states[0].actors.keys()) {
      const served = new Set<number>();
      for (const state of set)
        if (inside(state).some((edge) => edge.actor === actor) || (!strong && !due[state][actor])) served.add(state);
      for (let grown = -1; grown !== served.size; ) {
        grown = served.size;
        for (const state of set) if (inside(state).some(({ to }) => served.has(to))) served.add(state);
      }
      for (const state of [...set]) if (!served.has(state) && (!strong || due[state][actor])) set.delete(state);
    }
  }
  return set.size > 0;
}
