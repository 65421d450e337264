/**
 * C code of a kernel, as the harness runs it: WebAssembly in which every access to memory that is not the thread's own stack asks the host, with
 * where in the source it stands.
 */
export interface Compiled {
  /** SHA-256 of all that went into it, as hex: source, headers, tools. */
  readonly key: string;
  /** Of the WebAssembly code. */
  readonly bytes: number;
  /** The C file, as seen from the tree. */
  readonly file: string;
  /** Which functions it has: `kvm_dirty_ring_*` in one of the forms they had, or the mail's `kvm_gfn_ring_*`. */
  readonly api: Api;
  /** Whether reset says how many entries it processed, not only whether there were any. */
  readonly counts: boolean;
  /** By the number that a hook is called with: `function file:line:column`. Number 0 is none. */
  readonly sites: readonly string[];
  /** Accesses and calls that are hooked, by what they are: `load`, `store`, `fence` … */
  readonly hooked: Readonly<Record<string, number>>;
  /** Accesses that could not be hooked and were allowed, each with its place. */
  readonly unhooked: readonly string[];
  /** By name of a struct: its members. */
  readonly structs: Readonly<Record<string, readonly Member[]>>;
}

export type Api = '5.11' | '6.2' | '6.17' | 'mail';

/** A member of a struct; members of structs inside it have a path: `indices.prod`. */
export interface Member {
  readonly name: string;
  /** Bytes from the start of the struct. */
  readonly offset: number;
  readonly bytes: number;
  readonly is: 'number' | 'pointer' | 'mutex' | 'spinlock' | 'other';
}

/** A C file that cannot be compiled or run; the message says what to do. */
export class KernelError extends Error {
  override readonly name = 'KernelError';
}
