import type { Tree } from '@yowasp/clang';
import { optionalPackage } from '../optionalPackage.ts';

type Clang = typeof import('@yowasp/clang');

/** A compiler failed. The message is its output, or how it crashed. */
export class CompileFailed extends Error {}

/** The largest output of a tool, in bytes. That of a file of the kernel has less than 1 MB. */
const OUTPUT_MAX = 2 ** 25;

/** clang, wasm-ld and binaryen, from npm. Throws `KernelError` where they are not installed. */
export class Toolchain {
  private readonly clang: Clang;
  private readonly binaryen: typeof import('binaryen').default;

  private constructor(clang: Clang, binaryen: typeof import('binaryen').default) {
    this.clang = clang;
    this.binaryen = binaryen;
  }

  static async load(): Promise<Toolchain> {
    const clang = await optionalPackage(() => import('@yowasp/clang'));
    // Without this it prints on stdout how it loads its own files.
    await clang.runLLVM(undefined, {}, { fetchProgress: () => {} });
    return new Toolchain(clang, (await optionalPackage(() => import('binaryen'))).default);
  }

  /**
   * Runs `clang` or `wasm-ld` on `files` and returns its output file `out`. Throws `CompileFailed`
   * where it fails or crashes, and for a large output.
   */
  async run(
    tool: 'clang' | 'wasm-ld',
    args: readonly string[],
    files: ReadonlyMap<string, string | Uint8Array>,
    out: string,
  ): Promise<Uint8Array> {
    const { written } = await this.execute(tool, [...args, '-o', out], files);
    const bytes = written?.[out];
    return limited(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : (bytes as Uint8Array));
  }

  /**
   * The same for a tool that prints text. clang writes text in thousands of small parts, and each
   * part that goes to a file copies the whole file. So the text goes to its standard output.
   */
  async print(
    tool: 'clang',
    args: readonly string[],
    files: ReadonlyMap<string, string | Uint8Array>,
  ): Promise<Uint8Array> {
    const { printed } = await this.execute(tool, [...args, '-o', '-'], files);
    return limited(printed);
  }

  private async execute(
    tool: 'clang' | 'wasm-ld',
    args: readonly string[],
    files: ReadonlyMap<string, string | Uint8Array>,
  ): Promise<{ written: Tree | undefined; printed: Uint8Array }> {
    let said = '';
    const parts: Uint8Array[] = [];
    const decoder = new TextDecoder();
    const options = {
      stdout: (bytes: Uint8Array | null) => {
        if (bytes) parts.push(bytes);
      },
      stderr: (bytes: Uint8Array | null) => {
        if (bytes) said += decoder.decode(bytes);
      },
    };
    try {
      const written = await this.clang.commands[tool]([...args], treeOf(files), options);
      return { written, printed: Buffer.concat(parts) };
    } catch (error) {
      throw new CompileFailed(said.trim() || `${tool} crashes: ${(error as Error).message}`);
    }
  }

  /**
   * Converts a module with 64-bit addresses to 32-bit ones, for every engine. C types keep their
   * sizes.
   */
  lower(wasm: Uint8Array): Uint8Array {
    const { Features, readBinary, setOptimizeLevel } = this.binaryen;
    const module = readBinary(wasm);
    // One by one: binaryen does not read a module with a feature that is not listed.
    module.setFeatures(
      Features.Memory64 |
        Features.Atomics |
        Features.BulkMemory |
        Features.BulkMemoryOpt |
        Features.MutableGlobals |
        Features.SignExt |
        Features.NontrappingFPToInt |
        Features.Multivalue |
        Features.ReferenceTypes |
        Features.CallIndirectOverlong,
    );
    module.runPasses(['memory64-lowering']);
    setOptimizeLevel(2);
    module.optimize();
    if (!module.validate()) throw new CompileFailed('binaryen: the lowered module is not valid');
    module.setFeatures(Features.BulkMemory | Features.MutableGlobals | Features.SignExt);
    const lowered = module.emitBinary();
    module.dispose();
    return lowered;
  }
}

function limited(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= OUTPUT_MAX) return bytes;
  throw new CompileFailed(`its code has more than ${OUTPUT_MAX / 2 ** 20} MB`);
}

/** Without a prototype: a folder may be called `constructor`. */
const emptyTree = (): Tree => Object.create(null) as Tree;

function treeOf(files: ReadonlyMap<string, string | Uint8Array>): Tree {
  const tree = emptyTree();
  for (const [path, content] of files) {
    const names = path.split('/');
    let at = tree;
    for (const name of names.slice(0, -1)) {
      at[name] ??= emptyTree();
      at = at[name] as Tree;
    }
    at[names.at(-1)!] = content;
  }
  return tree;
}
