import { activeChildren, type CDefinition, type Defined, identifierIn, typeOf } from './definitions.ts';
import type { Node } from './parser.ts';

/** What the slices of structs need to know. */
export interface StructContext {
  /** Structs of the tree, as `struct NAME`, and its other definitions. */
  readonly definitions: ReadonlyMap<string, CDefinition>;
  readonly defined: Defined;
  /** Names that the compiled code uses. */
  readonly used: ReadonlySet<string>;
  /** Names that our own headers have. */
  readonly ours: ReadonlySet<string>;
}

/**
 * The members of a struct of the tree that the code uses, as C; those in `skipped` are left out.
 * `queue` gets the structs whose definitions these need, and `opaque` the types that nobody
 * defines. Such a member can be passed by its address, and no more.
 */
export function usedMembers(
  { node }: CDefinition,
  skipped: ReadonlySet<string>,
  context: StructContext,
  queue: Set<string>,
  opaque: Set<string>,
): string {
  const body = structOf(node)?.childForFieldName('body');
  if (!body) return '';
  const lines = activeChildren(body, context.defined)
    .filter(({ type }) => type === 'field_declaration')
    .filter((field) => {
      const names = memberNames(field);
      return names.some((name) => context.used.has(name)) && !names.some((name) => skipped.has(name));
    });
  for (const line of lines) noteType(line, context, queue, opaque);
  return lines.map(({ text }) => `\t${text}\n`).join('');
}

/** The struct that a definition defines. */
export const structOf = (node: Node): Node | null => (node.type === 'struct_specifier' ? node : typeOf(node));

/** The names of a member; of a struct without a name, those of its members too. */
function memberNames(field: Node): string[] {
  const own = field.childrenForFieldName('declarator').flatMap((declarator) => identifierIn(declarator) ?? []);
  if (own.length > 0) return own;
  const body = typeOf(field)?.childForFieldName('body');
  return (body?.namedChildren ?? []).flatMap((inner) =>
    inner?.type === 'field_declaration' ? memberNames(inner) : [],
  );
}

export const membersOfStruct = (node: Node): Set<string> =>
  new Set(
    (structOf(node)?.childForFieldName('body')?.namedChildren ?? []).flatMap((field) =>
      field?.type === 'field_declaration' ? memberNames(field) : [],
    ),
  );

function noteType(field: Node, context: StructContext, queue: Set<string>, opaque: Set<string>): void {
  const type = typeOf(field);
  const isPointer = field.childrenForFieldName('declarator').every(({ type }) => type === 'pointer_declarator');
  if (type?.type === 'struct_specifier' && type.childForFieldName('body') === null) {
    const name = type.text;
    const tag = type.childForFieldName('name')?.text ?? '';
    if (context.ours.has(tag)) return;
    if (context.definitions.has(name)) queue.add(name);
    else if (!isPointer) opaque.add(name);
  } else if (type?.type === 'type_identifier' && !context.ours.has(type.text)) {
    if (context.definitions.has(type.text)) queue.add(type.text);
    else opaque.add(type.text);
  }
}

/** A type of which the code uses at most the address. */
export const opaqueType = (name: string): string =>
  name.startsWith('struct ')
    ? `${name} { unsigned long gfnring_opaque; };\n`
    : `typedef struct { unsigned long gfnring_opaque; } ${name};\n`;
