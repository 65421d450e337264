/** What of WebAssembly is used here: the library that has all of it is that of browsers, with much that Node has not. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
    static imports(module: Module): { readonly name: string }[];
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, (...args: never[]) => unknown>>);
    readonly exports: Record<string, unknown>;
  }
  class Memory {
    readonly buffer: ArrayBuffer;
  }
  /** A trap. */
  class RuntimeError extends Error {}
  class Global {
    value: number | bigint;
  }
}
