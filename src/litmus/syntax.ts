/** A litmus test. All values are signed 32-bit integers; so is the address of a variable. */
export interface LitmusTest {
  readonly name: string;
  /** The result that the test states; null: none. */
  readonly stated: Verdict | null;
  /** The shared variables. */
  readonly variables: readonly LitmusVariable[];
  readonly threads: readonly Thread[];
  readonly condition: Condition;
  /** Final states that do not satisfy it are ignored. */
  readonly filter: Condition | null;
}

/**
 * In which final states the condition holds; `DEADLOCK`: there are none. The words are those of
 * herd.
 */
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
  /** The variables whose addresses it is given. */
  readonly parameters: readonly string[];
  /** Its locals, with their initial values. */
  readonly locals: ReadonlyMap<string, Value>;
  readonly body: readonly Statement[];
}

export type FenceStatement = 'mb' | 'rmb' | 'wmb';

export type Statement =
  | { readonly kind: 'set'; readonly local: string; readonly value: Expression }
  | { readonly kind: 'store'; readonly how: StoreStatement; readonly at: Expression; readonly value: Expression }
  /** `as`: the name of the fence in the test, which may be weaker than `how`. */
  | { readonly kind: 'fence'; readonly how: FenceStatement; readonly as: string }
  | { readonly kind: 'lock' | 'unlock'; readonly at: Expression }
  | {
      readonly kind: 'if';
      readonly test: Expression;
      readonly yes: readonly Statement[];
      readonly no: readonly Statement[];
    }
  /** An expression that is evaluated for its effect. */
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

/** A read-modify-write with full ordering. */
export interface Update {
  readonly kind: 'update';
  readonly how: 'xchg' | 'cmpxchg' | 'fetchAdd' | 'fetchAnd' | 'fetchOr';
  readonly at: Expression;
  readonly value: Expression;
  /** For `cmpxchg`. */
  readonly expected?: Expression;
  /** Whether its value is the one that it writes; otherwise, the one that it reads. */
  readonly isNew: boolean;
}

/** A condition on final states. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'true' }
  | { readonly kind: 'equal'; readonly left: FinalPlace; readonly right: FinalPlace | Value };

/** A local of a thread, or a variable, in a final state. */
export type FinalPlace = { readonly thread: number; readonly local: string } | { readonly variable: string };

/** The expressions of a statement, without those of nested statements. */
export function expressionsOf(statement: Statement): readonly Expression[] {
  switch (statement.kind) {
    case 'store':
      return [statement.at, statement.value];
    case 'set':
    case 'do':
      return [statement.value];
    case 'lock':
    case 'unlock':
      return [statement.at];
    case 'if':
      return [statement.test];
    default:
      return [];
  }
}

/** The operands of an expression, in the order of their evaluation. */
export function operandsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'unary':
      return [expression.of];
    case 'binary':
      return [expression.left, expression.right];
    case 'load':
      return [expression.at];
    case 'update':
      return [expression.at, ...(expression.expected === undefined ? [] : [expression.expected]), expression.value];
    default:
      return [];
  }
}
