import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { posix } from 'node:path';
import { oneLine } from '../input/oneLine.ts';
import { type Ending, type EndReason, guarded } from '../process/supervision.ts';
import { loadFromCache, saveToCache } from './cache.ts';
import { type CompiledKernel, type KernelApi, KernelError, type StructMember } from './compiled.ts';
import { hookAccesses, type RewrittenIr } from './rewrite.ts';
import { collectSourceFiles, INCLUDE, SHIM_AT, type SourceFiles } from './sourceTree.ts';
import { CompileFailed, Toolchain } from './toolchain.ts';

/** The longest time that a file may take to compile. A correct one takes about 5 seconds. */
const SECONDS_MAX = 45;
const STACK_BYTES = 16_384;
/**
 * The most memory that compiled code may have: each machine that is built has a memory of its own.
 */
const MEMORY_BYTES_MAX = 2 ** 28;
/** Structs whose members the harness needs by name. */
const STRUCTS = ['kvm_dirty_ring', 'kvm_gfn_ring_t', 'kvm_dirty_gfn'];

/** Flags of the first compilation: no pass may merge or move an access before it is hooked. */
const FIRST = ['-O1', '-Xclang', '-disable-llvm-passes', '-S', '-emit-llvm'];
const TARGET = [
  ...['--target=wasm64', '-g', '-ffreestanding', '-nostdinc', '-fno-vectorize', '-fno-slp-vectorize'],
  // wasm-ld writes an invalid memory.fill for zeroed data of 64-bit memory.
  ...['-fno-zero-initialized-in-bss', '-mbulk-memory', '-mmutable-globals', '-Wno-unused-function'],
];

export interface CompileRequest {
  /** A kernel tree, or any folder. */
  readonly kdir: string;
  /** The C file, relative to `kdir`. */
  readonly file: string;
  /** Accesses with one of these texts in their description may stay unhooked. */
  readonly allowed: readonly string[];
}

/**
 * Compiles an unmodified C file of a kernel tree for the harness, or takes the result from the
 * cache. Throws `KernelError` where the file does not compile (with its line), and where an access
 * cannot be hooked. It also throws where the ring's functions have an unknown form. A file that
 * takes too long ends the whole command: nothing else stops the compiler.
 */
export async function compile({ kdir, file: named, allowed }: CompileRequest): Promise<CompiledKernel> {
  const file = posix.normalize(named.replaceAll('\\', '/'));
  const failed = (why: string): Ending => ({ status: 'usage', stderr: `gfnring: ${oneLine(file)}: ${why}\n` });
  const endings: Readonly<Record<EndReason, Ending>> = {
    late: failed(`it has not compiled after ${SECONDS_MAX} seconds`),
    'out of memory': failed('compiling takes more memory than is allowed; clang alone takes about 600 MB'),
    interrupted: { status: 'interrupted', stderr: 'gfnring: interrupted\n' },
  };
  return guarded(
    SECONDS_MAX,
    (reason) => endings[reason],
    () => compileOrLoad(kdir, file, allowed),
  );
}

async function compileOrLoad(kdir: string, file: string, allowed: readonly string[]): Promise<CompiledKernel> {
  const files = collectSourceFiles(kdir, file);
  const text = files.get(file) ?? '';
  const isMail = /\bkvm_gfn_ring_push\s*\(/.test(text);
  if (!isMail && !/\bkvm_dirty_ring_push\s*\(/.test(text))
    throw new KernelError(`${file} defines neither kvm_dirty_ring_push nor kvm_gfn_ring_push`);
  const key = keyOf(files, file, allowed);
  const known = loadFromCache(key);
  if (known !== undefined) return known;
  const tools = await Toolchain.load();
  const defines = [
    ...['-DCONFIG_HAVE_KVM_DIRTY_RING', `-DGFNRING_STACK_BYTES=${STACK_BYTES}`],
    ...(isMail ? ['-DGFNRING_MAIL'] : []),
    ...(/\bkvm_dirty_ring_check_request\s*\(/.test(text) ? ['-DGFNRING_REQUEST'] : []),
  ];
  const include = [`-I${SHIM_AT}`, ...INCLUDE.flatMap((folder) => ['-idirafter', folder])];
  const flags = [...TARGET, ...defines, ...include];
  try {
    const ir = decoder.decode(await tools.run('clang', [...flags, ...FIRST, file], files, 'subject.ll'));
    const rewritten = hookAccesses(ir, allowed);
    const glue = await tools.run('clang', [...flags, '-O1', '-c', `${SHIM_AT}/glue.c`], files, 'glue.o');
    const wasm = await link(tools, flags, rewritten, glue);
    const compiled: CompiledKernel = {
      key,
      bytes: wasm.length,
      file,
      api: isMail ? 'mail' : apiOf(wasm, file),
      counts: !isMail || /\b__kvm_gfn_ring_reset\s*\(/.test(text),
      sites: rewritten.sites,
      hooked: rewritten.hooked,
      unhooked: rewritten.unhooked,
      structs: structsOf(rewritten),
    };
    saveToCache(compiled, wasm);
    return compiled;
  } catch (error) {
    if (error instanceof CompileFailed) throw new KernelError(shown(error.message, file));
    throw error;
  }
}

const decoder = new TextDecoder();

async function link(
  tools: Toolchain,
  flags: readonly string[],
  { ir }: RewrittenIr,
  glue: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const hooked = new Map([['hooked.ll', ir]]);
  const object = await tools.run(
    'clang',
    [...flags, '-O1', '-Wno-override-module', '-c', 'hooked.ll'],
    hooked,
    'subject.o',
  );
  const objects = new Map([
    ['subject.o', object],
    ['glue.o', glue],
  ]);
  const linked = await tools.run(
    'wasm-ld',
    [
      ...['-mwasm64', '--no-entry', '--stack-first', '-z', `stack-size=${STACK_BYTES}`],
      `--max-memory=${MEMORY_BYTES_MAX}`,
      // Exported, it is not called by every other export: the kernel calls no constructors either.
      '--export=__wasm_call_ctors',
      ...['--export=__stack_pointer', '--export=__heap_base', '--export-memory', ...objects.keys()],
    ],
    objects,
    'linked.wasm',
  );
  return new Uint8Array(tools.lower(linked));
}

/** A hash of everything that the result depends on. */
function keyOf(files: SourceFiles, file: string, allowed: readonly string[]): string {
  const hash = createHash('sha256');
  const add = (text: string): void => {
    hash.update(`${text.length}:${text}`);
  };
  for (const part of [FORMAT, file, ...allowed, ...FIRST, ...TARGET, ...toolVersions()]) add(part);
  for (const path of [...files.keys()].sort()) for (const part of [path, files.get(path)!]) add(part);
  return hash.digest('hex');
}

/** The version of cached files. A change of how files are rewritten or linked needs a new one. */
const FORMAT = '7';

/** `none` where a package is not installed: a cached file needs no compiler. */
function toolVersions(): string[] {
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

/** Which version of the ring's functions a file has. */
function apiOf(wasm: Uint8Array<ArrayBuffer>, file: string): KernelApi {
  const none = () => 0;
  const imports = Object.fromEntries(
    WebAssembly.Module.imports(new WebAssembly.Module(wasm)).map(({ name }) => [name, none]),
  );
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), { gfnring: imports });
  const bits = (instance.exports.gfnring_signatures as () => number)();
  const unknown = ['alloc', 'push', 'reset'].filter((_, i) => (bits & (1 << i)) === 0);
  if (unknown.length > 0)
    throw new KernelError(
      `${file}: kvm_dirty_ring_${unknown.join(', kvm_dirty_ring_')} is declared in none of the forms of Linux 5.11 to 6.17`,
    );
  if ((bits & 16) !== 0) return '6.17';
  return (bits & 8) !== 0 ? '6.2' : '5.11';
}

function structsOf({ info }: RewrittenIr): Record<string, readonly StructMember[]> {
  const found = STRUCTS.map((name) => [name, info.membersOf(name)] as const);
  return Object.fromEntries(found.filter((entry): entry is [string, StructMember[]] => entry[1] !== undefined));
}

/**
 * The message of a compiler in one line: the first error with its place, or what the linker misses.
 * It names a file: without a place, that is the C file.
 */
function shown(said: string, file: string): string {
  const undefinedNames = [...said.matchAll(/undefined symbol: (\w+)/g)].map(([, name]) => name);
  if (undefinedNames.length > 0)
    return `${file}: it calls ${[...new Set(undefinedNames)].join(', ')}, which nothing here stands for: gfnring has the ring's own surroundings only`;
  const errors = said.split('\n').filter((line) => /error:/.test(line));
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const first = errors[0] ?? said.split('\n')[0];
  const place = /^[^:]+:\d+:\d+: /.test(first) ? '' : `${file}: `;
  return `${place}${first.replace(`${SHIM_AT}/`, 'gfnring: ')}${more}`;
}
