import { createHash } from 'node:crypto';
import { ANALYSIS, linkHooked, STACK_BYTES } from '../compile/build.ts';
import { loadFromCache, saveToCache } from '../compile/cache.ts';
import { FORMAT, limitCompilation, toolVersions } from '../compile/compile.ts';
import { compileMessage } from '../compile/compileErrors.ts';
import { SHIM_AT } from '../compile/sourceTree.ts';
import { CompileFailed, Toolchain } from '../compile/toolchain.ts';
import { KernelError } from '../compiled.ts';
import { hookAccesses } from '../ir/rewrite.ts';
import { callOfFunction } from './callOfFunction.ts';
import type { CompiledConsumer } from './compiledConsumer.ts';
import {
  addAdapters,
  CONSUMER_AT,
  collectConsumer,
  consumerHeaders,
  readSource,
  shownPath,
} from './consumerSources.ts';
import { callOfIr, declarationOf, functionOfIr, normaliseIr } from './llvmIr.ts';

export interface ConsumerRequest {
  /** The path of the C file, or of LLVM IR in a file `.ll`. */
  readonly file: string;
  /** The function that harvests a ring. */
  readonly harvest: string;
  /** Paths of C files that are compiled behind it, and of headers before it. */
  readonly adapters: readonly string[];
  /** `NAME` or `NAME=VALUE` each. */
  readonly defines: readonly string[];
  /** Accesses with one of these texts in their description may stay unhooked. */
  readonly allowed: readonly string[];
}

const HOW = '--adapter FILE.h declares what it lacks, and -D NAME=VALUE defines it (docs/consumers.md)';
const CONSUMER_UNIT = 'gfnring-unit.c';
/** Our own part of a consumer's unit, which is not hooked. */
const CONSUMER_GLUE = [`${SHIM_AT}/glue.c`, `${CONSUMER_AT}/consumer.c`, CONSUMER_UNIT];
const CONSUMER_FLAGS = [...ANALYSIS, `-DGFNRING_STACK_BYTES=${STACK_BYTES}`, '-Wno-macro-redefined'].concat(
  ['.', CONSUMER_AT, SHIM_AT].map((folder) => `-I${folder}`),
);

/**
 * Compiles the function of a VMM that harvests a ring, or takes it from the cache. Throws
 * `KernelError` where it does not compile, or where gfnring does not know how to call it.
 */
export const compileConsumer = (request: ConsumerRequest): Promise<CompiledConsumer> =>
  limitCompilation(shownPath(request.file), async () => {
    const unit = /\.ll$/.test(request.file) ? await unitOfIr(request) : await unitOfC(request);
    return loadFromCache<CompiledConsumer>(unit.key) ?? (await compileUnit(request, unit));
  });

/** What is compiled: a unit of C that calls the function, and IR beside it. */
interface ConsumerUnit {
  readonly key: string;
  readonly files: ReadonlyMap<string, string>;
  readonly flags: readonly string[];
  /** The IR of the consumer, if it is none of C. */
  readonly ir: string | undefined;
  readonly known: Pick<CompiledConsumer, 'ring' | 'hasMax' | 'hasOneSlot' | 'hasStatistics' | 'taken'>;
}

async function unitOfC(request: ConsumerRequest): Promise<ConsumerUnit> {
  const { harvest, allowed } = request;
  const sources = await collectConsumer(request);
  const call = callOfFunction(sources.definitions.get(harvest)!, sources.definitions, sources.defined);
  const sized = sources.definitions.get('test_dirty_ring_count')?.kind === 'variable';
  const text = [...(sources.usesVmm ? ['#include <gfnring_vmm.h>'] : []), sources.text].join('\n');
  const defines = [...sources.defines, ...(call.hasVmmFetch ? ['GFNRING_VMM_FETCH'] : []), ...request.defines];
  const unit = unitText(text, sized ? 'test_dirty_ring_count = size; ' : '', call.text);
  const files = new Map([...sources.files, [CONSUMER_UNIT, unit]]);
  const { ring, hasMax, hasOneSlot } = call;
  return {
    key: consumerKey([harvest, ...defines, ...allowed], files),
    files,
    flags: defines.map((name) => `-D${name}`),
    ir: undefined,
    known: { ring, hasMax, hasOneSlot, hasStatistics: sources.usesVmm, taken: sources.taken },
  };
}

async function unitOfIr({ file, harvest, adapters, defines, allowed }: ConsumerRequest): Promise<ConsumerUnit> {
  const ir = normaliseIr(readSource(file), shownPath(file));
  const files = new Map(consumerHeaders());
  const names = new Set(defines.map((define) => define.split('=')[0]));
  const defined = (name: string): boolean => names.has(name);
  const { paths, definitions } = await addAdapters(files, adapters, defined);
  const adapted = definitions.get(harvest);
  const known = { ring: 'dirty-ring', hasMax: false, hasOneSlot: false } as const;
  const { text: call, ...is } = adapted
    ? callOfFunction(adapted, definitions, defined)
    : { ...known, text: callOfIr(functionOfIr(ir, harvest, shownPath(file)), harvest, shownPath(file)) };
  const { ring, hasMax, hasOneSlot } = is;
  const declared = adapted ? '' : declarationOf(functionOfIr(ir, harvest, shownPath(file)), harvest, shownPath(file));
  const text = [declared, ...paths.map((path) => `#include "${path}"`)].join('\n');
  files.set(CONSUMER_UNIT, unitText(text, '', call));
  return {
    key: consumerKey([harvest, ...defines, ...allowed, ir], files),
    files,
    flags: defines.map((name) => `-D${name}`),
    ir,
    known: { ring, hasMax, hasOneSlot, hasStatistics: false, taken: [] },
  };
}

const unitText = (text: string, sized: string, call: string): string =>
  [
    '#include <gfnring_consumer.h>',
    text,
    `#line 1 "${CONSUMER_UNIT}"`,
    '#include <gfnring_user.h>',
    `void gfnring_sized(u32 size) { ${sized}}`,
    call,
    `#include "${CONSUMER_AT}/consumer.c"`,
    '',
  ].join('\n');

async function compileUnit(
  { file, harvest, allowed }: ConsumerRequest,
  { key, files, flags, ir, known }: ConsumerUnit,
): Promise<CompiledConsumer> {
  try {
    const tools = await Toolchain.load();
    const other = ir === undefined ? undefined : hookAccesses(ir, allowed, [], undefined, { file: shownPath(file) });
    const print = await tools.print('clang', [...CONSUMER_FLAGS, ...flags, CONSUMER_UNIT], files);
    const beside = other === undefined ? {} : { other };
    const unit = hookAccesses(new TextDecoder().decode(print), allowed, CONSUMER_GLUE, undefined, beside);
    const wasm = await linkHooked(tools, [...(other === undefined ? [] : [other.ir]), unit.ir]);
    const { sites, hooked, unhooked, globals } = unit;
    const compiled: CompiledConsumer = {
      ...{ key, bytes: wasm.length, file: shownPath(file), structs: {}, harvest, sites, hooked, globals },
      unhooked: [...(other?.unhooked ?? []), ...unhooked],
      ...known,
    };
    saveToCache(compiled, wasm);
    return compiled;
  } catch (error) {
    throw consumerError(error, file);
  }
}

/** An error of the compiler as `KernelError`, with its file. */
const consumerError = (error: unknown, file: string): unknown =>
  error instanceof CompileFailed
    ? new KernelError(compileMessage(error.message.replace(/^hooked\.ll:\d+:\d+: /gm, ''), shownPath(file), HOW))
    : error;

/** A hash of everything that the result depends on. */
function consumerKey(parts: readonly string[], files: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  const texts = [...files.keys()].sort().flatMap((path) => [path, files.get(path)!]);
  for (const text of ['consumer', FORMAT, ...toolVersions(), `${parts.length}`, ...parts, ...ANALYSIS, ...texts])
    hash.update(`${text.length}:${text}`);
  return hash.digest('hex');
}
