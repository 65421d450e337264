import { Execution } from '#dist/explore/execution/execution.js';
import { profileOf } from '#dist/explore/profile.js';
import type { Program } from '#dist/explore/program.js';
import { createScheduler, type RandomSchedulerName, randomSchedulerNames } from '#dist/explore/schedulers/registry.js';
import type { Scheduler } from '#dist/explore/schedulers/scheduler.js';
import { TraceCounter } from '#dist/explore/search/traceCounter.js';
import { benchmarkRing } from '#dist/scenario/benchmarkRing.js';
import { explored, searched } from '../explored.ts';
import { program } from '../program.ts';
import { equal, Wrong } from '../selfCheck.ts';

const SEED = 5;
const DRAWS = 4000;
/** So far may a frequency be from what it should be, in standard deviations: the draws are the same every time. */
const SIGMAS = 4.5;

const CORR = 'x=1; x=2 | x; x';
const BRANCHES = 'x=1; y | y=1; x';

/** Every thread that can run is as likely as any other (see `test/explore/schedulers.test.ts`). */
export function randomWalk(): void {
  likely('random-walk', BRANCHES, { '0011': 1 / 4, '0101': 1 / 8, '0110': 1 / 8, '1100': 1 / 4 });
  reaches('random-walk');
}

/** The bound of the paper: a bug of depth d is hit once in n k^(d - 1) executions; one of depth 3 never at depth 2. */
export function pct(): void {
  const text = 'a; a; x=1; x=2; a; a | b; b; x; x; b; b';
  const { threads, choices } = profileOf(new Execution(program(text), 100), SEED);
  for (const [depth, bug] of [
    [2, '0110'],
    [3, '0101'],
  ] as const) {
    const bound = DRAWS / (threads * choices ** (depth - 1));
    atLeast(`pct ${depth}, orders ${bug}`, ordersOf('pct', text, depth).get(bug) ?? 0, bound - 3 * Math.sqrt(bound));
  }
  equal('pct 2, orders 0101', ordersOf('pct', text, 2).get('0101'), undefined);
  reaches('pct');
}

/** The most and the least likely class, as published for POS: see `test/explore/schedulers.test.ts`. */
export function pos(): void {
  // Each interleaving is a class of its own.
  const counts = [...counted('pos', program(CORR), (schedule) => schedule).values()];
  within('pos, the least likely class', Math.min(...counts), 0.124);
  within('pos, the most likely class', Math.max(...counts), 0.25);
  reaches('pos');
}

/** Every interleaving is as likely as any other. */
export function urw(): void {
  likely('urw', BRANCHES, Object.fromEntries(['0011', '0101', '0110', '1001', '1010', '1100'].map((s) => [s, 1 / 6])));
  likely(
    'urw',
    'x=1; x=2; x=3; y | y=1',
    Object.fromEntries(['00001', '00010', '00100', '01000', '10000'].map((s) => [s, 1 / 5])),
  );
  reaches('urw');
}

/** Every order of the accesses to what is shared is as likely as any other, whatever else the threads do. */
export function surw(): void {
  const counts = ordersOf('surw', 'x=1; a; a; a; a; x=2 | b; x; b; x');
  for (const order of ['0011', '0101', '0110', '1001', '1010', '1100'])
    within(`surw, order ${order}`, counts.get(order) ?? 0, 1 / 6);
  reaches('surw');
}

/** A read between two writes of many, which POS alone never gets to. */
export function readsFrom(): void {
  const text = `${Array(40).fill('x=1').join('; ')} | x`;
  const middle = `${'0'.repeat(20)}1${'0'.repeat(20)}`;
  atLeast('reads-from, a read in the middle', ordersOf('reads-from', text, 3, 1000).get(middle) ?? 0, 10);
  reaches('reads-from');
}

/** Each member has its turn: execution 2 is one of POS, execution 9 a random walk. */
export function portfolio(): void {
  const execution = new Execution(benchmarkRing('ring-m').program, 1000);
  const [all, third, last] = (['portfolio', 'pos', 'random-walk'] as const).map((name) => made(name, execution));
  for (let round = 0; round < 30; round += 10) {
    equal(`portfolio, execution ${round + 2}`, draw(execution, all, round + 2), draw(execution, third, round + 2));
    equal(`portfolio, execution ${round + 9}`, draw(execution, all, round + 9), draw(execution, last, round + 9));
  }
  reaches('portfolio');
}

/** The seed and its number decide an execution, whatever ran before. */
export function repeatable(): void {
  for (const name of randomSchedulerNames) {
    const execution = new Execution(benchmarkRing('ring-s').program, 1000);
    const scheduler = made(name, execution);
    const numbers = Array.from({ length: 20 }, (_, i) => i);
    const forward = numbers.map((i) => draw(execution, scheduler, i));
    const backward = numbers.toReversed().map((i) => draw(execution, scheduler, i));
    equal(`${name}, the other way round`, backward.toReversed(), forward);
    atLeast(`${name}, different executions of 20`, new Set(forward).size, 5);
  }
}

/** Executions in parts are those one by one. */
export function hunting(): void {
  const ring = benchmarkRing('ring-m');
  const seen = searched(ring, { scheduler: 'random-walk', reduction: 'none', seed: SEED }, { executions: 600 });
  const execution = new Execution(ring.program, 1000);
  const scheduler = made('random-walk', execution);
  const apart = new TraceCounter(execution);
  let steps = 0;
  for (let i = 0; i < 600; i++) {
    steps += draw(execution, scheduler, i).length;
    apart.add();
  }
  equal('executions, steps, limit', [seen.executions, seen.steps, seen.limit], [600, steps, '600 executions']);
  equal('classes that they meet', [seen.classes, apart.seen.size], [53, 53]);
}

/** What schedulers are told of a program: steps, steps with a choice, who shares what. */
export function profile(): void {
  const known = profileOf(new Execution(program('x=1; z; y | x=2; x'), 100), SEED);
  equal('threads, choices, steps', [known.threads, known.choices, known.events[0]], [2, 4, [3, 2]]);
  equal(
    'shared: accesses, reads, writers',
    known.shared.map(({ events, reads, writes }) => [events[0], reads.length, writes.map(({ thread }) => thread)]),
    [[[1, 2], 1, [1, 0]]],
  );
  const halves = profileOf(new Execution(program('w=1 | L=1 | H; a'), 100), SEED);
  equal(
    'cells that share bytes are one location',
    halves.shared.map(({ events }) => events[0]),
    [[1, 1, 1]],
  );
}

/** Under `weak` ways are drawn, too: all that a program can come to. */
export function ways(): void {
  for (const name of randomSchedulerNames) {
    const how = { memoryModel: 'weak', scheduler: name, reduction: 'none' } as const;
    equal(`${name}, message passing`, explored('x=1; y=1 | y; x', how, '', { executions: 60 }).outcomes, '00 01 10 11');
  }
}

const made = (name: RandomSchedulerName, execution: Execution, depth = 3): Scheduler =>
  createScheduler(name, SEED, profileOf(execution, SEED), depth);

function draw(execution: Execution, scheduler: Scheduler, index: number): string {
  scheduler.begin(index);
  execution.reset();
  execution.run(scheduler);
  return execution.schedule.subarray(0, execution.steps).join('');
}

/** How often each schedule is drawn; or what `as` makes of one. */
function counted(
  name: RandomSchedulerName,
  of: Program,
  as: (schedule: string) => string,
  depth = 3,
  draws = DRAWS,
): Map<string, number> {
  const execution = new Execution(of, 100);
  const scheduler = made(name, execution, depth);
  const counts = new Map<string, number>();
  for (let i = 0; i < draws; i++) {
    const key = as(draw(execution, scheduler, i));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** How often each order of the accesses to x is drawn. */
function ordersOf(name: RandomSchedulerName, text: string, depth = 3, draws = DRAWS): Map<string, number> {
  const steps = text.split('|').map((thread) => thread.split(';'));
  return counted(
    name,
    program(text),
    (schedule) => {
      const taken = steps.map(() => 0);
      return [...schedule].filter((t) => steps[Number(t)][taken[Number(t)]++].includes('x')).join('');
    },
    depth,
    draws,
  );
}

function likely(name: RandomSchedulerName, text: string, known: Readonly<Record<string, number>>): void {
  const counts = counted(name, program(text), (schedule) => schedule);
  for (const [schedule, share] of Object.entries(known))
    within(`${name}, ${schedule} of ${text}`, counts.get(schedule) ?? 0, share);
}

function within(what: string, count: number, share: number): void {
  const sigma = Math.sqrt(DRAWS * share * (1 - share));
  if (Math.abs(count - DRAWS * share) > SIGMAS * sigma)
    throw new Wrong(`${what}: ${count} of ${DRAWS}, not about ${Math.round(DRAWS * share)}`);
}

function atLeast(what: string, count: number, least: number): void {
  if (count < least) throw new Wrong(`${what}: ${count}, not ${Math.ceil(least)} or more`);
}

/** All classes of small programs are drawn. */
function reaches(name: RandomSchedulerName): void {
  for (const [text, count, executions] of [
    [CORR, 6, 200],
    [BRANCHES, 3, 100],
    ['x=1 | x | x', 4, 100],
    ['x=1 | x; y | y; x | y=1', 15, 2000],
  ] as const)
    equal(
      `${name}, classes of ${text}`,
      explored(text, { scheduler: name, reduction: 'none' }, '', { executions }).classes,
      count,
    );
}
