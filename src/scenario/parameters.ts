type AnyFunction = (...args: never[]) => unknown;

/**
 * How many parameters a function declares; Infinity with a rest parameter. `length` counts only
 * those before the first default value, so the parameters are counted in the function's text.
 */
export function parametersOf(fn: AnyFunction): number {
  const list = listOf(fn.toString());
  if (list === undefined) return fn.length;
  return list.some((parameter) => parameter.startsWith('...')) ? Infinity : Math.max(fn.length, list.length);
}

/** The parameters in a function's text; undefined: it has no list, as `x => …` and native code. */
function listOf(text: string): string[] | undefined {
  const source = text.replace(TEXTS, (found) => (found.startsWith('/') ? ' ' : '""'));
  const start = source.indexOf('(');
  const arrow = source.indexOf('=>');
  if (start < 0 || (arrow >= 0 && arrow < start) || source.includes('[native code]')) return undefined;
  const list = [''];
  let depth = 0;
  for (const sign of source.slice(start + 1)) {
    if (sign === ')' && depth === 0) break;
    if ('([{'.includes(sign)) depth++;
    if (')]}'.includes(sign)) depth--;
    if (sign === ',' && depth === 0) list.push('');
    else list[list.length - 1] += sign;
  }
  return list.map((parameter) => parameter.trim()).filter((parameter) => parameter !== '');
}

/** Comments and string literals, which may contain brackets and commas. */
const TEXTS = /\/\*[\s\S]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
