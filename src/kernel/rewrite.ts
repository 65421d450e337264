import { KernelError } from './compiled.ts';
import { DebugInfo } from './debugInfo.ts';
import { atomicHooks, hookAtomic } from './rewriteAtomics.ts';

/** The ordering of an access: the second argument of a hook. */
export const AccessOrder = { plain: 0, once: 1, acquire: 2, release: 3, seqCst: 4 } as const;

export interface RewrittenIr {
  /** LLVM IR in which accesses are calls of hooks. */
  readonly ir: string;
  /** By site. */
  readonly sites: readonly string[];
  readonly hooked: Readonly<Record<string, number>>;
  /** Accesses that stay unhooked because the user allowed it. */
  readonly unhooked: readonly string[];
  readonly info: DebugInfo;
}

const TYPES: Readonly<Record<string, string>> = { i8: '8', i16: '16', i32: '32', i64: '64', ptr: '_pointer' };
const ORDERS: Readonly<Record<string, number>> = {
  '': AccessOrder.plain,
  volatile: AccessOrder.once,
  monotonic: AccessOrder.once,
  acquire: AccessOrder.acquire,
  release: AccessOrder.release,
  seq_cst: AccessOrder.seqCst,
};

const LOAD =
  /^(\s+%[\w.-]+ = )load (?:atomic )?(volatile )?(\S+), ptr (.+?)(?: (?:syncscope\("[^"]*"\) )?(unordered|monotonic|acquire|seq_cst))?, align \d+/;
const STORE =
  /^(\s+)store (?:atomic )?(volatile )?(\S+) (.+?), ptr (.+?)(?: (?:syncscope\("[^"]*"\) )?(unordered|monotonic|release|seq_cst))?, align \d+/;
const BLOCK =
  /^(\s+)call void @llvm\.(memcpy|memset)\S*\(ptr (?:\w+ )*?(?:align \d+ )?(\S+), (.+?), i(?:32|64) (\S+), i1 \w+\)/;
const CALL = /^(\s+(?:%[\w.-]+ = )?(?:tail )?call .*@gfnring_(\w+)\(i32 (?:noundef )?)0\b/;
const ATOMIC = /^\s+(?:%[\w.-]+ = )?(load|store|atomicrmw|cmpxchg|fence)\b/;
/** Inline assembly with text. Without text it is only a compiler barrier. */
const ASSEMBLER = /^\s+(?:%[\w.-]+ = )?(?:tail )?call [^@]*\basm (?:sideeffect )?(?:alignstack )?"[^"]/;
/** An argument passed by value: the call copies it from memory. */
const BY_VALUE = /\bbyval\((?:[^()]|\([^()]*\))*\)(?: align \d+)? ([^\s,()]+)/g;
const DEBUG = /, !dbg !\d+/;

/**
 * Replaces every access of LLVM IR by a call of a hook with its place in the source. This includes
 * plain accesses, which no macro of the kernel marks. The IR must come straight from clang, before
 * any pass has merged or moved an access. Accesses to the function's own stack stay.
 *
 * @param allowed accesses with one of these texts in their description may stay unhooked. Throws
 * `KernelError` where another access cannot be hooked.
 */
export function hookAccesses(ir: string, allowed: readonly string[]): RewrittenIr {
  const info = new DebugInfo(ir);
  const sites = [''];
  const hooked: Record<string, number> = {};
  const missed: string[] = [];
  let own = new Set<string>();
  const site = (line: string, what: string): number => {
    hooked[what] = (hooked[what] ?? 0) + 1;
    return sites.push(info.siteOf(line)) - 1;
  };
  const miss = (line: string): string => {
    missed.push(`${info.siteOf(line)}: ${line.trim().replace(/, !.*/, '')}`);
    return line;
  };
  const lines = ir.split('\n').map((line) => {
    if (line.startsWith('define ')) own = new Set();
    const made = /^\s+(%[\w.-]+) = alloca /.exec(line)?.[1];
    if (made !== undefined) own.add(made);
    const debug = DEBUG.exec(line)?.[0] ?? '';
    const load = LOAD.exec(line);
    if (load !== null) {
      const [, to, volatile, type, from, order = ''] = load;
      if (own.has(from)) return line;
      const kind = ORDERS[order || (volatile ? 'volatile' : '')];
      if (!(type in TYPES) || kind === undefined) return miss(line);
      return `${to}call ${type} @gfnring_load${TYPES[type]}(i32 ${site(line, 'load')}, i32 ${kind}, ptr ${from})${debug}`;
    }
    const store = STORE.exec(line);
    if (store !== null) {
      const [, indent, volatile, type, value, to, order = ''] = store;
      if (own.has(to)) return line;
      const kind = ORDERS[order || (volatile ? 'volatile' : '')];
      if (!(type in TYPES) || kind === undefined) return miss(line);
      return `${indent}call void @gfnring_store${TYPES[type]}(i32 ${site(line, 'store')}, i32 ${kind}, ptr ${to}, ${type} ${value})${debug}`;
    }
    const block = BLOCK.exec(line);
    if (block !== null) {
      const [, indent, what, to, from, size] = block;
      if (what === 'memset') {
        const value = from.split(' ').at(-1);
        return `${indent}call void @gfnring_fill(i32 ${site(line, 'fill')}, ptr ${to}, i8 ${value}, i64 ${size})${debug}`;
      }
      return `${indent}call void @gfnring_copy(i32 ${site(line, 'copy')}, ptr ${to}, ptr ${from.split(' ').at(-1)}, i64 ${size})${debug}`;
    }
    const atomic = hookAtomic(line, debug, site);
    if (atomic !== undefined) return atomic;
    const call = CALL.exec(line);
    if (call !== null) return line.replace(CALL, `${call[1]}${site(line, call[2])}`);
    if (ASSEMBLER.test(line)) return miss(line);
    if (!line.startsWith('d') && [...line.matchAll(BY_VALUE)].some(([, from]) => !own.has(from))) return miss(line);
    return ATOMIC.test(line) || /@llvm\.mem/.test(line.replace(/^declare.*/, '')) ? miss(line) : line;
  });
  const refused = missed.filter((text) => !allowed.some((name) => text.includes(name)));
  if (refused.length > 0)
    throw new KernelError(
      `${refused.length} accesses cannot be hooked, so nothing could be said of them: ${refused.join('; ')}. --allow-unhooked NAME, with a part of such a line, runs the file without them`,
    );
  const text = lines.join('\n');
  const declared = new Set([...text.matchAll(/^(?:declare|define) .*@(\w+)\(/gm)].map(([, name]) => name));
  const missing = hooks.filter((hook) => !declared.has(/@(\w+)/.exec(hook)![1]));
  return { ir: `${text}\n${missing.join('\n')}\n`, sites, hooked, unhooked: missed, info };
}

const hooks = [
  ...Object.entries(TYPES).flatMap(([type, name]) => [
    `declare ${type} @gfnring_load${name}(i32, i32, ptr)`,
    `declare void @gfnring_store${name}(i32, i32, ptr, ${type})`,
  ]),
  'declare void @gfnring_fill(i32, ptr, i8, i64)',
  'declare void @gfnring_copy(i32, ptr, ptr, i64)',
  ...atomicHooks,
];
