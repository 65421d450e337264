/** A litmus test as it is read. All values are numbers of 32 bits with a sign; the address of a variable is one too. */
export interface Test {
  readonly name: string;
  /** What the test says of itself; null: nothing. */
  readonly stated: Verdict | null;
  /** Shared variables, with the values they begin with. */
  readonly variables: readonly LitmusVariable[];
  readonly threads: readonly Thread[];
  readonly condition: Condition;
  /** Executions that end otherwise do not count. */
  readonly filter: Condition | null;
}

/** Whether the final states have what the condition says; `DEADLOCK`: there are no final states. The words are those of the tests. */
export type Verdict = 'Never' | 'Sometimes' | 'Always' | 'DEADLOCK';

export interface LitmusVariable {
  readonly name: string;
  readonly lock: boolean;
  readonly initial: Value;
}

/** A number, or the address of a variable. */
export type Value = number | { readonly addressOf: string };

export interface Thread {
  /** Its number, as in `P0`. */
  readonly number: number;
  /** The variables it is given the addresses of. */
  readonly parameters: readonly string[];
  /** Locals, with the values they begin with. */
  readonly locals: ReadonlyMap<string, Value>;
  readonly body: readonly Statement[];
}

export type FenceStatement = 'mb' | 'rmb' | 'wmb';

export type Statement =
  | { readonly kind: 'set'; readonly local: string; readonly value: Expression }
  | { readonly kind: 'store'; readonly how: StoreStatement; readonly at: Expression; readonly value: Expression }
  /** `as`: the name in the test, where that is another and weaker fence. */
  | { readonly kind: 'fence'; readonly how: FenceStatement; readonly as: string }
  | { readonly kind: 'lock' | 'unlock'; readonly at: Expression }
  | {
      readonly kind: 'if';
      readonly test: Expression;
      readonly yes: readonly Statement[];
      readonly no: readonly Statement[];
    }
  /** For its effect. */
  | { readonly kind: 'do'; readonly value: Expression };

export type StoreStatement = 'write' | 'store' | 'storeRelease';
export type Load = 'read' | 'load' | 'loadAcquire';

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  /** A local, or a parameter. */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'unary'; readonly op: string; readonly of: Expression }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'load'; readonly how: Load; readonly at: Expression }
  | Update;

/** A read-modify-write with full order. */
export interface Update {
  readonly kind: 'update';
  readonly how: 'xchg' | 'cmpxchg' | 'fetchAdd' | 'fetchAnd' | 'fetchOr';
  readonly at: Expression;
  readonly value: Expression;
  /** For `cmpxchg`. */
  readonly expected?: Expression;
  /** Whether its value is what it has written; else what it has read. */
  readonly isNew: boolean;
}

/** What may hold of a final state. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'true' }
  | { readonly kind: 'equal'; readonly left: FinalPlace; readonly right: FinalPlace | Value };

/** A local of a thread, or a variable, at the end. */
export type FinalPlace = { readonly thread: number; readonly local: string } | { readonly variable: string };
