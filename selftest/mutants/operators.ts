/**
 * The mutation operators. Stryker does not serve: its operators know nothing of accesses, locks and
 * orders, and it runs test suites, not searches. No operator weakens an ordering: `npm run
 * barriers` does that.
 */
import { type AnyNode, type Expression, type Program, parse } from 'acorn';
import { type AncestorVisitors, ancestor } from 'acorn-walk';
import {
  calleeName,
  containsRead,
  declaredNames,
  FENCES,
  functionOf,
  hasTest,
  isAccess,
  isEquality,
  isErrorNumber,
  isInLayout,
  isLargerSide,
  isLocking,
  isMovable,
  lockCallIn,
  operatorOf,
  READS,
  touchesMemory,
  unlocksIn,
  usesAny,
  usesOf,
} from './nodes.ts';

/** The operators, and what each does. */
export const operators = {
  drop: 'removes a call, an assignment, a break or a continue',
  zero: 'replaces a read by 0',
  unlocked: 'removes a lock and its unlock',
  swap: 'swaps two adjacent statements that access memory',
  twice: 'executes a statement that accesses memory twice',
  again: 'reads a value again where it is used a second time',
  bound: 'moves a bound by one',
  condition: 'replaces a condition by true or false',
  operand: 'keeps one side of an and, an or, or a `??`',
  mask: 'removes a mask, a modulus, a minimum or a width',
  arithmetic: 'swaps plus and minus, or left and right shift',
  number: 'changes a number by one, or negates a boolean',
  return: 'returns zero',
};
export type Operator = keyof typeof operators;

/** One change of a compiled module. */
export interface Mutant {
  readonly operator: Operator;
  /** The function around it. */
  readonly inside: string;
  /** The change in words. */
  readonly what: string;
  /** The text `from` at offset `at` becomes `to`. */
  readonly at: number;
  readonly from: string;
  readonly to: string;
}

/** A piece of the text, and what becomes of it. */
interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly to: string;
}
type Span = Pick<TextEdit, 'start' | 'end'>;
type Visitors = AncestorVisitors<unknown>;

const BOUNDS: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };
const ARITHMETIC: Readonly<Record<string, string>> = { '+': '-', '-': '+', '<<': '>>', '>>': '<<' };
/** Calls that cut a number to what it may be. */
const CUTS = ['u16', 'BigInt.asUintN', 'BigInt.asIntN', 'Math.min', 'Math.max', 'Math.ceil', 'Math.floor'];
/** Names of numbers that functions return. */
const COUNTS = ['count', 'result', 'cleared', 'error'];
/** A description shows at least and at most so many characters around a change. */
const LEAST = 12;
const AROUND = 48;
/** At most so many characters of a change are shown. */
const SHOWN = 100;

/**
 * The mutants of a compiled module, in the order of the text. No two have the same text, and all
 * parse.
 */
export function mutantsOf(text: string): Mutant[] {
  const tools = new MutantMaker(text);
  ancestor(parsed(text), { ...statementVisitors(tools), ...conditionVisitors(tools), ...expressionVisitors(tools) });
  return distinct(text, tools.found);
}

/** What visitors use to add a mutant to `found`. */
class MutantMaker {
  readonly text: string;
  readonly found: Mutant[] = [];

  constructor(text: string) {
    this.text = text;
  }

  source({ start, end }: Span): string {
    return this.text.slice(start, end);
  }

  add(operator: Operator, ancestors: readonly AnyNode[], edits: readonly TextEdit[], what: string): void {
    const { text } = this;
    const to = edits.map((edit, i) => edit.to + text.slice(edit.end, edits[i + 1]?.start ?? edit.end)).join('');
    const from = text.slice(edits[0].start, edits.at(-1)!.end);
    this.found.push({ operator, inside: functionOf(ancestors), what, at: edits[0].start, from, to });
  }

  /** A part of an expression becomes something else. */
  change(operator: Operator, ancestors: readonly AnyNode[], edit: TextEdit): void {
    const { text } = this;
    const shown = around(text, edit, ancestors);
    const before = plain(this.source(shown));
    const after = plain(text.slice(shown.start, edit.start) + edit.to + text.slice(edit.end, shown.end));
    this.add(operator, ancestors, [edit], `${before} → ${after}`);
  }

  becomes(operator: Operator, node: AnyNode, ancestors: readonly AnyNode[], to: string): void {
    this.change(operator, ancestors, edited(node, to));
  }

  /** A test always holds, or never. */
  decided(test: Expression, ancestors: readonly AnyNode[], values: readonly string[] = ['true', 'false']): void {
    // Then one side alone remains, which the operator `operand` makes.
    const other = { '&&': 'true', '||': 'false' }[operatorOf(test) ?? ''];
    for (const value of values.filter((one) => one !== other))
      this.add('condition', ancestors, [edited(test, value)], `${plain(this.source(test))} → ${value}`);
  }
}

const edited = ({ start, end }: Span, to: string): TextEdit => ({ start, end, to });

/** Mutants of statements. */
const statementVisitors = (tools: MutantMaker): Visitors => ({
  ExpressionStatement(node, _, ancestors) {
    const { expression } = node;
    if (isLocking(expression) || isAccess(expression, FENCES)) return;
    const parent = ancestors.at(-2)!;
    const source = tools.source(node);
    // In an `if` without `else`, the condition `false` has the same effect.
    if (parent.type !== 'IfStatement' || parent.alternate)
      tools.add('drop', ancestors, [edited(node, ';')], plain(source));
    if (touchesMemory(expression))
      tools.add('twice', ancestors, [edited(node, `{ ${source} ${source} }`)], plain(source));
  },
  BreakStatement(node, _, ancestors) {
    if (ancestors.at(-2)!.type === 'BlockStatement')
      tools.add('drop', ancestors, [edited(node, ';')], plain(tools.source(node)));
  },
  BlockStatement({ body }, _, ancestors) {
    body.forEach((statement, i) => {
      const source = tools.source(statement);
      const lock = lockCallIn(statement, 'lock');
      if (lock) {
        const locks = [statement, ...body.slice(i + 1).flatMap((later) => unlocksIn(later, lock))];
        const edits = locks.map((one) => edited(one, ';'));
        tools.add('unlocked', ancestors, edits, plain(source));
      }
      const next = body[i + 1];
      if (!next || !isMovable(statement) || !isMovable(next) || usesAny(next, declaredNames(statement))) return;
      const edits = [edited(statement, tools.source(next)), edited(next, source)];
      tools.add('swap', ancestors, edits, `${plain(source)} ⇄ ${plain(tools.source(next))}`);
    });
  },
  VariableDeclarator({ id, init, end }, _, ancestors) {
    if (!init || id.type !== 'Identifier' || !containsRead(init)) return;
    // The first use may as well be the read itself.
    for (const { use, path } of usesOf(ancestors.at(-3)!, id.name, end).slice(1))
      tools.becomes('again', use, [...ancestors.slice(0, -3), ...path], `(${tools.source(init)})`);
  },
  ReturnStatement({ argument }, _, ancestors) {
    if (argument?.type === 'Identifier' && COUNTS.includes(argument.name))
      tools.becomes('return', argument, ancestors, '0');
  },
});

/** Mutants of conditions. */
const conditionVisitors = (tools: MutantMaker): Visitors => ({
  IfStatement: (node, _, ancestors) => tools.decided(node.test, ancestors),
  ConditionalExpression: (node, _, ancestors) => tools.decided(node.test, ancestors),
  WhileStatement: (node, _, ancestors) => tools.decided(node.test, ancestors, ['false']),
  LogicalExpression(node, _, ancestors) {
    for (const side of [node.left, node.right]) tools.becomes('operand', node, ancestors, `(${tools.source(side)})`);
  },
});

/** Mutants of expressions. */
const expressionVisitors = (tools: MutantMaker): Visitors => ({
  CallExpression(node, _, ancestors) {
    if (isAccess(node, READS) && !isEquality(ancestors.at(-2)!))
      tools.becomes('zero', node, ancestors, calleeName(node).endsWith('64') ? '0n' : '0');
    const callee = tools.source(node.callee);
    if (!CUTS.includes(callee)) return;
    const cut = callee.startsWith('BigInt') ? node.arguments.slice(1) : node.arguments;
    for (const argument of cut) tools.becomes('mask', node, ancestors, `(${tools.source(argument)})`);
  },
  BinaryExpression(node, _, ancestors) {
    const { operator, left, right } = node;
    const between = tools.text.slice(left.end, right.start);
    const sign = (by: string) => edited({ start: left.end, end: right.start }, between.replace(operator, by));
    if (operator in BOUNDS) tools.change('bound', ancestors, sign(BOUNDS[operator]));
    if (operator in ARITHMETIC && !isInLayout(ancestors))
      tools.change('arithmetic', ancestors, sign(ARITHMETIC[operator]));
    if (['&', '|', '%', '>>>'].includes(operator)) tools.becomes('mask', node, ancestors, tools.source(left));
  },
  UnaryExpression(node, _, ancestors) {
    const { operator, argument } = node;
    const source = tools.source(argument);
    if (operator === '!' && !ancestors.some(hasTest)) tools.becomes('condition', node, ancestors, source);
    if (operator === '~') tools.becomes('mask', node, ancestors, source);
    if (operator !== '-') return;
    if (isErrorNumber(argument)) tools.becomes('return', node, ancestors, '0');
    else tools.becomes('arithmetic', node, ancestors, source);
  },
  Literal(node, _, ancestors) {
    const { value } = node;
    const parent = ancestors.at(-2)!;
    if (typeof value === 'boolean') tools.becomes('number', node, ancestors, String(!value));
    if (typeof value !== 'number' && typeof value !== 'bigint') return;
    if (isInLayout(ancestors) || isEquality(parent) || parent.type === 'AssignmentPattern') return;
    const isBigInt = typeof value === 'bigint';
    // Shifts and sums of numbers have operators of their own.
    if (!isBigInt && ['>>>', ...Object.keys(ARITHMETIC)].includes(operatorOf(parent) ?? '')) return;
    const changed = BigInt(value) + (isLargerSide(node, parent) ? -1n : 1n);
    if (changed >= 0n) tools.becomes('number', node, ancestors, isBigInt ? `${changed}n` : String(changed));
  },
});

/** Mutants whose text parses and differs from all others, in the order of the text. */
function distinct(text: string, found: readonly Mutant[]): Mutant[] {
  const seen = new Set([plain(text, Infinity)]);
  const order = Object.keys(operators);
  return found
    .toSorted((a, b) => a.at - b.at || order.indexOf(a.operator) - order.indexOf(b.operator))
    .filter(({ operator, inside }) => !(isSetup(inside) && OF_CONCURRENCY.includes(operator)))
    .filter((mutant) => {
      const result = applied(text, mutant);
      const known = seen.has(plain(result, Infinity));
      seen.add(plain(result, Infinity));
      return !known && parses(result);
    });
}

/** During setup no other thread sees in which order, and how often, memory is accessed. */
const isSetup = (inside: string): boolean => ['constructor', 'init'].includes(inside);
const OF_CONCURRENCY: readonly string[] = ['swap', 'twice', 'again'];

export const applied = (text: string, { at, from, to }: Pick<Mutant, 'at' | 'from' | 'to'>): string =>
  text.slice(0, at) + to + text.slice(at + from.length);

const parsed = (text: string): Program => parse(text, { ecmaVersion: 'latest', sourceType: 'module' });

function parses(text: string): boolean {
  try {
    parsed(text);
    return true;
  } catch {
    return false;
  }
}

/** The largest part of the text around an edit that is short. */
function around(text: string, edit: TextEdit, ancestors: readonly AnyNode[]): Span {
  let shown: Span = edit;
  for (const outer of ancestors.toReversed()) {
    if (outer.start > edit.start || outer.end < edit.end) continue;
    if (/^(BlockStatement|Program|ClassBody)$/.test(outer.type)) break;
    if (shown.end - shown.start > LEAST && plain(text.slice(outer.start, outer.end)).length > AROUND) break;
    shown = outer;
  }
  return shown;
}

/** On one line, without comments, and not too long. */
function plain(text: string, most = SHOWN): string {
  const line = text
    .replace(/\/\/.*$/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
}
