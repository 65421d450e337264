import { type Expression, expressionsOf, flattenExpression, flattenStatements, type Statement } from './syntax.ts';
import { UnsupportedTest } from './unsupportedTest.ts';

/** Functions of RCU without an effect, as long as no thread waits for a grace period. */
const WITHOUT_EFFECT = new Set(['barrier', 'rcu_read_lock', 'rcu_read_unlock']);

/** Throws `UnsupportedTest` for what only the axioms of the LKMM decide, and no exploration. */
export function checkExplorable(body: readonly Statement[]): void {
  for (const statement of flattenStatements(body)) {
    if (statement.kind === 'srcu') throw notExplored(`${statement.as}: SRCU`);
    if (statement.kind === 'fence' && statement.how === null && !WITHOUT_EFFECT.has(statement.as))
      throw notExplored(statement.as === 'smp_memb' ? statement.as : `${statement.as}: RCU`);
    for (const expression of expressionsOf(statement).flatMap(flattenExpression)) checkExpression(expression);
  }
}

function checkExpression(expression: Expression): void {
  if (expression.kind === 'srcuLock') throw notExplored('srcu_read_lock: SRCU');
  if (expression.kind === 'lockTest') throw notExplored(expression.how);
  if (expression.kind !== 'update') return;
  if (expression.how === 'addUnless' || expression.how === 'fetchXor') throw notExplored(expression.how);
}

const notExplored = (what: string): UnsupportedTest =>
  new UnsupportedTest(`${what} is not explored, but --memory-model lkmm decides it`);
