import type { BuildContext } from '../actors/operation.ts';
import { preemptedActors } from '../actors/operations/preempt.ts';
import { type OperationSpec, operationDescriptor } from '../actors/operations/registry.ts';
import { slotSizeChanges } from '../actors/operations/setSlot.ts';
import { signalledActors } from '../actors/operations/signal.ts';
import { roles } from '../actors/roles/registry.ts';
import { initVm, layVm, type Vm, type VmShape } from '../actors/vm.ts';
import type { Scenario } from '../check/scenario.ts';
import { withoutProperties } from '../check/withoutProperties.ts';
import type { Operation } from '../explore/program.ts';
import type { Cell, Cell64 } from '../memory/cell.ts';
import { Layout } from '../memory/layout.ts';
import { vmProperties } from './properties/vmProperties.ts';
import { hostileRings, pagesMax, performs, performsWhere, type VmSpec } from './spec.ts';
import type { TrackerDescriptor } from './trackerDescriptor.ts';

/** Userspace's code. */
export type UserspaceCode = Pick<VmShape, 'harvester' | 'collect'>;

/**
 * Makes a scenario of its JSON. Throws RangeError when a ring's size is refused.
 *
 * @param descriptor the tracker that `spec` names
 * @param layout where it is laid out, behind what is there
 * @param thread the number of its first actor
 * @param userspace code that runs in the place of ours
 */
export function buildVmWith(
  descriptor: TrackerDescriptor,
  spec: VmSpec,
  layout = new Layout(),
  thread = 0,
  userspace: UserspaceCode = {},
): Scenario {
  const shape = { ...shapeOf(descriptor, spec, thread), ...userspace };
  const vm = layVm(layout, shape);
  const machine = {
    vm,
    mapped: (ring: number, at: number, bits: 8 | 16 | 32 | 64) => placeIn(layout, vm, ring, at, bits),
    signalTo: (actor: string) => vm.signals.get(threadOf(spec, actor) + thread)!,
    yieldOf: (actor: string) => vm.yields.get(threadOf(spec, actor) + thread)!,
  };
  const halting = spec.actors.filter((actor) => actor.operations.some((op) => op.do === 'halt')).length;
  const actors = spec.actors.map(({ name, role, vcpu = 0, operations }) => ({
    name,
    operations: operations.map((op) => operationOf({ ...machine, vcpu }, op)),
    racy: roles[role].isRacy,
  }));
  return {
    name: spec.name,
    program: { layout, init: (mem) => initVm(mem, vm, halting), actors, racy: racyCells(descriptor, spec, vm) },
    properties: withoutProperties(vmProperties(descriptor, spec, vm, layout), spec.ignores ?? []),
  };
}

function shapeOf(tracker: TrackerDescriptor, spec: VmSpec, thread: number): VmShape {
  return {
    ...spec,
    tracker,
    threads: thread + spec.actors.length,
    hostWrites: performs(spec, 'host-write'),
    rewritesRings: performs(spec, 'poke'),
    slotsMax: new Map(slotSizeChanges(spec).map(({ slot }) => [slot, pagesMax(spec, slot)])),
    pauses: performsWhere(spec, ({ pauses }) => pauses),
    signalled: threadsOf(spec, thread, signalledActors(spec)),
    preempted: threadsOf(spec, thread, preemptedActors(spec)),
  };
}

const threadsOf = (spec: VmSpec, first: number, actors: ReadonlySet<string>): Map<number, string> =>
  new Map([...actors].map((actor) => [threadOf(spec, actor) + first, actor]));

const threadOf = (spec: VmSpec, actor: string): number => spec.actors.findIndex(({ name }) => name === actor);

/**
 * Cells where a data race is not reported:
 * - The mapped cells of a ring that hostile userspace writes. Its indices no longer say which
 *   entries are in use, so push and reset meet at one entry. The kernel expects any value there.
 * - All mapped cells of a tracker that accesses them plainly.
 * - The kernel's own indices, where a C file runs. Linux assumes that plain writes of a word are
 *   atomic, and so does KCSAN by default (CONFIG_KCSAN_ASSUME_PLAIN_WRITES_ATOMIC).
 */
function racyCells(descriptor: TrackerDescriptor, spec: VmSpec, { tracker }: Vm): (Cell | Cell64)[] {
  const poked = hostileRings(spec);
  const mapped = tracker.mapped.filter((_, ring) => descriptor.racesWhenMapped || poked.has(ring));
  const indices = spec.kernel === undefined ? [] : descriptor.kernelIndices(tracker);
  return [...mapped.flatMap(({ cells }) => cells), ...indices];
}

function operationOf(machine: BuildContext, op: OperationSpec): Operation {
  const descriptor = operationDescriptor(op);
  const operation = { label: descriptor.label(op), run: descriptor.build(op, machine) };
  return descriptor.repeats ? { ...operation, until: (result) => result === true } : operation;
}

/** `bits` bits of a ring as a cell: the ring's own cell where it has one there of that width. */
function placeIn(layout: Layout, vm: Vm, ring: number, at: number, bits: 8 | 16 | 32 | 64): Cell | Cell64 {
  const { name: of, data } = vm.tracker.mapped[ring];
  const offset = data + at;
  const known = layout.places.find((place) => place.offset === offset && place.bits === bits);
  if (known?.kind === 'cell' || known?.kind === 'cell64') return known;
  const name = `${of}+${at}.u${bits}`;
  return bits === 64 ? layout.cell64(name, offset) : layout.cell(name, `u${bits}`, offset);
}
