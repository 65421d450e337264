import { conditionAt, placeAt } from './conditions.ts';
import { Cursor } from './cursor.ts';
import { initialAt } from './initial.ts';
import type { WrittenThread } from './parsedTest.ts';
import { resolveNames } from './resolveNames.ts';
import { blockAt } from './statements.ts';
import type { Condition, FinalPlace, Test, Verdict } from './syntax.ts';
import { starsAt, typeAt } from './types.ts';
import { UnsupportedTest } from './unsupportedTest.ts';

const VERDICTS: readonly string[] = ['Never', 'Sometimes', 'Always', 'DEADLOCK'] satisfies readonly Verdict[];

/** Reads a test in the Linux kernel's litmus format. Throws `Unread`. */
export function parseTest(text: string): Test {
  const header = /^\s*C[ \t]+(\S.*)/.exec(text);
  if (header === null) throw new UnsupportedTest(`it does not begin with 'C' and a name`, 1);
  const cursor = new Cursor(text, header[0].length);
  if (cursor.text.startsWith('"')) cursor.next();
  const initial = initialAt(cursor);
  const threads: WrittenThread[] = [];
  while (/^P\d+$/.test(cursor.text)) threads.push(threadAt(cursor));
  if (threads.length === 0) throw cursor.unexpected('P0');
  const locations = locationsAt(cursor);
  const filter = cursor.take('filter') ? conditionAt(cursor) : null;
  locations.push(...locationsAt(cursor));
  const condition = finalAt(cursor);
  if (cursor.text !== '') throw cursor.unexpected('the end of the file');
  return resolveNames({
    name: header[1].trim(),
    stated: statedIn(text),
    ...{ initial, threads, locations, filter, condition },
  });
}

/** ` * Result: Never`. What a test states is about its proposition, whichever of `exists`, `~exists` and `forall` it is asked with. */
function statedIn(text: string): Verdict | null {
  const found = /^[ \t(*/]*Result:[ \t]*(.*)$/m.exec(text);
  if (found === null) return null;
  const line = text.slice(0, found.index).split('\n').length;
  if (/data-?race/i.test(found[1])) throw new UnsupportedTest('it states a data race', line);
  const [stated] = found[1].split(/[^A-Za-z]/);
  const known = VERDICTS.find((verdict) => verdict.toLowerCase() === stated.toLowerCase());
  if (known === undefined) throw new UnsupportedTest(`the result '${found[1].trim()}' is not known`, line);
  return known as Verdict;
}

function threadAt(cursor: Cursor): WrittenThread {
  const number = Number(cursor.next().slice(1));
  const parameters: { name: string; lock: boolean }[] = [];
  cursor.need('(');
  while (!cursor.take(')')) {
    if (cursor.text === 'void' && cursor.peek(1) === ')') {
      cursor.next();
      continue;
    }
    const { line } = cursor;
    const { lock } = typeAt(cursor);
    const stars = starsAt(cursor);
    const name = cursor.name();
    if (stars === 0) throw new UnsupportedTest(`${name} is no pointer`, line);
    parameters.push({ name, lock: lock && stars === 1 });
    if (cursor.text !== ')') cursor.need(',');
  }
  cursor.need('{');
  return { number, parameters, body: blockAt(cursor) };
}

/** What is to be printed beside; looked at only to see that it is there. */
function locationsAt(cursor: Cursor): FinalPlace[] {
  const places: FinalPlace[] = [];
  if (!cursor.take('locations')) return places;
  cursor.need('[');
  while (!cursor.take(']')) {
    if (cursor.take(';')) continue;
    cursor.take('*');
    places.push(placeAt(cursor));
  }
  return places;
}

function finalAt(cursor: Cursor): Condition {
  if (cursor.take('~') || cursor.take('not')) cursor.need('exists');
  else if (!cursor.take('exists') && !cursor.take('forall')) throw cursor.unexpected('exists, ~exists or forall');
  return conditionAt(cursor);
}
