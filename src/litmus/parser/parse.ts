import type { Condition, FinalPlace, LitmusTest, Statement, Verdict } from '../syntax.ts';
import { UnsupportedTest } from '../unsupportedTest.ts';
import { parseCondition, parsePlace } from './conditions.ts';
import { isType, parseInitial, parseStars, parseType } from './declarations.ts';
import { type ParsedThread, resolveNames } from './resolveNames.ts';
import { parseBlock } from './statements.ts';
import { TokenStream } from './tokenStream.ts';

const VERDICTS: readonly string[] = ['Never', 'Sometimes', 'Always', 'DEADLOCK'] satisfies readonly Verdict[];

/** Parses a test in the Linux kernel's litmus format. Throws `UnsupportedTest`. */
export function parseTest(text: string): LitmusTest {
  const header = /^\s*C[ \t]+(\S.*)/.exec(text);
  if (header === null) throw new UnsupportedTest(`it does not begin with 'C' and a name`, 1);
  const tokens = new TokenStream(text, header[0].length);
  skipHeader(tokens);
  const initial = parseInitial(tokens);
  const threads: ParsedThread[] = [];
  while (/^P\d+$/.test(tokens.text) || tokens.text === 'void') threads.push(parseThread(tokens));
  if (threads.length === 0) throw tokens.unexpected('P0');
  const locations = parseLocations(tokens);
  const filter = tokens.take('filter') ? parseCondition(tokens) : null;
  locations.push(...parseLocations(tokens));
  const stated = parseStated(text);
  const condition = parseFinal(tokens, stated.stated === 'DEADLOCK');
  tokens.take(';');
  if (tokens.text !== '') throw tokens.unexpected('the end of the file');
  return resolveNames({
    name: header[1].trim(),
    ...stated,
    ...{ initial, threads, locations, filter, condition },
  });
}

/** Skips what generators such as diy write before the initial state: `Cycle=Rfe PodRR`. */
function skipHeader(tokens: TokenStream): void {
  while (tokens.text !== '{' && tokens.text !== '') tokens.next();
}

/**
 * ` * Result: Never DATARACE`. The stated result is about the proposition itself, whether the test
 * asks `exists`, `~exists` or `forall`. `Maybe` and `Flag …` state nothing of it.
 */
function parseStated(text: string): { readonly stated: Verdict | null; readonly statesRace: boolean } {
  const found = /^[ \t(*/]*Result:[ \t]*(.*)$/m.exec(text);
  if (found === null) return { stated: null, statesRace: false };
  const statesRace = /data-?race/i.test(found[1]);
  const [stated] = found[1].split(/[^A-Za-z]/);
  if (/^(?:maybe|flag)$/i.test(stated)) return { stated: null, statesRace };
  const known = VERDICTS.find((verdict) => verdict.toLowerCase() === stated.toLowerCase());
  if (known !== undefined) return { stated: known as Verdict, statesRace };
  const line = text.slice(0, found.index).split('\n').length;
  throw new UnsupportedTest(`the result '${found[1].trim()}' is not known`, line);
}

function parseThread(tokens: TokenStream): ParsedThread {
  if (tokens.take('void')) tokens.take('*');
  if (!/^P\d+$/.test(tokens.text)) throw tokens.unexpected('P0');
  const number = Number(tokens.next().slice(1));
  const parameters: { name: string; lock: boolean }[] = [];
  tokens.need('(');
  while (!tokens.take(')')) {
    if (tokens.text === 'void' && tokens.peek(1) === ')') {
      tokens.next();
      continue;
    }
    const { line } = tokens;
    const { lock } = parseType(tokens);
    const pointers = parseStars(tokens);
    const name = tokens.name();
    const stars = pointers + Number(skipLength(tokens));
    if (stars === 0) throw new UnsupportedTest(`${name} is no pointer`, line);
    parameters.push({ name, lock: lock && stars === 1 });
    if (tokens.text !== ')') tokens.need(',');
  }
  tokens.need('{');
  const { line } = tokens;
  const body = parseBlock(tokens);
  if (loopDepth(body) > LOOP_DEPTH_MAX)
    throw new UnsupportedTest(`loops are nested more than ${LOOP_DEPTH_MAX} deep`, line);
  return { number, parameters, body };
}

/** The work for a loop grows exponentially with the loops around it. */
const LOOP_DEPTH_MAX = 4;

const loopDepth = (statements: readonly Statement[]): number =>
  statements.reduce((most, statement) => {
    if (statement.kind === 'while') return Math.max(most, 1 + loopDepth(statement.body));
    return statement.kind === 'if' ? Math.max(most, loopDepth(statement.yes), loopDepth(statement.no)) : most;
  }, 0);

/** Skips the `[2]` of a parameter. Returns whether it is there. */
function skipLength(tokens: TokenStream): boolean {
  if (!tokens.take('[')) return false;
  if (tokens.atNumber) tokens.number();
  tokens.need(']');
  return true;
}

/** `locations [x; 0:r0; 1:r1 int*;]`: what herd prints in addition. Only its names are checked. */
function parseLocations(tokens: TokenStream): FinalPlace[] {
  const places: FinalPlace[] = [];
  if (!tokens.take('locations')) return places;
  tokens.need('[');
  while (!tokens.take(']')) {
    if (tokens.take(';')) continue;
    tokens.take('*');
    places.push(parsePlace(tokens));
    if (isType(tokens.text)) parseType(tokens);
    parseStars(tokens);
  }
  return places;
}

const QUANTIFIERS = ['exists', 'forall', 'final'];

/** A test that states a deadlock needs no condition. */
function parseFinal(tokens: TokenStream, isOptional: boolean): Condition {
  if (tokens.text === '' && isOptional) return { kind: 'true' };
  if (tokens.take('~') || tokens.take('not')) tokens.need('exists');
  else if (tokens.text !== '(' && !QUANTIFIERS.some((word) => tokens.take(word)))
    throw tokens.unexpected('exists, ~exists or forall');
  return parseCondition(tokens);
}
