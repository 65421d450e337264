import fc from 'fast-check';

/**
 * An instruction of a thread, as data. `last` is the value that the thread read last. The `value`
 * NEXT is `last` + 1.
 */
export type Instruction =
  | { readonly do: 'load' | 'wake'; readonly cell: number }
  | { readonly do: 'store' | 'xchg' | 'add'; readonly cell: number; readonly value: number }
  | { readonly do: 'cmpxchg'; readonly cell: number; readonly expected: number; readonly value: number }
  | { readonly do: 'wait' | 'wait for' | 'timed wait'; readonly cell: number; readonly expected: number }
  | { readonly do: 'wake some'; readonly cell: number; readonly count: number }
  | { readonly do: 'sub' | 'xor'; readonly cell: number; readonly value: number }
  /**
   * `spin` loads `cell` (and `other`, if given) while `cell` holds `value`. `cmpxchg spin` repeats
   * a cmpxchg from `value` to `value + 1` until it succeeds.
   */
  | { readonly do: 'spin'; readonly cell: number; readonly value: number; readonly other?: number }
  | { readonly do: 'cmpxchg spin'; readonly cell: number; readonly value: number }
  | { readonly do: 'locked'; readonly lock: number; readonly body: readonly Instruction[] }
  /** Performs `body` if `last` is `value`; with `not`, if it is not. */
  | { readonly do: 'if'; readonly value: number; readonly not: boolean; readonly body: readonly Instruction[] }
  | { readonly do: 'choose'; readonly count: number }
  | { readonly do: 'assume' | 'check'; readonly value: number; readonly not: boolean };

export const NEXT = -1;

/** An operation. With `asks`, its `last` starts as the `last` of the operation before it. */
export interface OperationShape {
  readonly asks: boolean;
  readonly body: readonly Instruction[];
}

/** A program as data: the cells (an index in SHAPES), and the operations of each thread. */
export interface ProgramShape {
  readonly shape: number;
  readonly threads: readonly (readonly OperationShape[])[];
}

/** Cells as type and offset. Some overlap. */
export const SHAPES: readonly (readonly (readonly ['u8' | 'u16' | 'u32' | 'u64', number])[])[] = [
  [['u32', 0]],
  [
    ['u32', 0],
    ['u32', 4],
  ],
  [
    ['u32', 0],
    ['u8', 0],
    ['u8', 1],
  ],
  [
    ['u64', 0],
    ['u32', 0],
    ['u32', 4],
  ],
  [
    ['u64', 0],
    ['u16', 2],
    ['u32', 0],
  ],
  [
    ['u16', 0],
    ['u8', 1],
    ['u32', 4],
  ],
  [['u64', 0]],
];

/**
 * The subjects of programs. A theme is a list of instruction kinds, each drawn as often as it is
 * listed. `shapes` are indices in SHAPES.
 */
const SUBJECTS = {
  anything: {
    themes: [
      'load,store,store,load,add,xchg',
      'load,store,cmpxchg,cmpxchg,cmpxchg,xchg,if',
      'wait,wait,wake,wake,store,load',
      'load,load,store,assume,add,if',
      'load,store,xchg,cmpxchg,add,locked,wait,wake,if,assume,check',
    ],
    shapes: [0, 1, 2, 3, 4, 5],
  },
  /** Overlapping cells. */
  widths: { themes: ['cmpxchg,cmpxchg,load,store,xchg', 'load,store,store,add,cmpxchg'], shapes: [2, 2, 4, 5] },
  /** Two locks, taken in any order, and threads that stop while they hold one. */
  locks: { themes: ['locked,locked,load', 'locked,locked,store,load,assume', 'locked,locked,wait,wake'], shapes: [0] },
  /** Threads that spin until a cell changes. */
  spins: {
    themes: ['spin,store,store', 'cmpxchg spin,cmpxchg spin,store,add', 'spin,cmpxchg spin,store,cmpxchg,load,locked'],
    shapes: [0, 1, 2, 3, 4, 5],
  },
  /** Results that the scheduler chooses. */
  choices: {
    themes: [
      'choose,choose,load,store,store,if',
      'choose,load,store,cmpxchg,xchg,add,if,assume',
      'choose,store,load,wait,wake,if,check,locked',
    ],
    shapes: [0, 1, 1, 2],
  },
  /** Wait queues with an order and time-outs; updates of 64 bits. */
  queues: {
    themes: [
      'wait for,wait for,wake some,wake some,store',
      'wait for,timed wait,wake some,wake,store,load',
      'timed wait,timed wait,wake some,wait,add,if',
      'sub,xor,xchg,cmpxchg,cmpxchg,add,store,load',
    ],
    shapes: [0, 0, 3, 3, 6],
  },
} as const;

const VALUES = [0, 1, 1, 2, 256, 257];

/**
 * Random programs with at most `runsMax` interleavings, as estimated without running them.
 * Shrinking removes parts.
 */
export class ProgramArbitrary extends fc.Arbitrary<ProgramShape> {
  private readonly runsMax: number;
  private readonly subject: keyof typeof SUBJECTS;

  constructor(runsMax: number, subject: keyof typeof SUBJECTS = 'anything') {
    super();
    this.runsMax = runsMax;
    this.subject = subject;
  }

  generate(random: fc.Random): fc.Value<ProgramShape> {
    let program = draw(random, SUBJECTS[this.subject]);
    while (runsOf(program) > this.runsMax) {
      const all = [...shrinkProgram(program)];
      program = all[random.nextInt(0, all.length - 1)];
    }
    return new fc.Value(program, undefined);
  }

  canShrinkWithoutContext(value: unknown): value is ProgramShape {
    return typeof value === 'object' && value !== null && 'threads' in value;
  }

  shrink(program: ProgramShape): fc.Stream<fc.Value<ProgramShape>> {
    return fc.stream(shrinkProgram(program)).map((value) => new fc.Value(value, undefined));
  }
}

function draw(random: fc.Random, { themes, shapes }: (typeof SUBJECTS)[keyof typeof SUBJECTS]): ProgramShape {
  const upTo = (n: number): number => random.nextInt(0, n);
  const one = <T>(list: readonly T[]): T => list[upTo(list.length - 1)];
  const shape = one<number>(shapes);
  // Other subjects have no updates of 64 bits.
  const wide = (shapes as readonly number[]).includes(6);
  const theme = one<string>(themes).split(',');
  const cells = SHAPES[shape].map((_, i) => i);
  const narrow = cells.filter((i) => wide || SHAPES[shape][i][0] !== 'u64');
  const words = cells.filter((i) => wide || SHAPES[shape][i][0] === 'u32');
  const plainWords = cells.filter((i) => SHAPES[shape][i][0] === 'u32');
  const bodyOf = (length: number, depth: number): Instruction[] =>
    Array.from({ length }, () => instruction(depth)).filter((made) => made !== undefined);
  const instruction = (depth: number): Instruction | undefined => {
    const kind = one(theme) as Instruction['do'];
    switch (kind) {
      case 'load':
        return { do: kind, cell: one(cells) };
      case 'store':
        return { do: kind, cell: one(cells), value: one([...VALUES, NEXT]) };
      case 'xchg':
      case 'add':
      case 'sub':
      case 'xor':
        return { do: kind, cell: one(narrow), value: one(VALUES) };
      case 'cmpxchg':
        return { do: kind, cell: one(narrow), expected: one(VALUES), value: one(VALUES) };
      case 'wait':
        return plainWords.length === 0 ? undefined : { do: kind, cell: one(plainWords), expected: one([0, 0, 1]) };
      case 'wait for':
      case 'timed wait':
        return { do: kind, cell: one(words), expected: one([0, 0, 1]) };
      case 'wake some':
        return { do: kind, cell: one(words), count: one([1, 1, 2]) };
      case 'wake':
        return { do: kind, cell: one(words) };
      case 'spin':
        return { do: kind, cell: one(cells), value: one(VALUES), ...(upTo(2) > 0 ? {} : { other: one(cells) }) };
      case 'cmpxchg spin':
        return { do: kind, cell: one(narrow), value: one([0, 0, 1]) };
      case 'choose':
        return { do: kind, count: one([2, 2, 3]) };
      case 'locked':
        return depth > 1 ? undefined : { do: kind, lock: upTo(1), body: bodyOf(upTo(2), depth + 1) };
      case 'if':
        return { do: kind, value: one(VALUES), not: upTo(1) === 1, body: bodyOf(1 + upTo(1), depth + 1) };
      default:
        return { do: kind, value: one(VALUES), not: upTo(2) > 0 };
    }
  };
  const threads = Array.from({ length: one([2, 2, 3, 3, 4]) }, () =>
    Array.from({ length: one([1, 1, 2]) }, () => ({ asks: upTo(2) === 0, body: bodyOf(1 + upTo(3), 0) })),
  );
  return { shape, threads };
}

/** Maximum number of steps of a list of instructions. */
function stepsOf(body: readonly Instruction[]): number {
  let steps = 0;
  for (const made of body) {
    if (made.do === 'locked') steps += 2 + stepsOf(made.body);
    else if (made.do === 'if') steps += stepsOf(made.body);
    else if (made.do.includes('wait') || made.do === 'cmpxchg spin') steps += 2;
    else if (made.do === 'spin') steps += made.other === undefined ? 2 : 3;
    else if (made.do !== 'assume' && made.do !== 'check') steps++;
  }
  return steps;
}

/** How many sequences of results the choices of a list of instructions have at most. */
function choicesOf(body: readonly Instruction[]): number {
  let choices = 1;
  for (const made of body) {
    if (made.do === 'choose') choices *= made.count;
    else if ('body' in made) choices *= choicesOf(made.body);
  }
  return choices;
}

/**
 * Number of interleavings of the threads' maximum steps: a multinomial coefficient. Times that of
 * their choices.
 */
function runsOf({ threads }: ProgramShape): number {
  let runs = 1;
  let all = 0;
  for (const operations of threads) {
    const steps = operations.reduce((sum, { body }) => sum + stepsOf(body), 0);
    for (let i = 1; i <= steps; i++) runs = (runs * ++all) / i;
    for (const { body } of operations) runs *= choicesOf(body);
  }
  return Math.round(runs);
}

function* shrinkProgram({ shape, threads }: ProgramShape): Generator<ProgramShape> {
  if (threads.length > 1) for (let t = 0; t < threads.length; t++) yield { shape, threads: threads.toSpliced(t, 1) };
  for (const [t, operations] of threads.entries()) {
    for (const [i, operation] of operations.entries()) {
      if (operations.length > 1) yield { shape, threads: threads.with(t, operations.toSpliced(i, 1)) };
      if (operation.asks) yield { shape, threads: threads.with(t, operations.with(i, { ...operation, asks: false })) };
      for (const body of shrinkBody(operation.body))
        yield { shape, threads: threads.with(t, operations.with(i, { ...operation, body })) };
    }
  }
}

function* shrinkBody(body: readonly Instruction[]): Generator<readonly Instruction[]> {
  for (const [i, made] of body.entries()) {
    yield body.toSpliced(i, 1);
    if ('body' in made) {
      yield body.toSpliced(i, 1, ...made.body);
      for (const inner of shrinkBody(made.body)) yield body.with(i, { ...made, body: inner });
    }
    if (made.do === 'choose' && made.count > 2) yield body.with(i, { ...made, count: 2 });
    if ('value' in made && made.value > 1) yield body.with(i, { ...made, value: 1 });
    if ('expected' in made && made.expected > 1) yield body.with(i, { ...made, expected: 1 });
  }
}
