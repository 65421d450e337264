import fc from 'fast-check';

/** A program as text: an operation with a loop, and others that it waits for. */
export interface LoopProgram {
  /** The operation with the loop. */
  readonly looping: LoopText;
  /** Whether a second thread performs the same operation. */
  readonly isTwice: boolean;
  /** Bodies of the other operations. */
  readonly others: readonly string[];
}

/**
 * An operation with a loop. Its parts are the code before the loop, the loop's form, condition and
 * body, and the code after it.
 */
export interface LoopText {
  readonly before: string;
  readonly form: 'while' | 'do' | 'for' | 'break' | 'for of';
  readonly condition: string;
  readonly body: readonly string[];
  readonly after: string;
}

/**
 * A local variable that outlives an iteration: its declaration, its use in an iteration, and its
 * use in the result of the operation.
 */
interface Local {
  readonly declare: string;
  readonly repeat: string;
  readonly use: string;
}

const DELAY = 'for (let i = 0; i < delay; i++) mem.load(pad); delay *= 2;';

const locals: readonly Local[] = [
  { declare: 'let tries = 0;', repeat: 'tries++;', use: 'tries > 2' },
  { declare: 'let lost = 0;', repeat: 'lost += 1;', use: '0' },
  { declare: 'let waited = false;', repeat: 'waited = true;', use: 'waited' },
  { declare: 'let n = 0;', repeat: 'n = (n + 1) % 3;', use: 'n' },
  {
    declare: 'let was = 0, changes = 0;',
    repeat: '{ const v = mem.load(y); if (v !== was) { changes++; was = v; } }',
    use: 'changes',
  },
  { declare: 'let last = 0;', repeat: 'last = mem.load(y);', use: 'last' },
  { declare: 'let idle = 0;', repeat: 'idle = mem.load(y);', use: '0' },
  { declare: 'let delay = 1;', repeat: DELAY, use: '0' },
  { declare: 'let bound = 0;', repeat: "if (++bound > 3) return 'gave up';", use: '0' },
  { declare: 'const seen = [];', repeat: 'if (seen.length < 2) seen.push(mem.load(y));', use: 'seen' },
  { declare: 'const state = { n: 0 };', repeat: 'state.n = (state.n + 1) % 2;', use: 'state.n' },
  { declare: 'let k = 0; const bump = () => { k = (k + 1) % 2; };', repeat: 'bump();', use: 'k' },
  { declare: 'const all = new Set();', repeat: 'all.add(mem.load(y));', use: 'all.size' },
  { declare: 'const it = new Counter();', repeat: 'it.next();', use: 'it.n > 2' },
  { declare: 'let odd = false;', repeat: 'odd = !odd; if (odd) continue;', use: 'odd' },
  { declare: 'let text = "";', repeat: 'if (text.length < 2) text += mem.load(y);', use: 'text' },
  { declare: 'let turn = 0;', repeat: 'turn ^= 1; if (turn === 1 && mem.load(y) === 2) break;', use: 'turn' },
  {
    declare: 'let old = -1;',
    repeat: '{ const now = mem.load(x); if (now < old) return `back from ${old}`; old = now; }',
    use: 'old',
  },
  { declare: 'let z0 = 0;', repeat: 'mem.store(z, 1); z0 = mem.load(z);', use: 'z0' },
  { declare: '', repeat: 'for (const c of [x, y]) if (mem.load(c) === 3) return "three";', use: '0' },
  { declare: '', repeat: 'if (peek(mem, y) === 3) return "peeked";', use: '0' },
];

const conditions = [
  'mem.load(x) === 0',
  'mem.load(x) < 2',
  'mem.loadAcquire(x) !== 1',
  'mem.cmpxchg(m, 0, 1) !== 0',
  'mem.xchg(m, 1) === 1',
  '(mem.fetchOr(m, 1) & 1) === 1',
  'mem.fetchAdd(x, 0) === 0',
  'mem.load(x) === 0 && mem.load(y) === 0',
  'mem.load(x) === mem.load(y)',
  'peek(mem, x) === 0',
];

const simple = fc.constantFrom(
  'mem.store(x, 1);',
  'mem.store(x, 2);',
  'mem.store(x, 3);',
  'mem.store(y, 1);',
  'mem.store(y, 2);',
  'mem.store(m, 0);',
  'mem.fetchAdd(x, 1);',
  'mem.store(z, mem.load(z) + 1);',
);

/** Programs with loops, some of which keep state from one iteration to the next. */
export const loopPrograms: fc.Arbitrary<LoopProgram> = fc
  .record({
    locals: fc.uniqueArray(fc.constantFrom(...locals), {
      minLength: 0,
      maxLength: 2,
      selector: ({ declare }) => declare,
    }),
    form: fc.constantFrom('while', 'do', 'for', 'break', 'for of' as const),
    condition: fc.constantFrom(...conditions),
    store: fc.boolean(),
    isTwice: fc.boolean(),
    isHeld: fc.boolean(),
    others: fc.oneof(
      fc.tuple(fc.array(simple, { minLength: 1, maxLength: 3 })),
      fc.tuple(fc.array(simple, { minLength: 1, maxLength: 2 }), fc.array(simple, { minLength: 1, maxLength: 1 })),
    ),
  })
  .map(({ locals: kept, form, condition, store, isTwice, isHeld, others }) => {
    const uses = kept.map(({ use }) => use);
    const releases = condition.includes('(m,') ? 'mem.store(m, 0);' : '';
    return {
      looping: {
        before: kept.map(({ declare }) => declare).join(' '),
        form: form as LoopText['form'],
        condition,
        body: kept.map(({ repeat }) => repeat),
        after: `${store ? 'mem.store(z, mem.load(z) + 1);' : ''} ${releases} return [${uses.join(', ')}];`,
      },
      isTwice: isTwice && condition.includes('(m,'),
      others: others.map((steps, i) => `${isHeld && i === 0 ? 'mem.store(m, 1);' : ''} ${steps.join(' ')}`),
    };
  });

/** The operation with its loop as it is. */
export function asWritten({ before, form, condition, body, after }: LoopText): string {
  const inside = body.join('\n    ');
  const loop = {
    while: `while (${condition}) {\n    ${inside}\n  }`,
    do: `do {\n    ${inside}\n  } while (${condition});`,
    for: `for (let i = 0; ${condition}; i++) {\n    ${inside}\n  }`,
    break: `for (;;) {\n    if (!(${condition})) break;\n    ${inside}\n  }`,
    'for of': `for (const again of [1, 2]) while (${condition}) {\n    ${inside}\n  }`,
  }[form];
  return `${before}\n  ${loop}\n  ${after}`;
}

/**
 * The operation with its loop bounded to `most` iterations. An `assume` drops executions that need
 * more.
 */
export function asBounded({ before, form, condition, body, after }: LoopText, most: number): string {
  // The delay is left out: it doubles, so an unrolled loop would soon have a thousand loads. Its
  // length does not affect the result.
  const inside = body.map((statement) => statement.replace(DELAY, '')).join('\n    ');
  const bounded = (first: boolean): string =>
    `for (let round = 0; ; round++) {\n    ${first ? '' : `if (!(${condition})) break;\n    `}assume(round < ${most});\n    once: do {\n    ${inside}\n    } while (false);\n  }`;
  // `continue` leaves `once`; `break` leaves both loops.
  const text = inside.replaceAll('continue;', 'continue once;').replaceAll(' break;', ' break out;');
  const around = (what: string): string => `out: ${what.replace(inside, () => text)}`;
  const loop = {
    while: around(bounded(false)),
    for: around(bounded(false)),
    break: around(bounded(false)),
    do: `out: for (let round = 0; ; round++) {\n    assume(round < ${most});\n    once: do {\n    ${text}\n    } while (false);\n    if (!(${condition})) break;\n  }`,
    'for of': `for (const again of [1, 2]) ${around(bounded(false))}`,
  }[form];
  return `${before}\n  ${loop}\n  ${after}`;
}

/** Declarations that the operations use. */
export const PRELUDE = `
const peek = (mem, cell) => mem.load(cell);
class Counter { n = 0; next() { this.n++; } }
`;
