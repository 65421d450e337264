import { type CompiledKernel, type CompiledPart, type KernelApi, KernelError, type StructMember } from '../compiled.ts';
import type { DebugInfo } from '../ir/debugInfo.ts';
import { hookAccesses } from '../ir/rewrite.ts';
import { type Around, sliceAround } from '../slice/around.ts';
import {
  hashOf,
  INCLUDE,
  includedPaths,
  isOfTree,
  SHIM_AT,
  type SourceFiles,
  USERS_SHIM_AT,
  type UsersHeaders,
} from './sourceTree.ts';
import type { Toolchain } from './toolchain.ts';

export const STACK_BYTES = 16_384;
/**
 * The most memory that compiled code may have: each machine that is built has a memory of its own.
 */
const MEMORY_BYTES_MAX = 2 ** 28;
/** Structs whose members the harness needs by name. */
const STRUCTS = ['kvm_dirty_ring', 'kvm_gfn_ring_t', 'kvm_dirty_gfn', 'kvm', 'kvm_vcpu', 'kvm_memory_slot'];

const TARGET = [
  ...['--target=wasm64', '-g', '-ffreestanding', '-nostdinc', '-fno-vectorize', '-fno-slp-vectorize'],
  // wasm-ld writes an invalid memory.fill for zeroed data of 64-bit memory.
  ...['-fno-zero-initialized-in-bss', '-mbulk-memory', '-mmutable-globals', '-Wno-unused-function'],
];
/** The first compilation: no pass may merge or move an access before it is hooked. */
export const ANALYSIS = [...TARGET, '-O1', '-Xclang', '-disable-llvm-passes', '-S', '-emit-llvm'];

/** What is compiled: a C file, and how. */
export interface Unit {
  readonly file: string;
  readonly files: SourceFiles;
  /** Files of the tree of which only parts are compiled. */
  readonly around: SourceFiles;
  readonly isMail: boolean;
  readonly allowed: readonly string[];
  readonly defines: readonly string[];
  readonly users: UsersHeaders;
  /** Whether the code reports which lines and branches it reaches. */
  readonly coverage: boolean;
}

type Built = Omit<CompiledKernel, 'key' | 'bytes' | 'file' | 'counts'> & { readonly wasm: Uint8Array<ArrayBuffer> };

/**
 * The name of the one unit that is compiled: the C file, the parts of the files around it, and our
 * glue. Each run of clang takes a second to start, so there is one unit.
 */
const UNIT = 'gfnring-unit.c';

/** Compiles, hooks and links. Throws `CompileFailed` and `KernelError`. */
export async function buildModule(tools: Toolchain, unit: Unit): Promise<Built> {
  const { file, isMail, allowed } = unit;
  const around = await sliceAround(unit);
  const files = new Map([...unit.files, ...around.headers, [UNIT, unitText(unit, around)]]);
  const text = unit.files.get(file) ?? '';
  const defines = [
    ...['CONFIG_HAVE_KVM_DIRTY_RING', `GFNRING_STACK_BYTES=${STACK_BYTES}`],
    ...(isMail ? ['GFNRING_MAIL'] : []),
    ...(/\bkvm_dirty_ring_check_request\s*\(/.test(text) ? ['GFNRING_REQUEST'] : []),
    ...around.taken.map(({ name }) => `GFNRING_HAS_${name}`),
    ...around.defines,
    ...unit.defines,
  ];
  const include = [`-I${USERS_SHIM_AT}`, `-I${SHIM_AT}`, ...INCLUDE.flatMap((folder) => ['-idirafter', folder])];
  const flags = [...ANALYSIS, ...defines.map((name) => `-D${name}`), ...include];
  const ir = new TextDecoder().decode(await tools.print('clang', [...flags, UNIT], files));
  const rewritten = hookAccesses(ir, allowed, [`${SHIM_AT}/glue.c`], unit.coverage ? isOfTree : undefined);
  const wasm = await linkHooked(tools, [rewritten.ir]);
  return {
    wasm,
    api: isMail ? 'mail' : apiOf(wasm, file),
    sites: rewritten.sites,
    hooked: rewritten.hooked,
    unhooked: rewritten.unhooked,
    structs: structsOf(rewritten.info),
    globals: rewritten.globals,
    taken: around.taken,
    parts: [...wholeFiles(unit.files), ...around.parts],
    ours: around.ours,
    coverage: rewritten.coverage,
  };
}

const wholeFiles = (files: SourceFiles): CompiledPart[] =>
  [...files]
    .filter(([path]) => isOfTree(path))
    .map(([file, text]) => ({ file, name: '', hash: hashOf(text), from: 1, to: 2 ** 31 }));

const unitText = ({ file, users }: Unit, { text }: Around): string =>
  [
    '#include <linux/kvm_host.h>',
    ...includedPaths(users).map((path) => `#include "${path}"`),
    `#include "${file}"`,
    text,
    `#include "${SHIM_AT}/glue.c"`,
    '',
  ].join('\n');

/** Links LLVM IR in which accesses are hooked. */
export async function linkHooked(tools: Toolchain, irs: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const objects = new Map<string, Uint8Array>();
  for (const [i, ir] of irs.entries()) {
    const object = await tools.run(
      'clang',
      // Binaryen optimises. clang's own passes would take longer than the rest of the compilation.
      [...TARGET.filter((flag) => flag !== '-g'), '-O0', '-Wno-override-module', '-c', 'hooked.ll'],
      new Map([['hooked.ll', withoutMetadata(ir)]]),
      'subject.o',
    );
    objects.set(`subject${i}.o`, object);
  }
  const linked = await tools.run(
    'wasm-ld',
    [
      ...['-mwasm64', '--no-entry', '--stack-first', '-z', `stack-size=${STACK_BYTES}`, '--strip-debug'],
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

/**
 * LLVM IR without its metadata. The places of accesses are known by then, and writing debug
 * information takes longer than everything else.
 */
const withoutMetadata = (ir: string): string =>
  ir
    .split('\n')
    .filter((line) => !/^(?:!|\s+#dbg_)/.test(line))
    .map((line) => line.replace(/,? !\w[\w.]* !\d+/g, ''))
    .join('\n');

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

function structsOf(info: DebugInfo): Record<string, readonly StructMember[]> {
  const found = STRUCTS.map((name) => [name, info.membersOf(name)] as const);
  return Object.fromEntries(found.filter((entry): entry is [string, StructMember[]] => entry[1] !== undefined));
}
