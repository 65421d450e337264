import { type AnyNode, type Options, type Position, type Program, parse } from 'acorn';
import { type LoopLiveness, livenessOf } from './liveness.ts';
import {
  type FunctionInfo,
  type FunctionNode,
  isFunction,
  type LoopNode,
  type ResolvedNames,
  resolveScopes,
  type Variable,
} from './scopes.ts';

/** Text that is inserted at an offset of the source. */
interface Insertion {
  readonly at: number;
  readonly text: string;
  /** Of a closing bracket: the offset of the opening one. The innermost bracket closes first. */
  readonly opened?: number;
}

export interface InstrumentedSource {
  readonly source: string;
  /** In the order of their offsets in the original. */
  readonly insertions: readonly Insertion[];
}

/**
 * The global symbol of `enterFunction` (see `probe.ts`), which instrumented functions call first.
 */
export const PROBE = 'gfnring.loops';

const PREFIX = '__gfnring_';

/**
 * Adds probes to a module (ES or CommonJS). They give the explorer the state of a function at the
 * head of each of its loops. It is which loop of which call, and the values of its live variables.
 * No line moves. Returns undefined where there is nothing to add: no loop, no closure, or a syntax
 * that the parser does not know.
 *
 * @param file the path or URL of the module, for the names of its loops.
 * @param writtenAt the place in that file of a place in `source`, where they differ.
 */
export function instrument(
  source: string,
  file: string,
  writtenAt: (line: number, column: number) => { readonly line: number; readonly column: number } = (line, column) => ({
    line,
    column,
  }),
): InstrumentedSource | undefined {
  if (source.includes(PREFIX)) return undefined;
  const program = parsed(source);
  if (program === undefined) return undefined;
  const names = resolveScopes(program);
  const writer = new Writer(source, names, ({ line, column }) => {
    const at = writtenAt(line, column + 1);
    return `${file}:${at.line}:${at.column}`;
  });
  for (const info of names.functions) writer.addFunction(info);
  const { insertions } = writer;
  if (insertions.length === 0) return undefined;
  const first = program.body.findLast((statement) => 'directive' in statement)?.end;
  const hashbang = /^#![^\n]*\n/.exec(source)?.[0].length ?? 0;
  insertions.push({
    at: first ?? hashbang,
    text: `${first === undefined ? '' : ';'}function ${PREFIX}enter(of){return globalThis[Symbol.for(${JSON.stringify(PROBE)})](of)}`,
  });
  insertions.sort((a, b) => a.at - b.at || (b.opened ?? -1) - (a.opened ?? -1));
  let text = '';
  let from = 0;
  for (const { at, text: added } of insertions) {
    text += source.slice(from, at) + added;
    from = at;
  }
  return { source: text + source.slice(from), insertions };
}

/** The column, from 1, in `source` of a place in the instrumented text. Lines are the same. */
export function originalColumn(source: string, insertions: readonly Insertion[], line: number, column: number): number {
  let start = 0;
  for (let n = 1; n < line; n++) start = source.indexOf('\n', start) + 1;
  const end = source.indexOf('\n', start);
  let added = 0;
  for (const { at, text } of insertions) {
    if (at < start || (end >= 0 && at > end)) continue;
    const begins = at - start + added + 1;
    if (column < begins) break;
    if (column < begins + text.length) return at - start + 1;
    added += text.length;
  }
  return column - added;
}

function parsed(source: string): Program | undefined {
  const options: Options = {
    ecmaVersion: 'latest',
    locations: true,
    allowHashBang: true,
    allowReturnOutsideFunction: true,
  };
  for (const sourceType of ['module', 'script'] as const) {
    try {
      return parse(source, { ...options, sourceType });
    } catch {
      // It may be the other kind of module, or no JavaScript that acorn knows.
    }
  }
  return undefined;
}

class Writer {
  readonly insertions: Insertion[] = [];
  private readonly source: string;
  private readonly names: ResolvedNames;
  private readonly nameOf: (start: Position) => string;

  /** @param nameOf the name of a loop that starts there. */
  constructor(source: string, names: ResolvedNames, nameOf: (start: Position) => string) {
    this.source = source;
    this.names = names;
    this.nameOf = nameOf;
  }

  addFunction(info: FunctionInfo): void {
    const { node } = info;
    const captured = this.names.variables.filter((variable) => variable.owner === info && variable.captured);
    // The name of a class or a function expression inside itself never changes.
    const shared = captured.filter(({ scope }) => scope.node === node || !isClass(scope.node));
    if (node.type === 'PropertyDefinition') {
      if (!info.sharesThis || !node.value) return;
      this.insert(node.value.start, `(${PREFIX}enter([()=>this]),`);
      this.insert(node.value.end, ')', node.value.start);
      return;
    }
    if (!isFunction(node) && node.type !== 'StaticBlock') return;
    if (info.loops.length === 0 && shared.length === 0 && !info.sharesThis && !info.isOpaque) return;
    const outermost = this.names.scopeOf.get(node)!;
    const here = shared.filter(({ scope }) => scope === outermost).map(({ name }) => name);
    if (info.sharesThis) here.push('this');
    if (!this.insertEnter(node, info.isOpaque ? 'null' : thunks(here))) return;
    for (const scope of new Set(shared.map((variable) => variable.scope))) {
      const inScope = shared.filter((variable) => variable.scope === scope);
      if (scope !== outermost) this.share(scope.node, inScope);
    }
    const isUnknown = info.isOpaque || ('async' in node && (node.async || node.generator === true));
    if (info.loops.length === 0) return;
    const liveness = isUnknown ? undefined : livenessOf(info, this.names);
    for (const loop of info.loops) this.addLoop(loop, info, liveness?.get(loop));
  }

  /**
   * Makes a function call `enterFunction` first. Returns false where there is no place for the
   * call.
   */
  private insertEnter(node: FunctionNode | Extract<AnyNode, { type: 'StaticBlock' }>, given: string): boolean {
    const enter = `const ${PREFIX}f=${PREFIX}enter(${given});`;
    if (node.type === 'StaticBlock') {
      this.insert(this.source.indexOf('{', node.start) + 1, enter);
      return true;
    }
    if (node.body.type === 'BlockStatement') {
      const directive = node.body.body.findLast((statement) => 'directive' in statement);
      this.insert(directive?.end ?? node.body.start + 1, `${directive === undefined ? '' : ';'}${enter}`);
      return true;
    }
    const arrow = this.arrowAfter(node.params.at(-1)?.end ?? node.start, node.body.start);
    if (arrow < 0) return false;
    this.insert(arrow + 2, `{${enter}return (`);
    this.insert(node.end, ')}', arrow + 2);
    return true;
  }

  /** The offset of `=>` in a range that has only brackets, spaces and comments besides. */
  private arrowAfter(from: number, to: number): number {
    const at = withoutComments(this.source.slice(from, to)).lastIndexOf('=>');
    return at < 0 ? -1 : from + at;
  }

  /** Reports captured variables of an inner scope where that scope begins. */
  private share(node: AnyNode, variables: readonly Variable[]): void {
    const text = `${PREFIX}f.share(${thunks(variables.map(({ name }) => name))});`;
    if (node.type === 'BlockStatement') this.insert(node.start + 1, text);
    else if (node.type === 'CatchClause') this.insert(node.body.start + 1, text);
    else if ('body' in node && 'type' in (node.body as object)) this.atBodyOf(node as LoopNode, text);
    else if (node.type === 'SwitchStatement')
      for (const { consequent } of node.cases) if (consequent.length > 0) this.insert(consequent[0].start, text);
  }

  private addLoop(loop: LoopNode, info: FunctionInfo, liveness: LoopLiveness | undefined): void {
    const place = this.placeOf(loop);
    if (liveness?.delayOn !== undefined) {
      const memories = new Set(liveness.delayOn.map(({ start, end }) => this.source.slice(start, end)));
      this.atBodyOf(loop, `${PREFIX}f.delay(()=>[${[...memories]}]);`);
      return;
    }
    if (loop.type === 'ForInStatement' || loop.type === 'ForOfStatement') {
      this.atBodyOf(loop, `${PREFIX}f.next(${place});`);
      return;
    }
    const values =
      liveness === undefined
        ? undefined
        : [
            ...(info.usesThis ? ['this'] : []),
            ...liveness.live.filter((variable) => this.isVisible(variable, loop)).map(({ name }) => name),
          ];
    const around = info.loops.filter((of) => isInside(loop, of)).map((of) => this.placeOf(of));
    const isDo = loop.type === 'DoWhileStatement';
    const call = `${PREFIX}f.at(${place},${values === undefined ? 'undefined' : `()=>[${values}]`}${around.length > 0 || isDo ? `,[${around}]` : ''}${isDo ? ',1' : ''})`;
    if (isDo) this.atBodyOf(loop, `${call};`);
    else if (loop.test) {
      this.insert(loop.test.start, `${call},(`);
      this.insert(loop.test.end, ')', loop.test.start);
    } else {
      const from = (loop.type === 'ForStatement' && loop.init?.end) || loop.start;
      const semicolon = withoutComments(this.source.slice(from, loop.body.start)).indexOf(';');
      this.insert(from + semicolon + 1, `${call},true`);
    }
  }

  private placeOf({ loc }: LoopNode): string {
    return JSON.stringify(this.nameOf(loc!.start));
  }

  /**
   * Whether a variable can be read at the head of a loop. One that is declared later is not live
   * there.
   */
  private isVisible({ scope, from }: Variable, loop: LoopNode): boolean {
    const head = loop.type === 'ForStatement' ? (loop.test?.start ?? loop.body.start) : loop.start;
    const inside = scope.node.start <= loop.start && loop.end <= scope.node.end;
    const ofHead = scope.node === (loop as AnyNode) && loop.type === 'ForStatement';
    return (ofHead || (inside && scope.node !== (loop as AnyNode))) && from <= head;
  }

  private atBodyOf({ body }: LoopNode, text: string): void {
    if (body.type === 'BlockStatement') this.insert(body.start + 1, text);
    else {
      this.insert(body.start, `{${text}`);
      this.insert(body.end, '}', body.start);
    }
  }

  private insert(at: number, text: string, opened?: number): void {
    this.insertions.push({ at, text, ...(opened !== undefined && { opened }) });
  }
}

const isInside = (inner: LoopNode, outer: LoopNode): boolean =>
  inner !== outer && outer.body.start <= inner.start && inner.end <= outer.body.end;

/** The same text with spaces in place of comments. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, (found) => ' '.repeat(found.length));

const isClass = ({ type }: AnyNode): boolean => type === 'ClassDeclaration' || type === 'ClassExpression';

const thunks = (names: readonly string[]): string =>
  names.length === 0 ? '' : `[${names.map((name) => `()=>${name}`)}]`;
