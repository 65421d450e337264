import type { LockKind, StructMember } from '../compiled.ts';

type Fields = Readonly<Record<string, string>>;

/** A place in the source. */
interface Place {
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The debug information of LLVM IR in text form: metadata nodes by number. */
export class DebugInfo {
  private readonly nodes = new Map<string, { readonly kind: string; readonly fields: Fields }>();
  private readonly lists = new Map<string, readonly string[]>();

  constructor(ir: string) {
    for (const [, id, kind, body] of ir.matchAll(/^!(\d+) = (?:distinct )?!(DI\w+)\((.*)\)$/gm))
      this.nodes.set(id, { kind, fields: fieldsOf(body) });
    for (const [, id, body] of ir.matchAll(/^!(\d+) = (?:distinct )?!\{(.*)\}$/gm))
      this.lists.set(
        id,
        [...body.matchAll(/!(\d+)/g)].map(([, item]) => item),
      );
  }

  /** The place in the source of an instruction in a line of IR, as `function file:line:column`. */
  siteOf(line: string): string {
    const place = this.placeOf(line);
    return place === undefined ? 'an unknown place' : `${place.function} ${place.file}:${place.line}:${place.column}`;
  }

  /** The same; undefined: the line has no place. Line 0 is that of code that the compiler added. */
  placeOf(line: string): Place | undefined {
    const location = this.node(/!dbg !(\d+)/.exec(line)?.[1]);
    if (location === undefined) return undefined;
    const { scope, line: row = '0', column = '0' } = location;
    return { function: this.functionOf(scope), file: this.fileOf(scope), line: Number(row), column: Number(column) };
  }

  /** Whether an instruction has a place in the source. */
  hasPlace(line: string): boolean {
    return this.node(/!dbg !(\d+)/.exec(line)?.[1]) !== undefined;
  }

  /** The location of the call, where code of Rust's own library was inlined. */
  private locationOf(location: Fields | undefined): Fields | undefined {
    const isLibrary = /^(?:\/rustc\/\w+\/)?library\/|\/rustlib\//.test(this.fileOf(location?.scope));
    return isLibrary && location?.inlinedAt !== undefined
      ? this.locationOf(this.node(location.inlinedAt.slice(1)))
      : location;
  }

  /** The file of the function that a line of IR defines. */
  fileOfFunction(line: string): string {
    return this.fileOf(/!dbg (!\d+)/.exec(line)?.[1]);
  }

  /**
   * The members of the variable that a line of IR defines; one without a name where it is no
   * struct. Undefined: the variable has no name in the source.
   */
  variableOf(
    line: string,
  ): { readonly name: string; readonly file: string; readonly members: StructMember[] } | undefined {
    const expression = this.node(/!dbg !(\d+)/.exec(line)?.[1]);
    const variable = this.node(expression?.var?.slice(1));
    if (variable?.name === undefined) return undefined;
    const type = this.node(variable.type?.slice(1));
    const size = type?.size ?? this.bare(variable.type)?.size ?? '0';
    return {
      name: variable.name,
      file: this.fileNamed(variable.file),
      members: this.membersAs('', variable.type, 0, Number(size) / 8),
    };
  }

  /**
   * The members of `struct name`, with those of nested structs; undefined: the file has no such
   * struct.
   */
  membersOf(name: string): StructMember[] | undefined {
    for (const { kind, fields } of this.nodes.values())
      if (kind === 'DICompositeType' && fields.name === name && fields.elements !== undefined)
        return this.members(fields, '', 0);
    return undefined;
  }

  private members(of: Fields, prefix: string, from: number): StructMember[] {
    return this.list(of.elements).flatMap((id) => {
      const { name = '', baseType, offset = '0', size = '0' } = this.node(id) ?? {};
      const path = name === '' ? prefix.replace(/\.$/, '') : `${prefix}${name}`;
      return this.membersAs(path, baseType, from + Number(offset) / 8, Number(size) / 8);
    });
  }

  /** A member called `path` of type `baseType`, or those of the struct that it is. */
  private membersAs(path: string, baseType: string | undefined, at: number, bytes: number): StructMember[] {
    const type = this.bare(baseType);
    const lock = type === undefined ? undefined : locks[type.name ?? ''];
    if (lock !== undefined) return [{ name: path, offset: at, bytes, is: lock }];
    if (type?.tag === 'DW_TAG_structure_type' || type?.tag === 'DW_TAG_union_type')
      return this.members(type, path === '' ? '' : `${path}.`, at);
    const isNumber = type !== undefined && (type.tag === undefined || type.tag === 'DW_TAG_enumeration_type');
    const is = type?.tag === 'DW_TAG_pointer_type' ? 'pointer' : isNumber ? 'number' : 'other';
    return [{ name: path, offset: at, bytes, is }];
  }

  /** A type without typedefs and qualifiers. A lock keeps its name. */
  private bare(id: string | undefined): Fields | undefined {
    const fields = this.node(id?.slice(1));
    if (fields === undefined) return undefined;
    const { tag, name, baseType } = fields;
    if (name !== undefined && name in locks) return fields;
    const isNamed =
      tag === 'DW_TAG_typedef' ||
      tag === 'DW_TAG_const_type' ||
      tag === 'DW_TAG_volatile_type' ||
      tag === 'DW_TAG_atomic_type';
    return isNamed ? this.bare(baseType) : fields;
  }

  private functionOf(scope: string | undefined): string {
    const fields = this.node(scope?.slice(1));
    if (fields === undefined) return '?';
    return this.nodes.get(scope!.slice(1))!.kind === 'DISubprogram' ? fields.name : this.functionOf(fields.scope);
  }

  private fileOf(scope: string | undefined): string {
    const fields = this.node(scope?.slice(1));
    return this.fileNamed(fields?.file);
  }

  /** Without the `./` of a file that the unit includes. */
  private fileNamed(id: string | undefined): string {
    return (this.node(id?.slice(1))?.filename ?? '?').replace(/^\.\//, '');
  }

  private node(id: string | undefined): Fields | undefined {
    return id === undefined ? undefined : this.nodes.get(id)?.fields;
  }

  private list(id: string | undefined): readonly string[] {
    return this.lists.get(id?.slice(1) ?? '') ?? [];
  }
}

const locks: Readonly<Record<string, LockKind>> = {
  mutex: 'mutex',
  spinlock_t: 'spinlock',
  raw_spinlock_t: 'spinlock',
  rwlock_t: 'rwlock',
  rw_semaphore: 'rwsem',
  srcu_struct: 'srcu',
};

/** `name: "x", size: 32, file: !1` as an object. */
const fieldsOf = (body: string): Fields =>
  Object.fromEntries(
    [...body.matchAll(/(\w+): (?:"([^"]*)"|([^,]+))/g)].map(([, name, text, bare]) => [name, text ?? bare]),
  );
