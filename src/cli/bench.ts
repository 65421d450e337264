import { Execution } from '../explore/execution.ts';
import type { Program } from '../explore/program.ts';
import type { Scheduler } from '../explore/scheduler.ts';
import { Guided } from '../explore/schedulers/guided.ts';
import { Pct } from '../explore/schedulers/pct.ts';
import { RandomWalk } from '../explore/schedulers/randomWalk.ts';
import { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';
import { buildVm } from '../scenario/build.ts';
import { builtIns } from '../scenario/builtin.ts';
import { runOf } from '../scenario/run.ts';

export interface BenchRow {
  readonly what: string;
  readonly perSecond: number;
  /** How many bare Atomics calls one takes. */
  readonly ratio: number;
}

const SECONDS = 1;

/** Steps a second in the explorer beside bare `Atomics` calls, in one run. */
export function explorerSteps(): BenchRow[] {
  const bare = bareCalls();
  const rows: BenchRow[] = [{ what: 'bare Atomics.store', perSecond: bare, ratio: 1 }];
  const add = (what: string, program: Program, scheduler: Scheduler): void => {
    const perSecond = stepsASecond(new Execution(program, 100_000), scheduler);
    rows.push({ what: `explorer step, ${what}`, perSecond, ratio: bare / perSecond });
  };
  add('a thread that goes on', yardstick(), new Guided([]));
  add('PCT of depth 3', yardstick(), new Pct(1, 3, 3, 40));
  add('random walk', yardstick(), new RandomWalk(1));
  const { spec } = builtIns.find((builtIn) => builtIn.spec.name === 'vm')!;
  const { execution } = runOf(buildVm(spec), 100_000);
  const perSecond = stepsASecond(execution, new RandomWalk(1));
  rows.push({ what: 'explorer step, random walk of vm, all checks', perSecond, ratio: bare / perSecond });
  return rows;
}

/** A loop of bare calls, the unit of all others. */
function bareCalls(): number {
  const words = new Uint32Array(new SharedArrayBuffer(64));
  return best(() => {
    for (let i = 0; i < 1_000_000; i++) Atomics.store(words, i & 15, i);
    return 1_000_000;
  });
}

function stepsASecond(execution: Execution, scheduler: Scheduler): number {
  let index = 0;
  return best(() => {
    let steps = 0;
    for (let i = 0; i < 200; i++) {
      scheduler.begin(index++);
      execution.reset();
      execution.run(scheduler);
      steps += execution.steps;
    }
    return steps;
  });
}

/** The best rate of `work`, which returns how much it did, over a second after a warm-up. */
function best(work: () => number): number {
  for (let i = 0; i < 20; i++) work();
  let rate = 0;
  for (const end = performance.now() + SECONDS * 1000; performance.now() < end; ) {
    const start = performance.now();
    const done = work();
    rate = Math.max(rate, (done / (performance.now() - start)) * 1000);
  }
  return rate;
}

/** A ring of 4 entries as a user would write it: 4 pushes, 3 harvests, 2 resets. */
function yardstick(): Program {
  const layout = new Layout();
  const [prod, cons, kprod, kreset] = ['prod', 'cons', 'kprod', 'kreset'].map((name) => layout.cell(name, 'u16'));
  const [slot, off] = ['slot', 'off'].map((name) => [0, 1, 2, 3].map((i) => layout.cell(`${name}${i}`, 'u32')));
  const [harvested, reset] = ['harvested', 'reset'].map((name) => layout.cell(name, 'u16'));
  const [slots_lock, mmu_lock] = [layout.lock('slots_lock', 'mutex'), layout.lock('mmu_lock', 'spinlock')];
  const push = (n: number) => (mem: Memory) => {
    const p = mem.load(kprod);
    if (((p - mem.load(kreset)) & 0xffff) >= 4) return;
    mem.store(slot[p & 3], n);
    mem.store(off[p & 3], n);
    mem.store(kprod, p + 1);
    mem.store(prod, p + 1);
  };
  const harvest = (mem: Memory) => {
    const end = mem.load(prod);
    let i = mem.load(harvested);
    for (; i !== end; i = (i + 1) & 0xffff) {
      mem.load(slot[i & 3]);
      mem.load(off[i & 3]);
    }
    mem.store(harvested, i);
    mem.store(cons, end);
  };
  const resetAll = (mem: Memory) => {
    mem.lock(slots_lock);
    const end = mem.load(cons);
    let i = mem.load(reset);
    if (((end - i) & 0xffff) <= ((mem.load(kprod) - i) & 0xffff)) {
      for (; i !== end; ) {
        mem.load(slot[i & 3]);
        mem.load(off[i & 3]);
        mem.lock(mmu_lock);
        mem.unlock(mmu_lock);
        i = (i + 1) & 0xffff;
        mem.store(kreset, i);
      }
      mem.store(reset, i);
    }
    mem.unlock(slots_lock);
  };
  const operations = (...runs: ((mem: Memory) => void)[]) => runs.map((run, i) => ({ label: `${i}`, run }));
  return {
    layout,
    init: () => {},
    actors: [
      { name: 'vcpu', operations: operations(push(1), push(2), push(3), push(4)) },
      { name: 'userspace', operations: operations(harvest, harvest, harvest) },
      { name: 'kernel', operations: operations(resetAll, resetAll) },
    ],
  };
}
