import { KernelError } from '../compiled.ts';

/** A function that LLVM IR defines. */
interface IrFunction {
  readonly result: string;
  readonly parameters: readonly string[];
}

/** The C types of parameters and results. */
const C_TYPES: Readonly<Record<string, string>> = {
  void: 'void',
  i8: 'u8',
  i16: 'u16',
  i32: 'u32',
  i64: 'u64',
  ptr: 'void *',
};
const DEFINE = /^define (?:[^@]* )?(\S+) @(?:"([^"]+)"|([\w.$]+))\((.*)\)[^()]*(?:\{|personality|comdat|#|!)/;
/** Functions of Rust's library that never return. */
const PANICS = /panic|_fail(?:ed)?\b|unwrap_failed|expect_failed|rust_begin_unwind|abort/;

/**
 * LLVM IR in text form for the target of consumers. Functions of Rust's library that panic trap.
 * Throws `KernelError` for what is no such IR, and for code that unwinds.
 */
export function normaliseIr(text: string, file: string): string {
  const refuse = (why: string): never => {
    throw new KernelError(`${file}: ${why}`);
  };
  if (!/^define /m.test(text) || !/^(?:target |source_filename|; ModuleID|declare |define )/m.test(text))
    refuse('it is no LLVM IR in text form that defines a function (rustc --emit=llvm-ir, clang -S -emit-llvm)');
  if (/^(?:define|declare) .*\bi(?:8|16|32|64)\*/m.test(text))
    refuse('its pointers have types: LLVM 15 or newer writes IR that can be read');
  if (/^\s+(?:%\S+ = )?(?:invoke|landingpad|callbr|resume) /m.test(text))
    refuse('its code unwinds: compile it without (rustc -C panic=abort)');
  if (/^target datalayout = "E/m.test(text)) refuse('it is for a big-endian target');
  if (
    /^target datalayout = "[^"]*-p:(?:16|32)/m.test(text) ||
    /^target triple = "(?:i[3-6]86|wasm32|arm-|armv)/m.test(text)
  )
    refuse('its pointers have 32 bits: a VMM of 64 bits is needed');
  const declared = /^declare void @llvm\.trap\(\)/m.test(text) ? '' : '\ndeclare void @llvm.trap()\n';
  const lines = text.split('\n').map((line) => {
    if (line.startsWith('target ')) return '';
    if (line.startsWith('attributes ')) return line.replace(/ "[^"]*"(?:="[^"]*")?/g, '');
    if (line.startsWith('define ')) return line.replace(/ personality ptr @\S+/, '');
    return line.startsWith('declare ') ? trapOf(line) : line;
  });
  return `${lines.join('\n')}${declared}`;
}

/** The definition of a function that traps, if the declared one panics. */
function trapOf(line: string): string {
  const name = /@"?([^"(]+)/.exec(line)?.[1] ?? '';
  if (!PANICS.test(name) || name.startsWith('gfnring_')) return line;
  return `${line.replace(/^declare /, 'define internal ').replace(/ #\d+\s*$/, '')} {\n  call void @llvm.trap()\n  unreachable\n}`;
}

/** The function of that name. Throws `KernelError` where there is none. */
export function functionOfIr(text: string, name: string, file: string): IrFunction {
  const found = text.split('\n').flatMap((line) => {
    const match = DEFINE.exec(line);
    return match === null ? [] : [{ name: match[2] ?? match[3], result: match[1], parameters: parametersIn(match[4]) }];
  });
  const wanted = found.find((one) => one.name === name);
  if (wanted !== undefined) return wanted;
  const names = found.map((one) => one.name).filter((one) => !/^_(?:R|ZN)/.test(one));
  throw new KernelError(
    `${file} defines no function ${name}: it has ${names.slice(0, 12).join(', ') || 'none with a plain name'}. In Rust, #[no_mangle] pub extern "C" keeps a name`,
  );
}

/** The types of a list of parameters. */
function parametersIn(text: string): string[] {
  if (text.trim() === '') return [];
  let depth = 0;
  let from = 0;
  const parts: string[] = [];
  for (let i = 0; i <= text.length; i++) {
    if (i === text.length || (text[i] === ',' && depth === 0)) {
      parts.push(text.slice(from, i).trim());
      from = i + 1;
    } else if ('([{'.includes(text[i])) depth++;
    else if (')]}'.includes(text[i])) depth--;
  }
  return parts.map((part) => part.split(' ')[0]);
}

/** Its declaration in C. Throws `KernelError` for a type that C and IR do not share. */
export function declarationOf({ result, parameters }: IrFunction, name: string, file: string): string {
  const unknown = [result, ...parameters].find((type) => C_TYPES[type] === undefined);
  if (unknown !== undefined) throw new KernelError(`${file}: ${name} has a parameter or result of type ${unknown}`);
  return `${C_TYPES[result]} ${name}(${parameters.map((type) => C_TYPES[type]).join(', ') || 'void'});`;
}

/**
 * The call of `name(ring, size, next)` or `name(ring, size, next, report)`, as C. Throws
 * `KernelError` for another form.
 */
export function callOfIr({ parameters }: IrFunction, name: string, file: string): string {
  const form = parameters.join(', ').replace('i64', 'i32');
  if (form !== 'ptr, i32, ptr' && form !== 'ptr, i32, ptr, ptr')
    throw new KernelError(
      `${file}: ${name}(${parameters.join(', ')}) is not known. Known is (ptr ring, i32 size, ptr next), with a ptr to a function that reports a page; or write an adapter in C (docs/consumers.md)`,
    );
  const report = parameters.length === 4 ? ', (void *)consumer_report' : '';
  const ring = 'gfnring_rings[ring].entries, gfnring_rings[ring].size, (void *)gfnring_rings[ring].fetch';
  return `void gfnring_call(u32 ring, u32 max)\n{\n\t(void)${name}(${ring}${report});\n}`;
}
