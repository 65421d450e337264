import type { Addresses } from '../addresses.ts';
import { binaryOperation, unaryOperation } from '../arithmetic.ts';
import { LOOP_MAX } from '../loops.ts';
import type { Expression, LitmusTest, Statement, Thread, Update } from '../syntax.ts';
import { copiedFrom, copyOf, onCycles, THIN_AIR } from './thinAir.ts';
import { TooManyRuns } from './tooManyRuns.ts';
import { writtenValue } from './writtenValue.ts';

/** By address: the values that a read may return. */
export type PossibleValues = ReadonlyMap<number, ReadonlySet<number>>;

/**
 * Values, each with the least number of reads that it passed through. A value comes from a chain of
 * writes that depend on reads, each of which is executed once. So longer chains are left out.
 */
type Domain = ReadonlyMap<number, number>;

/** More values of one location are not enumerated. */
const VALUES_MAX = 2000;

const afterRead = (domain: Iterable<readonly [number, number]>): Domain =>
  new Map([...domain].map(([value, chain]) => [value, chain + 1]));
const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0);
const only = (value: number): Domain => new Map([[value, 0]]);

/**
 * A superset of the values that each location may have. Both branches of each `if` are taken: a
 * value may come from a branch that only the value itself leads to.
 */
export function valueDomains(test: LitmusTest, addresses: Addresses): PossibleValues {
  const memory = new Map<number, Map<number, number>>();
  for (const { name, initial } of test.variables)
    memory.set(addresses.of(name), new Map([[addresses.number(initial), 0]]));
  const copies = new Map<number, Set<number>>();
  const dependent = new Map<Statement | Expression, number>();
  for (;;) {
    const passes = test.threads.map((thread) => new DomainPass(thread, addresses, { memory, copies, dependent }));
    for (const pass of passes) pass.run();
    if (passes.every(({ isStable }) => isStable)) break;
  }
  const values = new Map([...memory].map(([address, domain]) => [address, new Set(domain.keys())]));
  for (const address of onCycles(copies)) values.get(address)!.add(THIN_AIR);
  return values;
}

interface SharedDomains {
  readonly memory: Map<number, Map<number, number>>;
  /** By address: where a value that is read there may be written to unchanged. */
  readonly copies: Map<number, Set<number>>;
  /**
   * The writes of values that depend on reads, with how often each may be executed. The sum of
   * these numbers bounds the length of chains.
   */
  readonly dependent: Map<Statement | Expression, number>;
}

/** Goes once through a thread, with sets of values instead of values. */
class DomainPass {
  isStable = true;
  /** How many loops are around. */
  private loops = 0;
  private locals: Map<string, Domain>;
  private readonly thread: Thread;
  private readonly addresses: Addresses;
  private readonly shared: SharedDomains;

  constructor(thread: Thread, addresses: Addresses, shared: SharedDomains) {
    this.thread = thread;
    this.addresses = addresses;
    this.shared = shared;
    this.locals = new Map([...thread.locals].map(([name, value]) => [name, only(addresses.number(value))]));
  }

  run(): void {
    this.block(this.thread.body);
  }

  private block(statements: readonly Statement[]): void {
    for (const statement of statements) this.statement(statement);
  }

  private statement(statement: Statement): void {
    switch (statement.kind) {
      case 'set':
        this.locals.set(statement.local, this.evaluate(statement.value));
        break;
      case 'store':
        this.write(statement, this.evaluate(statement.at), this.evaluate(statement.value));
        break;
      case 'if':
        this.evaluate(statement.test);
        this.either(
          () => this.block(statement.yes),
          () => this.block(statement.no),
        );
        break;
      case 'while':
        this.loop(statement);
        break;
      case 'do':
        this.evaluate(statement.value);
        break;
      default:
    }
  }

  private loop({ test, body, bodyFirst }: Statement & { readonly kind: 'while' }): void {
    this.loops++;
    for (let passes = bodyFirst ? -1 : 0; passes < LOOP_MAX; passes++)
      this.either(
        () => {
          this.evaluate(test);
          this.block(body);
        },
        () => {},
      );
    this.evaluate(test);
    this.loops--;
  }

  private either(first: () => void, second: () => void): void {
    const before = new Map(this.locals);
    first();
    const after = this.locals;
    this.locals = before;
    second();
    for (const [name, domain] of after) this.locals.set(name, join(domain, this.locals.get(name) ?? new Map()));
  }

  private evaluate(expression: Expression): Domain {
    switch (expression.kind) {
      case 'number':
        return only(expression.value);
      case 'name':
        return this.locals.get(expression.name) ?? only(this.addresses.of(expression.name));
      case 'unary':
        return combine(this.evaluate(expression.of), only(0), (value) => unaryOperation(expression.op, value));
      case 'binary':
        return combine(this.evaluate(expression.left), this.evaluate(expression.right), (a, b) =>
          operate(expression.op, a, b),
        );
      case 'choice':
        this.evaluate(expression.test);
        return join(this.evaluate(expression.yes), this.evaluate(expression.no));
      case 'load':
        return this.read(this.evaluate(expression.at));
      case 'lockTest':
        return new Map([
          [0, 0],
          [1, 0],
        ]);
      case 'srcuLock':
        return only(0);
      default:
        return this.update(expression);
    }
  }

  private update(update: Update): Domain {
    const at = this.evaluate(update.at);
    if (update.expected !== undefined) this.evaluate(update.expected);
    const old = this.read(at);
    const operand = this.evaluate(update.value);
    const isCopy = update.how === 'xchg' || update.how === 'cmpxchg';
    const written = isCopy ? operand : combine(old, operand, (a, b) => writtenValue(update.how, a, b));
    this.write(update, at, written);
    if (update.how === 'addUnless') return this.evaluate({ kind: 'lockTest', how: 'spin_trylock', at: update.at });
    return update.result === 'new' ? written : old;
  }

  private read(at: Domain): Domain {
    let values: Domain = new Map();
    for (const address of at.keys()) {
      const known = this.shared.memory.get(address);
      if (known !== undefined) values = join(values, afterRead([...known, [copyOf(address), 0]]));
    }
    return values.size === 0 ? only(0) : values;
  }

  private write(by: Statement | Expression, at: Domain, values: Domain): void {
    for (const [address, chainTo] of at)
      for (const [value, chain] of values) {
        const longer = Math.max(chain, chainTo);
        if (longer > 0) this.addDependent(by);
        this.add(address, value, longer);
      }
  }

  private addDependent(by: Statement | Expression): void {
    const { dependent } = this.shared;
    if (dependent.has(by)) return;
    dependent.set(by, (LOOP_MAX + 1) ** this.loops);
    this.isStable = false;
  }

  private add(address: number, value: number, chain: number): void {
    const { memory, copies, dependent } = this.shared;
    const known = memory.get(address);
    const from = copiedFrom(value);
    if (known !== undefined && from !== undefined) {
      copies.set(from, (copies.get(from) ?? new Set()).add(address));
      return;
    }
    if (known === undefined || chain > sum(dependent.values()) || (known.get(value) ?? Infinity) <= chain) return;
    known.set(value, chain);
    if (known.size > VALUES_MAX) throw new TooManyRuns(`a location may have more than ${VALUES_MAX} values`);
    this.isStable = false;
  }
}

function operate(op: string, a: number, b: number): number | undefined {
  if (op === '&&') return Number(a !== 0 && b !== 0);
  return op === '||' ? Number(a !== 0 || b !== 0) : binaryOperation(op, a, b);
}

function join(a: Domain, b: Domain): Domain {
  const joined = new Map(a);
  for (const [value, chain] of b) joined.set(value, Math.min(chain, joined.get(value) ?? Infinity));
  return joined;
}

function combine(a: Domain, b: Domain, how: (a: number, b: number) => number | undefined): Domain {
  const combined = new Map<number, number>();
  for (const [left, chainLeft] of a)
    for (const [right, chainRight] of b) {
      if (left >= THIN_AIR || right >= THIN_AIR) continue;
      const chain = Math.max(chainLeft, chainRight);
      const value = how(left, right);
      if (value !== undefined) combined.set(value, Math.min(chain, combined.get(value) ?? Infinity));
    }
  return combined;
}
