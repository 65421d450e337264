import type { AnyNode, ArrowFunctionExpression, FunctionDeclaration, FunctionExpression, Program } from 'acorn';

export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;
export type LoopNode = Extract<
  AnyNode,
  { type: 'WhileStatement' | 'DoWhileStatement' | 'ForStatement' | 'ForInStatement' | 'ForOfStatement' }
>;

/** A variable of a program's source. */
export interface Variable {
  readonly name: string;
  readonly scope: Scope;
  /** The function that owns it; undefined: the module, or a class. */
  readonly owner: FunctionInfo | undefined;
  /**
   * The offset from which it can be read; 0: in all of its scope (parameters, `var`, functions).
   */
  readonly from: number;
  /** Whether a function inside its owner uses it. */
  captured: boolean;
}

/** A lexical scope. */
export interface Scope {
  readonly node: AnyNode;
  readonly parent: Scope | undefined;
  readonly owner: FunctionInfo | undefined;
  readonly names: Map<string, Variable>;
}

/** A function, and what the analysis of its loops must know of it. */
export interface FunctionInfo {
  readonly node: AnyNode;
  readonly parent: FunctionInfo | undefined;
  readonly loops: LoopNode[];
  usesThis: boolean;
  /** Whether an arrow function inside it uses its `this`. */
  sharesThis: boolean;
  /**
   * Whether it uses `arguments`, `eval` or `with`: its variables can change where its text does not
   * show it.
   */
  isOpaque: boolean;
}

/** Which variable each identifier of a program means. */
export interface ResolvedNames {
  readonly functions: readonly FunctionInfo[];
  readonly variableOf: ReadonlyMap<AnyNode, Variable>;
  /** By loop, block and function: the scope inside it. */
  readonly scopeOf: ReadonlyMap<AnyNode, Scope>;
  readonly variables: readonly Variable[];
}

export const isFunction = (node: AnyNode): node is FunctionNode =>
  node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression';

export const isLoop = (node: AnyNode): node is LoopNode =>
  node.type === 'WhileStatement' ||
  node.type === 'DoWhileStatement' ||
  node.type === 'ForStatement' ||
  node.type === 'ForInStatement' ||
  node.type === 'ForOfStatement';

/** The direct children of a node, in the order of the text. */
export function childNodes(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const value of Object.values(node) as unknown[]) {
    if (Array.isArray(value)) children.push(...value.filter(isNode));
    else if (isNode(value)) children.push(value);
  }
  return children;
}

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** The identifiers that a pattern binds: `{ a, b: [c] }` binds a and c. */
export function boundIdentifiers(pattern: AnyNode | null): Extract<AnyNode, { type: 'Identifier' }>[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        boundIdentifiers(property.type === 'Property' ? property.value : property.argument),
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => boundIdentifiers(element));
    case 'AssignmentPattern':
      return boundIdentifiers(pattern.left);
    case 'RestElement':
      return boundIdentifiers(pattern.argument);
    default:
      return [];
  }
}

export function resolveScopes(program: Program): ResolvedNames {
  return new Resolver(program);
}

class Resolver implements ResolvedNames {
  readonly functions: FunctionInfo[] = [];
  readonly variableOf = new Map<AnyNode, Variable>();
  readonly scopeOf = new Map<AnyNode, Scope>();
  readonly variables: Variable[] = [];

  constructor(program: Program) {
    const scope = this.open(program, undefined, undefined);
    for (const statement of program.body) {
      if (statement.type !== 'ImportDeclaration') continue;
      for (const { local } of statement.specifiers) this.declare(scope, local.name, 0);
    }
    this.declareVars(program.body, scope);
    this.declareBlock(program.body, scope);
    for (const statement of program.body) this.visit(statement, scope);
  }

  private open(node: AnyNode, parent: Scope | undefined, owner: FunctionInfo | undefined): Scope {
    const scope: Scope = { node, parent, owner, names: new Map() };
    this.scopeOf.set(node, scope);
    return scope;
  }

  private declare(scope: Scope, name: string, from: number): void {
    if (scope.names.has(name)) return;
    const variable: Variable = { name, scope, owner: scope.owner, from, captured: false };
    scope.names.set(name, variable);
    this.variables.push(variable);
  }

  /** Declares `let`, `const`, `class` and `function` of one block. */
  private declareBlock(statements: readonly AnyNode[], scope: Scope): void {
    for (const statement of statements) {
      const at = unwrapped(statement);
      if (at?.type === 'VariableDeclaration' && at.kind !== 'var') {
        for (const { id, end } of at.declarations)
          for (const { name } of boundIdentifiers(id)) this.declare(scope, name, end);
      } else if (at?.type === 'FunctionDeclaration' && at.id) this.declare(scope, at.id.name, 0);
      else if (at?.type === 'ClassDeclaration' && at.id) this.declare(scope, at.id.name, at.end);
    }
  }

  /** Declares `var` anywhere in a function, without the functions inside it. */
  private declareVars(nodes: readonly AnyNode[], scope: Scope): void {
    for (const node of nodes) {
      if (isFunction(node) || node.type === 'ClassDeclaration' || node.type === 'ClassExpression') continue;
      if (node.type === 'VariableDeclaration' && node.kind === 'var')
        for (const { id } of node.declarations)
          for (const { name } of boundIdentifiers(id)) this.declare(scope, name, 0);
      this.declareVars(childNodes(node), scope);
    }
  }

  private visitAll(nodes: readonly (AnyNode | null | undefined)[], scope: Scope): void {
    for (const node of nodes) if (node) this.visit(node, scope);
  }

  private visit(node: AnyNode, scope: Scope): void {
    switch (node.type) {
      case 'Identifier':
        this.refer(node, scope);
        return;
      case 'ThisExpression':
      case 'Super':
        useThis(scope);
        return;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.visitFunction(node as FunctionNode, scope);
        return;
      case 'ClassDeclaration':
      case 'ClassExpression':
        this.visitClass(node, scope);
        return;
      case 'MemberExpression':
        this.visit(node.object, scope);
        if (node.computed) this.visit(node.property, scope);
        return;
      case 'Property':
        if (node.computed) this.visit(node.key, scope);
        this.visit(node.value, scope);
        return;
      case 'LabeledStatement':
        this.visit(node.body, scope);
        return;
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'MetaProperty':
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
        return;
      case 'ExportNamedDeclaration':
        if (node.declaration) this.visit(node.declaration, scope);
        return;
      case 'WithStatement':
        if (scope.owner) scope.owner.isOpaque = true;
        break;
      case 'BlockStatement':
      case 'SwitchStatement':
      case 'CatchClause':
        this.visitBlock(node, scope);
        return;
    }
    if (isLoop(node)) this.visitLoop(node, scope);
    else this.visitAll(childNodes(node), scope);
  }

  private visitBlock(
    node: Extract<AnyNode, { type: 'BlockStatement' | 'SwitchStatement' | 'CatchClause' }>,
    scope: Scope,
  ): void {
    if (node.type === 'SwitchStatement') this.visit(node.discriminant, scope);
    const inner = this.open(node, scope, scope.owner);
    if (node.type === 'BlockStatement') {
      this.declareBlock(node.body, inner);
      this.visitAll(node.body, inner);
    } else if (node.type === 'SwitchStatement') {
      const statements = node.cases.flatMap((of) => of.consequent);
      this.declareBlock(statements, inner);
      for (const { test, consequent } of node.cases) this.visitAll([test, ...consequent], inner);
    } else {
      for (const { name } of boundIdentifiers(node.param ?? null)) this.declare(inner, name, 0);
      this.visitAll([node.param, node.body], inner);
    }
  }

  private visitLoop(node: LoopNode, scope: Scope): void {
    scope.owner?.loops.push(node);
    const inner = this.open(node, scope, scope.owner);
    const head = node.type === 'ForStatement' ? node.init : 'left' in node ? node.left : null;
    if (head?.type === 'VariableDeclaration' && head.kind !== 'var')
      for (const { id, end } of head.declarations)
        for (const { name } of boundIdentifiers(id)) this.declare(inner, name, end);
    this.visitAll(childNodes(node), inner);
  }

  private addFunction(node: FunctionInfo['node'], { owner }: Scope): FunctionInfo {
    const info = { node, parent: owner, loops: [], usesThis: false, sharesThis: false, isOpaque: false };
    this.functions.push(info);
    return info;
  }

  private visitFunction(node: FunctionNode, scope: Scope): void {
    const info = this.addFunction(node, scope);
    let outer = scope;
    if (node.type === 'FunctionExpression' && node.id) {
      outer = { node, parent: scope, owner: undefined, names: new Map() };
      this.declare(outer, node.id.name, 0);
    }
    const inner = this.open(node, outer, info);
    for (const param of node.params) for (const { name } of boundIdentifiers(param)) this.declare(inner, name, 0);
    this.visitAll(node.params, inner);
    if (node.body.type !== 'BlockStatement') {
      this.visit(node.body, inner);
      return;
    }
    this.declareVars(node.body.body, inner);
    this.scopeOf.set(node.body, inner);
    this.declareBlock(node.body.body, inner);
    this.visitAll(node.body.body, inner);
  }

  /** Field initialisers and static blocks run as functions of their own. */
  private visitClass(node: Extract<AnyNode, { type: 'ClassDeclaration' | 'ClassExpression' }>, scope: Scope): void {
    if (node.superClass) this.visit(node.superClass, scope);
    const inner: Scope = { node, parent: scope, owner: scope.owner, names: new Map() };
    if (node.id) this.declare(inner, node.id.name, 0);
    for (const member of node.body.body) {
      if ('computed' in member && member.computed) this.visit(member.key, inner);
      if (member.type === 'MethodDefinition') {
        this.visit(member.value, inner);
        continue;
      }
      const fields = this.open(member, inner, this.addFunction(member, scope));
      if (member.type === 'StaticBlock') {
        this.declareVars(member.body, fields);
        this.declareBlock(member.body, fields);
        this.visitAll(member.body, fields);
      } else if (member.value) this.visit(member.value, fields);
    }
  }

  private refer(node: Extract<AnyNode, { type: 'Identifier' }>, scope: Scope): void {
    // An arrow function has the `arguments` of the function around it; `eval` reaches all of them.
    if (node.name === 'arguments')
      for (let of = scope.owner; of !== undefined; of = of.parent) {
        of.isOpaque = true;
        if (of.node.type !== 'ArrowFunctionExpression') break;
      }
    if (node.name === 'eval') for (let of = scope.owner; of !== undefined; of = of.parent) of.isOpaque = true;
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
      const variable = at.names.get(node.name);
      if (variable === undefined) continue;
      this.variableOf.set(node, variable);
      if (variable.owner !== undefined && variable.owner !== scope.owner) variable.captured = true;
      return;
    }
  }
}

/**
 * The function that owns `scope` uses its `this`, or, an arrow function, that of a function around
 * it.
 */
function useThis(scope: Scope): void {
  for (let info = scope.owner; info !== undefined; info = info.parent) {
    info.usesThis = true;
    if (info.node.type === 'ArrowFunctionExpression') continue;
    info.sharesThis ||= info !== scope.owner;
    return;
  }
}

/** The declaration in an `export`, or the statement itself. */
function unwrapped(node: AnyNode): AnyNode | null | undefined {
  if (node.type === 'ExportNamedDeclaration' || node.type === 'ExportDefaultDeclaration') return node.declaration;
  return node;
}
