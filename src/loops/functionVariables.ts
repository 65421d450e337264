import type { AnyNode } from 'acorn';
import { boundIdentifiers, childNodes, type FunctionInfo, type ResolvedNames, type Variable } from './scopes.ts';

/** The variables that the code of one function uses. */
export class FunctionVariables {
  private readonly info: FunctionInfo;
  private readonly names: ResolvedNames;
  /** Variables that the function assigns, or a function inside it. */
  private readonly assigned: ReadonlySet<Variable>;

  constructor(info: FunctionInfo, names: ResolvedNames) {
    this.info = info;
    this.names = names;
    this.assigned = this.assignedIn(info.node);
  }

  /**
   * The variable of an identifier where liveness follows it: the function owns it, and no function
   * inside uses it.
   */
  followed(node: AnyNode): Variable | undefined {
    const variable = this.names.variableOf.get(node);
    return variable !== undefined && variable.owner === this.info && !variable.captured ? variable : undefined;
  }

  /** Those of a pattern that liveness follows. */
  followedIn(pattern: AnyNode): Variable[] {
    return boundIdentifiers(pattern).flatMap((id) => this.followed(id) ?? []);
  }

  isDeclared(node: AnyNode): boolean {
    return this.names.variableOf.has(node);
  }

  /**
   * Whether an expression is a variable, or a fixed property of one, that the function does not
   * assign.
   */
  isConstant(node: AnyNode): boolean {
    if (node.type === 'MemberExpression')
      return this.isConstant(node.object) && (!node.computed || node.property.type === 'Literal');
    if (node.type !== 'Identifier') return false;
    const variable = this.names.variableOf.get(node);
    return variable !== undefined && !this.assigned.has(variable);
  }

  /** The variables that are assigned somewhere in a node. */
  assignedIn(node: AnyNode, into = new Set<Variable>()): Set<Variable> {
    const add = (pattern: AnyNode): void => {
      for (const id of boundIdentifiers(pattern)) {
        const variable = this.names.variableOf.get(id);
        if (variable) into.add(variable);
      }
    };
    if (node.type === 'AssignmentExpression') add(node.left);
    else if (node.type === 'UpdateExpression') add(node.argument);
    else if (node.type === 'ForInStatement' || node.type === 'ForOfStatement')
      add(node.left.type === 'VariableDeclaration' ? node.left.declarations[0].id : node.left);
    else if (node.type === 'VariableDeclaration') for (const { id, init } of node.declarations) if (init) add(id);
    for (const child of childNodes(node)) this.assignedIn(child, into);
    return into;
  }

  /** Whether a node uses one of some variables. */
  uses(node: AnyNode, variables: ReadonlySet<Variable>): boolean {
    const variable = this.names.variableOf.get(node);
    return (
      (variable !== undefined && variables.has(variable)) || childNodes(node).some((of) => this.uses(of, variables))
    );
  }
}
