import type { Node } from '#dist/kernel/slice/parser.js';
import { parseC } from '#dist/kernel/slice/parser.js';

/** What an operator does to C, by its name. */
export const operators = {
  drop: 'removes a statement',
  swap: 'swaps two adjacent statements',
  weaken: 'removes an acquire, a release, a fence, or the marking of an access',
  bound: 'moves a bound by one',
  number: 'adds one to a number',
  mask: 'removes a mask or a shift',
  width: 'halves a type, or removes a cast or a suffix',
  negate: 'negates a condition',
  operand: 'keeps one side of an and, or of an or',
} as const;
export type Operator = keyof typeof operators;

/** A C file that is changed in one place. */
export interface CMutant {
  /** Function, operator, and its number among the mutants of both: `entry_at mask 1`. */
  readonly key: string;
  readonly operator: Operator;
  readonly text: string;
  /** The changed lines, both included. */
  readonly lines: readonly [from: number, to: number];
  /** What is there, and what is put there, for the output. Never written to a file of ours. */
  readonly change: string;
}

interface Edit {
  readonly operator: Operator;
  readonly from: number;
  readonly to: number;
  readonly by: string;
  readonly node: Node;
}

/** The mutants of all functions of a C file, in their order. */
export async function cMutantsOf(text: string): Promise<CMutant[]> {
  const root = await parseC(text);
  return root.descendantsOfType('function_definition').flatMap((definition) => {
    // The parser does not know `__weak`, and takes it for a type.
    const name = /(\w+)\s*\(/.exec(definition!.text)![1];
    const counts = new Map<Operator, number>();
    return editsIn(definition!.childForFieldName('body')!).map(({ operator, from, to, by, node }) => {
      const count = (counts.get(operator) ?? 0) + 1;
      counts.set(operator, count);
      return {
        key: `${name} ${operator} ${count}`,
        operator,
        text: text.slice(0, from) + by + text.slice(to),
        lines: [node.startPosition.row + 1, node.endPosition.row + 1],
        change: `${oneLine(text.slice(from, to))} → ${oneLine(by)}`,
      };
    });
  });
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

function editsIn(node: Node): Edit[] {
  const own = [...ofStatement(node), ...ofExpression(node), ...ofType(node)];
  return [...own, ...node.namedChildren.flatMap((child) => (child === null ? [] : editsIn(child)))];
}

const replace = (operator: Operator, node: Node, by: string): Edit => ({
  operator,
  from: node.startIndex,
  to: node.endIndex,
  by,
  node,
});

function ofStatement(node: Node): Edit[] {
  const isLone = ['continue_statement', 'break_statement'].includes(node.type);
  if (isLone || (node.type === 'return_statement' && node.namedChildCount === 0)) return [replace('drop', node, ';')];
  if (node.type !== 'expression_statement') return [];
  const drop = replace('drop', node, ';');
  const next = nextStatement(node);
  if (next?.type !== 'expression_statement') return [drop];
  const between = node.tree.rootNode.text.slice(node.endIndex, next.startIndex);
  const swap: Edit = {
    ...replace('swap', node, `${next.text}${between}${node.text}`),
    to: next.endIndex,
  };
  return [drop, swap];
}

function nextStatement(node: Node): Node | null {
  let next = node.nextNamedSibling;
  while (next?.type === 'comment') next = next.nextNamedSibling;
  return next;
}

const PARTNERS: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };

function ofExpression(node: Node): Edit[] {
  switch (node.type) {
    case 'call_expression':
      return weakened(node);
    case 'number_literal':
      return [
        ...(/^(?:0x[0-9a-f]+|\d+)\D*$/i.test(node.text) ? [replace('number', node, `(${node.text} + 1)`)] : []),
        ...(/^\d+[ul]+$/i.test(node.text) ? [replace('width', node, node.text.replace(/\D/g, ''))] : []),
      ];
    case 'cast_expression':
      return [replace('width', node, node.childForFieldName('value')!.text)];
    case 'if_statement':
    case 'while_statement': {
      const condition = node.childForFieldName('condition')!;
      return [replace('negate', condition, `(!${condition.text})`)];
    }
    case 'binary_expression':
      return ofBinary(node);
    default:
      return [];
  }
}

function ofBinary(node: Node): Edit[] {
  const [left, right] = [node.childForFieldName('left')!.text, node.childForFieldName('right')!.text];
  const sign = node.childForFieldName('operator')!.text;
  if (sign in PARTNERS) return [replace('bound', node, `${left} ${PARTNERS[sign]} ${right}`)];
  if (sign === '&&' || sign === '||') return [left, right].map((side) => replace('operand', node, `(${side})`));
  return ['&', '<<', '>>'].includes(sign) ? [replace('mask', node, `(${left})`)] : [];
}

function weakened(node: Node): Edit[] {
  const args = node.childForFieldName('arguments')!;
  // The parser takes `(u16)(x)` for a call.
  if (/^\([us]\d+\)$/.test(node.childForFieldName('function')!.text)) return [replace('width', node, args.text)];
  const [first, second] = args.namedChildren.map((child) => child!.text);
  const weaker: Readonly<Record<string, string>> = {
    smp_load_acquire: `READ_ONCE(*(${first}))`,
    smp_store_release: `WRITE_ONCE(*(${first}), ${second})`,
    READ_ONCE: `(${first})`,
    WRITE_ONCE: `((${first}) = (${second}))`,
    smp_wmb: '((void)0)',
    smp_rmb: '((void)0)',
    smp_mb: '((void)0)',
  };
  const by = weaker[node.childForFieldName('function')!.text];
  return by === undefined ? [] : [replace('weaken', node, by)];
}

const HALF: Readonly<Record<string, string>> = {
  u64: 'u32',
  u32: 'u16',
  u16: 'u8',
  s64: 's32',
  'unsigned long': 'u32',
};

const ofType = (node: Node): Edit[] =>
  node.parent?.type === 'declaration' && node.text in HALF && /type/.test(node.type)
    ? [replace('width', node, HALF[node.text])]
    : [];
