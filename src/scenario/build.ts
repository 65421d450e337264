import { poke } from '../actors/hostile.ts';
import { resetDirtyPages } from '../actors/kernel.ts';
import { collect, serve } from '../actors/userspace.ts';
import { vcpuHalt, vcpuWrite } from '../actors/vcpu.ts';
import { initVm, layVm, type Vm } from '../actors/vm.ts';
import type { Operation } from '../explore/program.ts';
import type { Cell, Cell64 } from '../memory/cell.ts';
import { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';
import { gfn_ring_count, gfn_ring_harvest } from '../ring/harvest.ts';
import { kvm_gfn_ring_push } from '../ring/push.ts';
import { kvm_gfn_ring_reset } from '../ring/reset.ts';
import { vmProperties } from './properties/vmProperties.ts';
import type { Scenario } from './scenario.ts';
import { type ActorSpec, labelOf, type OperationSpec, type VmSpec } from './spec.ts';

/** Makes a scenario of its JSON. Throws RangeError when a ring's size is refused. */
export function buildVm(spec: VmSpec): Scenario {
  const layout = new Layout();
  const vm = layVm(layout, spec);
  const vcpus = spec.actors.filter((actor) => actor.operations.some((op) => op.do === 'halt')).length;
  const actors = spec.actors.map((actor) => ({
    name: actor.name,
    operations: actor.operations.map((op) => operationOf(vm, layout, actor, op)),
    // Whoever writes what it likes races with everybody.
    racy: actor.role === 'hostile',
  }));
  return {
    name: spec.name,
    program: { layout, init: (mem) => initVm(mem, vm, spec.index, vcpus), actors, racy: pokedCells(spec, vm) },
    properties: vmProperties(spec, vm, layout),
  };
}

/**
 * The mapped cells of rings that somebody pokes. Their indices say nothing about their entries any more, so that push and reset of one kernel meet there; what is
 * read holds anything, and is taken for that.
 */
function pokedCells({ actors }: VmSpec, { kvm }: Vm): (Cell | Cell64)[] {
  const poked = kvm.rings.filter((_, ring) =>
    actors.some(({ operations }) => operations.some((op) => op.do === 'poke' && op.ring === ring)),
  );
  return poked.flatMap(({ indices, entries }) => [
    ...Object.values(indices),
    ...entries.flatMap(({ slot, offset }) => [slot, offset]),
  ]);
}

function operationOf(vm: Vm, layout: Layout, actor: ActorSpec, op: OperationSpec): Operation {
  const label = labelOf(op);
  const run = runOf(vm, layout, actor, op);
  return op.do === 'serve' ? { label, run, until: (served) => served === true } : { label, run };
}

function runOf(vm: Vm, layout: Layout, actor: ActorSpec, op: OperationSpec): (mem: Memory) => unknown {
  const vcpu = actor.vcpu ?? 0;
  const allRings = vm.kvm.rings.map((_, i) => i);
  switch (op.do) {
    case 'write': {
      const pages = op.pages.map(([slot, offset]) => vm.guest.slots.get(slot)![offset]);
      return (mem) => vcpuWrite(mem, vm, vcpu, pages);
    }
    case 'halt':
      return (mem) => vcpuHalt(mem, vm);
    case 'push': {
      const offset = BigInt(op.offset);
      return (mem) => kvm_gfn_ring_push(mem, vm.kvm.rings[vcpu], op.slot, offset);
    }
    case 'harvest':
      return (mem) => gfn_ring_harvest(mem, vm.kvm.rings[op.ring], op.max);
    case 'count':
      return (mem) => gfn_ring_count(mem, vm.kvm.rings[op.ring]);
    case 'collect':
      return (mem) => collect(mem, vm, allRings);
    case 'serve':
      return (mem) => serve(mem, vm, allRings);
    case 'reset':
      return (mem) => resetDirtyPages(mem, vm);
    case 'reset-ring':
      return (mem) => resetRing(mem, vm, op.ring);
    case 'poke': {
      const value = BigInt(op.value);
      const place = placeIn(layout, vm, op.ring, op.at, op.bits);
      return (mem) => poke(mem, place, value);
    }
  }
}

function resetRing(mem: Memory, { kvm }: Vm, ring: number): boolean {
  mem.lock(kvm.slots_lock);
  const processed = kvm_gfn_ring_reset(mem, kvm, kvm.rings[ring]);
  if (processed) kvm.arch.flush_remote_tlbs(mem);
  mem.unlock(kvm.slots_lock);
  return processed;
}

/** Any bytes of a ring as a cell: the ring's own where there is one at that place and width. */
function placeIn(layout: Layout, vm: Vm, ring: number, at: number, bits: 8 | 16 | 32 | 64): Cell | Cell64 {
  const offset = vm.kvm.rings[ring].data + at;
  const known = layout.places.find((place) => place.offset === offset && place.bits === bits);
  if (known?.kind === 'cell' || known?.kind === 'cell64') return known;
  const name = `ring${ring}+${at}.u${bits}`;
  return bits === 64 ? layout.cell64(name, offset) : layout.cell(name, `u${bits}`, offset);
}
