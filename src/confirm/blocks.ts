import { isFence, isStore, Kind, kindOf, placeOf } from '../memory/kinds.ts';
import type { Layout } from '../memory/layout.ts';
import type { Trace } from '../memory/trace.ts';
import type { LocationName } from './locations.ts';
import type { MachineOperation, MachinePlan, MachineThread } from './machinePlan.ts';

/** What one thread does without a stop. */
export interface Block {
  readonly thread: MachineThread;
  /** Where it stops then. */
  readonly target: LocationName;
  /** What the guest is told to do. */
  readonly guest?: { readonly command: 'touch' | 'write'; readonly page: number };
}

/** A block, and the step of the trace in whose place it is performed. */
interface Anchored {
  readonly step: number;
  readonly block: Block;
  /** What happens to a ring in it. */
  readonly ring?: 'push' | 'take' | 'reset';
}

/** A schedule of a machine. */
export interface BlockSchedule {
  readonly blocks: readonly Block[];
  /** The trace records that the kernel has to write: see `recordsOf`. */
  readonly records: readonly string[];
}

/** An access of the trace, with the name of its place. */
interface Access {
  readonly step: number;
  readonly kind: number;
  readonly name: string;
  readonly value: bigint;
  readonly old: bigint;
}

/**
 * The schedule of a trace on a machine: blocks in order. Only the order of some steps is kept, one
 * for each block: the last one that other threads can see. Consecutive blocks of a thread are one.
 */
export function blocksOf(trace: Trace, layout: Layout, plan: MachinePlan): BlockSchedule {
  const anchored = plan.actors.flatMap(({ thread, operations }, actor) =>
    operations.flatMap((operation, i) => {
      const accesses = accessesOf(trace, layout, actor, i);
      if (operation.name === 'write') return writeBlocks(accesses);
      return callBlocks(accesses, thread, operation.name, firstPlace(operations[i + 1]));
    }),
  );
  anchored.sort((a, b) => a.step - b.step);
  return { blocks: merged(anchored.map(({ block }) => block)), records: recordsOf(anchored) };
}

/**
 * The kernel's trace records: `push 3` where the ring's dirty index becomes 3, `reset 2` where a
 * call of kvm_dirty_ring_reset leaves its reset index at 2.
 */
function recordsOf(anchored: readonly Anchored[]): string[] {
  let [pushed, taken] = [0, 0];
  return anchored.flatMap(({ ring }) => {
    if (ring === 'push') return [`push ${++pushed}`];
    if (ring === 'take') taken++;
    return ring === 'reset' ? [`reset ${taken}`] : [];
  });
}

const FLAGS = /^ring\d+\[\d+\]\.flags$/;

/** Where a thread stops first in an operation; undefined: after the last one. */
export function firstPlace(operation: MachineOperation | undefined): LocationName {
  if (operation === undefined) return 'after_all';
  if (operation.name === 'signal') return 'before_signal';
  return operation.name === 'reset' ? 'before_reset' : 'before_harvest';
}

function accessesOf(trace: Trace, layout: Layout, actor: number, operation: number): Access[] {
  return trace.flatMap((step, i) => {
    const kind = kindOf(step.code);
    if (step.thread !== actor || step.operation !== operation || isFence(kind)) return [];
    return [{ step: i, kind, name: layout.places[placeOf(step.code)].name, value: step.value, old: step.old }];
  });
}

/**
 * A write of the guest is two accesses of the real one. The first makes a writable translation and
 * changes nothing: KVM pushes an entry. The second stores through that translation.
 */
function writeBlocks(accesses: readonly Access[]): Anchored[] {
  const blocks: Anchored[] = [];
  const add = (step: number, command: 'touch' | 'write', page: number, pushes = false): void => {
    const block: Block = { thread: 'vcpu', target: 'guest_done', guest: { command, page } };
    blocks.push({ step, block, ...(pushes && { ring: 'push' as const }) });
  };
  let pushed: number | undefined;
  for (const { step, kind, name, value, old } of accesses) {
    const [, page, field] = /^page(\d+)\.(translations|word)$/.exec(name) ?? [];
    if (isStore(kind) && FLAGS.test(name)) pushed = step; // from here on, it can be harvested
    if (field === 'translations' && kind === Kind.fetchOr)
      add(pushed ?? step, 'touch', Number(page), pushed !== undefined);
    if (field === 'translations') pushed = undefined;
    if (field === 'word' && kind === Kind.cmpxchg && old !== value) add(step, 'write', Number(page));
  }
  return blocks;
}

/** The blocks of an operation that calls the kernel. @param next where the one after it begins. */
function callBlocks(
  accesses: readonly Access[],
  thread: MachineThread,
  operation: MachineOperation['name'],
  next: LocationName,
): Anchored[] {
  if (operation === 'signal')
    return accesses
      .filter(({ kind, name }) => kind === Kind.store && name.startsWith('signal to '))
      .map(({ step }) => ({ step, block: { thread, target: next } }));
  const blocks: Anchored[] = [];
  const add: AddBlock = (step, target, ring) => {
    blocks.push({ step, block: { thread, target }, ...(ring && { ring }) });
  };
  const locks = accesses.flatMap(({ kind, name }, i) => (kind === Kind.lock && name === 'slots_lock' ? [i] : []));
  if (locks.length === 0) return blocks;
  // A change of the slot is a collection, and two more calls of the kernel.
  const changesSlot = operation === 'set-slot' && locks.length > 1;
  const resets = changesSlot ? locks.slice(0, 1) : locks;
  const end = changesSlot ? locks[1] : accesses.length;
  const copy = accesses.slice(0, end).findLast(({ name }) => name.startsWith('copy of '));
  const after = changesSlot ? 'before_slot' : next;
  if (operation !== 'reset') add(accesses[locks[0] - 1].step, 'before_reset');
  for (const [i, from] of resets.entries()) {
    const isLast = i + 1 === resets.length;
    addReset(
      accesses.slice(from, isLast ? end : resets[i + 1]),
      isLast ? (copy ? 'before_copy' : after) : 'before_reset',
      add,
    );
  }
  if (copy !== undefined) add(copy.step, after);
  if (changesSlot) add(accesses.at(-1)!.step, next);
  return blocks;
}

type AddBlock = (step: number, target: LocationName, ring?: 'take' | 'reset') => void;

/** One call of the ioctl. @param accesses from the lock on. @param after where it returns to. */
function addReset(accesses: readonly Access[], after: LocationName, add: AddBlock): void {
  add(accesses[0].step, 'reset');
  let taken = 0;
  for (const { step, name, value, kind } of accesses) {
    if (!isStore(kind) || value !== 0n || !FLAGS.test(name)) continue;
    add(step, 'taken', 'take');
    taken++;
  }
  const unlock = accesses.findIndex(({ kind, name }) => kind === Kind.unlock && name === 'slots_lock');
  if (unlock < 0) return;
  add(accesses[unlock - 1].step, 'unlock', 'reset');
  add(accesses[unlock].step, taken > 0 ? 'flush' : after);
  const flush = accesses.findLast(({ kind, name }) => kind === Kind.xchg && /^page\d+\.translations$/.test(name));
  if (flush !== undefined && taken > 0) add(flush.step, after);
}

/** Joins consecutive blocks of a thread. Those of the guest stay apart: each is a command. */
function merged(blocks: readonly Block[]): Block[] {
  const joined: Block[] = [];
  for (const block of blocks) {
    const before = joined.at(-1);
    if (before?.thread === block.thread && block.guest === undefined) joined.pop();
    joined.push(block);
  }
  return joined;
}
