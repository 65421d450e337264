import type { Expression, Statement } from './syntax.ts';

/** The expressions of a statement, but not of those in it. */
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

/** What an expression is made of, in the order in which it is worked out. */
export function partsOf(expression: Expression): readonly Expression[] {
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
