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
import { CONSUMER_AT, collectConsumer, shownPath } from './consumerSources.ts';

export interface ConsumerRequest {
  /** The path of the C file. */
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
export const CONSUMER_UNIT = 'gfnring-unit.c';
/** Our own part of a consumer's unit, which is not hooked. */
export const CONSUMER_GLUE = [`${SHIM_AT}/glue.c`, `${CONSUMER_AT}/consumer.c`, CONSUMER_UNIT];
export const CONSUMER_FLAGS = [...ANALYSIS, `-DGFNRING_STACK_BYTES=${STACK_BYTES}`, '-Wno-macro-redefined'].concat(
  ['.', CONSUMER_AT, SHIM_AT].map((folder) => `-I${folder}`),
);

/**
 * Compiles the function of a VMM that harvests a ring, or takes it from the cache. Throws
 * `KernelError` where it does not compile, or where gfnring does not know how to call it.
 */
export const compileConsumer = (request: ConsumerRequest): Promise<CompiledConsumer> =>
  limitCompilation(shownPath(request.file), () => compileC(request));

async function compileC(request: ConsumerRequest): Promise<CompiledConsumer> {
  const { file, harvest, allowed } = request;
  const sources = await collectConsumer(request);
  const call = callOfFunction(sources.definitions.get(harvest)!, sources.definitions, sources.defined);
  const sized = sources.definitions.get('test_dirty_ring_count')?.kind === 'variable';
  const unit = [
    '#include <gfnring_consumer.h>',
    ...(sources.usesVmm ? ['#include <gfnring_vmm.h>'] : []),
    sources.text,
    `#line 1 "${CONSUMER_UNIT}"`,
    '#include <gfnring_user.h>',
    `void gfnring_sized(u32 size) { ${sized ? 'test_dirty_ring_count = size; ' : ''}}`,
    call.text,
    `#include "${CONSUMER_AT}/consumer.c"`,
    '',
  ].join('\n');
  const defines = [...sources.defines, ...(call.hasVmmFetch ? ['GFNRING_VMM_FETCH'] : []), ...request.defines];
  const files = new Map([...sources.files, [CONSUMER_UNIT, unit]]);
  const key = consumerKey([harvest, ...defines, ...allowed], files);
  const known = loadFromCache<CompiledConsumer>(key);
  if (known !== undefined) return known;
  try {
    const tools = await Toolchain.load();
    const flags = [...CONSUMER_FLAGS, ...defines.map((name) => `-D${name}`)];
    const ir = new TextDecoder().decode(await tools.print('clang', [...flags, CONSUMER_UNIT], files));
    const { ir: hookedIr, info: _, ...rewritten } = hookAccesses(ir, allowed, CONSUMER_GLUE);
    const wasm = await linkHooked(tools, [hookedIr]);
    const { ring, hasMax, hasOneSlot } = call;
    const compiled: CompiledConsumer = {
      ...rewritten,
      key,
      bytes: wasm.length,
      file: shownPath(file),
      structs: {},
      taken: sources.taken,
      ...{ harvest, ring, hasMax, hasOneSlot },
      hasStatistics: sources.usesVmm,
    };
    saveToCache(compiled, wasm);
    return compiled;
  } catch (error) {
    throw consumerError(error, file);
  }
}

/** An error of the compiler as `KernelError`, with its file. */
export const consumerError = (error: unknown, file: string): unknown =>
  error instanceof CompileFailed ? new KernelError(compileMessage(error.message, shownPath(file), HOW)) : error;

/** A hash of everything that the result depends on. */
export function consumerKey(parts: readonly string[], files: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  const texts = [...files.keys()].sort().flatMap((path) => [path, files.get(path)!]);
  for (const text of ['consumer', FORMAT, ...toolVersions(), `${parts.length}`, ...parts, ...ANALYSIS, ...texts])
    hash.update(`${text.length}:${text}`);
  return hash.digest('hex');
}
