import type { Expression, Statement, Thread } from './syntax.ts';
import { expressionsOf, partsOf } from './visitor.ts';

/** What a thread may do, in the order of its text, with both ways of every `if`. */
export interface Event {
  readonly kind: 'load' | 'store' | 'update' | 'fence' | 'lock' | 'unlock';
  /** As in `Memory`; of a fence, its name in the test. */
  readonly how: string;
  /** The variable, where the text alone says which it is. */
  readonly at: string | null;
  /** Events of this thread, by their number, whose values flow into its address or value, or into an `if` around a store. */
  readonly from: ReadonlySet<number>;
}

type Flows = ReadonlySet<number>;

export function eventsOf(thread: Thread): Event[] {
  const flow = new Flow(thread);
  flow.block(thread.body, new Set());
  return flow.events;
}

/** Follows values from the loads they come from to where they are used. */
class Flow {
  readonly events: Event[] = [];
  private readonly thread: Thread;
  /** By local: the loads that its value comes from. */
  private readonly locals = new Map<string, Flows>();

  constructor(thread: Thread) {
    this.thread = thread;
  }

  /** @param around what the ifs around it come from */
  block(statements: readonly Statement[], around: Flows): void {
    for (const statement of statements) {
      if (statement.kind === 'fence') {
        this.add('fence', statement.as, null, new Set());
        continue;
      }
      const from = expressionsOf(statement).map((expression) => this.value(expression, around));
      switch (statement.kind) {
        case 'set':
          this.locals.set(statement.local, from[0]);
          break;
        case 'store':
          this.add('store', statement.how, this.variable(statement.at), union(...from, around));
          break;
        case 'lock':
        case 'unlock':
          this.add(statement.kind, statement.kind, this.variable(statement.at), from[0]);
          break;
        case 'if':
          this.branches(statement, union(from[0], around));
          break;
      }
    }
  }

  private branches({ yes, no }: Statement & { readonly kind: 'if' }, around: Flows): void {
    const before = new Map(this.locals);
    this.block(yes, around);
    const after = new Map(this.locals);
    for (const [local, from] of before) this.locals.set(local, from);
    this.block(no, around);
    for (const [local, from] of after) this.locals.set(local, union(from, this.locals.get(local) ?? new Set()));
  }

  private value(expression: Expression, around: Flows): Flows {
    if (expression.kind === 'name') return this.locals.get(expression.name) ?? new Set();
    const parts = partsOf(expression).map((part) => this.value(part, around));
    if (expression.kind !== 'load' && expression.kind !== 'update') return union(...parts);
    const from = expression.kind === 'load' ? union(...parts) : union(...parts, around);
    return new Set([this.add(expression.kind, expression.how, this.variable(expression.at), from)]);
  }

  private variable(at: Expression): string | null {
    return at.kind === 'name' && this.thread.parameters.includes(at.name) ? at.name : null;
  }

  private add(kind: Event['kind'], how: string, at: string | null, from: Flows): number {
    return this.events.push({ kind, how, at, from }) - 1;
  }
}

const union = (...sets: readonly Flows[]): Flows => new Set(sets.flatMap((set) => [...set]));
