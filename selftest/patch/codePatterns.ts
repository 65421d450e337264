import { type AnyNode, type Program, parse, tokenizer } from 'acorn';
import { boundIdentifiers, childNodes, resolveScopes } from '#dist/loops/scopes.js';

/** A token of JavaScript. */
interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly isName: boolean;
  /** The local variable that a name means, as a number of its own; undefined: it means something else. */
  readonly local?: Local | undefined;
}

interface Local {
  readonly number: number;
  /** Of one that is taken out of an object: the key, which says what it is whatever it is called. */
  readonly key: string | undefined;
}

/** A piece of code that is like a pattern. */
export interface Match {
  readonly start: number;
  readonly end: number;
  /** By local name in the pattern: the name that the code has for it. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * The places in a module that are like `pattern`: the same tokens, whatever spaces and comments lie between them. Only where none is the same to the letter,
 * local variables and parameters may have other names, each the same one everywhere. What is taken out of an object goes by its key first.
 */
export function matchesOf(source: string, pattern: string): Match[] {
  const wanted = tokensOf(pattern);
  const tokens = tokensOf(source, localsOf(source));
  for (const likeness of ['letters', 'keys', 'locals'] as const) {
    const found = tokens.flatMap((_, at) => matchAt(tokens, at, wanted, likeness) ?? []);
    if (found.length > 0) return found;
  }
  return [];
}

/** `text` with the local names that its place has for those of the pattern. */
export function renamed(text: string, names: ReadonlyMap<string, string>): string {
  const tokens = tokensOf(text);
  const brackets: string[] = [];
  let result = '';
  let from = 0;
  for (const [i, { text: name, start, end, isName }] of tokens.entries()) {
    if ('([{'.includes(name)) brackets.push(name);
    if (')]}'.includes(name)) brackets.pop();
    const to = names.get(name);
    const [before, after] = [tokens[i - 1]?.text ?? '', tokens[i + 1]?.text ?? ''];
    if (!isName || to === undefined || to === name || before === '.') continue;
    const isShorthand = brackets.at(-1) === '{' && /^[{,]$/.test(before) && /^[},]$/.test(after);
    result += text.slice(from, start) + (isShorthand ? `${name}: ${to}` : to);
    from = end;
  }
  return result + text.slice(from);
}

function matchAt(
  tokens: readonly Token[],
  at: number,
  wanted: readonly Token[],
  likeness: 'letters' | 'keys' | 'locals',
): Match | undefined {
  const exact = likeness === 'letters';
  const keys = likeness === 'keys' ? keysOf(tokens) : NO_KEYS;
  const names = new Map<string, string>();
  const means = new Map<string, number>();
  let next = at;
  for (const [i, { text, isName }] of wanted.entries()) {
    const token = tokens[next];
    if (token === undefined) return undefined;
    if (token.text === text && (exact || token.local === undefined) && !isKey(tokens, next, wanted, i)) {
      next++;
      continue;
    }
    if (exact || !isName) return undefined;
    // `{ name }` in the pattern may be `{ name: other }` in the code.
    const local = token.local === undefined && token.text === text ? tokens[next + 2] : token;
    if (local?.local === undefined) return undefined;
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

/** Whether a name of the code is a key with another name as its value, where the pattern has the name alone. */
const isKey = (tokens: readonly Token[], at: number, wanted: readonly Token[], i: number): boolean =>
  wanted[i].isName &&
  tokens[at + 1]?.text === ':' &&
  tokens[at + 2]?.local !== undefined &&
  wanted[i + 1]?.text !== ':';

const NO_KEYS: ReadonlySet<string | undefined> = new Set();
const keysOf = (tokens: readonly Token[]): ReadonlySet<string | undefined> =>
  new Set(tokens.map(({ local }) => local?.key));

function tokensOf(text: string, locals: ReadonlyMap<number, Local> = new Map()): Token[] {
  const tokens: Token[] = [];
  for (const { type, start, end } of tokenizer(text, { ecmaVersion: 'latest', sourceType: 'module' }))
    tokens.push({ text: text.slice(start, end), start, end, isName: type.label === 'name', local: locals.get(start) });
  return tokens;
}

function parsed(source: string): Program | undefined {
  try {
    return parse(source, { ecmaVersion: 'latest', sourceType: 'module' });
  } catch {
    return undefined;
  }
}

/** By offset of a name: the local variable that it means. */
function localsOf(source: string): Map<number, Local> {
  const program = parsed(source);
  // Between two edits a module may be none: then names are what they are.
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
    if (!numbers.has(variable)) numbers.set(variable, { number: numbers.size, key: keys.get(variable) });
    locals.set(node.start, numbers.get(variable)!);
  }
  return locals;
}
