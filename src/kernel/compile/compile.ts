import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { posix } from 'node:path';
import { oneLine } from '../../input/oneLine.ts';
import { type Ending, type EndReason, guarded } from '../../process/supervision.ts';
import { type CompiledKernel, KernelError } from '../compiled.ts';
import { aroundFiles } from '../slice/around.ts';
import { ANALYSIS, buildModule, type Unit } from './build.ts';
import { loadFromCache, saveToCache } from './cache.ts';
import { compileMessage } from './compileErrors.ts';
import { type ChangedFiles, KernelTree } from './kernelTree.ts';
import { collectSourceFiles, type SourceFiles, type UsersHeaders } from './sourceTree.ts';
import { CompileFailed, Toolchain } from './toolchain.ts';

/** The longest time that a file may take to compile. A correct one takes about 3 seconds. */
const SECONDS_MAX = 45;

export interface CompileRequest extends Partial<UsersHeaders> {
  /** A kernel tree, or any folder. */
  readonly kdir: string;
  /** The C file, relative to `kdir`. */
  readonly file: string;
  /** Accesses with one of these texts in their description may stay unhooked. */
  readonly allowed: readonly string[];
  /** `NAME` or `NAME=VALUE` each. */
  readonly defines?: readonly string[];
  /** Files that are otherwise than on disk. */
  readonly changed?: ChangedFiles;
  /** Whether the code reports which lines and branches it reaches. It runs a little slower then. */
  readonly coverage?: boolean;
}

/**
 * Compiles an unmodified C file of a kernel tree for the harness, or takes the result from the
 * cache. Throws `KernelError` where the file does not compile (with its line), and where an access
 * cannot be hooked. It also throws where the ring's functions have an unknown form. A file that
 * takes too long ends the whole command: nothing else stops the compiler.
 */
export async function compile(request: CompileRequest): Promise<CompiledKernel> {
  const file = posix.normalize(request.file.replaceAll('\\', '/'));
  return limitCompilation(file, () =>
    compileOrLoad({ defines: [], includes: [], shims: [], changed: new Map(), coverage: false, ...request, file }),
  );
}

/** Ends the whole command where the compilation of `file` takes too long, or too much memory. */
export function limitCompilation<T>(file: string, work: () => Promise<T>): Promise<T> {
  const failed = (why: string): Ending => ({ status: 'usage', stderr: `gfnring: ${oneLine(file)}: ${why}\n` });
  const endings: Readonly<Record<EndReason, Ending>> = {
    late: failed(`it has not compiled after ${SECONDS_MAX} seconds`),
    'out of memory': failed('compiling takes more memory than is allowed; clang alone takes about 600 MB'),
    interrupted: { status: 'interrupted', stderr: 'gfnring: interrupted\n' },
  };
  return guarded(SECONDS_MAX, (reason) => endings[reason], work);
}

async function compileOrLoad(request: Required<CompileRequest>): Promise<CompiledKernel> {
  const { kdir, file, allowed, changed } = request;
  const tree = new KernelTree(kdir, changed);
  const files = collectSourceFiles(tree, file, request);
  const text = files.get(file) ?? '';
  const isMail = /\bkvm_gfn_ring_push\s*\(/.test(text);
  if (!isMail && !/\bkvm_dirty_ring_push\s*\(/.test(text))
    throw new KernelError(`${file} defines neither kvm_dirty_ring_push nor kvm_gfn_ring_push`);
  const around = isMail ? new Map<string, string>() : aroundFiles(tree);
  const key = keyOf(files, around, request);
  const known = loadFromCache(key);
  if (known !== undefined) return known;
  const unit: Unit = {
    file,
    files,
    around,
    isMail,
    allowed,
    defines: request.defines,
    users: request,
    coverage: request.coverage,
  };
  try {
    const { wasm, ...built } = await buildModule(await Toolchain.load(), unit);
    const compiled: CompiledKernel = {
      ...built,
      key,
      bytes: wasm.length,
      file,
      counts: !isMail || /\b__kvm_gfn_ring_reset\s*\(/.test(text),
    };
    saveToCache(compiled, wasm);
    return compiled;
  } catch (error) {
    if (error instanceof CompileFailed) throw new KernelError(compileMessage(error.message, file));
    throw error;
  }
}

/** A hash of everything that the result depends on. */
function keyOf(
  files: SourceFiles,
  around: SourceFiles,
  { file, allowed, defines, includes, shims, coverage }: Required<CompileRequest>,
): string {
  const hash = createHash('sha256');
  const add = (text: string): void => {
    hash.update(`${text.length}:${text}`);
  };
  const counts = [allowed, defines, includes, shims].map(({ length }) => String(length));
  for (const part of [
    FORMAT,
    String(coverage),
    file,
    ...counts,
    ...allowed,
    ...defines,
    ...ANALYSIS,
    ...toolVersions(),
  ])
    add(part);
  for (const of of [files, around])
    for (const path of [...of.keys()].sort()) for (const part of [path, of.get(path)!]) add(part);
  return hash.digest('hex');
}

/** The version of cached files. A change of how files are rewritten or linked needs a new one. */
export const FORMAT = '13';

/** `none` where a package is not installed: a cached file needs no compiler. */
export function toolVersions(): string[] {
  const { resolve } = createRequire(import.meta.url);
  return ['@yowasp/clang', 'binaryen'].map((name) => {
    try {
      const entry = resolve(name);
      const root = entry.slice(0, entry.lastIndexOf(name) + name.length);
      return (JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { version: string }).version;
    } catch {
      return 'none';
    }
  });
}
