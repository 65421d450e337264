/** What the mutation operators ask of the syntax tree of a compiled module. */

import type { AnyNode, BinaryExpression, CallExpression, ExpressionStatement, Statement } from 'acorn';
import { ancestor } from 'acorn-walk';

export const FENCES = ['rmb', 'wmb', 'mb'];
export const READS = ['read', 'read64', 'load', 'load64', 'loadAcquire'];
const MOVABLE = ['ExpressionStatement', 'VariableDeclaration', 'IfStatement', 'ForStatement', 'ForOfStatement'];

/** The last name of a name or member: `lock` of `kvm.lock`. */
function lastName(node: AnyNode): string | undefined {
  if (node.type === 'MemberExpression') return lastName(node.property);
  return node.type === 'Identifier' || node.type === 'PrivateIdentifier' ? node.name : undefined;
}

export const calleeName = ({ callee }: CallExpression): string => lastName(callee) ?? '';

/** Whether a node calls a method of `object`. */
const callsMethodOf = (node: AnyNode, object: string): node is CallExpression =>
  node.type === 'CallExpression' &&
  node.callee.type === 'MemberExpression' &&
  node.callee.object.type === 'Identifier' &&
  node.callee.object.name === object;

export const isAccess = (node: AnyNode, names: readonly string[]): boolean =>
  callsMethodOf(node, 'mem') && names.includes(calleeName(node));

export const isLocking = (node: AnyNode): boolean => isAccess(node, ['lock', 'unlock']);

/** The statement as one that only calls `mem.lock` or `mem.unlock`. */
export const lockCallIn = (node: AnyNode, name: 'lock' | 'unlock'): CallExpression | undefined =>
  node.type === 'ExpressionStatement' && isAccess(node.expression, [name])
    ? (node.expression as CallExpression)
    : undefined;

export const containsRead = (node: AnyNode): boolean => contains(node, (inner) => isAccess(inner, READS));
export const touchesMemory = (node: AnyNode): boolean => usesAny(node, ['mem']);
export const usesAny = (node: AnyNode, names: readonly string[]): boolean =>
  contains(node, (inner) => inner.type === 'Identifier' && names.includes(inner.name));
export const isErrorNumber = (node: AnyNode): boolean => node.type === 'Identifier' && /^E[A-Z]+$/.test(node.name);
export const hasTest = (node: AnyNode): boolean => 'test' in node && Boolean(node.test);

/** The offsets of cells in the layout are no matter of accesses. */
export const isInLayout = (ancestors: readonly AnyNode[]): boolean =>
  ancestors.some((node) => callsMethodOf(node, 'layout'));

export const isMovable = (node: Statement): boolean => MOVABLE.includes(node.type) && touchesMemory(node);

export const operatorOf = (node: AnyNode): string | undefined => ('operator' in node ? node.operator : undefined);

/** Whether it asks for one value. The operator `condition` replaces such a comparison. */
export const isEquality = (node: AnyNode): boolean => ['===', '!=='].includes(operatorOf(node) ?? '');

/**
 * Whether `node` is the side of a comparison that is larger if the comparison holds for a bound.
 */
export function isLargerSide(node: AnyNode, parent: AnyNode): boolean {
  const { operator, left, right } = parent as Partial<BinaryExpression>;
  return (
    (['<', '>='].includes(operator ?? '') && right === node) || (['>', '<='].includes(operator ?? '') && left === node)
  );
}

/** Whether a call or an identifier in a node, or the node itself, is such. */
function contains(node: AnyNode, is: (inner: AnyNode) => boolean): boolean {
  let found = false;
  const visit = (inner: AnyNode): void => {
    found ||= is(inner);
  };
  ancestor(node, { CallExpression: visit, Identifier: visit });
  return found;
}

/** The names that a statement declares. */
export function declaredNames(node: Statement): string[] {
  if (node.type !== 'VariableDeclaration') return [];
  return node.declarations.flatMap(({ id }) => {
    if (id.type === 'Identifier') return [id.name];
    if (id.type !== 'ObjectPattern') return [];
    return id.properties.flatMap((property) =>
      property.type === 'Property' && property.value.type === 'Identifier' ? [property.value.name] : [],
    );
  });
}

/** Where a block uses a name behind `after`, each with the nodes around it. */
export function usesOf(block: AnyNode, name: string, after: number): { use: AnyNode; path: AnyNode[] }[] {
  const found: { use: AnyNode; path: AnyNode[] }[] = [];
  ancestor(block, {
    Identifier(node, _, path) {
      const isShorthand = path.at(-2)?.type === 'Property';
      if (node.name === name && node.start > after && !isShorthand) found.push({ use: node, path: [...path] });
    },
  });
  return found;
}

/** The statements in a node that release the lock which `lock` takes. */
export function unlocksIn(node: AnyNode, lock: CallExpression): ExpressionStatement[] {
  const found: ExpressionStatement[] = [];
  ancestor(node, {
    ExpressionStatement(inner) {
      const unlock = lockCallIn(inner, 'unlock');
      if (unlock && lastName(unlock.arguments[0]) === lastName(lock.arguments[0])) found.push(inner);
    },
  });
  return found;
}

/** The outermost function or method that nodes lie in; outside of all, the variable. */
export function functionOf(ancestors: readonly AnyNode[]): string {
  const names = ancestors.flatMap((node) => {
    if (node.type === 'FunctionDeclaration') return [node.id?.name ?? ''];
    if (node.type === 'MethodDefinition') return [lastName(node.key) ?? ''];
    if (node.type !== 'VariableDeclaration') return [];
    const { id } = node.declarations[0];
    return [id.type === 'Identifier' ? id.name : ''];
  });
  return names[0] ?? '';
}
