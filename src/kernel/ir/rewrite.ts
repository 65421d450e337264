import { type CoverageMap, type GlobalVariable, KernelError } from '../compiled.ts';
import { CoveragePoints } from './coveragePoints.ts';
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
  readonly globals: readonly GlobalVariable[];
  readonly coverage: CoverageMap | undefined;
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
  /^(\s+)(?:tail )?call void @llvm\.(memcpy|memset)\S*\(ptr (?:\w+(?:\([^()]*\))? )*?(?:align \d+ )?(\S+), (.+?), i(?:32|64) (\S+), i1 \w+\)/;
const CALL = /^(\s+(?:%[\w.-]+ = )?(?:tail )?call .*@gfnring_(\w+)\(i32 (?:noundef )?)0\b/;
const ATOMIC = /^\s+(?:%[\w.-]+ = )?(load|store|atomicrmw|cmpxchg|fence)\b/;
/** Inline assembly with text. Without text it is only a compiler barrier. */
const ASSEMBLER = /^\s+(?:%[\w.-]+ = )?(?:tail )?call [^@]*\basm (?:sideeffect )?(?:alignstack )?"[^"]/;
/** An argument passed by value: the call copies it from memory. */
const BY_VALUE = /\bbyval\((?:[^()]|\([^()]*\))*\)(?: align \d+)? ([^\s,()]+)/g;
const DEBUG = /, !dbg !\d+/;
/** The begin and the end of data_race. */
const RACY = /^\s+call void @gfnring_racy\(i32 (?:noundef )?([01])\)/;
/** The end of a variable that holds a lock: see `cleanup.h`. */
const RELEASE = /^(\s+)call void @gfnring_release_(lock|read_lock|srcu_lock)\(ptr (?:noundef )?(%[\w.-]+)\)/;

/**
 * Replaces every access of LLVM IR by a call of a hook with its place in the source. This includes
 * plain accesses, which no macro of the kernel marks. The IR must come straight from clang, before
 * any pass has merged or moved an access. Accesses to the function's own stack stay.
 *
 * @param allowed accesses with one of these texts in their description may stay unhooked. Throws
 * `KernelError` where another access cannot be hooked.
 * @param glue source files whose functions are not hooked
 * @param isCounted the files whose coverage is measured; undefined: none is.
 * @param beside what is linked with it: see `LinkedIr`
 */
export function hookAccesses(
  ir: string,
  allowed: readonly string[],
  glue: readonly string[] = [],
  isCounted?: (file: string) => boolean,
  beside: LinkedIr = {},
): RewrittenIr {
  const info = new DebugInfo(ir);
  const rewriter = new Rewriter(info, beside);
  const points = isCounted && new CoveragePoints(info, isCounted);
  let isGlue = false;
  const lines = ir.split('\n').flatMap((line, i) => {
    rewriter.line = i + 1;
    const reached = points?.before(line) ?? [];
    if (line.startsWith('define ')) {
      isGlue = glue.includes(info.fileOfFunction(line));
      rewriter.beginFunction(line);
    }
    return [...reached, isGlue ? line : rewriter.rewrite(line)];
  });
  const { sites, hooked, missed } = rewriter;
  const refused = missed.filter((text) => !allowed.some((name) => text.includes(name)));
  if (refused.length > 0)
    throw new KernelError(
      `${refused.length} accesses cannot be hooked, so nothing could be said of them: ${refused.join('; ')}. --allow-unhooked NAME, with a part of such a line, runs the file without them`,
    );
  const { globals, text: exports } = exportGlobals(lines, info, glue, beside.other?.globals ?? []);
  const text = lines.join('\n');
  const declared = new Set([...text.matchAll(/^(?:declare|define) .*@(\w+)\(/gm)].map(([, name]) => name));
  const missing = hooks.filter((hook) => !declared.has(/@(\w+)/.exec(hook)![1]));
  return {
    ir: `${text}\n${missing.join('\n')}\n${exports}`,
    sites,
    hooked,
    unhooked: missed,
    info,
    globals,
    coverage: points?.map,
  };
}

/** What is linked with some IR. */
export interface LinkedIr {
  /** The name of the file of the IR. Accesses without debug information are at its lines. */
  readonly file?: string;
  /** Other IR, rewritten before: the result has its sites, counts and variables, too. */
  readonly other?: RewrittenIr;
}

/** Rewrites the lines of functions, one after the other. */
class Rewriter {
  readonly sites: string[];
  readonly hooked: Record<string, number>;
  /** The number of the current line. */
  line = 0;
  /** Accesses that cannot be hooked, with their places. */
  readonly missed: string[] = [];
  private readonly info: DebugInfo;
  /** Variables on the stack of the function. */
  private own = new Set<string>();
  /** Whether plain accesses are marked ones: they are in data_race. */
  private isRacy = false;

  private readonly file: string | undefined;
  /** The name of the current function. */
  private name = '?';

  constructor(info: DebugInfo, { file, other }: LinkedIr) {
    this.info = info;
    this.file = file;
    this.sites = [...(other?.sites ?? [''])];
    this.hooked = { ...other?.hooked };
  }

  beginFunction(line: string): void {
    this.name = /@"?([^"(]+)/.exec(line)?.[1] ?? '?';
    this.own = new Set();
    this.isRacy = false;
  }

  rewrite(line: string): string {
    const made = /^\s+(%[\w.-]+) = alloca /.exec(line)?.[1];
    if (made !== undefined) this.own.add(made);
    const debug = DEBUG.exec(line)?.[0] ?? '';
    return this.access(line, debug) ?? this.block(line, debug) ?? this.call(line, debug);
  }

  private access(line: string, debug: string): string | undefined {
    const load = LOAD.exec(line);
    if (load !== null) {
      const [, to, volatile, type, from, order = ''] = load;
      if (this.own.has(from)) return line;
      const kind = this.orderOf(order, volatile);
      if (!(type in TYPES) || kind === undefined) return this.miss(line);
      return `${to}call ${type} @gfnring_load${TYPES[type]}(i32 ${this.site(line, 'load')}, i32 ${kind}, ptr ${from})${debug}`;
    }
    const store = STORE.exec(line);
    if (store === null) return undefined;
    const [, indent, volatile, type, value, to, order = ''] = store;
    if (this.own.has(to)) return line;
    const kind = this.orderOf(order, volatile);
    if (!(type in TYPES) || kind === undefined) return this.miss(line);
    return `${indent}call void @gfnring_store${TYPES[type]}(i32 ${this.site(line, 'store')}, i32 ${kind}, ptr ${to}, ${type} ${value})${debug}`;
  }

  /** A copy or fill of memory. */
  private block(line: string, debug: string): string | undefined {
    const block = BLOCK.exec(line);
    if (block === null) return undefined;
    const [, indent, what, to, from, size] = block;
    const value = from.split(' ').at(-1);
    return what === 'memset'
      ? `${indent}call void @gfnring_fill(i32 ${this.site(line, 'fill')}, ptr ${to}, i8 ${value}, i64 ${size})${debug}`
      : `${indent}call void @gfnring_copy(i32 ${this.site(line, 'copy')}, ptr ${to}, ptr ${value}, i64 ${size})${debug}`;
  }

  private call(line: string, debug: string): string {
    const atomic = hookAtomic(line, debug, (at, what) => this.site(at, what));
    if (atomic !== undefined) return atomic;
    const racy = RACY.exec(line);
    if (racy !== null) {
      this.isRacy = racy[1] === '1';
      return '';
    }
    const release = RELEASE.exec(line);
    if (release !== null) {
      const [, indent, what, variable] = release;
      const hook = what.replace('lock', 'unlock');
      const site = this.site(line, hook);
      return `${indent}%gfn.held${site} = load ptr, ptr ${variable}, align 8\n${indent}call void @gfnring_${hook}(i32 ${site}, ptr %gfn.held${site})${debug}`;
    }
    const call = CALL.exec(line);
    if (call !== null) return line.replace(CALL, `${call[1]}${this.site(line, call[2])}`);
    if (ASSEMBLER.test(line)) return this.miss(line);
    const isCall = !line.startsWith('d');
    if (isCall && [...line.matchAll(BY_VALUE)].some(([, from]) => !this.own.has(from))) return this.miss(line);
    const isMissed = ATOMIC.test(line) || (isCall && line.includes('@llvm.mem'));
    return isMissed ? this.miss(line) : line;
  }

  private orderOf(order: string, volatile: string | undefined): number | undefined {
    const kind = ORDERS[order || (volatile ? 'volatile' : '')];
    return kind === AccessOrder.plain && this.isRacy ? AccessOrder.once : kind;
  }

  private site(line: string, what: string): number {
    this.hooked[what] = (this.hooked[what] ?? 0) + 1;
    return this.sites.push(this.placeOf(line)) - 1;
  }

  private placeOf(line: string): string {
    const place = this.file === undefined || this.info.hasPlace(line);
    return place ? this.info.siteOf(line) : `${this.name} ${this.file}:${this.line}:1`;
  }

  private miss(line: string): string {
    this.missed.push(`${this.placeOf(line)}: ${line.trim().replace(/, !.*/, '')}`);
    return line;
  }
}

const GLOBAL = /^(@[\w.$-]+) = (?!.*\bexternal\b)[^{"%]*\bglobal\b/;

/** The variables of the code, and IR with an export for each that returns its address. */
function exportGlobals(
  lines: readonly string[],
  info: DebugInfo,
  glue: readonly string[],
  others: readonly GlobalVariable[],
) {
  const globals = [...others];
  const text: string[] = [];
  for (const line of lines) {
    const symbol = GLOBAL.exec(line)?.[1];
    const variable = symbol === undefined ? undefined : info.variableOf(line);
    if (variable === undefined || glue.includes(variable.file)) continue;
    const name = `gfnring_global_${globals.length}`;
    const attributes = `#${1_000_000 + globals.length}`;
    text.push(
      `define i32 @${name}() ${attributes} {\n  ret i32 ptrtoint (ptr ${symbol} to i32)\n}`,
      `attributes ${attributes} = { "wasm-export-name"="${name}" }`,
    );
    globals.push({ name: variable.name, export: name, members: variable.members });
  }
  return { globals, text: `${text.join('\n')}\n` };
}

const hooks = [
  ...Object.entries(TYPES).flatMap(([type, name]) => [
    `declare ${type} @gfnring_load${name}(i32, i32, ptr)`,
    `declare void @gfnring_store${name}(i32, i32, ptr, ${type})`,
  ]),
  'declare void @gfnring_fill(i32, ptr, i8, i64)',
  'declare void @gfnring_copy(i32, ptr, ptr, i64)',
  'declare void @gfnring_reach(i32)',
  ...atomicHooks,
];
