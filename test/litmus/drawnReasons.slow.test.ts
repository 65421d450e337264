import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareVerdict } from '../../src/litmus/report.ts';
import { litmus } from './readerTexts.ts';

const PROGRAMS = Number(process.env.GFNRING_PROGRAMS ?? 150);
const SEED = Number(process.env.GFNRING_SEED ?? 1);

/** An access to the variable `@`, with `#` for a register. */
interface Access {
  readonly text: string;
  /** What its register must be in the end; undefined: anything. */
  readonly reads?: number;
}

const order = fc.constantFrom('', '_relaxed', '_acquire', '_release');
const store = (value: number): fc.Arbitrary<Access> =>
  fc
    .oneof(
      fc.constantFrom(`WRITE_ONCE(*@, ${value});`, `smp_store_release(@, ${value});`),
      order.map((of) => `# = xchg${of}(@, ${value});`),
      fc.constant(value === 1 ? 'atomic_inc(@);' : `WRITE_ONCE(*@, ${value});`),
    )
    .map((text) => ({ text }));
const load = (reads: number): fc.Arbitrary<Access> =>
  fc
    .oneof(
      fc.constantFrom('# = READ_ONCE(*@);', '# = smp_load_acquire(@);'),
      order.map((of) => `# = atomic_fetch_add${of}(0, @);`),
      order.map((of) => `# = cmpxchg${of}(@, 7, 8);`),
    )
    .map((text) => ({ text, reads }));
const fence = fc.constantFrom('smp_mb();', 'smp_mb();', 'smp_rmb();', 'smp_wmb();', '');

/** Reads-from, from-read or coherence order, from a thread to the next one. */
const edge = fc.oneof(
  fc.record({ from: store(1), to: load(1), final: fc.constant('') }),
  fc.record({ from: load(0), to: store(1), final: fc.constant('') }),
  fc.record({ from: store(1), to: store(2), final: fc.constant('@=2') }),
);
/** A cycle through all threads: the end that it has if nothing forbids it. */
const cycle = fc.array(fc.record({ edge, fence }), { minLength: 2, maxLength: 4 });

type Cycle = typeof cycle extends fc.Arbitrary<infer T> ? T : never;

function textOf(edges: Cycle, result = ''): string {
  const variables = ['x', 'y', 'z', 'w'].slice(0, edges.length);
  const condition = edges.map(({ edge: { final } }, i) => final.replace('@', variables[i]));
  const threads = edges.map(({ edge: { from }, fence: between }, t) => {
    const before = (t + edges.length - 1) % edges.length;
    const accesses = [edges[before].edge.to, from].map(({ text, reads }, i) => {
      if (reads !== undefined) condition.push(`${t}:r${i}=${reads}`);
      return text.replace('#', `r${i}`).replace('@', variables[i === 0 ? before : t]);
    });
    return `${variables.join(', ')}: ${accesses.join(` ${between} `)}`;
  });
  return litmus(threads, `exists (${condition.filter((part) => part !== '').join(' /\\ ') || 'x=1'})`, { result });
}

test(`${PROGRAMS} cycles that rc11 and the LKMM decide differently have a reason`, () => {
  const seen = new Map<string, number>();
  for (const edges of fc.sample(cycle, { numRuns: PROGRAMS, seed: SEED })) {
    const { verdict } = compareVerdict(textOf(edges), 'lkmm', 30);
    const text = textOf(edges, verdict!);
    const { outcome } = compareVerdict(text, 'rc11', 30);
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    expect([text, outcome]).toEqual([text, expect.stringMatching(/^(agree|explained)$/)]);
  }
  expect(seen.get('explained')).toBeGreaterThan(PROGRAMS / 50);
}, 120_000);
