import { type AnyNode, type Program, parse, tokenizer } from 'acorn';
import { boundIdentifiers, childNodes, resolveScopes } from '#dist/loops/scopes.js';

/** A token of JavaScript. */
interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly isName: boolean;
  /** The local variable that a name means; undefined: it means something else. */
  readonly local?: Local | undefined;
}

interface Local {
  readonly number: number;
  /** The code that can use it. */
  readonly scope: AnyNode;
  /** The key, if it is taken out of an object: that tells which it is, whatever its name. */
  readonly key: string | undefined;
}

/** What must be the same: all names; the keys of local variables; their number only. */
type Likeness = 'letters' | 'keys' | 'locals';

/** A piece of code that matches a pattern. */
export interface Match {
  readonly start: number;
  readonly end: number;
  /** The name in the code, by the local name in the pattern. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * The places in a module that match `pattern`: the same tokens, with any white space and comments
 * between them. If no place is the same to the letter, local variables and parameters may have
 * other names, each one everywhere. A variable that is taken out of an object goes by its key
 * first.
 *
 * @param scope more patterns, of code whose local names can be used at the place. A place without
 * such code does not count. It counts twice if there are two pieces of such code.
 */
export function matchesOf(source: string, pattern: string, scope: readonly string[] = []): Match[] {
  return closestMatches(tokensWithLocals(source), pattern, (match) => withScope(source, match, scope));
}

/**
 * The matches that `select` leaves, under the strictest likeness that leaves any.
 *
 * @param inScopeAt the offset at which all their local names must be in scope; by default anywhere.
 */
function closestMatches(
  tokens: readonly Token[],
  pattern: string,
  select: (match: Match) => Match[],
  inScopeAt?: number,
): Match[] {
  const wanted = tokensOf(pattern);
  for (const likeness of ['letters', 'keys', 'locals'] as const) {
    const keys = likeness === 'keys' ? new Set(tokens.map(({ local }) => local?.key)) : NO_KEYS;
    const matches = tokens.flatMap((_, at) => matchAt(tokens, at, wanted, likeness, keys, inScopeAt) ?? []);
    const left = matches.flatMap(select);
    if (left.length > 0) return left;
  }
  return [];
}

/** The match with the names of `scope`: once for each way in which they agree with its own. */
function withScope(source: string, match: Match, scope: readonly string[]): Match[] {
  const [pattern, ...others] = scope;
  if (pattern === undefined) return [match];
  const select = ({ names }: Match): Match[] => {
    const both = new Map([...match.names, ...names]);
    const agrees = [...match.names].every(
      ([name, local]) => both.get(name) === local && [...names].every(([other, to]) => to !== local || other === name),
    );
    return agrees ? withScope(source, { ...match, names: both }, others) : [];
  };
  return closestMatches(tokensWithLocals(source), pattern, select, match.start);
}

/** `text` with the local names of the code in place of those of the pattern. */
export function renamed(text: string, names: ReadonlyMap<string, string>): string {
  const tokens = tokensOf(text);
  const brackets: string[] = [];
  let result = '';
  let from = 0;
  for (const [i, { text: name, start, end, isName }] of tokens.entries()) {
    if (/^(\$\{|[([{])$/.test(name)) brackets.push(name);
    if (/^[)\]}]$/.test(name)) brackets.pop();
    const to = names.get(name);
    const [before, after] = [tokens[i - 1]?.text ?? '', tokens[i + 1]?.text ?? ''];
    if (!isName || to === undefined || to === name || before === '.') continue;
    const bracket = brackets.at(-1);
    const isFirst = /^[{,]$/.test(before);
    // A key of an object. The text may begin inside the object.
    if (isFirst && after === ':' && (bracket === '{' || bracket === undefined)) continue;
    const isShorthand = isFirst && /^[},]$/.test(after) && bracket === '{';
    result += text.slice(from, start) + (isShorthand ? `${name}: ${to}` : to);
    from = end;
  }
  return result + text.slice(from);
}

function matchAt(
  tokens: readonly Token[],
  at: number,
  wanted: readonly Token[],
  likeness: Likeness,
  keys: ReadonlySet<string | undefined>,
  inScopeAt?: number,
): Match | undefined {
  const exact = likeness === 'letters';
  const names = new Map<string, string>();
  const means = new Map<string, number>();
  let next = at;
  for (const [i, { text, isName }] of wanted.entries()) {
    const token = tokens[next];
    if (token === undefined) return undefined;
    if (token.text === text && (exact || (token.local === undefined && !isKey(tokens, next, wanted, i)))) {
      if (token.local !== undefined) {
        if (!isInScope(token.local, inScopeAt)) return undefined;
        names.set(text, text);
      }
      next++;
      continue;
    }
    if (exact || !isName) return undefined;
    // `{ name }` in the pattern may be `{ name: other }` in the code.
    const local = token.local === undefined && token.text === text ? tokens[next + 2] : token;
    if (local?.local === undefined || !isInScope(local.local, inScopeAt)) return undefined;
    const { number, key } = local.local;
    if ((means.get(text) ?? number) !== number || (likeness === 'keys' && keys.has(text) && key !== text))
      return undefined;
    means.set(text, number);
    names.set(text, local.text);
    next += local === token ? 1 : 3;
  }
  if (new Set(means.values()).size < means.size) return undefined;
  return { start: tokens[at].start, end: tokens[next - 1].end, names };
}

const isInScope = ({ scope }: Local, at = scope.start): boolean => scope.start <= at && at < scope.end;

/** Whether the code has `name: other` where the pattern has `name` alone. */
const isKey = (tokens: readonly Token[], at: number, wanted: readonly Token[], i: number): boolean =>
  wanted[i].isName &&
  tokens[at + 1]?.text === ':' &&
  tokens[at + 2]?.local !== undefined &&
  wanted[i + 1]?.text !== ':';

const NO_KEYS: ReadonlySet<string | undefined> = new Set();

function tokensOf(text: string, locals: ReadonlyMap<number, Local> = new Map()): Token[] {
  const tokens: Token[] = [];
  for (const { type, start, end } of tokenizer(text, { ecmaVersion: 'latest', sourceType: 'module' }))
    tokens.push({ text: text.slice(start, end), start, end, isName: type.label === 'name', local: locals.get(start) });
  return tokens;
}

/** The tokens of modules that were asked for before: many bugs are in the same module. */
const known = new Map<string, readonly Token[]>();

function tokensWithLocals(source: string): readonly Token[] {
  const tokens = known.get(source) ?? tokensOf(source, localsOf(source));
  known.set(source, tokens);
  return tokens;
}

function parsed(source: string): Program | undefined {
  try {
    return parse(source, { ecmaVersion: 'latest', sourceType: 'module' });
  } catch {
    return undefined;
  }
}

/** The local variable that a name means, by the offset of the name. */
function localsOf(source: string): Map<number, Local> {
  const program = parsed(source);
  // Between two edits of a module it may not be JavaScript. Then names stand for themselves.
  if (program === undefined) return new Map();
  const names = resolveScopes(program);
  const keys = new Map<unknown, string>();
  const noteKeys = (node: AnyNode): void => {
    if (node.type === 'ObjectPattern')
      for (const property of node.properties)
        if (property.type === 'Property' && !property.computed && property.key.type === 'Identifier')
          for (const id of boundIdentifiers(property.value)) keys.set(names.variableOf.get(id), property.key.name);
    for (const child of childNodes(node)) noteKeys(child);
  };
  noteKeys(program);
  const numbers = new Map<unknown, Local>();
  const locals = new Map<number, Local>();
  for (const [node, variable] of names.variableOf as ReadonlyMap<AnyNode, (typeof names.variables)[number]>) {
    if (variable.owner === undefined) continue;
    if (!numbers.has(variable)) {
      const { node: scope } = variable.scope;
      numbers.set(variable, { number: numbers.size, scope, key: keys.get(variable) });
    }
    locals.set(node.start, numbers.get(variable)!);
  }
  return locals;
}
