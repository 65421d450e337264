import type { AnyNode, Pattern } from 'acorn';
import type { FunctionVariables } from './functionVariables.ts';
import type { InertCode } from './inertCode.ts';
import { type LiveSet, NONE_LIVE, union, without } from './liveSet.ts';
import { childNodes, isFunction } from './scopes.ts';

/**
 * Which variables are live before an expression, if those of `out` are live after it. `isUsed` says
 * whether the expression's own value matters.
 */
export class ExpressionLiveness {
  private readonly variables: FunctionVariables;
  private readonly inert: InertCode;

  constructor(variables: FunctionVariables, inert: InertCode) {
    this.variables = variables;
    this.inert = inert;
  }

  expression(node: AnyNode, out: LiveSet, isUsed: boolean): LiveSet {
    switch (node.type) {
      case 'Identifier': {
        const variable = this.variables.followed(node);
        return isUsed && variable ? union(out, new Set([variable])) : out;
      }
      case 'Literal':
      case 'ThisExpression':
      case 'Super':
      case 'MetaProperty':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return out;
      case 'ParenthesizedExpression':
        return this.expression(node.expression, out, isUsed);
      case 'SequenceExpression':
        return node.expressions.reduceRight<LiveSet>(
          (live, of, i) => this.expression(of, live, isUsed && i === node.expressions.length - 1),
          out,
        );
      case 'UnaryExpression':
        return this.expression(node.argument, out, isUsed || node.operator === 'delete');
      case 'BinaryExpression':
        return this.expression(node.left, this.expression(node.right, out, isUsed), isUsed);
      case 'TemplateLiteral':
        return node.expressions.reduceRight<LiveSet>((live, of) => this.expression(of, live, isUsed), out);
      case 'LogicalExpression': {
        const right = this.expression(node.right, out, isUsed);
        return this.expression(node.left, union(out, right), isUsed || !this.inert.isInert(node.right, out));
      }
      case 'ConditionalExpression': {
        const { consequent, alternate } = node;
        const decides = isUsed || !this.inert.isInert(consequent, out) || !this.inert.isInert(alternate, out);
        const [then, other] = [consequent, alternate].map((of) => this.expression(of, out, isUsed));
        return this.expression(node.test, union(then, other), decides);
      }
      case 'UpdateExpression': {
        const variable = this.variables.followed(node.argument);
        if (variable === undefined) return this.useAll(node.argument, out);
        return isUsed || out.has(variable) ? union(out, new Set([variable])) : out;
      }
      case 'AssignmentExpression':
        if (node.operator === '=') return this.assign(node.left, node.right, out, isUsed);
        return this.update(node.left, node.right, out, isUsed, /^(&&|\|\||\?\?)=$/.test(node.operator));
      default:
        return this.useAll(node, out);
    }
  }

  /** `target = value` */
  assign(target: Pattern, value: AnyNode, out: LiveSet, isUsed: boolean): LiveSet {
    if (target.type !== 'Identifier') return this.expression(value, this.pattern(target, out), true);
    const variable = this.variables.followed(target);
    if (variable === undefined) return this.expression(value, out, true);
    return this.expression(value, without(out, [variable]), isUsed || out.has(variable));
  }

  /**
   * `target += value` and the like. `isConditional`: `&&=`, `||=` and `??=`, which may leave
   * `value` out.
   */
  private update(target: Pattern, value: AnyNode, out: LiveSet, isUsed: boolean, isConditional: boolean): LiveSet {
    const variable = this.variables.followed(target);
    if (variable === undefined) return this.useAll(target, this.expression(value, out, true));
    const matters = isUsed || out.has(variable) || (isConditional && !this.inert.isInert(value, out));
    return matters ? this.expression(value, union(out, new Set([variable])), true) : this.expression(value, out, false);
  }

  /**
   * What is live before a pattern takes its values. Its default values and computed keys are
   * evaluated.
   */
  pattern(node: AnyNode, out: LiveSet): LiveSet {
    if (node.type === 'MemberExpression') return this.useAll(node, out);
    let live = without(out, this.variables.followedIn(node));
    if (node.type !== 'Identifier') for (const child of childNodes(node)) live = union(live, this.evaluatedIn(child));
    return live;
  }

  /** What the default values and computed keys of a pattern use. */
  private evaluatedIn(node: AnyNode): LiveSet {
    if (node.type === 'AssignmentPattern') return this.useAll(node.right, this.evaluatedIn(node.left));
    if (node.type === 'MemberExpression') return this.useAll(node, NONE_LIVE);
    if (node.type === 'Property')
      return union(node.computed ? this.useAll(node.key, NONE_LIVE) : NONE_LIVE, this.evaluatedIn(node.value));
    if (node.type === 'Identifier') return NONE_LIVE;
    return childNodes(node).reduce<LiveSet>((live, child) => union(live, this.evaluatedIn(child)), NONE_LIVE);
  }

  /**
   * Every variable in a node counts as read. Those that it assigns stay live before it, as it may
   * not come to that.
   */
  useAll(node: AnyNode, out: LiveSet): LiveSet {
    const variable = this.variables.followed(node);
    let live = variable ? union(out, new Set([variable])) : out;
    if (!isFunction(node)) for (const child of childNodes(node)) live = this.useAll(child, live);
    return live;
  }
}
