import { expect, test } from 'vitest';
import type { Block } from '../../src/confirm/blocks.ts';
import { ScheduleForcer } from '../../src/confirm/forcer.ts';
import type { GdbClient, StopPoint } from '../../src/confirm/gdbClient.ts';
import { type LocationName, locations } from '../../src/confirm/locations.ts';
import type { MachineThread } from '../../src/confirm/machinePlan.ts';

const names = Object.keys(locations) as LocationName[];
const symbols = new Map(
  names.map((name, i) => {
    const location = locations[name];
    return ['symbol' in location ? location.symbol : name, BigInt(0x1000 + i)] as const;
  }),
);
const addressOf = (name: LocationName): bigint => {
  const location = locations[name];
  return symbols.get('symbol' in location ? location.symbol : name)!;
};

/** Where a thread comes to, in order; `waits`: it waits until another one has gone on. */
type Path = (LocationName | 'waits')[];

/** A machine whose processors go along paths. `log` has what happens. */
class FakeMachine {
  readonly log: string[] = [];
  private readonly points = new Set<bigint>();
  private readonly at: (LocationName | undefined)[] = [];
  private running: readonly number[] = [];
  private readonly paths: readonly Path[];

  constructor(...paths: Path[]) {
    this.paths = paths;
  }

  insert = async ({ address }: StopPoint): Promise<void> => void this.points.add(address);
  remove = async ({ address }: StopPoint): Promise<void> => void this.points.delete(address);
  step = async (cpu: number): Promise<void> => void this.log.push(`step ${cpu}`);
  writePhysical = async (): Promise<void> => {};
  interrupt = async () => ({ signal: 2, cpu: 1, isWatch: false });
  registers = async (cpu: number) => ({ rip: addressOf(this.at[cpu - 1]!), rdi: 0n, rsi: 0n });

  resume(cpus: readonly number[]): void {
    this.running = cpus;
  }

  async stop() {
    for (const cpu of this.running) {
      const path = this.paths[cpu - 1];
      // Once another thread in the kernel runs too, what this one waits for is there.
      if (path[0] === 'waits' && this.running.length > 2) path.shift();
      while (path.length > 0 && path[0] !== 'waits') {
        const place = path.shift() as LocationName;
        if (!this.points.has(addressOf(place))) continue;
        this.at[cpu - 1] = place;
        this.log.push(`${cpu} at ${place}`);
        return { signal: 5, cpu, isWatch: false };
      }
    }
    return undefined;
  }
}

const FIRST = new Map<MachineThread, LocationName>([
  ['userspace', 'before_harvest'],
  ['second', 'before_reset'],
]);
const block = (thread: MachineThread, target: LocationName): Block => ({ thread, target });

async function forced(machine: FakeMachine, ...blocks: Block[]): Promise<boolean[]> {
  const forcer = new ScheduleForcer(machine as unknown as GdbClient, symbols, 0n);
  await forcer.begin();
  await forcer.gather(FIRST);
  machine.log.length = 0;
  const inPlace: boolean[] = [];
  for (const each of blocks) inPlace.push(await forcer.perform(each));
  return inPlace;
}

test('threads come to their places in the order of the blocks', async () => {
  const machine = new FakeMachine(
    ['before_harvest', 'before_reset', 'after_all'],
    ['before_reset', 'flush', 'after_all'],
    [],
  );
  const order = [block('userspace', 'before_reset'), block('second', 'flush'), block('userspace', 'after_all')];
  expect(await forced(machine, ...order)).toEqual([true, true, true]);
  expect(machine.log).toEqual(['step 1', '1 at before_reset', 'step 2', '2 at flush', 'step 1', '1 at after_all']);
});

test('a thread that waits for another one: that one goes on, and the order is not kept', async () => {
  const machine = new FakeMachine(
    ['before_harvest', 'waits', 'before_copy'],
    ['before_reset', 'flush', 'after_all'],
    [],
  );
  expect(await forced(machine, block('second', 'flush'), block('userspace', 'before_copy'))).toEqual([true, false]);
  expect(machine.log.slice(-1)).toEqual(['1 at before_copy']);
});

test('a thread that ends without its place stops there, before its next round', async () => {
  const machine = new FakeMachine(['before_harvest', 'after_all', 'before_harvest'], ['before_reset'], []);
  const order = [block('userspace', 'before_copy'), block('userspace', 'after_all')];
  expect(await forced(machine, ...order)).toEqual([false, true]);
  expect(machine.log.slice(-1)).toEqual(['1 at after_all']);
});
