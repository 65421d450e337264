import { isFence, isStore, Kind, kindOf, placeOf } from '../memory/kinds.ts';
import type { Layout } from '../memory/layout.ts';
import type { Trace } from '../memory/trace.ts';
import type { LocationName } from './locations.ts';
import type { MachinePlan, MachineThread } from './machinePlan.ts';

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
export function blocksOf(trace: Trace, layout: Layout, plan: MachinePlan): Block[] {
  const anchored = plan.actors.flatMap(({ thread, operations }, actor) =>
    operations.flatMap((operation, i) => {
      const accesses = accessesOf(trace, layout, actor, i);
      if (operation === 'write') return writeBlocks(accesses);
      const next = operations[i + 1];
      return callBlocks(accesses, thread, operation, next === undefined ? 'after_all' : FIRST[next]);
    }),
  );
  return merged(anchored.sort((a, b) => a.step - b.step).map(({ block }) => block));
}

/** How many entries a trace pushes. */
export const pushesIn = (trace: Trace, layout: Layout): number =>
  trace.filter(({ code }) => {
    const kind = kindOf(code);
    return isStore(kind) && DIRTY_INDEX.test(layout.places[placeOf(code)].name);
  }).length;

const DIRTY_INDEX = /^ring\d+\.dirty_index$/;

/** Where a thread stops first in an operation. */
export const FIRST: Readonly<Record<string, LocationName>> = {
  collect: 'before_harvest',
  reset: 'before_reset',
  signal: 'before_signal',
};

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
  const add = (step: number, command: 'touch' | 'write', page: number): void => {
    blocks.push({ step, block: { thread: 'vcpu', target: 'guest_done', guest: { command, page } } });
  };
  let pushed: number | undefined;
  for (const { step, kind, name, value, old } of accesses) {
    const [, page, field] = /^page(\d+)\.(translations|word)$/.exec(name) ?? [];
    if (isStore(kind) && DIRTY_INDEX.test(name)) pushed = step;
    if (field === 'translations' && kind === Kind.fetchOr) add(pushed ?? step, 'touch', Number(page));
    if (field === 'translations') pushed = undefined;
    if (field === 'word' && kind === Kind.cmpxchg && old !== value) add(step, 'write', Number(page));
  }
  return blocks;
}

/** The blocks of an operation that calls the kernel. @param next where the one after it begins. */
function callBlocks(
  accesses: readonly Access[],
  thread: MachineThread,
  operation: string,
  next: LocationName,
): Anchored[] {
  if (operation === 'signal')
    return accesses
      .filter(({ kind, name }) => kind === Kind.store && name.startsWith('signal to '))
      .map(({ step }) => ({ step, block: { thread, target: next } }));
  const blocks: Anchored[] = [];
  const add = (step: number, target: LocationName): void => {
    blocks.push({ step, block: { thread, target } });
  };
  const locks = accesses.flatMap(({ kind, name }, i) => (kind === Kind.lock && name === 'slots_lock' ? [i] : []));
  const copies = accesses.filter(({ name }) => name.startsWith('copy of '));
  const last = copies.length > 0 ? 'before_copy' : next;
  if (operation === 'collect' && locks.length > 0) add(accesses[locks[0] - 1].step, 'before_reset');
  for (const [i, from] of locks.entries())
    addReset(accesses.slice(from, locks[i + 1]), i + 1 < locks.length ? 'before_reset' : last, add);
  if (copies.length > 0) add(copies.at(-1)!.step, next);
  return blocks;
}

/** One call of the ioctl. @param accesses from the lock on. @param after where it returns to. */
function addReset(
  accesses: readonly Access[],
  after: LocationName,
  add: (step: number, target: LocationName) => void,
): void {
  add(accesses[0].step, 'reset');
  let taken = 0;
  for (const { step, name, value, kind } of accesses) {
    if (!isStore(kind) || value !== 0n || !/^ring\d+\[\d+\]\.flags$/.test(name)) continue;
    add(step, 'taken');
    taken++;
  }
  const unlock = accesses.findIndex(({ kind, name }) => kind === Kind.unlock && name === 'slots_lock');
  if (unlock < 0) return;
  add(accesses[unlock - 1].step, 'unlock');
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
