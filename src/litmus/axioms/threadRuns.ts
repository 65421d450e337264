import type { Deadline } from '../../explore/limits.ts';
import type { Addresses } from '../addresses.ts';
import { binaryOperation, unaryOperation } from '../arithmetic.ts';
import { LOOP_MAX, LoopCut } from '../loops.ts';
import type { Expression, Statement, Thread, Update } from '../syntax.ts';
import type { CandidateEvent, EventLabel, ThreadRun } from './candidate.ts';
import { THIN_AIR } from './thinAir.ts';
import { TooManyRuns } from './tooManyRuns.ts';
import type { PossibleValues } from './valueDomains.ts';
import { writtenValue } from './writtenValue.ts';

/** A value, and the reads that it depends on. */
interface Tainted {
  readonly value: number;
  readonly from: ReadonlySet<number>;
}

const NONE: ReadonlySet<number> = new Set();

export class OutOfTime extends Error {}
/** More runs of a thread are not enumerated, and no run with more statements. */
const RUNS_MAX = 100_000;
const STATEMENTS_MAX = 20_000;

class Undefined extends Error {}
/** A value out of thin air is computed with. herd7 leaves such executions out. */
class Contradiction extends Error {}

/**
 * All runs of a thread in which each read returns one of its possible values. Throws `TooManyRuns`
 * or `OutOfTime`.
 */
export function threadRuns(
  thread: Thread,
  addresses: Addresses,
  values: PossibleValues,
  deadline: Deadline,
): ThreadRun[] {
  const runs: ThreadRun[] = [];
  const choices = new Choices();
  do {
    if (runs.length === RUNS_MAX) throw new TooManyRuns(`P${thread.number} has more than ${RUNS_MAX} runs`);
    if (deadline.over) throw new OutOfTime();
    const run = new Interpreter(thread, addresses, values, choices).run();
    if (run !== undefined) runs.push(run);
  } while (choices.next());
  return runs;
}

/** Enumerates sequences of choices, depth first. */
class Choices {
  private readonly taken: { chosen: number; readonly of: number }[] = [];
  private at = 0;

  choose(of: number): number {
    if (this.at === this.taken.length) this.taken.push({ chosen: 0, of });
    return this.taken[this.at++].chosen;
  }

  /** Goes on to the next sequence. Returns false if there is none. */
  next(): boolean {
    this.at = 0;
    for (let last = this.taken.at(-1); last !== undefined; last = this.taken.at(-1)) {
      if (++last.chosen < last.of) return true;
      this.taken.pop();
    }
    return false;
  }
}

class Interpreter {
  private readonly events: CandidateEvent[] = [];
  private executed = 0;
  private readonly locals: Map<string, Tainted>;
  private readonly thread: Thread;
  private readonly addresses: Addresses;
  private readonly values: PossibleValues;
  private readonly choices: Choices;

  constructor(thread: Thread, addresses: Addresses, values: PossibleValues, choices: Choices) {
    this.thread = thread;
    this.addresses = addresses;
    this.values = values;
    this.choices = choices;
    this.locals = new Map(
      [...thread.locals].map(([name, value]) => [name, { value: addresses.number(value), from: NONE }]),
    );
  }

  /** Undefined: a loop runs too often, or the values contradict each other. */
  run(): ThreadRun | undefined {
    let undefinedBehaviour: string | null = null;
    try {
      this.block(this.thread.body, NONE);
    } catch (error) {
      if (error instanceof LoopCut || error instanceof Contradiction) return undefined;
      if (!(error instanceof Undefined)) throw error;
      undefinedBehaviour = error.message;
    }
    return { events: this.events, locals: [...this.locals.values()].map(({ value }) => value), undefinedBehaviour };
  }

  /** @param around the reads that the conditions of enclosing statements depend on. */
  private block(statements: readonly Statement[], around: ReadonlySet<number>): void {
    for (const statement of statements) {
      if (++this.executed > STATEMENTS_MAX)
        throw new TooManyRuns(`P${this.thread.number} has a run of more than ${STATEMENTS_MAX} statements`);
      this.statement(statement, around);
    }
  }

  private loop({ test, body, bodyFirst }: Statement & { readonly kind: 'while' }, around: ReadonlySet<number>): void {
    if (bodyFirst) this.block(body, around);
    let inside = around;
    for (let passes = 0; ; passes++) {
      const { value, from } = known(this.evaluate(test, inside));
      if (value === 0) return;
      if (passes === LOOP_MAX) throw new LoopCut();
      inside = union(inside, from);
      this.block(body, inside);
    }
  }

  private statement(statement: Statement, around: ReadonlySet<number>): void {
    switch (statement.kind) {
      case 'set':
        this.locals.set(statement.local, this.evaluate(statement.value, around));
        break;
      case 'store': {
        const at = this.evaluate(statement.at, around);
        this.write(STORES[statement.how], at, this.evaluate(statement.value, around), around);
        break;
      }
      case 'fence':
        this.fence(statement.as, around);
        break;
      case 'lock':
        this.lock(this.evaluate(statement.at, around), around);
        break;
      case 'unlock':
        this.write('unlock', this.evaluate(statement.at, around), NO_VALUE, around, 'lock');
        break;
      case 'srcu':
        this.srcu(statement, around);
        break;
      case 'if': {
        const test = known(this.evaluate(statement.test, around));
        this.block(test.value === 0 ? statement.no : statement.yes, union(around, test.from));
        break;
      }
      case 'while':
        this.loop(statement, around);
        break;
      default:
        this.evaluate(statement.value, around);
    }
  }

  private srcu({ as, at, cookie }: Statement & { readonly kind: 'srcu' }, around: ReadonlySet<number>): void {
    const { value, from } = this.evaluate(at, around);
    const data = cookie === undefined ? NONE : this.evaluate(cookie, around).from;
    this.add({ kind: 'fence', label: as, at: value, value: 0, address: from, data, control: around });
  }

  private lock(at: Tainted, around: ReadonlySet<number>): void {
    const read = this.read('lock', at, 0, around, 'lock');
    this.write('lock', at, { value: 1, from: NONE }, around, 'lock', read);
  }

  private evaluate(expression: Expression, around: ReadonlySet<number>): Tainted {
    switch (expression.kind) {
      case 'number':
        return { value: expression.value, from: NONE };
      case 'name':
        return this.locals.get(expression.name) ?? { value: this.addresses.of(expression.name), from: NONE };
      case 'unary': {
        const { value, from } = known(this.evaluate(expression.of, around));
        return { value: unaryOperation(expression.op, value), from };
      }
      case 'binary':
        return this.binary(expression, around);
      case 'choice': {
        const test = known(this.evaluate(expression.test, around));
        const { value, from } = this.evaluate(test.value === 0 ? expression.no : expression.yes, around);
        return { value, from: union(test.from, from) };
      }
      case 'load':
        return this.load(LOADS[expression.how], this.evaluate(expression.at, around), around);
      case 'lockTest':
        return this.lockTest(expression, around);
      case 'srcuLock': {
        const at = this.evaluate(expression.at, around);
        const event = { kind: 'fence', label: 'srcu_read_lock', at: at.value, value: 0 } as const;
        return { value: 0, from: new Set([this.add({ ...event, address: at.from, data: NONE, control: around })]) };
      }
      default:
        return this.update(expression, around);
    }
  }

  private binary({ op, left, right }: Expression & { readonly kind: 'binary' }, around: ReadonlySet<number>): Tainted {
    const a = known(this.evaluate(left, around));
    if (op === '&&' && a.value === 0) return { value: 0, from: a.from };
    if (op === '||' && a.value !== 0) return { value: 1, from: a.from };
    const b = known(this.evaluate(right, around));
    const value = op === '&&' || op === '||' ? Number(b.value !== 0) : binaryOperation(op, a.value, b.value);
    if (value === undefined) throw new Undefined(`${a.value} is divided by 0`);
    return { value, from: union(a.from, b.from) };
  }

  /** `spin_trylock`, which is 1 if it takes the lock, and `spin_is_locked`. */
  private lockTest({ how, at }: Expression & { readonly kind: 'lockTest' }, around: ReadonlySet<number>): Tainted {
    const place = this.evaluate(at, around);
    const result = this.choices.choose(2);
    const from = new Set([this.events.length]);
    if (how === 'spin_trylock' && result === 1) this.lock(place, around);
    // A trylock that fails sees a lock that is taken.
    else this.read(how === 'spin_is_locked' && result === 0 ? 'unlocked' : 'locked', place, 0, around, 'lock');
    return { value: result, from };
  }

  private possibleValue(address: number): number {
    const possible = [...(this.values.get(address) ?? NONE)];
    return possible.length === 0 ? 0 : possible[this.choices.choose(possible.length)];
  }

  private load(label: EventLabel, at: Tainted, around: ReadonlySet<number>): Tainted {
    const value = this.possibleValue(at.value);
    return { value, from: new Set([this.read(label, at, value, around)]) };
  }

  /** An atomic. One that changes nothing orders nothing. */
  private update(update: Update, around: ReadonlySet<number>): Tainted {
    const { how, order, result } = update;
    const at = this.evaluate(update.at, around);
    const compared = update.expected === undefined ? NO_VALUE : this.evaluate(update.expected, around);
    const operand = this.evaluate(update.value, around);
    const old = this.possibleValue(at.value);
    if (how !== 'xchg')
      for (const of of [old, compared.value, operand.value]) if (of === THIN_AIR) throw new Contradiction();
    const changes = { cmpxchg: old === compared.value, addUnless: old !== compared.value }[how as string] ?? true;
    if (changes && order === 'mb') this.fence('smp_mb', around);
    const label = order === 'acquire' && changes ? 'acquire' : result === 'none' ? 'noreturn' : 'once';
    const read = this.read(label, at, old, around);
    const from = new Set([read]);
    const value = writtenValue(how, old, operand.value);
    if (changes) {
      const data = how === 'xchg' || how === 'cmpxchg' ? operand.from : union(operand.from, from);
      this.write(order === 'release' ? 'release' : 'once', at, { value, from: data }, around, 'cell', read);
      if (order === 'mb') this.fence('smp_mb', around);
    }
    if (how === 'addUnless') return { value: Number(changes), from };
    return result === 'new' ? { value, from: union(operand.from, from) } : { value: old, from };
  }

  private fence(label: EventLabel, control: ReadonlySet<number>): void {
    this.add({ ...FENCE, label, control });
  }

  private read(
    label: EventLabel,
    at: Tainted,
    value: number,
    control: ReadonlySet<number>,
    place: 'cell' | 'lock' = 'cell',
  ): number {
    this.check(at.value, place);
    return this.add({ kind: 'read', label, at: at.value, value, address: at.from, data: NONE, control });
  }

  private write(
    label: EventLabel,
    at: Tainted,
    { value, from }: Tainted,
    control: ReadonlySet<number>,
    place: 'cell' | 'lock' = 'cell',
    readOf?: number,
  ): void {
    this.check(at.value, place);
    const event = { kind: 'write', label, at: at.value, value, address: at.from, data: from, control } as const;
    this.add(readOf === undefined ? event : { ...event, readOf });
  }

  private check(address: number, wanted: 'cell' | 'lock'): void {
    if (address === THIN_AIR) throw new Contradiction();
    const place = this.addresses.at(address);
    if (place === undefined) throw new Undefined(`${address} is no address, and is accessed`);
    if ((place.kind === 'cell') === (wanted === 'cell')) return;
    throw new Undefined(
      wanted === 'cell'
        ? `${place.name} is a lock, and is accessed as a variable`
        : `${place.name} is no lock, and is taken as one`,
    );
  }

  private add(event: CandidateEvent): number {
    return this.events.push(event) - 1;
  }
}

const FENCE = { kind: 'fence', at: null, value: 0, address: NONE, data: NONE } as const;
const NO_VALUE: Tainted = { value: 0, from: NONE };
const LOADS = { read: 'plain', load: 'once', loadAcquire: 'acquire' } as const;
const STORES = { write: 'plain', store: 'once', storeRelease: 'release' } as const;

/** A value that can be computed with. */
function known(tainted: Tainted): Tainted {
  if (tainted.value === THIN_AIR) throw new Contradiction();
  return tainted;
}

const union = (a: ReadonlySet<number>, b: ReadonlySet<number>): ReadonlySet<number> =>
  a.size === 0 ? b : b.size === 0 ? a : new Set([...a, ...b]);
