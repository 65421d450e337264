import { basename, dirname, isAbsolute, join, normalize, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readInputBytes, statOf } from '../../files/readInput.ts';
import { packageSources, SHIM, SHIM_AT } from '../compile/sourceTree.ts';
import { KernelError, type TakenPart } from '../compiled.ts';
import { closureOf } from '../slice/closure.ts';
import { type CDefinition, type Defined, definitionsOf, identifiersOf } from '../slice/definitions.ts';
import { place } from '../slice/enterGuest.ts';
import { parseC } from '../slice/parser.ts';

const CONSUMER_SHIM = fileURLToPath(new URL('../../../src/kernel/consumer/shim/', import.meta.url));
export const CONSUMER_AT = 'gfnring-consumer';
/** What consumers share with the kernel's file of its headers. */
const SHARED = /^(?:glue\.c|linux\/(?:types|compiler|kconfig|gfnring_hooks)\.h)$/;
/** Headers for which our gfnring_consumer.h stands. */
const KNOWN_HEADER =
  /^(?:std(?:int|bool|def|io|lib|arg|atomic)|string|assert|errno|limits|inttypes|pthread|unistd|time|signal)\.h$|^(?:linux|asm)\/(?:kvm|bitops|atomic|bitmap|kernel|stddef|barrier|errno)\.h$|^sys\/\w+\.h$|^qemu\/(?:osdep|atomic|bitops|bitmap)\.h$/;
const INCLUDES = /^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]/gm;
/** Names of QEMU and of the selftests for which gfnring_vmm.h stands. */
const VMM_NAMES = /\b(?:KVMState|CPUState|qatomic_\w+|TEST_ASSERT\w*|(?:__)?(?:set|test)_bit(?:_le)?)\b/;

/** The C text of a consumer, ready to be compiled. */
export interface ConsumerSources {
  readonly files: ReadonlyMap<string, string>;
  /** What the unit has between our headers and the call. */
  readonly text: string;
  /** The definitions by name, those of adapters first. */
  readonly definitions: ReadonlyMap<string, CDefinition>;
  /** Whether names of QEMU or of the selftests are used. */
  readonly usesVmm: boolean;
  readonly defines: readonly string[];
  readonly defined: Defined;
  /** The definitions that were cut out; empty: the file is compiled as a whole. */
  readonly taken: readonly TakenPart[];
}

interface Request {
  readonly file: string;
  readonly harvest: string;
  readonly adapters: readonly string[];
  readonly defines: readonly string[];
}

/**
 * A consumer's C file with the headers beside it. If it includes others, only the function and what
 * it uses of its file are taken. Throws `KernelError`.
 */
export async function collectConsumer({ file, harvest, adapters, defines }: Request): Promise<ConsumerSources> {
  const names = new Set(defines.map((define) => define.split('=')[0]));
  const defined: Defined = (name) => names.has(name);
  const files = new Map(consumerHeaders());
  const known = identifiersOf([...files.values()].join('\n'));
  const path = shownPath(file);
  const text = readSource(file);
  const missing = addFiles(files, path, file, text);
  const own = definitionsOf(await parseC(text), path, defined);
  const { paths: adapterPaths, definitions: ofAdapters } = await addAdapters(files, adapters, defined);
  const definitions = new Map([...own, ...ofAdapters]);
  refuseMissingFunction(harvest, file, definitions);
  const used = new Set<string>();
  const adapterNames = [...ofAdapters.values()].flatMap(({ node }) => [...identifiersOf(node.text)]);
  const isWhole = missing.length === 0;
  const parts = isWhole ? [] : closureOf(own, [harvest, ...adapterNames], known, used);
  const body = isWhole ? `#include "${path}"` : slicedText(parts, used, known, definitions);
  const seen = isWhole ? [...files].filter(([at]) => !at.startsWith('gfnring-')).map(([, of]) => of) : [body];
  const usesVmm = VMM_NAMES.test([...seen, ...[...ofAdapters.values()].map(({ node }) => node.text)].join('\n'));
  return {
    files,
    text: [
      ...undefinedNames(isWhole ? [...definitions.values()] : [...parts, ...ofAdapters.values()]),
      ...adapterPaths.filter((at) => at.endsWith('.h')).map((at) => `#include "${at}"`),
      body,
      ...adapterPaths.filter((at) => !at.endsWith('.h')).map((at) => `#include "${at}"`),
    ].join('\n'),
    definitions,
    usesVmm,
    defined,
    defines: [
      ...(usesVmm ? ['GFNRING_VMM'] : []),
      ...(seen.some((of) => /\bstruct kvm_dirty_gfn\s*\{/.test(of)) ? ['GFNRING_OWN_ENTRY'] : []),
      ...(/\bqemu_real_host_page_size\s*\(/.test(text) ? ['GFNRING_PAGE_SIZE_FUNCTION'] : []),
    ],
    taken: parts.map(({ name, node }) => ({ name, file: path, line: node.startPosition.row + 1 })),
  };
}

/** Adds adapters to the files. Returns their paths there, and what they define. */
export async function addAdapters(
  files: Map<string, string>,
  adapters: readonly string[],
  defined: Defined,
): Promise<{ readonly paths: readonly string[]; readonly definitions: ReadonlyMap<string, CDefinition> }> {
  const paths: string[] = [];
  const definitions = new Map<string, CDefinition>();
  for (const adapter of adapters) {
    const at = `adapter/${basename(adapter)}`;
    const text = readSource(adapter);
    paths.push(at);
    const lacking = addFiles(files, at, adapter, text)[0];
    if (lacking !== undefined) throw new KernelError(`${adapter} includes ${lacking}, which is not beside it`);
    for (const [name, definition] of definitionsOf(await parseC(text), adapter, defined))
      definitions.set(name, definition);
  }
  return { paths, definitions };
}

/** What the file defines replaces a macro of ours. */
const undefinedNames = (definitions: readonly CDefinition[]): string[] =>
  definitions.flatMap(({ kind, name }) => (kind === 'function' || kind === 'macro' ? [`#undef ${name}`] : []));

/** Our own headers, and those of the kernel's file that consumers share. */
export const consumerHeaders = (): [path: string, text: string][] => [
  ...packageSources(CONSUMER_SHIM, CONSUMER_AT),
  ...packageSources(SHIM, SHIM_AT).filter(([path]) => SHARED.test(path.slice(SHIM_AT.length + 1))),
];

export const readSource = (path: string): string => readInputBytes(path, { what: 'file' }).toString();

/** The path that messages and traces show: as it was given, or the name alone. */
export function shownPath(file: string): string {
  const path = posix.normalize(file.replaceAll('\\', '/'));
  return isAbsolute(file) || path.startsWith('..') ? basename(path) : path;
}

function refuseMissingFunction(name: string, file: string, definitions: ReadonlyMap<string, CDefinition>): void {
  if (definitions.get(name)?.kind === 'function') return;
  const functions = [...definitions.values()].filter(({ kind }) => kind === 'function').map((other) => other.name);
  const has = functions.length === 0 ? 'no function' : functions.slice(0, 12).join(', ');
  throw new KernelError(`${file} defines no function ${name}: it has ${has}`);
}

/** Adds a file, with the headers beside it. Returns the headers that are nowhere. */
function addFiles(files: Map<string, string>, path: string, onDisk: string, text: string): string[] {
  files.set(path, text);
  return [...text.matchAll(INCLUDES)].flatMap(([, open, name]) => {
    const near = join(dirname(onDisk), name);
    const at = posix.join(posix.dirname(path), name);
    const isBelow = !normalize(name).startsWith('..') && !isAbsolute(name);
    if (open === '"' && isBelow && statOf(near)?.isFile())
      return files.has(at) ? [] : addFiles(files, at, near, readSource(near));
    if (files.has(`${CONSUMER_AT}/${name}`) || files.has(`${SHIM_AT}/${name}`)) return [];
    if (!KNOWN_HEADER.test(name)) return [name];
    files.set(`${CONSUMER_AT}/${name}`, '#pragma once\n#include <gfnring_consumer.h>\n');
    return [];
  });
}

/** Definitions with their places, behind prototypes. Trace points do nothing. */
function slicedText(
  parts: readonly CDefinition[],
  used: ReadonlySet<string>,
  known: ReadonlySet<string>,
  definitions: ReadonlyMap<string, CDefinition>,
): string {
  const traces = [...used].filter((name) => /^trace_\w+$/.test(name) && !known.has(name) && !definitions.has(name));
  const prototypes = parts.flatMap(({ kind, node, file }) => {
    const body = node.childForFieldName('body');
    if (kind !== 'function' || body === null) return [];
    return [`${place(node, file)}${node.text.slice(0, body.startIndex - node.startIndex)};`];
  });
  const [before, functions] = [false, true].map((isFunction) =>
    parts
      .filter(({ kind }) => (kind === 'function') === isFunction)
      .map(({ node, file }) => `${place(node, file)}${node.text}`),
  );
  return [...traces.map((name) => `#define ${name}(...) ((void)0)`), ...before, ...prototypes, ...functions].join('\n');
}
