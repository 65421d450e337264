import { isChoice, isPlain, isRead, isRmw, Kind, kindOf } from '../../../memory/kinds.ts';
import type { Execution } from '../../execution/execution.ts';
import type { Violation } from '../../execution/violation.ts';
import { popcount } from '../../schedulers/scheduler.ts';
import type { VarintBuffer } from '../../states/varintBuffer.ts';
import type { ByteRanges } from '../byteRanges.ts';
import { AccessHistory } from '../rc11/accessHistory.ts';
import { DataRaces } from '../rc11/dataRaces.ts';
import type { MessageView } from '../rc11/threadView.ts';
import type { GraphModel } from '../relations.ts';
import { C11Clocks } from './c11Clocks.ts';
import type { StoreBuffers } from './storeBuffers.ts';

/** What the detector asks of the memory: see `TsoMemory`. */
interface TsoParts extends Pick<GraphModel, 'storesRead' | 'storesWritten'> {
  readonly locations: ByteRanges;
  readonly buffers: StoreBuffers;
}

/** Ends a list of numbers above it. */
const END = 0;

/**
 * HOT under `tso`. Data races of C11, in executions of TSO: what the processor orders does not
 * order what the compiler may do. Fences that are no steps count where the code has passed them.
 *
 * The clocks follow the execution only while some cell is accessed plainly.
 */
export class TsoRaces {
  private readonly execution: Execution;
  private readonly buffers: StoreBuffers;
  private readonly actors: number;
  private readonly clocks: C11Clocks;
  private readonly races: DataRaces;
  private readonly past: AccessHistory;
  /** So many steps are in the clocks. */
  private known = 0;

  constructor(execution: Execution, memory: TsoParts) {
    const { locations } = memory;
    this.execution = execution;
    this.buffers = memory.buffers;
    this.actors = execution.program.actors.length;
    const clocks = new C11Clocks(execution, memory, locations.count);
    const { views, threadViews, stepsOf } = clocks;
    const order = { locations, views, threadViews, stepsOf, beforeSecondFence: () => clocks.beforeSecondFence };
    this.clocks = clocks;
    this.races = new DataRaces(execution, order);
    this.past = new AccessHistory(execution, order, this.races);
  }

  get plainLocations(): number {
    return this.races.plainLocations;
  }

  /** The race of the last step with one before. */
  violation(): Violation | undefined {
    const { footprints, schedule, steps } = this.execution;
    const s = steps - 1;
    if (schedule[s] >= this.actors) return undefined;
    if (this.races.plainLocations === 0 && !isPlain(kindOf(footprints[s]))) return undefined;
    this.catchUp(s);
    this.clocks.add(s);
    // A fence behind the access does not order it.
    const race = this.races.at(s);
    this.passFences(s);
    this.known = steps;
    return race;
  }

  /** Step `s`, the last one, is undone. So many stores were there before it. */
  undo(s: number, stores: number): void {
    if (s >= this.known) return;
    this.known = s;
    if (this.execution.schedule[s] < this.actors) this.clocks.remove(s, stores);
  }

  private catchUp(steps: number): void {
    for (; this.known < steps; this.known++) {
      if (this.execution.schedule[this.known] >= this.actors) continue;
      this.clocks.add(this.known);
      this.passFences(this.known);
    }
  }

  /** The fences between step `s` of an actor and its next access: see `ExecutionTrie.fences`. */
  private passFences(s: number): void {
    const { tree, threads, nodes, schedule } = this.execution;
    if (tree.fences.size === 0) return;
    const thread = schedule[s];
    this.passFencesBefore(thread, this.nodeAfter(s));
    const [first, end] = [threads.performedBefore(thread, s), threads.performedBefore(thread, s + 1)];
    if (first === end) return;
    for (let n = first + 1; n < end; n++) this.passFencesBefore(thread, threads.leafOf(thread, n));
    let next = s + 1;
    while (next < this.execution.steps && schedule[next] !== thread) next++;
    this.passFencesBefore(thread, next < this.execution.steps ? nodes[next] : this.execution.node[thread]);
  }

  private passFencesBefore(thread: number, node: number): void {
    const kinds = this.execution.tree.fences.get(node);
    if (kinds !== undefined) for (const kind of kinds) this.clocks.fence(thread, kind);
  }

  /** The node that follows step `s` and its result: also one that closes an iteration of a loop. */
  private nodeAfter(s: number): number {
    const { tree, nodes, footprints, values, highs, olds, oldHighs } = this.execution;
    const kind = kindOf(footprints[s]);
    if (isRmw(kind)) return tree.child(nodes[s], olds[s], oldHighs[s]);
    if (kind === Kind.wakeSome) return tree.child(nodes[s], popcount(values[s]), 0);
    if (kind === Kind.resumeFor) return tree.child(nodes[s], values[s], 0);
    return isRead(kind) || isChoice(kind) ? tree.child(nodes[s], values[s], highs[s]) : tree.child(nodes[s], 0, 0);
  }

  /** Adds which accesses that can still be raced with happen before what. */
  addState(row: VarintBuffer): void {
    if (this.races.plainLocations === 0) return;
    this.catchUp(this.execution.steps);
    const { past } = this;
    past.update();
    row.add(past.count);
    if (past.count === 0) return;
    for (let i = 0; i < past.count; i++) row.add(past.names[i]);
    const { threadViews, messageViews, lockViews } = this.clocks;
    for (let t = 0; t < this.actors; t++) {
      if (this.execution.pending[t] < 0) continue;
      const { current, loads, acquire, release, stores } = threadViews[t];
      for (const view of [current, loads, acquire, release, stores]) this.add(view, row);
    }
    this.buffers.forEachReadable((store) => this.add(messageViews[store], row));
    for (let id = 0; id < lockViews.length; id++) {
      if (lockViews[id] === this.clocks.views.initial) continue;
      row.add(id + 1);
      this.add(lockViews[id], row);
    }
    row.add(END);
  }

  private add(view: MessageView, row: VarintBuffer): void {
    for (let from = 0; from < this.past.count; from += 32) row.add(this.past.knownTo(view, from));
  }
}
