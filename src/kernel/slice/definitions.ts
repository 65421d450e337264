import type { Node } from './parser.ts';

/** A definition at the top level of a C file. */
export interface CDefinition {
  readonly name: string;
  readonly kind: 'function' | 'macro' | 'struct' | 'enum' | 'typedef' | 'variable';
  readonly node: Node;
  /** Path of the file in the tree. */
  readonly file: string;
}

/** Which conditions of the preprocessor hold: the names that are defined. */
export type Defined = (name: string) => boolean;

/**
 * The definitions of a file by name. Of definitions under conditions, the first whose condition
 * holds. An enumeration is found by each of its constants, and by its name.
 */
export function definitionsOf(root: Node, file: string, defined: Defined): Map<string, CDefinition> {
  const found = new Map<string, CDefinition>();
  const add = (name: string | undefined, kind: CDefinition['kind'], node: Node): void => {
    if (name !== undefined && !found.has(name)) found.set(name, { name, kind, node, file });
  };
  for (const node of activeChildren(root, defined)) {
    if (node.type === 'function_definition') add(functionName(node), 'function', node);
    else if (node.type === 'preproc_def' || node.type === 'preproc_function_def') add(nameOf(node), 'macro', node);
    else if (node.type === 'type_definition')
      for (const name of node.childrenForFieldName('declarator')) add(identifierIn(name), 'typedef', node);
    else {
      const type = node.type === 'struct_specifier' || node.type === 'enum_specifier' ? node : typeOf(node);
      if (type?.type === 'struct_specifier' && type.childForFieldName('body'))
        add(`struct ${nameOf(type)}`, 'struct', node);
      if (type?.type === 'enum_specifier' && type.childForFieldName('body'))
        for (const constant of type.descendantsOfType('enumerator')) add(nameOf(constant), 'enum', node);
      if (node.type === 'declaration')
        for (const declarator of node.childrenForFieldName('declarator'))
          if (!isPrototype(declarator)) add(identifierIn(declarator), 'variable', node);
    }
  }
  return found;
}

/** The nodes below `parent` whose conditions hold, with those inside of `extern "C"` and errors. */
export function activeChildren(parent: Node, defined: Defined): Node[] {
  return parent.namedChildren.flatMap((child): Node[] => {
    if (child === null) return [];
    if (child.type.startsWith('preproc_if')) return branch(child, defined);
    return child.type === 'ERROR' ? [child, ...activeChildren(child, defined)] : [child];
  });
}

function branch(node: Node, defined: Defined): Node[] {
  const alternative = node.childForFieldName('alternative');
  if (!holds(node, defined)) return alternative === null ? [] : elseOf(alternative, defined);
  const skipped = ['name', 'condition', 'alternative'].map((field) => node.childForFieldName(field)?.id);
  return activeChildren(node, defined).filter(({ id }) => !skipped.includes(id));
}

const elseOf = (node: Node, defined: Defined): Node[] =>
  node.type === 'preproc_else' ? activeChildren(node, defined) : branch(node, defined);

function holds(node: Node, defined: Defined): boolean {
  const text = node.text.slice(0, node.text.indexOf('\n'));
  const name = node.childForFieldName('name')?.text;
  if (name !== undefined) return defined(name) !== /^#\s*(?:el)?ifndef/.test(text);
  return evaluate(node.childForFieldName('condition')?.text ?? '', defined);
}

/** A condition of `defined`, IS_ENABLED and logic; false: another one. */
function evaluate(condition: string, defined: Defined): boolean {
  const names = condition.replace(/\b(?:defined|IS_ENABLED)\s*\(?\s*(\w+)\s*\)?/g, (_, name: string) =>
    defined(name) ? '1' : '0',
  );
  if (!/^[01!&|()\s]*$/.test(names)) return false;
  return logic(names.replace(/\s/g, ''));
}

/** The value of a term of 0, 1, `!`, `&&`, `||` and parentheses. */
function logic(term: string): boolean {
  for (let rest = term; ; ) {
    const next = rest
      .replace(/\(([01])\)/g, '$1')
      .replace(/!([01])/g, (_, bit: string) => (bit === '1' ? '0' : '1'))
      .replace(/([01])&&([01])/g, (_, a: string, b: string) => (a === '1' && b === '1' ? '1' : '0'))
      .replace(
        /(^|\()([01])\|\|([01])(?=$|\)|\|)/g,
        (_, open: string, a: string, b: string) => `${open}${a === '1' || b === '1' ? '1' : '0'}`,
      );
    if (next === rest) return rest === '1';
    rest = next;
  }
}

const nameOf = (node: Node): string | undefined => node.childForFieldName('name')?.text;
export const typeOf = (node: Node): Node | null => node.childForFieldName('type');

/** The name that a declarator declares. */
export const identifierIn = (node: Node): string | undefined =>
  node.type === 'identifier' || node.type === 'type_identifier' || node.type === 'field_identifier'
    ? node.text
    : node.descendantsOfType(['identifier', 'type_identifier', 'field_identifier'])[0]?.text;

const functionName = (node: Node): string | undefined =>
  node.descendantsOfType('function_declarator')[0]?.childForFieldName('declarator')?.text;

const isPrototype = (declarator: Node): boolean => declarator.type === 'function_declarator';

/** The identifiers of a text, without its comments and strings. */
export const identifiersOf = (text: string): Set<string> =>
  new Set(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|"(?:\\.|[^"\\\n])*"/g, ' ').match(/[A-Za-z_]\w*/g) ?? []);
