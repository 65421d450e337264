import type { AnyNode, Expression, Pattern } from 'acorn';
import {
  boundBy,
  childrenOf,
  type FunctionInfo,
  isFunction,
  isLoop,
  type LoopNode,
  type Names,
  type Variable,
} from './scopes.ts';

type Live = ReadonlySet<Variable>;

/** Where control goes from a statement, as what is live there. */
interface Targets {
  /** By label, and under '' for the innermost: after a `break`, and at a `continue`. */
  readonly breaks: ReadonlyMap<string, Live>;
  readonly continues: ReadonlyMap<string, Live>;
  /** Live at the handlers and finalizers around: nothing that is live there is dead inside. */
  readonly guarded: Live;
}

/** What of a loop matters to what comes after it. */
export interface LoopLiveness {
  /** The variables whose values at the loop's head can change an access, the result, or the way the function ends. */
  readonly live: readonly Variable[];
  /**
   * Nothing in the loop matters: it counts to an end, and loads values that nobody uses. It is a delay. How often it repeats changes nothing but the number of
   * those loads. Then: what `load` is called on, which has to be memory.
   */
  readonly delayOn?: readonly AnyNode[];
}

/**
 * Strongly live variables (Giegerich, Möncke, Wilhelm 1981) at the head of each loop of a function: a variable that is only used to compute its own next
 * value, as a counter that nobody reads, is not one of them. Only variables that no inner function uses are looked at; the others count as live always.
 */
export function livenessOf(info: FunctionInfo, names: Names): ReadonlyMap<LoopNode, LoopLiveness> {
  const analysis = new Analysis(info, names);
  return analysis.loops;
}

const NONE: Live = new Set();
/** Methods of `Memory` that only read: dropped or repeated, where nobody uses the value, they change no outcome. */
const READS = ['read', 'read64', 'load', 'load64', 'loadAcquire'];

class Analysis {
  readonly loops = new Map<LoopNode, LoopLiveness>();
  private readonly info: FunctionInfo;
  private readonly names: Names;
  private readonly constants: ReadonlySet<Variable>;

  constructor(info: FunctionInfo, names: Names) {
    this.info = info;
    this.names = names;
    const assigned = new Set<Variable>();
    const { node } = info;
    if (!isFunction(node) && node.type !== 'StaticBlock') {
      this.constants = assigned;
      return;
    }
    this.collectAssigned(node, assigned);
    this.constants = new Set(names.variables.filter((variable) => !assigned.has(variable)));
    const targets: Targets = { breaks: new Map(), continues: new Map(), guarded: NONE };
    if (Array.isArray(node.body)) this.statements(node.body, NONE, targets);
    else if (node.body.type === 'BlockStatement') this.statements(node.body.body, NONE, targets);
  }

  private collectAssigned(node: AnyNode, into: Set<Variable>): void {
    const add = (pattern: AnyNode): void => {
      for (const id of boundBy(pattern)) {
        const variable = this.names.variableOf.get(id);
        if (variable) into.add(variable);
      }
    };
    if (node.type === 'AssignmentExpression') add(node.left);
    else if (node.type === 'UpdateExpression') add(node.argument);
    else if (node.type === 'ForInStatement' || node.type === 'ForOfStatement')
      add(node.left.type === 'VariableDeclaration' ? node.left.declarations[0].id : node.left);
    else if (node.type === 'VariableDeclaration') for (const { id, init } of node.declarations) if (init) add(id);
    for (const child of childrenOf(node)) this.collectAssigned(child, into);
  }

  /** The variable of an identifier, if it is one that this analysis follows. */
  private own(node: AnyNode): Variable | undefined {
    const variable = this.names.variableOf.get(node);
    return variable !== undefined && variable.owner === this.info && !variable.captured ? variable : undefined;
  }

  private statements(list: readonly AnyNode[], out: Live, targets: Targets): Live {
    return list.reduceRight<Live>((live, statement) => this.statement(statement, live, targets), out);
  }

  private statement(node: AnyNode, out: Live, targets: Targets, labels: readonly string[] = []): Live {
    return union(this.unguarded(node, out, targets, labels), targets.guarded);
  }

  private unguarded(node: AnyNode, out: Live, targets: Targets, labels: readonly string[]): Live {
    switch (node.type) {
      case 'ExpressionStatement':
        return this.expression(node.expression, out, false);
      case 'VariableDeclaration':
        return node.declarations.reduceRight((live, { id, init }) => {
          if (init) return this.assign(id, init, live, false);
          return node.kind === 'var' ? live : without(live, this.ownOf(id));
        }, out);
      case 'ReturnStatement':
        return node.argument ? this.expression(node.argument, NONE, true) : NONE;
      case 'ThrowStatement':
        return this.expression(node.argument, NONE, true);
      case 'BreakStatement':
        return targets.breaks.get(node.label?.name ?? '') ?? NONE;
      case 'ContinueStatement':
        return targets.continues.get(node.label?.name ?? '') ?? NONE;
      case 'BlockStatement':
      case 'StaticBlock':
        return this.statements(node.body, out, targets);
      case 'LabeledStatement': {
        const breaks = new Map(targets.breaks).set(node.label.name, out);
        return this.statement(node.body, out, { ...targets, breaks }, [...labels, node.label.name]);
      }
      case 'IfStatement': {
        if (this.isInert(node, out)) return out;
        const then = this.statement(node.consequent, out, targets);
        const other = node.alternate ? this.statement(node.alternate, out, targets) : out;
        return this.expression(node.test, union(then, other), true);
      }
      case 'SwitchStatement': {
        const inside = { ...targets, breaks: new Map(targets.breaks).set('', out) };
        let live = out;
        let all = out;
        for (const { test, consequent } of node.cases.toReversed()) {
          live = this.statements(consequent, live, inside);
          all = union(all, test ? this.expression(test, live, true) : live);
        }
        for (const { test } of node.cases) if (test) all = this.expression(test, all, true);
        return this.expression(node.discriminant, all, true);
      }
      case 'TryStatement': {
        const last = node.finalizer ? this.statement(node.finalizer, out, targets) : out;
        const around = { ...targets, guarded: union(targets.guarded, node.finalizer ? last : NONE) };
        const body = node.handler ? this.statement(node.handler.body, last, around) : last;
        const caught = node.handler?.param ? this.pattern(node.handler.param, body) : body;
        return this.statement(node.block, last, { ...around, guarded: union(around.guarded, caught) });
      }
      case 'FunctionDeclaration':
      case 'EmptyStatement':
      case 'DebuggerStatement':
        return out;
    }
    if (isLoop(node)) return this.loop(node, out, targets, labels);
    return this.useAll(node, out);
  }

  private loop(node: LoopNode, out: Live, targets: Targets, labels: readonly string[]): Live {
    const memories: AnyNode[] = [];
    if (this.isInert(node, out, memories)) {
      for (const delay of [node, ...loopsIn(node)]) this.loops.set(delay, { live: [], delayOn: memories });
      return node.type === 'ForStatement' && node.init ? this.init(node.init, out, targets) : out;
    }
    const breaks = withTargets(targets.breaks, labels, out);
    for (let head: Live = NONE; ; ) {
      const next =
        node.type === 'ForInStatement' || node.type === 'ForOfStatement'
          ? this.each(node, head, out, { ...targets, breaks }, labels)
          : this.turn(node, head, out, { ...targets, breaks }, labels);
      const grown = union(head, next);
      if (grown !== head) {
        head = grown;
        continue;
      }
      this.loops.set(node, { live: [...head] });
      if (node.type === 'ForStatement') return node.init ? this.init(node.init, head, targets) : head;
      return 'right' in node ? this.expression(node.right, head, true) : head;
    }
  }

  private init(node: AnyNode, out: Live, targets: Targets): Live {
    return node.type === 'VariableDeclaration'
      ? this.statement(node, out, targets)
      : this.expression(node as Expression, out, false);
  }

  /** What is live at the head of a loop, if `head` is live there when it comes round. */
  private turn(
    node: Exclude<LoopNode, { type: 'ForInStatement' | 'ForOfStatement' }>,
    head: Live,
    out: Live,
    targets: Targets,
    labels: readonly string[],
  ): Live {
    // The head of `do` is its body, of the others the test.
    const test = (live: Live): Live => (node.test ? this.expression(node.test, union(live, out), true) : live);
    const around =
      node.type === 'ForStatement' && node.update
        ? this.expression(node.update, head, false)
        : node.type === 'DoWhileStatement'
          ? test(head)
          : head;
    const continues = withTargets(targets.continues, labels, around);
    const body = this.statement(node.body, around, { ...targets, continues });
    return node.type === 'DoWhileStatement' ? body : test(body);
  }

  private each(
    node: Extract<LoopNode, { type: 'ForInStatement' | 'ForOfStatement' }>,
    head: Live,
    out: Live,
    targets: Targets,
    labels: readonly string[],
  ): Live {
    const around = union(head, out);
    const continues = withTargets(targets.continues, labels, around);
    const body = this.statement(node.body, around, { ...targets, continues });
    const pattern = node.left.type === 'VariableDeclaration' ? node.left.declarations[0].id : node.left;
    return union(around, this.pattern(pattern, body));
  }

  /** `out` is live after it; `isUsed`: its value matters. */
  private expression(node: AnyNode, out: Live, isUsed: boolean): Live {
    switch (node.type) {
      case 'Identifier': {
        const variable = this.own(node);
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
        return node.expressions.reduceRight<Live>(
          (live, of, i) => this.expression(of, live, isUsed && i === node.expressions.length - 1),
          out,
        );
      case 'UnaryExpression':
        return this.expression(node.argument, out, isUsed || node.operator === 'delete');
      case 'BinaryExpression':
        return this.expression(node.left, this.expression(node.right, out, isUsed), isUsed);
      case 'TemplateLiteral':
        return node.expressions.reduceRight<Live>((live, of) => this.expression(of, live, isUsed), out);
      case 'LogicalExpression': {
        const right = this.expression(node.right, out, isUsed);
        return this.expression(node.left, union(out, right), isUsed || !this.isInert(node.right, out));
      }
      case 'ConditionalExpression': {
        const decides = isUsed || !this.isInert(node.consequent, out) || !this.isInert(node.alternate, out);
        const [then, other] = [node.consequent, node.alternate].map((of) => this.expression(of, out, isUsed));
        return this.expression(node.test, union(then, other), decides);
      }
      case 'UpdateExpression': {
        const variable = this.own(node.argument);
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
  private assign(target: Pattern, value: AnyNode, out: Live, isUsed: boolean): Live {
    if (target.type !== 'Identifier') return this.expression(value, this.pattern(target, out), true);
    const variable = this.own(target);
    if (variable === undefined) return this.expression(value, out, true);
    return this.expression(value, without(out, [variable]), isUsed || out.has(variable));
  }

  /** `target += value` and the like. */
  private update(target: Pattern, value: AnyNode, out: Live, isUsed: boolean, mayNot: boolean): Live {
    const variable = this.own(target);
    if (variable === undefined) return this.useAll(target, this.expression(value, out, true));
    const matters = isUsed || out.has(variable) || (mayNot && !this.isInert(value, out));
    return matters ? this.expression(value, union(out, new Set([variable])), true) : this.expression(value, out, false);
  }

  /** What is live before a pattern has taken its values: its defaults and computed keys are evaluated. */
  private pattern(node: AnyNode, out: Live): Live {
    if (node.type === 'MemberExpression') return this.useAll(node, out);
    const bound = this.ownOf(node);
    let live = without(out, bound);
    if (node.type !== 'Identifier') for (const child of childrenOf(node)) live = union(live, this.defaults(child));
    return live;
  }

  private defaults(node: AnyNode): Live {
    if (node.type === 'AssignmentPattern') return this.useAll(node.right, this.defaults(node.left));
    if (node.type === 'MemberExpression') return this.useAll(node, NONE);
    if (node.type === 'Property')
      return union(node.computed ? this.useAll(node.key, NONE) : NONE, this.defaults(node.value));
    if (node.type === 'Identifier') return NONE;
    return childrenOf(node).reduce<Live>((live, child) => union(live, this.defaults(child)), NONE);
  }

  private ownOf(pattern: AnyNode): Variable[] {
    return boundBy(pattern).flatMap((id) => this.own(id) ?? []);
  }

  /** Everything that is read in a node matters. What is assigned in it is not dead before, as it may not be reached. */
  private useAll(node: AnyNode, out: Live): Live {
    const variable = this.own(node);
    let live = variable ? union(out, new Set([variable])) : out;
    if (!isFunction(node)) for (const child of childrenOf(node)) live = this.useAll(child, live);
    return live;
  }

  /**
   * Whether a node does nothing but compute values for variables that are not in `out`, and comes to an end.
   *
   * @param memories what it loads from, to be added to: it may load from a place that does not change, and forget the value. Left out: it may not.
   */
  private isInert(node: AnyNode, out: Live, memories?: AnyNode[]): boolean {
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
        return childrenOf(node).every(inert);
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
        return inert(node.expression) || (memories !== undefined && this.isLoad(node.expression, memories));
      case 'CallExpression':
        return this.isPureCall(node) && node.arguments.every(inert);
      case 'ForStatement':
        return (
          memories !== undefined && this.counts(node) && [node.init, node.test, node.update, node.body].every(inert)
        );
      default:
        return false;
    }
  }

  /** Whether a loop counts up or down to a bound that stays where it is, as `for (let i = 0; i < n; i++)` does: then it comes to an end. */
  private counts({ test, update, body }: Extract<AnyNode, { type: 'ForStatement' }>): boolean {
    if (test?.type !== 'BinaryExpression' || !update) return false;
    const isUp = test.operator === '<' || test.operator === '<=';
    if (!isUp && test.operator !== '>' && test.operator !== '>=') return false;
    const step = update.type === 'UpdateExpression' ? 1 : update.type === 'AssignmentExpression' ? stepOf(update) : 0;
    const counter = update.type === 'UpdateExpression' ? update.argument : 'left' in update ? update.left : update;
    const operator = 'operator' in update ? update.operator : '';
    const variable = this.own(counter);
    if (variable === undefined || this.own(test.left) !== variable) return false;
    if (!(step > 0) || !operator.startsWith(isUp ? '+' : '-')) return false;
    const assigned = new Set<Variable>();
    this.collectAssigned(body, assigned);
    return !assigned.has(variable) && !this.reads(test.right, new Set([...assigned, variable]));
  }

  /** Whether a node has one of some variables in it. */
  private reads(node: AnyNode, variables: ReadonlySet<Variable>): boolean {
    const variable = this.names.variableOf.get(node);
    return (
      (variable !== undefined && variables.has(variable)) || childrenOf(node).some((of) => this.reads(of, variables))
    );
  }

  private isDead(target: AnyNode, out: Live): boolean {
    const variable = this.own(target);
    return target.type === 'Identifier' && variable !== undefined && !out.has(variable);
  }

  private isPureCall({ callee }: Extract<AnyNode, { type: 'CallExpression' }>): boolean {
    return (
      callee.type === 'MemberExpression' &&
      !callee.computed &&
      callee.object.type === 'Identifier' &&
      callee.object.name === 'Math' &&
      !this.names.variableOf.has(callee.object)
    );
  }

  /** `mem.load(cell)` of a place that stays the same. */
  private isLoad(node: AnyNode, memories: AnyNode[]): boolean {
    if (node.type !== 'CallExpression') return false;
    const { callee, arguments: given } = node;
    const isOne =
      callee.type === 'MemberExpression' &&
      !callee.computed &&
      this.isConstant(callee.object) &&
      callee.property.type === 'Identifier' &&
      READS.includes(callee.property.name) &&
      given.length === 1 &&
      this.isConstant(given[0]);
    if (isOne) memories.push(callee.object);
    return isOne;
  }

  private isConstant(node: AnyNode): boolean {
    if (node.type === 'MemberExpression')
      return this.isConstant(node.object) && (!node.computed || node.property.type === 'Literal');
    if (node.type !== 'Identifier') return false;
    const variable = this.names.variableOf.get(node);
    return variable !== undefined && this.constants.has(variable);
  }
}

/** What `i += step` adds, where that is a number that stands there. */
const stepOf = ({ operator, right }: Extract<AnyNode, { type: 'AssignmentExpression' }>): number =>
  (operator === '+=' || operator === '-=') && right.type === 'Literal' && typeof right.value === 'number'
    ? right.value
    : 0;

function loopsIn(node: AnyNode): LoopNode[] {
  return childrenOf(node).flatMap((child) => [...(isLoop(child) ? [child] : []), ...loopsIn(child)]);
}

/** Where a jump out of a loop goes, by its labels and without one. */
const withTargets = (
  targets: ReadonlyMap<string, Live>,
  labels: readonly string[],
  to: Live,
): ReadonlyMap<string, Live> => new Map([...targets, ['', to], ...labels.map((label) => [label, to] as const)]);

/** `a` itself where it has all of `b`. */
function union(a: Live, b: Live): Live {
  for (const variable of b) if (!a.has(variable)) return new Set([...a, ...b]);
  return a;
}

function without(live: Live, variables: readonly Variable[]): Live {
  if (!variables.some((variable) => live.has(variable))) return live;
  return new Set([...live].filter((variable) => !variables.includes(variable)));
}
