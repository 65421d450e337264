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
}

export type KernelApi = '5.11' | '6.2' | '6.17' | 'mail';

/** A member of a struct. A member of a nested struct has a path as its name: `indices.prod`. */
export interface StructMember {
  readonly name: string;
  /** Bytes from the start of the struct. */
  readonly offset: number;
  readonly bytes: number;
  readonly is: 'number' | 'pointer' | 'mutex' | 'spinlock' | 'other';
}

/** A C file cannot be compiled or run. The message says what to do. */
export class KernelError extends UnsupportedOperation {
  override readonly name = 'KernelError';
}
