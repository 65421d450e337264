import { UnsupportedOperation } from '../memory/unsupportedOperation.ts';

/**
 * C code of a kernel, compiled for the harness: WebAssembly in which every access calls a hook,
 * with its place in the source. Accesses to the thread's own stack do not.
 */
export interface CompiledKernel {
  /** SHA-256, in hex, of source, headers and tools. */
  readonly key: string;
  /** Size of the WebAssembly code. */
  readonly bytes: number;
  /** The C file, relative to the kernel tree. */
  readonly file: string;
  /**
   * The functions that it has: `kvm_dirty_ring_*` of a kernel version, or the mail's
   * `kvm_gfn_ring_*`.
   */
  readonly api: KernelApi;
  /**
   * Whether reset returns the number of entries that it processed, not only whether there were any.
   */
  readonly counts: boolean;
  /**
   * By the site number that a hook is called with: `function file:line:column`. Number 0 is none.
   */
  readonly sites: readonly string[];
  /** How many accesses and calls are hooked, by kind: `load`, `store`, `fence` … */
  readonly hooked: Readonly<Record<string, number>>;
  /** Accesses that stay unhooked because the user allowed it, each with its place. */
  readonly unhooked: readonly string[];
  /** The members of structs, by the struct's name. */
  readonly structs: Readonly<Record<string, readonly StructMember[]>>;
  /** The variables of the code that are not constant. */
  readonly globals: readonly GlobalVariable[];
  /** What else was compiled of the tree, beside the C file and its headers. */
  readonly taken: readonly TakenPart[];
  /** Everything of the tree that was compiled. */
  readonly parts: readonly CompiledPart[];
  /** Functions around the file that the tree does not have: ours run in their place. */
  readonly ours: readonly string[];
  /** What can be reached of the code; undefined: it was not compiled for that. */
  readonly coverage?: CoverageMap | undefined;
}

/** The blocks and branches of the tree's code. Each has points, which the code reports. */
export interface CoverageMap {
  /** How many points there are. They are numbered from 0 on. */
  readonly points: number;
  readonly blocks: readonly CoverageBlock[];
  readonly arms: readonly CoverageArm[];
}

/** A sequence of instructions without a branch. Each of its points says that it was executed. */
export interface CoverageBlock {
  /** `file:line` each. */
  readonly places: readonly string[];
  readonly points: readonly number[];
}

/** One of the two ways that a condition may go. */
export interface CoverageArm {
  /** Of the condition: `function file:line:column`. */
  readonly place: string;
  readonly point: number;
  /** The first `file:line` behind it; null: it has none. */
  readonly to: string | null;
}

/** Compiled code of any kind: what it takes to run it. */
export type CompiledUnit = Pick<
  CompiledKernel,
  'key' | 'bytes' | 'file' | 'sites' | 'hooked' | 'unhooked' | 'structs' | 'globals' | 'taken' | 'coverage'
>;

export interface GlobalVariable {
  readonly name: string;
  /** The export that returns its address. */
  readonly export: string;
  /** For a variable that is no struct, one member without a name. */
  readonly members: readonly StructMember[];
}

/** A definition of the tree. */
export interface TakenPart {
  readonly name: string;
  /** Path in the tree. */
  readonly file: string;
  readonly line: number;
}

/** A file of the tree that was compiled, or a definition of one. */
export interface CompiledPart {
  readonly file: string;
  /** Of the definition; empty: the file is compiled as a whole. */
  readonly name: string;
  readonly hash: string;
  /** Its first and its last line. Those of a file that is compiled as a whole are 1 and 2^31. */
  readonly from: number;
  readonly to: number;
}

export type KernelApi = '5.11' | '6.2' | '6.17' | 'mail';

/** A member of a struct. A member of a nested struct has a path as its name: `indices.prod`. */
export interface StructMember {
  readonly name: string;
  /** Bytes from the start of the struct. */
  readonly offset: number;
  readonly bytes: number;
  readonly is: 'number' | 'pointer' | 'other' | LockKind;
}

/** The kinds of locks of Linux. */
export type LockKind = 'mutex' | 'spinlock' | 'rwlock' | 'rwsem' | 'srcu';

/** A C file cannot be compiled or run. The message says what to do. */
export class KernelError extends UnsupportedOperation {
  override readonly name = 'KernelError';
}
