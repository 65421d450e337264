/** A litmus test. All values are signed 32-bit integers; so is the address of a variable. */
export interface LitmusTest {
  readonly name: string;
  /** The result that the test states; null: none. */
  readonly stated: Verdict | null;
  /** Whether it states a data race. */
  readonly statesRace: boolean;
  /** The shared variables. The elements of an array `a` are variables `a[0]`, `a[1]`, … */
  readonly variables: readonly LitmusVariable[];
  /** The names of arrays. Each stands for the address of its first element. */
  readonly arrays: readonly string[];
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
  /**
   * `as`: the name of the fence in the test, which may be weaker than `how`. Null: explored
   * programs have no such fence.
   */
  | { readonly kind: 'fence'; readonly how: FenceStatement | null; readonly as: string }
  /** `as`: the name of the function of SRCU. `cookie`: what `srcu_read_lock` returned. */
  | { readonly kind: 'srcu'; readonly as: string; readonly at: Expression; readonly cookie?: Expression }
  | { readonly kind: 'lock' | 'unlock'; readonly at: Expression }
  | {
      readonly kind: 'if';
      readonly test: Expression;
      readonly yes: readonly Statement[];
      readonly no: readonly Statement[];
    }
  | {
      readonly kind: 'while';
      readonly test: Expression;
      readonly body: readonly Statement[];
      /** Whether the body runs once before the first test: `do … while`. */
      readonly bodyFirst: boolean;
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
  | { readonly kind: 'choice'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'load'; readonly how: Load; readonly at: Expression }
  | { readonly kind: 'lockTest'; readonly how: 'spin_trylock' | 'spin_is_locked'; readonly at: Expression }
  | { readonly kind: 'srcuLock'; readonly at: Expression }
  | Update;

/** A read-modify-write. */
export interface Update {
  readonly kind: 'update';
  readonly how: 'xchg' | 'cmpxchg' | 'addUnless' | 'fetchAdd' | 'fetchAnd' | 'fetchOr' | 'fetchXor';
  /** `mb`: full order, as if between two `smp_mb`. */
  readonly order: 'mb' | 'relaxed' | 'acquire' | 'release';
  readonly at: Expression;
  readonly value: Expression;
  /** For `cmpxchg`: the value that it replaces. For `addUnless`: the one that it leaves. */
  readonly expected?: Expression;
  /** Its value: the one that it reads, or writes. `none`: it has none, which orders even less. */
  readonly result: 'old' | 'new' | 'none';
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
    case 'srcu':
      return statement.cookie === undefined ? [statement.at] : [statement.at, statement.cookie];
    case 'if':
    case 'while':
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
    case 'choice':
      return [expression.test, expression.yes, expression.no];
    case 'load':
    case 'lockTest':
    case 'srcuLock':
      return [expression.at];
    case 'update':
      return [expression.at, ...(expression.expected === undefined ? [] : [expression.expected]), expression.value];
    default:
      return [];
  }
}

/** All statements, those within others included. */
export const flattenStatements = (statements: readonly Statement[]): Statement[] =>
  statements.flatMap((statement) => {
    if (statement.kind === 'if')
      return [statement, ...flattenStatements(statement.yes), ...flattenStatements(statement.no)];
    return statement.kind === 'while' ? [statement, ...flattenStatements(statement.body)] : [statement];
  });

/** An expression with all of its operands, and theirs. */
export const flattenExpression = (expression: Expression): Expression[] => [
  expression,
  ...operandsOf(expression).flatMap(flattenExpression),
];
