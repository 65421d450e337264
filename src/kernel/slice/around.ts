import type { KernelTree } from '../compile/kernelTree.ts';
import { hashOf, readAround, SHIM_AT, type SourceFiles } from '../compile/sourceTree.ts';
import type { CompiledPart, TakenPart } from '../compiled.ts';
import { closureOf } from './closure.ts';
import { type CDefinition, type Defined, definitionsOf, identifiersOf } from './definitions.ts';
import { place, sliceOfEnterGuest } from './enterGuest.ts';
import { type Node, parseC } from './parser.ts';
import { membersOfStruct, opaqueType, structOf, usedMembers } from './structs.ts';

const MAIN = 'virt/kvm/kvm_main.c';
const X86 = 'arch/x86/kvm/x86.c';
/** C files, with the functions of the protocol that are taken from each. */
const ROOTS: Readonly<Record<string, readonly string[]>> = {
  [MAIN]: ['kvm_vm_ioctl_reset_dirty_pages', 'mark_page_dirty_in_slot', 'kvm_vm_ioctl_enable_dirty_log_ring'],
  'arch/x86/kvm/mmu/mmu.c': ['kvm_arch_mmu_enable_log_dirty_pt_masked'],
};
/** Headers from which definitions are taken that ours lack. */
const HEADERS = ['include/linux/kvm_host.h', 'arch/x86/include/asm/kvm_host.h', 'include/linux/kvm_types.h'];
/** Structs of ours that get the members that the code uses and ours lack. */
const EXTENDED = ['kvm', 'kvm_vcpu', 'kvm_memory_slot'];

/** The parts of a tree that are compiled with the C file. */
export interface Around {
  /** Generated headers by path. */
  readonly headers: ReadonlyMap<string, string>;
  /** Definitions of C files, in C. */
  readonly text: string;
  readonly taken: readonly TakenPart[];
  /** Every definition that is compiled, also those of headers. */
  readonly parts: readonly CompiledPart[];
  /** Functions of the protocol that the tree does not have: ours run in their place. */
  readonly ours: readonly string[];
  /** Macros for our own headers and glue. */
  readonly defines: readonly string[];
}

/** The files of which only parts are compiled, as far as the tree has them. */
export function aroundFiles(tree: KernelTree): Map<string, string> {
  const paths = [...Object.keys(ROOTS), X86, ...HEADERS];
  return new Map(
    paths.flatMap((path) => {
      const text = readAround(tree, path);
      return text === undefined ? [] : [[path, text] as const];
    }),
  );
}

interface Source {
  readonly file: string;
  readonly files: SourceFiles;
  readonly around: SourceFiles;
  readonly defines: readonly string[];
  readonly isMail: boolean;
}

/**
 * Cuts out of a tree what is compiled with the C file. Nothing is parsed where it has no such file.
 */
export async function sliceAround(source: Source): Promise<Around> {
  const names = source.isMail ? [] : [...Object.values(ROOTS).flat(), 'vcpu_enter_guest'];
  if (source.around.size === 0) return { headers: new Map(), text: '', taken: [], parts: [], ours: names, defines: [] };
  return new Slicer(source, await parsed(source)).slice(names);
}

const parsed = async ({ around, files, file }: Source): Promise<Map<string, Node>> => {
  const roots = new Map<string, Node>();
  for (const [path, text] of around) roots.set(path, await parseC(text));
  for (const path of [file, `${SHIM_AT}/linux/kvm_host.h`]) roots.set(path, await parseC(files.get(path)!));
  return roots;
};

class Slicer {
  private readonly roots: ReadonlyMap<string, Node>;
  private readonly defined: Defined;
  /** Names that our own headers, or the C file, have. */
  private readonly known: Set<string>;
  private readonly used: Set<string>;
  private readonly headers = new Map<string, CDefinition>();
  /** In the order in which they were found. */
  private readonly fromHeaders = new Set<CDefinition>();
  private readonly parts: CompiledPart[] = [];

  constructor(source: Source, roots: ReadonlyMap<string, Node>) {
    this.roots = roots;
    const { files, file, defines } = source;
    const isOurs = (path: string): boolean => path.startsWith('gfnring-') && !path.endsWith('glue.c');
    const ours = [...files].filter(([path]) => isOurs(path)).map(([, text]) => text);
    const theirs = [...files].filter(([path]) => !/^gfnring-|\/uapi\//.test(path)).map(([, text]) => text);
    const names = new Set(['CONFIG_HAVE_KVM_DIRTY_RING', ...defines.map((define) => define.split('=')[0])]);
    this.defined = (name) => names.has(name);
    this.known = identifiersOf(ours.join('\n'));
    for (const name of [...names, ...definitionsOf(roots.get(file)!, file, this.defined).keys()]) this.known.add(name);
    this.used = identifiersOf(theirs.join('\n'));
    for (const path of HEADERS)
      for (const [name, definition] of roots.has(path) ? definitionsOf(roots.get(path)!, path, this.defined) : [])
        if (!this.headers.has(name)) this.headers.set(name, definition);
  }

  slice(names: readonly string[]): Around {
    const taken: CDefinition[] = [];
    for (const [path, wanted] of Object.entries(ROOTS)) taken.push(...this.closure(path, wanted));
    const enter = this.roots.has(X86) ? sliceOfEnterGuest(this.roots.get(X86)!, X86) : undefined;
    if (enter !== undefined) for (const name of identifiersOf(enter.text)) this.used.add(name);
    this.takeFromHeaders(this.used);
    const structs = this.structs();
    const parts = [
      ...taken.map(({ name, file, node }) => ({ name, file, line: node.startPosition.row + 1 })),
      ...(enter === undefined ? [] : [{ name: 'vcpu_enter_guest', file: X86, line: enter.node.startPosition.row + 1 }]),
    ];
    for (const { name, file, node } of [...taken, ...this.fromHeaders]) this.addPart(file, name, node);
    if (enter !== undefined) this.addPart(X86, 'vcpu_enter_guest', enter.node, enter.text);
    const found = new Set(parts.map(({ name }) => name));
    return {
      headers: new Map([...structs, ...this.generated()]),
      text: [...this.withPageSize(taken), enter?.text ?? ''].join('\n'),
      taken: parts,
      parts: this.parts,
      ours: names.filter((name) => !found.has(name)),
      defines: this.ringPlace(),
    };
  }

  /** @param text what is compiled of the definition. */
  private addPart(file: string, name: string, node: Node, text = node.text): void {
    const [from, to] = [node.startPosition.row + 1, node.endPosition.row + 1];
    // Its lines move with what is above it.
    this.parts.push({ file, name, hash: hashOf(text.replace(/^#line \d+/gm, '')), from, to });
  }

  /** Functions of a C file with what they use of that file. Names of ours end the search. */
  private closure(path: string, wanted: readonly string[]): CDefinition[] {
    const root = this.roots.get(path);
    if (root === undefined) return [];
    return closureOf(definitionsOf(root, path, this.defined), wanted, this.known, this.used);
  }

  /** Macros, enumerations and inline functions that the code uses, with what these use. */
  private takeFromHeaders(names: ReadonlySet<string>): void {
    const queue = new Set(names);
    for (const name of queue) {
      const definition = this.headers.get(name);
      if (definition === undefined || this.known.has(name)) continue;
      if (!['macro', 'function', 'enum'].includes(definition.kind) || this.fromHeaders.has(definition)) continue;
      this.fromHeaders.add(definition);
      for (const next of identifiersOf(definition.node.text)) {
        this.used.add(next);
        queue.add(next);
      }
    }
  }

  /** The members that our structs lack, and the structs that these need. */
  private structs(): Map<string, string> {
    const own = definitionsOf(this.roots.get(`${SHIM_AT}/linux/kvm_host.h`)!, '', this.defined);
    const context = { definitions: this.headers, defined: this.defined, used: this.used, ours: this.known };
    const queue = new Set<string>();
    const opaque = new Set<string>();
    const headers = new Map<string, string>();
    for (const struct of EXTENDED) {
      const theirs = this.headers.get(`struct ${struct}`);
      if (theirs === undefined) continue;
      const skipped = new Set(
        own
          .get(`struct ${struct}`)
          ?.node.descendantsOfType('field_identifier')
          .map(({ text }) => text),
      );
      if (this.hasRingPointer()) skipped.delete('dirty_ring');
      const text = usedMembers(theirs, skipped, context, queue, opaque);
      headers.set(`${SHIM_AT}/linux/gfnring_tree_${struct}.h`, text);
      this.addPart(theirs.file, `struct ${struct}`, theirs.node, text);
    }
    const text = this.otherStructs(context, queue, opaque);
    headers.set(`${SHIM_AT}/linux/gfnring_tree_structs.h`, [...opaque].map(opaqueType).join('') + text);
    return headers;
  }

  private otherStructs(context: Parameters<typeof usedMembers>[2], queue: Set<string>, opaque: Set<string>): string {
    const texts: string[] = [];
    for (const name of queue) {
      const definition = this.headers.get(name)!;
      const text =
        definition.kind === 'struct'
          ? `${name} {\n${usedMembers(definition, new Set(), context, queue, opaque)}};\n`
          : `${definition.node.text}\n`;
      texts.unshift(text);
      this.addPart(definition.file, name, definition.node, text);
    }
    for (const text of texts) this.takeFromHeaders(identifiersOf(text));
    return texts.join('');
  }

  /**
   * Where the ring of a vCPU is, if not in struct kvm_vcpu as a struct: a pointer there, or in a
   * struct that a member of it points to.
   */
  private ringPlace(): string[] {
    const vcpu = this.headers.get('struct kvm_vcpu');
    const body = vcpu && structOf(vcpu.node)?.childForFieldName('body');
    if (this.hasRingPointer()) return ['GFNRING_OWN_RING'];
    if (!body || membersOfStruct(vcpu.node).has('dirty_ring')) return [];
    for (const field of body.namedChildren) {
      const type = field?.childForFieldName('type')?.text ?? '';
      const struct = this.headers.get(type);
      if (struct === undefined || !membersOfStruct(struct.node).has('dirty_ring')) continue;
      const name = field!.descendantsOfType('field_identifier')[0]?.text;
      return ['GFNRING_OWN_RING', `GFNRING_COMMON=${name}`, `GFNRING_RING(vcpu)=(vcpu)->${name}->dirty_ring`];
    }
    return [];
  }

  private hasRingPointer(): boolean {
    const vcpu = this.headers.get('struct kvm_vcpu');
    return /struct kvm_dirty_ring\s*\*\s*dirty_ring\b/.test(vcpu?.node.text ?? '');
  }

  private generated(): [path: string, text: string][] {
    const texts = { macros: '', functions: '' };
    for (const { kind, node, file } of this.fromHeaders)
      texts[kind === 'function' ? 'functions' : 'macros'] += `${place(node, file)}${node.text}\n`;
    for (const name of this.used)
      if (/^trace_\w+$/.test(name) && !this.known.has(name)) texts.macros += `#define ${name}(...) ((void)0)\n`;
    return Object.entries(texts).map(([part, text]) => [`${SHIM_AT}/linux/gfnring_tree_${part}.h`, text]);
  }

  /**
   * Scenarios have rings of less than a page. KVM refuses these, so a page has the size of the
   * ring.
   */
  private withPageSize(taken: readonly CDefinition[]): string[] {
    const prototypes = taken
      .filter(({ kind }) => kind === 'function')
      .map(({ node, file }) => {
        const body = node.childForFieldName('body')!;
        return `${place(node, file)}${node.text.slice(0, body.startIndex - node.startIndex)};`;
      });
    return [
      '#pragma push_macro("PAGE_SIZE")\n#undef PAGE_SIZE\n#define PAGE_SIZE gfnring_page_size\nextern u32 gfnring_page_size;',
      ...prototypes,
      ...taken.map(({ node, file }) => `${place(node, file)}${node.text}`),
      '#pragma pop_macro("PAGE_SIZE")',
    ];
  }
}
