import { describe, expect, test } from 'vitest';
import { instrument } from '../../src/loops/instrument.ts';
import { installProbe } from '../../src/loops/probe.ts';
import { exploreScenario } from '../../src/run/exploreScenario.ts';
import { scenario } from '../../src/scenario/define.ts';
import { exploreOptions } from '../searches.ts';

installProbe();

/**
 * Bodies of an operation that waits until `x` is 1, and returns true only after two or more
 * iterations. Each keeps its count in another place.
 */
const KEPT: Readonly<Record<string, readonly [body: string, around?: string]>> = {
  'the length of an array': ['const a = []; while (mem.load(x) === 0) { a.push(0); if (a.length === 3) return true; }'],
  'a hole of an array': [
    'const a = []; let i = 0; while (mem.load(x) === 0) { a[i] = undefined; i = (i + 1) % 3; } return a.length === 2;',
  ],
  'an element': [
    'const a = [0, 0]; let i = 0; while (mem.load(x) === 0) { a[i] = mem.load(y); i = 1 - i; } return a[0] < a[1];',
  ],
  'an array of bytes': ['const a = new Uint8Array(1); while (mem.load(x) === 0) if (++a[0] === 3) return true;'],
  'a view': [
    'const v = new DataView(new ArrayBuffer(1)); while (mem.load(x) === 0) { const n = v.getInt8(0) + 1; if (n === 3) return true; v.setInt8(0, n); }',
  ],
  'a date': ['const d = new Date(0); while (mem.load(x) === 0) if (d.setTime(d.getTime() + 1) === 3) return true;'],
  'a regular expression': [
    'const r = /a/g; while (mem.load(x) === 0) { r.lastIndex++; if (r.lastIndex === 3) return true; }',
  ],
  'the source of one': [
    'const r = /a/; while (mem.load(x) === 0) { if (r.flags === "gi") return true; r.compile("a", r.flags === "" ? "g" : "gi"); }',
  ],
  'an error': [
    'const e = new Error(""); while (mem.load(x) === 0) { e.message += "."; if (e.message === "...") return true; }',
  ],
  'a name of a property': [
    'const o = { a: 1, b: 1 }; while (mem.load(x) === 0) { if (!("b" in o)) return true; delete o.a; delete o.b; o["a:1,b"] = 1; }',
  ],
  'which properties there are': [
    'const o = {}; let k = 0; while (mem.load(x) === 0) { o["ab"[k]] = 1; k = 1 - k; } return Object.keys(o).length === 2;',
  ],
  'a symbol': ['const k = Symbol(); const o = { [k]: 0 }; while (mem.load(x) === 0) if (++o[k] === 3) return true;'],
  'which of two symbols': [
    'const a = Symbol("s"), b = Symbol("s"); const o = { [a]: 1 }; while (mem.load(x) === 0) { if (b in o) return true; delete o[a]; o[b] = 1; }',
  ],
  'whether it is frozen': [
    'const o = { n: 0 }; while (mem.load(x) === 0) { if (Object.isFrozen(o)) return true; Object.freeze(o); }',
  ],
  'a getter': [
    'let n = 0; const o = { get n() { return ++n; } }; while (mem.load(x) === 0) if (o.n === 3) return true;',
  ],
  'a proxy': [
    'const h = { n: 0, get() { return ++this.n; } }; const p = new Proxy({}, h); while (mem.load(x) === 0) if (p.n === 3) return true;',
  ],
  'a private field': [
    'const c = new C(); while (mem.load(x) === 0) if (c.next() === 3) return true;',
    'class C { #n = 0; next() { return ++this.#n; } }',
  ],
  'a private field of a Map': [
    'const c = new C(); while (mem.load(x) === 0) if (c.next() === 3) return true;',
    'class C extends Map { #n = 0; next() { return ++this.#n; } }',
  ],
  'a static field': [
    'class C { static n = 0; static next() { return ++C.n; } } while (mem.load(x) === 0) if (C.next() === 3) return true;',
  ],
  'a static field of this': [
    'class C { static n = 0; static next() { return ++this.n; } } while (mem.load(x) === 0) if (C.next() === 3) return true;',
  ],
  'a static block': [
    'class C { static next; static { let n = 0; this.next = () => ++n; } } while (mem.load(x) === 0) if (C.next() === 3) return true;',
  ],
  'a prototype': [
    'class C { next() { return (P.n = (P.n ?? 0) + 1); } } const P = C.prototype; const c = new C(); while (mem.load(x) === 0) if (c.next() === 3) return true;',
  ],
  'a function': [
    'const f = function () { return 1; }; f.n = 0; while (mem.load(x) === 0) { f.n += f(); if (f.n === 3) return true; }',
  ],
  'a bound function': [
    'const c = { n: 0, next() { return ++this.n; } }; const next = c.next.bind(c); while (mem.load(x) === 0) if (next() === 3) return true;',
  ],
  'a bound function of the language': [
    'const i = [1, 2, 3, 4].values(); const next = i.next.bind(i); while (mem.load(x) === 0) if (next().value === 3) return true;',
  ],
  'a WeakMap': [
    'const k = {}, w = new WeakMap([[k, 0]]); while (mem.load(x) === 0) { w.set(k, w.get(k) + 1); if (w.get(k) === 3) return true; }',
  ],
  'a generator': [
    'const g = (function* () { for (let n = 1; ; n++) yield n; })(); while (mem.load(x) === 0) if (g.next().value === 3) return true;',
  ],
  'a generator that loads': [
    'const o = { *[Symbol.iterator]() { let n = 0; while (mem.load(x) === 0) yield ++n; } }; for (const n of o) if (n === 3) return true;',
  ],
  'a memory of its own': [
    'const m = { n: 0, load(c) { this.n++; return mem.load(c); } }; while (m.load(x) === 0) if (m.n === 3) return true;',
  ],
  'this of a caller': [
    'return new C().spin(mem, x);',
    'const spin = (mem, x, f) => { while (mem.load(x) === 0) if (f()) return true; }; class C { n = 0; spin(mem, x) { return spin(mem, x, () => ++this.n === 3); } }',
  ],
  'super of a caller': [
    'return new B().spin(mem, x);',
    'class A { n = 0; next() { return ++this.n; } } class B extends A { spin(mem, x) { const f = () => super.next(); while (mem.load(x) === 0) if (f() === 3) return true; } }',
  ],
  'an arrow of a field': [
    'return spin(mem, x, new C().next);',
    'const spin = (mem, x, f) => { while (mem.load(x) === 0) if (f() === 3) return true; }; class C { n = 0; next = () => ++this.n; }',
  ],
  'the arguments of a caller': [
    'return spin(mem, x, { n: 0 });',
    'function spin(mem, x) { const f = () => ++arguments[2].n; while (mem.load(x) === 0) if (f() === 3) return true; }',
  ],
  'a default of a parameter': [
    'return spin(mem, x);',
    'function spin(mem, x, n = 0, f = () => ++n) { while (mem.load(x) === 0) if (f() === 3) return true; }',
  ],
  eval: ['let n = 0; const f = () => eval("++n"); while (mem.load(x) === 0) if (f() === 3) return true;'],
  'a call of itself': [
    'return spin(mem, x, 0);',
    'function spin(mem, x, n) { return n === 12 || (mem.load(x) === 0 && spin(mem, x, n + 1)); }',
  ],
  'what a caller reads': [
    'const o = { last: 9 }; spin(mem, x, y, o); return o.last === 0;',
    'function spin(mem, x, y, o) { while (mem.load(x) === 0) o.last = mem.load(y); }',
  ],
  'what a caller reads, of a loop over elements': [
    'const o = { v: 9 }; for (;;) { if (mem.load(x) !== 0) return o.v === 0; for (o.v of [mem.load(y)]); }',
  ],
  'two labels': ['let n = 0; a: b: while (mem.load(x) === 0) { n = n === 2 ? 0 : n + 1; continue a; } return n === 2;'],
  'a default in catch': [
    'let n = 0; for (;;) { const done = mem.load(x) !== 0; try { if (done) throw {}; n = n === 2 ? 0 : n + 1; } catch ({ v = n }) { return v === 2; } }',
  ],
  'a switch': [
    'let s = 0; for (;;) switch (s) { case 0: if (mem.load(x) !== 0) return false; s = 1; continue; case 1: s = mem.load(y) === 0 ? 2 : 0; break; default: if (mem.load(x) !== 0) return true; s = 0; }',
  ],
  // An iteration that stores only in some executions.
  'a store in another iteration': [
    'for (;;) { const v = mem.load(x); if (v === 1) return mem.load(z) === 2; mem.store(z, 2); }',
  ],
  'a store between looks': [
    'for (;;) { if (mem.load(x) === 1) return false; if (mem.load(x) === 1) return mem.load(z) === 1; mem.store(z, 1); }',
  ],
};

/** The same, but true is never returned: the loop is proved, or nothing is known. */
const ENDS: Readonly<Record<string, readonly [body: string, outcome: string, around?: string]>> = {
  'a long delay': ['for (let i = 0; i < 1500; i++) mem.load(y);', 'passed'],
  'many looks': ['let s = 0; for (let i = 0; i < 1500; i++) s += mem.load(z); return s > 0;', 'passed'],
  'a delay without end': ['let on = true; while (on) mem.load(y);', 'livelock'],
  'a lock that is given back': ['mem.lock(l); try { mem.load(x); } finally { mem.unlock(l); }', 'passed'],
  'a store in finally': [
    'for (;;) { while (mem.cmpxchg(z, 0, 1) !== 0); try { if (mem.load(x) !== 0) return; } finally { mem.store(z, 0); } }',
    'passed',
  ],
  'what mem throws is swallowed': [
    'let n = 0; for (;;) { try { n++; if (mem.load(x)) return; continue; } finally { if (n === 3) return; } }',
    'crashed',
  ],
  'a closure in each iteration': ['while (mem.load(x) === 0) { const v = 1; [0].map(() => v); }', 'passed'],
  'a class that names itself': [
    'const K = class C { static make() { return new C(); } }; const o = K.make(); while (mem.load(x) === 0); return o === K;',
    'passed',
  ],
};

async function outcomeOf(body: string, around: string, reduction: 'none' | 'optimal' | 'states'): Promise<string> {
  const text = `${around}\nreturn function (mem, { x, y, z, l }) { ${body} }`;
  const source = instrument(text, '/body.mjs')?.source ?? text;
  const run = new Function(source)();
  const sets = (mem: { store(cell: unknown, value: number): void }, { x, y }: Record<string, unknown>) => {
    mem.store(y, 1);
    mem.store(x, 1);
  };
  const of = scenario({
    name: 'loop',
    cells: { x: 'u32', y: 'u32', z: 'u32' },
    locks: ['l'],
    actors: { a: [run], b: [sets] },
    finally: { 'not true': ({ results }: { results: Record<string, unknown[]> }) => results.a[0] !== true },
  } as unknown as Parameters<typeof scenario>[0]);
  const { outcome } = await exploreScenario(of, exploreOptions({ reduction, limits: { seconds: 40 } }));
  return outcome;
}

describe.each(Object.entries(KEPT))('%s', (_, [body, around = '']) => {
  test.each(['none', 'optimal', 'states'] as const)('is state that decides, by %s', async (reduction) => {
    expect(await outcomeOf(body, around, reduction)).toBe('violated');
  });
});

describe.each(Object.entries(ENDS))('%s', (_, [body, outcome, around = '']) => {
  test.each(['states'] as const)(`ends as ${outcome}, by %s`, async (reduction) => {
    expect(await outcomeOf(body, around, reduction)).toBe(outcome);
  });
});
