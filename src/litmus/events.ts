import { LOOP_MAX } from './loops.ts';
import {
  type Expression,
  expressionsOf,
  type LitmusTest,
  operandsOf,
  type Statement,
  type Thread,
  type Update,
} from './syntax.ts';

/** An access or a fence in the text of a thread, with both branches of each `if`. */
export interface Event {
  readonly kind: 'load' | 'store' | 'update' | 'fence' | 'lock' | 'unlock';
  /** The method of `Memory`; for a fence, its name in the test. */
  readonly how: string;
  /** Of an update. */
  readonly order?: Update['order'];
  /** Whether it is an update without a value. */
  readonly isNoreturn?: boolean;
  /** The accessed variable; null if the text alone does not determine it. */
  readonly at: string | null;
  /**
   * Dependencies: the numbers of events of this thread. Their values flow into its address, into
   * its value or, for a store, into the condition of an `if` around it.
   */
  readonly from: ReadonlySet<number>;
}

/** Numbers of the loads that a value depends on. */
type Dependencies = ReadonlySet<number>;

function eventsOf(thread: Thread): Event[] {
  const analysis = new DependencyAnalysis(thread);
  analysis.block(thread.body, new Set());
  return analysis.events;
}

/** Tracks the loads that each value depends on. */
class DependencyAnalysis {
  readonly events: Event[] = [];
  private readonly thread: Thread;
  /** By local: the loads that its value depends on. */
  private readonly locals = new Map<string, Dependencies>();

  constructor(thread: Thread) {
    this.thread = thread;
  }

  /** @param around what the conditions of the enclosing `if` depend on. */
  block(statements: readonly Statement[], around: Dependencies): void {
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
          this.branches([statement.yes, statement.no], union(from[0], around));
          break;
        case 'while':
          for (let passes = 0; passes < LOOP_MAX; passes++) this.branches([statement.body], union(from[0], around));
          break;
      }
    }
  }

  private branches([yes, no = []]: readonly (readonly Statement[])[], around: Dependencies): void {
    const before = new Map(this.locals);
    this.block(yes, around);
    const after = new Map(this.locals);
    for (const [local, from] of before) this.locals.set(local, from);
    this.block(no, around);
    for (const [local, from] of after) this.locals.set(local, union(from, this.locals.get(local) ?? new Set()));
  }

  private value(expression: Expression, around: Dependencies): Dependencies {
    if (expression.kind === 'name') return this.locals.get(expression.name) ?? new Set();
    const parts = operandsOf(expression).map((part) => this.value(part, around));
    if (expression.kind !== 'load' && expression.kind !== 'update') return union(...parts);
    const from = expression.kind === 'load' ? union(...parts) : union(...parts, around);
    const event = this.add(expression.kind, expression.how, this.variable(expression.at), from);
    if (expression.kind === 'update') {
      const { order, result } = expression;
      this.events[event] = { ...this.events[event], order, isNoreturn: result === 'none' };
    }
    return new Set([event]);
  }

  private variable(at: Expression): string | null {
    return at.kind === 'name' && this.thread.parameters.includes(at.name) ? at.name : null;
  }

  private add(kind: Event['kind'], how: string, at: string | null, from: Dependencies): number {
    return this.events.push({ kind, how, at, from }) - 1;
  }
}

const union = (...sets: readonly Dependencies[]): Dependencies => new Set(sets.flatMap((set) => [...set]));

/** An event, with its number among the events of its thread. */
export interface EventSite {
  readonly event: Event;
  readonly i: number;
  readonly thread: readonly Event[];
}

/** The events of a test, by thread. */
export function sitesOf(test: LitmusTest): readonly (readonly EventSite[])[] {
  return test.threads.map((thread) => {
    const events = eventsOf(thread);
    return events.map((event, i) => ({ event, i, thread: events }));
  });
}

/** Of a cmpxchg this is true if it succeeds, which the text does not tell. */
export const isFullFenceEvent = ({ kind, how, order }: Event): boolean =>
  order === 'mb' || (kind === 'fence' && /^smp_mb/.test(how));
/** The same whether it succeeds or fails: one that fails orders nothing. */
export const isSureFullFence = (event: Event): boolean => isFullFenceEvent(event) && event.how !== 'cmpxchg';
export const isLoadEvent = ({ kind }: Event): boolean => kind === 'load' || kind === 'update' || kind === 'lock';
export const isStoreEvent = ({ kind }: Event): boolean => kind === 'store' || kind === 'update' || kind === 'unlock';
export const acquires = ({ how, order }: Event): boolean =>
  how === 'loadAcquire' || how === 'lock' || order === 'acquire';
export const releases = ({ how, order }: Event): boolean =>
  how === 'storeRelease' || how === 'unlock' || order === 'release';

/** Whether two events may access the same variable. */
export const mayAlias = (a: Event, b: Event): boolean => a.at === null || b.at === null || a.at === b.at;

/** The events of a thread between two of its events. */
export const eventsBetween = (a: EventSite, b: EventSite): readonly Event[] => a.thread.slice(a.i + 1, b.i);
