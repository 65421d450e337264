import { fileURLToPath } from 'node:url';
import { type Interval, linearizability } from '../../../check/linearizability.ts';
import { judge } from '../../../litmus/report.ts';
import * as bitmaps from '../../../models/dirtyBitmap.ts';
import * as checkpoints from '../../../models/checkpoints.ts';
import * as merged from '../../../models/dirtyRing.ts';
import * as lists from '../../../models/gfnList.ts';
import * as rings from '../../../models/ring.ts';
import { builtIns } from '../../../scenario/builtin.ts';
import { scenario } from '../../../scenario/define.ts';
import { checkHistory } from '../../../scenario/history.ts';
import { loadSource } from '../../../scenario/load.ts';
import { LockstepPool } from '../../../scenario/lockstep.ts';
import { replay } from '../../../scenario/replay.ts';
import { plainMachine, runOf } from '../../../scenario/run.ts';
import { type Search, searchHere } from '../../../scenario/search.ts';
import { SearchPool } from '../../../scenario/searchPool.ts';
import { sourced } from '../../../scenario/source.ts';
import { stress } from '../../../scenario/stress.ts';
import { noLimits } from '../../../explore/limits.ts';
import { compiled } from '../../../scenario/workerFile.ts';
import { searched } from '../explored.ts';
import { equal } from '../selfCheck.ts';

/** A register: the smallest object with wrong histories. */
export function histories(): void {
  type Call = { readonly write: number } | { readonly read: number };
  const register = {
    init: 0,
    step: (state: number, call: Call) => ('write' in call ? call.write : call.read === state ? state : undefined),
    key: String,
  };
  const at = (start: number, end: number, call: Call): Interval<Call> => ({ start, end, call });
  for (const [what, known, history] of [
    ['a read during a write, of the old', 'ok', [at(0, 3, { write: 1 }), at(1, 2, { read: 0 })]],
    ['a read during a write, of the new', 'ok', [at(0, 3, { write: 1 }), at(1, 2, { read: 1 })]],
    ['a read when a write ends', 'ok', [at(0, 1, { write: 1 }), at(1, 2, { read: 0 })]],
    ['a read after a write, of the old', 'illegal', [at(0, 1, { write: 1 }), at(2, 3, { read: 0 })]],
    ['a read of what nobody wrote', 'illegal', [at(0, 9, { write: 1 }), at(1, 2, { read: 2 })]],
    ['old after new', 'illegal', [at(0, 9, { write: 1 }), at(1, 2, { read: 1 }), at(3, 4, { read: 0 })]],
    ['two writes, seen in two orders', 'illegal', [1, 2, 1].map((read, i) => at(10 + 2 * i, 11 + 2 * i, { read })).concat([at(0, 9, { write: 1 }), at(0, 9, { write: 2 })])],
  ] as const)
    equal(what, linearizability(register, history, 1000), known);
  const many = Array.from({ length: 12 }, (_, i) => at(0, 99, { write: i }));
  equal('too many', linearizability(register, [...many, at(100, 101, { read: -1 })], 1000), 'unknown');
  const { spec } = builtIns.find((builtIn) => builtIn.spec.name === 'ring')!;
  const ring = (offsets: readonly bigint[], second: number, max = 10_000): string =>
    checkHistory(
      spec,
      [
        [
          { operation: 0, start: 0, end: 1, result: 1 },
          { operation: 1, start: 2, end: 3, result: second },
        ],
        [{ operation: 0, start: 4, end: 5, result: offsets.map((offset) => ({ slot: 0, offset })) }],
        [{ operation: 0, start: 6, end: 7, result: true }],
      ],
      max,
    );
  equal(
    'histories of the ring',
    [ring([0n, 1n], 2), ring([1n, 0n], 2), ring([0n], 2), ring([0n, 1n], 1), ring([0n, 1n], 2, 1)],
    ['ok', 'illegal', 'illegal', 'illegal', 'unknown'],
  );
}

/** Step by step, what each sequential model lets happen. */
export function models(): void {
  const entry = (offset: bigint) => ({ slot: 0, offset });
  let ring = rings.emptyRing(2);
  equal('ring, empty', [rings.pushResult(ring), rings.available(ring), rings.resettable(ring, 0, 0, 65536)], [1, 0, 0]);
  ring = rings.publish(rings.publish(ring, entry(1n)), entry(2n));
  equal('ring, full', [rings.pushResult(ring), rings.available(ring)], [rings.BUSY, 2]);
  equal('ring, what is harvested', rings.harvestable(ring, 1), [entry(1n)]);
  ring = rings.harvest(ring, 1);
  equal('ring, harvested is not free', [rings.pushResult(ring), rings.harvestable(ring, 2)], [rings.BUSY, [entry(2n)]]);
  equal(
    'ring, cons',
    [0, 1, 2, 3, 65535].map((cons) => rings.resettable(ring, cons, 0, 65536)),
    [0, 1, 2, rings.INVALID, rings.INVALID],
  );
  equal('ring, reset', [rings.pushResult(rings.reset(ring, 1)), rings.reset(ring, 1).entries], [2, [entry(2n)]]);

  let list = lists.push(lists.emptyList(2), entry(1n));
  equal('list, not announced', [lists.isFull(list), lists.fetchable(list)], [false, []]);
  list = lists.fetch(lists.announce(lists.push(list, entry(2n))), 1);
  equal('list, one fetched', [lists.isFull(list), lists.fetchable(list), lists.resettable(list)], [true, [entry(2n)], [entry(1n)]]);
  equal('list, reset', lists.reset(list), lists.emptyList(2));

  let bitmap = bitmaps.mark(bitmaps.mark(bitmaps.mark(bitmaps.emptyBitmap(70), 3), 1), 3);
  equal('bitmap', [bitmap.dirty, bitmaps.clearable(bitmap, [2, 3])], [[1, 3], [3]]);
  bitmap = bitmaps.clear(bitmap, [2, 3]);
  equal('bitmap, cleared', bitmap.dirty, [1]);
  equal(
    'bitmap, ranges',
    ([[0, 64], [64, 6], [0, 70], [1, 64], [0, 6], [64, 64]] as const).map(([first, count]) => bitmaps.isRange(bitmap, first, count)),
    [true, true, true, false, false, false],
  );

  let dirty = merged.push(merged.push(merged.emptyDirtyRing(2), 0, 1n), 0, 2n);
  equal('merged ring, pushed', [merged.isFull(dirty), merged.harvestable(dirty)?.offset, merged.resettable(dirty)], [true, 1n, undefined]);
  dirty = merged.harvest(dirty);
  equal('merged ring, harvested', [merged.isFull(dirty), merged.harvestable(dirty)?.offset, merged.resettable(dirty)?.offset], [true, 2n, 1n]);
  dirty = merged.reset(dirty);
  equal('merged ring, reset', [merged.isFull(dirty), merged.resettable(dirty)], [false, undefined]);

  const committed = checkpoints.commit(checkpoints.pause(checkpoints.begin([0]), [1]));
  equal('checkpoints', [checkpoints.last(committed), checkpoints.goOn(committed).paused], [[1], undefined]);
  equal('checkpoints, rolled back', checkpoints.rollBack(checkpoints.pause(committed, [2])).paused, [1]);
}

/** A plain 64-bit store is seen in half where it may tear, and nowhere else. */
export function tearing(): void {
  const of = scenario({
    name: 'tearing',
    cells: { q: 'u64' },
    actors: { a: [(mem, { q }) => mem.write64(q, 0x1_0000_0001n)], b: [(mem, { q }) => mem.load64(q)] },
    finally: {
      'it is seen whole': ({ results: { b } }) => b[0] === 0n || b[0] === 0x1_0000_0001n,
      'not its lower half': ({ results: { b } }) => b[0] !== 0x1n,
    },
  });
  for (const reduction of ['none', 'optimal', 'states'] as const) {
    equal(`torn, by ${reduction}`, searched(of, { tearing: true, reduction }).violation?.property, 'it is seen whole');
    equal(`not torn, by ${reduction}`, searched(of, { reduction }).violation, undefined);
  }
}

/** A test of the kernel's is read and decided as published. */
export function litmusReader(): void {
  const test = (fences: readonly [string, string], condition: string): string => `C SB

{}

P0(int *x, int *y)
{
	int r0;

	WRITE_ONCE(*x, 1);
	${fences[0]}
	r0 = READ_ONCE(*y);
}

P1(int *x, int *y)
{
	int r0;

	WRITE_ONCE(*y, 1);
	${fences[1]}
	r0 = READ_ONCE(*x);
}

${condition}
`;
  const both = ['smp_mb();', 'smp_mb();'] as const;
  const zeros = '0:r0=0 /\\ 1:r0=0';
  for (const [what, text, model, known] of [
    ['SB', test(['', ''], `exists (${zeros})`), 'weak', 'Sometimes'],
    ['SB', test(['', ''], `exists (${zeros})`), 'sc', 'Never'],
    ['SB+mbs', test(both, `exists (${zeros})`), 'weak', 'Never'],
    ['SB+mb+wmb', test(['smp_mb();', 'smp_wmb();'], `exists (${zeros})`), 'weak', 'Sometimes'],
    ['not both', test(both, `exists (~(${zeros}))`), 'weak', 'Always'],
    ['one or the other', test(both, 'exists (0:r0=1 \\/ 1:r0=1)'), 'weak', 'Always'],
    ['what is left', test(['', ''], 'exists (x=1 /\\ y=1)'), 'weak', 'Always'],
    ['of some states', test(['', ''], 'filter (0:r0=0)\nexists (1:r0=1)'), 'sc', 'Always'],
  ] as const)
    equal(`${what} under ${model}`, judge(text, model, 10).verdict, known);
}

/** What is found replays on real threads, byte for byte; a schedule that is not the program's is refused. */
export async function lockstep(): Promise<void> {
  const source = await loadSource('dirty-ring@6.17/two-resetters');
  const { scenario: of } = await sourced(source);
  const { schedule, violation } = searched(of, { reduction: 'states' });
  equal('what is found', violation?.property, 'no dirty page is ever lost');
  const run = runOf(of, 1000);
  equal('in the explorer', replay(run, schedule, 'it'), violation);
  const pool = new LockstepPool(of.program.actors.length, 5000);
  try {
    const { trace, memory, strayed, results } = await pool.run(source, schedule);
    equal('strayed', strayed, undefined);
    equal('the trace', trace, run.execution.trace());
    equal('the memory', [...memory], [...run.execution.bytes.u8]);
    equal('the results', results, run.execution.results);
    equal('a part', (await pool.run(source, schedule.slice(0, 3))).trace.length, 3);
    const more = await pool.run(source, [...schedule, schedule[schedule.length - 1]]);
    equal('a step too many', /the schedule gives it step/.test(more.strayed ?? ''), true);
  } finally {
    await pool.close();
  }
}

/** Several threads find, count and run what one does. */
export async function workers(): Promise<void> {
  const pool = new SearchPool(2);
  try {
    const search: Search = { ...plainMachine, scheduler: 'exhaustive', reduction: 'optimal', seed: 1, depth: 3, stepsMax: 1000 };
    const ring = await sourced(await loadSource('ring-s'));
    const known = searchHere(ring.scenario, search, noLimits);
    equal('classes', [known.executions, known.classes, known.missing], [46, 46, []]);
    equal('classes, by two', await pool.search(ring, search, noLimits), known);
    const draws = { ...search, scheduler: 'portfolio', reduction: 'none' } as const;
    const some = { ...noLimits, executions: 600 };
    equal('draws, by two', await pool.search(ring, draws, some), searchHere(ring.scenario, draws, some));
    const broken = await sourced(await loadSource('dirty-ring@6.17/two-resetters'));
    equal('what is found, by two', await pool.search(broken, draws, noLimits), searchHere(broken.scenario, draws, noLimits));
  } finally {
    await pool.close();
  }
}

/** Free threads: what they leave and return is looked at. */
export async function stressing(): Promise<void> {
  const right = await stress(await loadSource('ring'), { seconds: 20, rounds: 20 });
  const path = fileURLToPath(compiled('canaries/harness/alwaysWrong.js'));
  const wrong = await stress(await loadSource(path), { seconds: 20, rounds: 20 });
  equal('always wrong', [wrong.outcome, wrong.findings], ['violated', [{ property: 'x is 3', message: 'x is 2', round: 0 }]]);
  equal('the ring', [right.outcome, right.rounds, right.calls > 0, right.histories.ok], ['limit', 20, true, 20]);
}
