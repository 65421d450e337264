import type { AnyNode, Expression } from 'acorn';
import { ExpressionLiveness } from './expressionLiveness.ts';
import { FunctionVariables } from './functionVariables.ts';
import { InertCode } from './inertCode.ts';
import { type LiveSet, NONE_LIVE, union, without } from './liveSet.ts';
import {
  childNodes,
  type FunctionInfo,
  isFunction,
  isLoop,
  type LoopNode,
  type ResolvedNames,
  type Variable,
} from './scopes.ts';

/** What is live at the places that control can jump to from a statement. */
interface JumpTargets {
  /** By label, and under '' for the innermost one: after the statement that `break` leaves. */
  readonly breaks: ReadonlyMap<string, LiveSet>;
  /**
   * By label, and under '' for the innermost one: at the end of the iteration that `continue` ends.
   */
  readonly continues: ReadonlyMap<string, LiveSet>;
  /** At the `catch` and `finally` blocks around it. Nothing that is live there is dead inside. */
  readonly guarded: LiveSet;
}

/** Which parts of a loop's state matter. */
export interface LoopLiveness {
  /**
   * The variables whose values at the loop's head can change an access, the result, or how the
   * function ends.
   */
  readonly live: readonly Variable[];
  /**
   * Set where the loop is a delay: it counts to an end, loads values, and drops them. How often it
   * repeats changes only the number of those loads. The expressions that it calls `load` on: each
   * must turn out to be a `Memory`.
   */
  readonly delayOn?: readonly AnyNode[];
}

/**
 * Strongly live variables (Giegerich, Möncke, Wilhelm 1981) at the head of each loop of a function.
 * A variable that is only used to compute its own next value, such as a counter that nothing reads,
 * is not live. Variables that inner functions use are not followed: they always count as live.
 */
export function livenessOf(info: FunctionInfo, names: ResolvedNames): ReadonlyMap<LoopNode, LoopLiveness> {
  return new StatementLiveness(info, names).loops;
}

class StatementLiveness {
  readonly loops = new Map<LoopNode, LoopLiveness>();
  private readonly variables: FunctionVariables;
  private readonly inert: InertCode;
  private readonly expressions: ExpressionLiveness;

  constructor(info: FunctionInfo, names: ResolvedNames) {
    this.variables = new FunctionVariables(info, names);
    this.inert = new InertCode(this.variables);
    this.expressions = new ExpressionLiveness(this.variables, this.inert);
    const { node } = info;
    if (!isFunction(node) && node.type !== 'StaticBlock') return;
    const targets: JumpTargets = { breaks: new Map(), continues: new Map(), guarded: NONE_LIVE };
    if (Array.isArray(node.body)) this.statements(node.body, NONE_LIVE, targets);
    else if (node.body.type === 'BlockStatement') this.statements(node.body.body, NONE_LIVE, targets);
  }

  /** What is live before some statements, if `out` is live after them. */
  private statements(list: readonly AnyNode[], out: LiveSet, targets: JumpTargets): LiveSet {
    return list.reduceRight<LiveSet>((live, statement) => this.statement(statement, live, targets), out);
  }

  private statement(node: AnyNode, out: LiveSet, targets: JumpTargets, labels: readonly string[] = []): LiveSet {
    return union(this.insideGuards(node, out, targets, labels), targets.guarded);
  }

  private insideGuards(node: AnyNode, out: LiveSet, targets: JumpTargets, labels: readonly string[]): LiveSet {
    switch (node.type) {
      case 'ExpressionStatement':
        return this.expressions.expression(node.expression, out, false);
      case 'VariableDeclaration':
        return node.declarations.reduceRight((live, { id, init }) => {
          if (init) return this.expressions.assign(id, init, live, false);
          return node.kind === 'var' ? live : without(live, this.variables.followedIn(id));
        }, out);
      case 'ReturnStatement':
        return node.argument ? this.expressions.expression(node.argument, NONE_LIVE, true) : NONE_LIVE;
      case 'ThrowStatement':
        return this.expressions.expression(node.argument, NONE_LIVE, true);
      case 'BreakStatement':
        return targets.breaks.get(node.label?.name ?? '') ?? NONE_LIVE;
      case 'ContinueStatement':
        return targets.continues.get(node.label?.name ?? '') ?? NONE_LIVE;
      case 'BlockStatement':
      case 'StaticBlock':
        return this.statements(node.body, out, targets);
      case 'LabeledStatement': {
        const breaks = new Map(targets.breaks).set(node.label.name, out);
        return this.statement(node.body, out, { ...targets, breaks }, [...labels, node.label.name]);
      }
      case 'IfStatement': {
        if (this.inert.isInert(node, out)) return out;
        const then = this.statement(node.consequent, out, targets);
        const other = node.alternate ? this.statement(node.alternate, out, targets) : out;
        return this.expressions.expression(node.test, union(then, other), true);
      }
      case 'SwitchStatement': {
        const inside = { ...targets, breaks: new Map(targets.breaks).set('', out) };
        let live = out;
        let all = out;
        for (const { test, consequent } of node.cases.toReversed()) {
          live = this.statements(consequent, live, inside);
          all = union(all, test ? this.expressions.expression(test, live, true) : live);
        }
        for (const { test } of node.cases) if (test) all = this.expressions.expression(test, all, true);
        return this.expressions.expression(node.discriminant, all, true);
      }
      case 'TryStatement': {
        const last = node.finalizer ? this.statement(node.finalizer, out, targets) : out;
        const around = { ...targets, guarded: union(targets.guarded, node.finalizer ? last : NONE_LIVE) };
        const body = node.handler ? this.statement(node.handler.body, last, around) : last;
        const caught = node.handler?.param ? this.expressions.pattern(node.handler.param, body) : body;
        return this.statement(node.block, last, { ...around, guarded: union(around.guarded, caught) });
      }
      case 'FunctionDeclaration':
      case 'EmptyStatement':
      case 'DebuggerStatement':
        return out;
    }
    if (isLoop(node)) return this.loop(node, out, targets, labels);
    return this.expressions.useAll(node, out);
  }

  private loop(node: LoopNode, out: LiveSet, targets: JumpTargets, labels: readonly string[]): LiveSet {
    const memories: AnyNode[] = [];
    if (this.inert.isInert(node, out, memories)) {
      for (const delay of [node, ...loopsIn(node)]) this.loops.set(delay, { live: [], delayOn: memories });
      return node.type === 'ForStatement' && node.init ? this.init(node.init, out, targets) : out;
    }
    const breaks = withTargets(targets.breaks, labels, out);
    for (let head: LiveSet = NONE_LIVE; ; ) {
      const next =
        node.type === 'ForInStatement' || node.type === 'ForOfStatement'
          ? this.elementIteration(node, head, out, { ...targets, breaks }, labels)
          : this.iteration(node, head, out, { ...targets, breaks }, labels);
      const grown = union(head, next);
      if (grown !== head) {
        head = grown;
        continue;
      }
      this.loops.set(node, { live: [...head] });
      if (node.type === 'ForStatement') return node.init ? this.init(node.init, head, targets) : head;
      return 'right' in node ? this.expressions.expression(node.right, head, true) : head;
    }
  }

  private init(node: AnyNode, out: LiveSet, targets: JumpTargets): LiveSet {
    return node.type === 'VariableDeclaration'
      ? this.statement(node, out, targets)
      : this.expressions.expression(node as Expression, out, false);
  }

  /** What is live at the head of a loop, if `head` is live when an iteration ends there. */
  private iteration(
    node: Exclude<LoopNode, { type: 'ForInStatement' | 'ForOfStatement' }>,
    head: LiveSet,
    out: LiveSet,
    targets: JumpTargets,
    labels: readonly string[],
  ): LiveSet {
    // The head of `do` is its body, of the others the test.
    const test = (live: LiveSet): LiveSet =>
      node.test ? this.expressions.expression(node.test, union(live, out), true) : live;
    const around =
      node.type === 'ForStatement' && node.update
        ? this.expressions.expression(node.update, head, false)
        : node.type === 'DoWhileStatement'
          ? test(head)
          : head;
    const continues = withTargets(targets.continues, labels, around);
    const body = this.statement(node.body, around, { ...targets, continues });
    return node.type === 'DoWhileStatement' ? body : test(body);
  }

  private elementIteration(
    node: Extract<LoopNode, { type: 'ForInStatement' | 'ForOfStatement' }>,
    head: LiveSet,
    out: LiveSet,
    targets: JumpTargets,
    labels: readonly string[],
  ): LiveSet {
    const around = union(head, out);
    const continues = withTargets(targets.continues, labels, around);
    const body = this.statement(node.body, around, { ...targets, continues });
    const pattern = node.left.type === 'VariableDeclaration' ? node.left.declarations[0].id : node.left;
    return union(around, this.expressions.pattern(pattern, body));
  }
}

function loopsIn(node: AnyNode): LoopNode[] {
  return childNodes(node).flatMap((child) => [...(isLoop(child) ? [child] : []), ...loopsIn(child)]);
}

/** `targets` with those of a loop that has some labels. */
const withTargets = (
  targets: ReadonlyMap<string, LiveSet>,
  labels: readonly string[],
  to: LiveSet,
): ReadonlyMap<string, LiveSet> => new Map([...targets, ['', to], ...labels.map((label) => [label, to] as const)]);
