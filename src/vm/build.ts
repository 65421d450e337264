import { checkpointAtExit, takeCheckpoint } from '../actors/checkpoint.ts';
import { sendSignal, writeFromHost } from '../actors/host.ts';
import { storeToMapping } from '../actors/hostile.ts';
import { resetDirtyPages } from '../actors/kernel.ts';
import { liveMigrate } from '../actors/migrate.ts';
import { changeSlot } from '../actors/slots.ts';
import { collectAtExit, collectDirtyPages, copyBeforeRearming } from '../actors/userspace.ts';
import { haltActor, vcpuWrite } from '../actors/vcpu.ts';
import { initVm, layVm, type Vm, type VmShape } from '../actors/vm.ts';
import type { Scenario } from '../check/scenario.ts';
import type { Operation } from '../explore/program.ts';
import type { Cell, Cell64 } from '../memory/cell.ts';
import { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';
import { vmProperties } from './properties/vmProperties.ts';
import {
  type ActorSpec,
  hostileRings,
  labelOf,
  type OperationSpec,
  PAUSES,
  pagesMax,
  performs,
  type VmSpec,
} from './spec.ts';
import type { TrackerDescriptor } from './trackerDescriptor.ts';

/**
 * Makes a scenario of its JSON. Throws RangeError when a ring's size is refused.
 *
 * @param descriptor the tracker that `spec` names
 * @param layout where it is laid out, behind what is there
 * @param thread the number of its first actor
 */
export function buildVmWith(descriptor: TrackerDescriptor, spec: VmSpec, layout = new Layout(), thread = 0): Scenario {
  const shape = shapeOf(descriptor, spec, thread);
  const vm = layVm(layout, shape);
  const built = { spec, vm, layout, thread };
  const vcpus = spec.actors.filter((actor) => actor.operations.some((op) => op.do === 'halt')).length;
  const actors = spec.actors.map((actor) => ({
    name: actor.name,
    operations: actor.operations.map((op) => operationOf(built, actor, op)),
    // Whoever writes what it likes races with everybody.
    racy: actor.role === 'hostile',
  }));
  return {
    name: spec.name,
    program: { layout, init: (mem) => initVm(mem, vm, vcpus), actors, racy: racyCells(descriptor, spec, vm) },
    properties: vmProperties(descriptor, spec, vm, layout),
  };
}

function shapeOf(tracker: TrackerDescriptor, spec: VmSpec, thread: number): VmShape {
  const changed = spec.actors.flatMap(({ operations }) =>
    operations.flatMap((op) => (op.do === 'set-slot' ? [op.slot] : [])),
  );
  const signalled = spec.actors.flatMap(({ operations }) =>
    operations.flatMap((op) => (op.do === 'signal' ? [[threadOf(spec, op.to) + thread, op.to] as const] : [])),
  );
  return {
    ...spec,
    tracker,
    hostWrites: performs(spec, 'host-write'),
    slotsMax: new Map(changed.map((slot) => [slot, pagesMax(spec, slot)])),
    pauses: performs(spec, ...PAUSES),
    signalled: new Map(signalled),
  };
}

const threadOf = (spec: VmSpec, actor: string): number => spec.actors.findIndex(({ name }) => name === actor);

/**
 * Cells where a data race is not reported:
 * - The mapped cells of a ring that hostile userspace writes. Its indices no longer say which entries
 *   are in use, so push and reset meet at one entry. The kernel expects any value there.
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

/** What operations are made with. */
interface Built {
  readonly spec: VmSpec;
  readonly vm: Vm;
  readonly layout: Layout;
  /** The number of the first actor. */
  readonly thread: number;
}

function operationOf(built: Built, actor: ActorSpec, op: OperationSpec): Operation {
  const label = labelOf(op);
  const run = runOf(built, actor, op);
  return op.do === 'serve' || op.do === 'replicate'
    ? { label, run, until: (served) => served === true }
    : { label, run };
}

function runOf({ spec, vm, layout, thread }: Built, actor: ActorSpec, op: OperationSpec): (mem: Memory) => unknown {
  const vcpu = actor.vcpu ?? 0;
  const { tracker } = vm;
  switch (op.do) {
    case 'write': {
      const pages = pagesOf(vm, op.pages);
      return (mem) => vcpuWrite(mem, vm, vcpu, pages);
    }
    case 'host-write': {
      const pages = pagesOf(vm, op.pages);
      return (mem) => {
        for (const page of pages) writeFromHost(mem, vm, page);
      };
    }
    case 'halt':
      return (mem) => haltActor(mem, vm);
    case 'push': {
      const offset = BigInt(op.offset);
      return (mem) => tracker.pushEntry!(mem, vcpu, { slot: op.slot, offset });
    }
    case 'harvest':
      return (mem) => tracker.harvestRing!(mem, op.ring, op.max);
    case 'count':
      return (mem) => tracker.countRing!(mem, op.ring);
    case 'collect':
      return (mem) => collectDirtyPages(mem, vm);
    case 'serve':
      return (mem) => collectAtExit(mem, vm);
    case 'copy-first':
      return (mem) => copyBeforeRearming(mem, vm);
    case 'checkpoint':
      return (mem) => takeCheckpoint(mem, vm, op.fails);
    case 'replicate':
      return (mem) => checkpointAtExit(mem, vm);
    case 'migrate':
      return (mem) => liveMigrate(mem, vm, op.few, op.rounds);
    case 'set-slot':
      return (mem) => changeSlot(mem, vm, op.slot, op.npages);
    case 'signal': {
      const signal = vm.signals.get(threadOf(spec, op.to) + thread)!;
      return (mem) => sendSignal(mem, signal);
    }
    case 'reset':
      return (mem) => resetDirtyPages(mem, vm);
    case 'reset-ring':
      return (mem) => resetRing(mem, vm, op.ring);
    case 'poke': {
      const value = BigInt(op.value);
      const place = placeIn(layout, vm, op.ring, op.at, op.bits);
      return (mem) => storeToMapping(mem, place, value);
    }
  }
}

const pagesOf = (vm: Vm, pages: readonly (readonly [number, number])[]) =>
  pages.map(([slot, offset]) => vm.guest.slots.get(slot)![offset]);

function resetRing(mem: Memory, { kvm, tracker }: Vm, ring: number): boolean {
  mem.lock(kvm.slots_lock);
  const processed = tracker.resetRing!(mem, ring);
  if (processed) kvm.arch.flush_remote_tlbs(mem);
  mem.unlock(kvm.slots_lock);
  return processed;
}

/** Any bytes of a ring as a cell: the ring's own where there is one at that place and width. */
function placeIn(layout: Layout, vm: Vm, ring: number, at: number, bits: 8 | 16 | 32 | 64): Cell | Cell64 {
  const { name: of, data } = vm.tracker.mapped[ring];
  const offset = data + at;
  const known = layout.places.find((place) => place.offset === offset && place.bits === bits);
  if (known?.kind === 'cell' || known?.kind === 'cell64') return known;
  const name = `${of}+${at}.u${bits}`;
  return bits === 64 ? layout.cell64(name, offset) : layout.cell(name, `u${bits}`, offset);
}
