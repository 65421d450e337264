import type { KernelFiles } from '../conformance/conformance.ts';
import { BadInput } from '../input/badInput.ts';
import { type Block, type BlockSchedule, firstPlace } from './blocks.ts';
import { ScheduleForcer, ThreadStuck } from './forcer.ts';
import { addressOf, isOfKernel, type LocationName, locations } from './locations.ts';
import { Machine, MachineStopped } from './machine.ts';
import type { RoundResult } from './machineLines.ts';
import { type MachinePlan, type MachineThread, programText } from './machinePlan.ts';

/** Rounds are repeated this often, or as often as there are rounds. */
const REPEATS_MIN = 10;
const BOOTS_MAX = 3;

/** One round that is to be run. */
export interface RoundOrder extends BlockSchedule {
  /** Whether threads are stopped inside the kernel. */
  readonly forced: boolean;
}

/** A round that was run. */
export interface PerformedRound extends RoundResult {
  readonly forced: boolean;
  /** Whether each block was performed in its place: the kernel made no thread wait. */
  readonly inOrder: boolean;
  /**
   * Whether an interrupt took the vCPU out of the guest in between, so that QEMU dropped its
   * translations: the guest's write pushed an entry that the schedule does not have. The round is
   * not counted, and repeated.
   */
  readonly disturbed: boolean;
}

export interface KernelRounds {
  readonly release: string;
  readonly build: string;
  readonly rounds: readonly PerformedRound[];
}

/**
 * Boots a kernel, and performs rounds of a plan in it. Throws BadInput, ToolMissing, or Error if
 * the machine stopped early. @param onRound is called after each round.
 */
export async function performRounds(
  files: KernelFiles,
  plan: MachinePlan,
  orders: readonly RoundOrder[],
  onRound: (done: number) => void = () => {},
): Promise<KernelRounds> {
  const rounds: PerformedRound[] = [];
  for (let boots = 1; ; boots++) {
    try {
      return await performRest(files, plan, orders, rounds, onRound);
    } catch (error) {
      // On a busy host, QEMU's stub can lose a thread. Another machine does the rest.
      if (boots === BOOTS_MAX || !(error instanceof ThreadStuck)) throw error;
    }
  }
}

/** Performs the orders after those that `rounds` has, and adds them to it. */
async function performRest(
  files: KernelFiles,
  plan: MachinePlan,
  orders: readonly RoundOrder[],
  rounds: PerformedRound[],
  onRound: (done: number) => void,
): Promise<KernelRounds> {
  const { machine, release, build, symbols, mailbox } = await bootMachine(files, plan);
  try {
    refuseMissing(release, symbols, orders);
    const gdb = await machine.debug();
    const forcer = new ScheduleForcer(gdb, symbols, mailbox);
    await forcer.begin();
    const first = firstPlaces(plan);
    await forcer.gather(first);
    const done = rounds.filter(({ disturbed }) => !disturbed).length;
    for (const order of withRepeats(orders.slice(done), rounds)) {
      const { blocks, records, forced } = order;
      const inOrder = forced ? await force(forcer, blocks) : await runFreely(forcer, blocks);
      await forcer.gather(first);
      const { kind: _, ...result } = await machine.line('round');
      const disturbed = forced && inOrder && countPushes(result.records) > countPushes(records);
      rounds.push({ ...result, forced, inOrder, disturbed });
      onRound(rounds.filter((round) => !round.disturbed).length);
    }
    gdb.end();
    return { release, build, rounds };
  } catch (error) {
    throw await machine.reasonOf(error);
  } finally {
    await machine.end();
  }
}

interface BootedMachine {
  readonly machine: Machine;
  readonly release: string;
  readonly build: string;
  readonly symbols: ReadonlyMap<string, bigint>;
  readonly mailbox: bigint;
}

/**
 * Boots a kernel until our program waits for the debugger. On a busy host, a boot in emulation can
 * panic: then it is tried again.
 */
async function bootMachine(files: KernelFiles, plan: MachinePlan): Promise<BootedMachine> {
  for (let attempt = 1; ; attempt++) {
    const machine = new Machine();
    try {
      machine.start(files, programText(plan));
      const { release, build } = await machine.line('kernel');
      const { symbols, mailbox } = await machine.line('symbols');
      return { machine, release, build, symbols, mailbox };
    } catch (error) {
      await machine.end();
      if (attempt === BOOTS_MAX || !(error instanceof MachineStopped)) throw error;
    }
  }
}

/** The orders, each again while its last round was disturbed. */
function* withRepeats(orders: readonly RoundOrder[], rounds: readonly PerformedRound[]): Generator<RoundOrder> {
  let repeats = Math.max(REPEATS_MIN, orders.length);
  for (const order of orders) {
    yield order;
    while (rounds.at(-1)!.disturbed && repeats-- > 0) yield order;
  }
}

const countPushes = (records: readonly string[]): number =>
  records.filter((record) => record.startsWith('push')).length;

/** By thread that calls the kernel: where it stops first in a round. */
const firstPlaces = ({ actors }: MachinePlan): ReadonlyMap<MachineThread, LocationName> =>
  new Map(
    actors.flatMap(({ thread, operations }): [MachineThread, LocationName][] =>
      thread === 'vcpu' ? [] : [[thread, firstPlace(operations[0])]],
    ),
  );

/** Throws BadInput if the kernel lacks a function at which a thread is to be stopped. */
function refuseMissing(release: string, symbols: ReadonlyMap<string, bigint>, orders: readonly RoundOrder[]): void {
  const needed = new Set(orders.flatMap(({ blocks }) => blocks.map(({ target }) => target)));
  const missing = [...needed].filter((name) => addressOf(name, symbols) === undefined);
  if (missing.length === 0) return;
  const functions = missing.map((name) => `${(locations[name] as { symbol?: string }).symbol} (${name})`);
  throw new BadInput(`the kernel ${release} has no function ${functions.join(', ')}: it may be inlined there`);
}

async function force(forcer: ScheduleForcer, blocks: readonly Block[]): Promise<boolean> {
  let inOrder = true;
  for (const block of blocks) inOrder = (await forcer.perform(block)) && inOrder;
  return inOrder;
}

/**
 * Performs blocks without stops in the kernel: in order until a thread enters it, and from then on
 * without a debugger. Userspace lets the guest write after its last operation.
 */
async function runFreely(forcer: ScheduleForcer, blocks: readonly Block[]): Promise<true> {
  const entered = blocks.findIndex(({ target }) => isOfKernel(target));
  const kept = entered < 0 ? blocks : blocks.slice(0, entered);
  for (const block of kept) await forcer.perform(block);
  const rest = blocks.slice(kept.length);
  await forcer.letRun(rest.flatMap(({ guest }) => (guest?.command === 'write' ? [guest.page] : [])));
  return true;
}
