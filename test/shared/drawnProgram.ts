// Programs over shared memory as data, and what they do with given globals.
// biome-ignore-all lint/suspicious/noExplicitAny: the programs are untyped
import { type Random, uniformInt } from '../../src/explore/random.ts';
import { ARRAY_NAMES } from '../../src/shared/real.ts';

/** The globals that a program uses: the real ones, or stand-ins. */
export type Globals = Readonly<Record<string, any>>;

export const BYTES = 24;

/** Which views there are: type, first byte, length. */
export const VIEWS = ARRAY_NAMES.flatMap((name) => {
  const bytes = Number(/\d+/.exec(name)![0]) / 8;
  return [[name, 0, BYTES / bytes] as const, [name, 8, 8 / bytes] as const];
});

export interface Shared {
  readonly sab: any;
  readonly views: readonly any[];
  readonly data: any;
}

export function makeShared(of: Globals): Shared {
  const sab = new of.SharedArrayBuffer(BYTES);
  const views = VIEWS.map(([name, from, length]) => new of[name](sab, from, length));
  return { sab, views, data: new of.DataView(sab, 1, 20) };
}

/** One call, as data. */
export interface Instruction {
  readonly view: number;
  readonly other: number;
  readonly method: number;
  readonly a: unknown;
  readonly b: unknown;
  readonly c: unknown;
}

type Method = (of: Globals, view: any, instruction: Instruction, shared: Shared) => unknown;

const atomic =
  (name: string): Method =>
  (of, view, { a, b, c }) =>
    of.Atomics[name](view, a, b, c);

const METHODS: readonly Method[] = [
  ...['load', 'store', 'add', 'sub', 'and', 'or', 'xor', 'exchange', 'compareExchange', 'notify'].map(atomic),
  // A wait that would sleep does not return.
  (of, view, { a, b }) => of.Atomics.wait(view, a, b, 0),
  (of) => [1, 2, 3, 4, 8].map((bytes) => of.Atomics.isLockFree(bytes)),
  (_, view, { a }) => view[a as number],
  (_, view, { a, b }) => {
    view[a as number] = b;
    return view[a as number];
  },
  (_, view, { a }) => (a as string) in view,
  (_, view, { a }) => view.at(a),
  // V8 takes an end of NaN for none if there is no start.
  (_, view, { a, b, c }) => list(view.fill(a, b ?? 0, c)),
  (_, view, { a, b, c }) => list(view.copyWithin(a, b, c)),
  (_, view, { a, b }) => list(view.subarray(a, b)),
  (_, view, { a, b }) => list(view.slice(a, b)),
  (_, view, { a, b }) => [view.subarray(a, b).byteOffset, view.subarray(a, b).byteLength],
  (_, view, { b, other }, { views }) => (hasNaN(views[other]) ? 0 : [view.set(views[other], b), list(view)]),
  (_, view, { a, b }) => [view.set([a, 1, 2], b), list(view)],
  (of, view, { other }, { views }) =>
    hasNaN(views[other]) ? 0 : [view.set(new of[VIEWS[other][0]](views[other])), list(view)],
  (_, view, { a, b }) => [view.indexOf(a, b), view.lastIndexOf(a), view.includes(a, b)],
  (_, view) => [view.join('-'), view.toString(), String(view), view.length, view.byteLength, view.BYTES_PER_ELEMENT],
  (_, view) => [[...view.entries()].join(), [...view.keys()].join(), [...view.values()].join(), Object.keys(view)],
  // The bits of a NaN may become others.
  (_, view) => (hasNaN(view) ? 0 : list(view.reverse())),
  (_, view) => (hasNaN(view) ? 0 : list(view.sort())),
  (_, view) => list(view.map((value: any, i: number) => (typeof value === 'bigint' ? value + BigInt(i) : value * 2))),
  (_, view, { a }) => list(view.filter((value: any) => value > (a as number))),
  (_, view) => [view.reduce((sum: any, value: any) => sum + value), view.some((v: any) => v < 0), view.every(Boolean)],
  (_, view, { a }) => [
    view.find((v: any) => v === a),
    view.findIndex((v: any) => v === a),
    view.findLast((v: any) => v),
  ],
  // V8 converts the value before the index.
  (_, view, { a, b }) => list(view.with(typeof a === 'bigint' ? 0 : a, b)),
  (_, view) => [list(view.toReversed()), list(view.toSorted())],
  (_, view) => [Object.prototype.toString.call(view), view.constructor.name, view.byteOffset],
  (of, view) => [
    of.ArrayBuffer.isView(view),
    view instanceof of.Int32Array,
    view.buffer instanceof of.SharedArrayBuffer,
  ],
  (of, view) => list(new of.Float64Array(Array.from(view as any[], Number))),
  (of, view) => list(of.Array.from(view)),
  (_, _view, { a, b, c, method, other }, { data }) => {
    const type = DATA[other % DATA.length];
    data[`set${type}`](a, b, method % 2 === 0);
    return data[`get${type}`](a, Boolean(c));
  },
  (_, _view, { a, c, other }, { data }) => data[`get${DATA[other % DATA.length]}`](a, Boolean(c)),
  (_, _view, _i, { sab, data }) => [sab.byteLength, sab.growable, sab.maxByteLength, data.byteLength, data.byteOffset],
];

const hasNaN = (view: any): boolean => Array.from(view as Iterable<unknown>).some(Number.isNaN);

const DATA = ['Int8', 'Uint8', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float32', 'Float64', 'BigInt64', 'BigUint64'];

const list = (view: any): unknown[] => [view.constructor.name, view.length, ...Array.from(view as Iterable<unknown>)];

const VALUES: readonly unknown[] = [
  ...[0, 1, 2, 3, -1, 5, 127, 128, 255, 256, 65535, 65536, 2 ** 31, 2 ** 32 - 1, 2 ** 40, 1.5, -2.5, 0.1],
  ...[0n, 1n, -1n, 7n, 1n << 63n, (1n << 64n) - 1n, Number.NaN, Infinity, -Infinity, -0],
  ...['7', '', 'x', true, null, undefined],
];
/** Mostly there, or nearly. */
const INDICES: readonly unknown[] = [0, 0, 1, 1, 2, 3, 4, 5, -1, -2, 7, 23, 24, 1.5, '1', '-0', Number.NaN, undefined];

export function drawProgram(random: Random, length: number): Instruction[] {
  const one = <T>(of: readonly T[]): T => of[uniformInt(random, of.length)];
  return Array.from({ length }, () => {
    const view = uniformInt(random, VIEWS.length);
    const fits = (value: unknown): boolean => !VIEWS[view][0].startsWith('Big') || typeof value !== 'number';
    const value = (): unknown => {
      const drawn = one(VALUES);
      return fits(drawn) || uniformInt(random, 8) === 0 ? drawn : BigInt(uniformInt(random, 300));
    };
    const method = uniformInt(random, METHODS.length);
    const indexed = method < 15;
    return {
      ...{ view, method, other: uniformInt(random, VIEWS.length) },
      a: indexed || uniformInt(random, 2) === 0 ? one(INDICES) : value(),
      b: indexed || uniformInt(random, 2) === 0 ? value() : one(INDICES),
      c: indexed ? value() : one(INDICES),
    };
  });
}

/** What each instruction returned or threw, and the bytes after it. */
export function runProgram(program: readonly Instruction[], of: Globals, shared: Shared): string[] {
  return program.map((instruction) => {
    let seen: string;
    try {
      seen = text(METHODS[instruction.method](of, shared.views[instruction.view], instruction, shared));
    } catch (error) {
      // What suspends an operation is no error.
      if (!(error instanceof Error)) throw error;
      seen = error.constructor.name;
    }
    return `${seen} | ${Array.from(shared.views[2])}`;
  });
}

function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(text)}]`;
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'object' && value !== null ? value.constructor.name : String(value);
}

/** An instruction for messages. */
export const describe = ({ view, other, method, a, b, c }: Instruction): string =>
  `${VIEWS[view]} ${VIEWS[other]} ${METHODS[method].toString().slice(0, 60)} ${[a, b, c].map(text)}`;
