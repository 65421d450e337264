import type { AnyNode } from 'acorn';
import type { FunctionVariables } from './functionVariables.ts';
import type { LiveSet } from './liveSet.ts';
import { childNodes } from './scopes.ts';

/**
 * Methods of `Memory` that only read. Where the value is not used, dropping or repeating one
 * changes no outcome.
 */
const READS = ['read', 'read64', 'load', 'load64', 'loadAcquire'];

/** Finds code of a function that has no effect. */
export class InertCode {
  private readonly variables: FunctionVariables;

  constructor(variables: FunctionVariables) {
    this.variables = variables;
  }

  /**
   * Whether a node does nothing but compute values for variables that are dead after it, and ends.
   *
   * @param out the variables that are live after it.
   * @param memories filled with the expressions that it loads from. Then it may load from a place
   * that does not change, and drop the value. Without it, it may not load.
   */
  isInert(node: AnyNode, out: LiveSet, memories?: AnyNode[]): boolean {
    const inert = (of: AnyNode | null | undefined): boolean => !of || this.isInert(of, out, memories);
    switch (node.type) {
      case 'Identifier':
      case 'Literal':
      case 'EmptyStatement':
        return true;
      case 'BlockStatement':
      case 'IfStatement':
      case 'SequenceExpression':
      case 'ParenthesizedExpression':
      case 'BinaryExpression':
      case 'LogicalExpression':
      case 'ConditionalExpression':
      case 'TemplateLiteral':
      case 'TemplateElement':
      case 'VariableDeclaration':
        return childNodes(node).every(inert);
      case 'UnaryExpression':
        return node.operator !== 'delete' && inert(node.argument);
      case 'VariableDeclarator':
        return this.isDead(node.id, out) && inert(node.init);
      case 'UpdateExpression':
        return this.isDead(node.argument, out);
      case 'AssignmentExpression':
        return this.isDead(node.left, out) && inert(node.right);
      case 'MemberExpression':
        return node.object.type === 'Identifier' && node.object.name === 'Math' && !node.computed;
      case 'ExpressionStatement':
        return inert(node.expression) || (memories !== undefined && this.isConstantLoad(node.expression, memories));
      case 'CallExpression':
        return this.isPureCall(node) && node.arguments.every(inert);
      case 'ForStatement':
        return (
          memories !== undefined &&
          this.isCountingLoop(node) &&
          [node.init, node.test, node.update, node.body].every(inert)
        );
      default:
        return false;
    }
  }

  /**
   * Whether a loop counts up or down to a constant bound, as `for (let i = 0; i < n; i++)` does:
   * then it ends.
   */
  private isCountingLoop({ test, update, body }: Extract<AnyNode, { type: 'ForStatement' }>): boolean {
    if (test?.type !== 'BinaryExpression' || !update) return false;
    const isUp = test.operator === '<' || test.operator === '<=';
    if (!isUp && test.operator !== '>' && test.operator !== '>=') return false;
    const step = update.type === 'UpdateExpression' ? 1 : update.type === 'AssignmentExpression' ? stepOf(update) : 0;
    const counter = update.type === 'UpdateExpression' ? update.argument : 'left' in update ? update.left : update;
    const operator = 'operator' in update ? update.operator : '';
    const variable = this.variables.followed(counter);
    if (variable === undefined || this.variables.followed(test.left) !== variable) return false;
    if (!(step > 0) || !operator.startsWith(isUp ? '+' : '-')) return false;
    const assigned = this.variables.assignedIn(body);
    return !assigned.has(variable) && !this.variables.uses(test.right, new Set([...assigned, variable]));
  }

  private isDead(target: AnyNode, out: LiveSet): boolean {
    const variable = this.variables.followed(target);
    return target.type === 'Identifier' && variable !== undefined && !out.has(variable);
  }

  /** A call of a function of `Math`. */
  private isPureCall({ callee }: Extract<AnyNode, { type: 'CallExpression' }>): boolean {
    return (
      callee.type === 'MemberExpression' &&
      !callee.computed &&
      callee.object.type === 'Identifier' &&
      callee.object.name === 'Math' &&
      !this.variables.isDeclared(callee.object)
    );
  }

  /**
   * Whether it is `mem.load(cell)` with constant `mem` and `cell`; `mem` is added to `memories`.
   */
  private isConstantLoad(node: AnyNode, memories: AnyNode[]): boolean {
    if (node.type !== 'CallExpression') return false;
    const { callee, arguments: given } = node;
    const isLoad =
      callee.type === 'MemberExpression' &&
      !callee.computed &&
      this.variables.isConstant(callee.object) &&
      callee.property.type === 'Identifier' &&
      READS.includes(callee.property.name) &&
      given.length === 1 &&
      this.variables.isConstant(given[0]);
    if (isLoad) memories.push(callee.object);
    return isLoad;
  }
}

/** The number that `i += 2` adds, where it is a literal; else 0. */
const stepOf = ({ operator, right }: Extract<AnyNode, { type: 'AssignmentExpression' }>): number =>
  (operator === '+=' || operator === '-=') && right.type === 'Literal' && typeof right.value === 'number'
    ? right.value
    : 0;
