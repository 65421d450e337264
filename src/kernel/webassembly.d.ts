/**
 * The parts of WebAssembly that are used here. TypeScript declares it only in the library of
 * browsers.
 */
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
