import { collect } from '../../actors/userspace.ts';
import type { Vm } from '../../actors/vm.ts';
import type { Look, Properties } from '../../check/property.ts';
import { u16 } from '../../memory/cell.ts';
import type { Layout } from '../../memory/layout.ts';
import { restOf } from '../rest.ts';
import { hostileRings, type VmSpec } from '../spec.ts';
import { armedPages } from './armedPages.ts';
import { resultRules } from './resultRules.ts';
import { ringRules } from './ringRules.ts';

/** What is asked of every VM: R1 to R12 and L1 to L5, and that no dirty page is ever lost. */
export function vmProperties(spec: VmSpec, vm: Vm, layout: Layout): Properties {
  const honest = vm.kvm.rings.filter((_, i) => !hostileRings(spec).has(i));
  return {
    always: {
      'R2 the kernel never counts more entries than the ring has': ({ read }: Look) =>
        vm.kvm.rings.every((ring) => u16(read(ring.prod_index) - read(ring.cons_index)) <= ring.size),
      'R2 kernel cons <= user cons <= prod': ({ read }: Look) =>
        honest.every(({ indices, cons_index }) => {
          const reset = read(cons_index);
          return u16(read(indices.cons) - reset) <= u16(read(indices.prod) - reset);
        }),
      ...leewaySuffices(spec, vm),
    },
    sometimes: Object.fromEntries(spec.sometimes.map((name) => [name, claims[name](spec, vm)])),
    finally: {
      ...(copiesPages(spec) && { 'no dirty page is ever lost': noPageIsLost(spec, vm, layout) }),
      ...armedPages(spec, vm),
    },
    monitors: [ringRules(spec, vm, layout)],
    unordered: resultRules(spec),
    resultsMatter: false,
    deadlock: (waiting) =>
      waiting.some((line) => line.includes('sleeps on resets'))
        ? 'L1, L3, L5 a stopped vCPU runs again'
        : waiting.some((line) => line.includes('sleeps on'))
          ? 'L5 no wake-up is lost'
          : 'L4 no deadlock',
  };
}

/** What a scenario can claim to reach; a scenario names those that it must. */
export const claims: Record<string, (spec: VmSpec, vm: Vm) => (look: Look) => boolean> = {
  'a ring is full':
    (_, vm) =>
    ({ read }) =>
      vm.kvm.rings.some((ring) => u16(read(ring.prod_index) - read(ring.cons_index)) === ring.size),
  'a vCPU stops': (spec, vm) => {
    const halts = spec.actors.filter((actor) => actor.operations.some((op) => op.do === 'halt')).length;
    return ({ read }) => read(vm.exits) > halts - read(vm.running);
  },
  'an index wraps':
    (spec, vm) =>
    ({ read }) =>
      vm.kvm.rings.some((ring) => read(ring.cons_index) < spec.index),
  'a page is written again':
    (_, vm) =>
    ({ read }) =>
      vm.guest.pages.some((page) => read(page.version) > 1),
  'a page is re-armed':
    (_, vm) =>
    ({ read }) =>
      read(vm.resets) > 0,
  'a push is refused':
    () =>
    ({ results }) =>
      results.some((of) => of.includes(-16)),
  'a cons is refused':
    () =>
    ({ results }) =>
      results.some((of) => of.includes(-22)),
};

function leewaySuffices(spec: VmSpec, vm: Vm): Properties['always'] {
  const most = Math.max(
    0,
    ...spec.actors.flatMap(({ operations }) => operations.map((op) => (op.do === 'write' ? op.pages.length : 0))),
  );
  if (most === 0 || spec.rings.some(({ leeway }) => leeway < most - 1)) return {};
  return {
    'R10 a vCPU stops before its ring is full': ({ read }: Look) => vm.overruns.every((cell) => read(cell) === 0),
  };
}

/** Only where nobody harvests without copying can everything be asked of the copy. */
function copiesPages(spec: VmSpec): boolean {
  const all = spec.actors.flatMap(({ operations }) => operations.map((op) => op.do));
  return all.some((does) => does === 'collect' || does === 'serve') && !all.includes('harvest');
}

/**
 * The master property: when everything has come to rest, the copied version equals the written one, page for page. Where nobody
 * serves until the end, one last honest round is made first. Pages that a vCPU with a hostile ring writes are left out.
 */
function noPageIsLost(spec: VmSpec, vm: Vm, layout: Layout): (look: Look) => boolean | string {
  const hostile = hostileRings(spec);
  const does = (what: string) => spec.actors.filter(({ operations }) => operations.some((op) => op.do === what));
  const served = does('serve').length > 0 && does('write').every((actor) => does('halt').includes(actor));
  const forfeited = new Set(
    spec.actors
      .filter((actor) => actor.vcpu !== undefined && hostile.has(actor.vcpu))
      .flatMap(({ operations }) => operations.flatMap((op) => (op.do === 'write' ? op.pages.map(String) : []))),
  );
  const pages = vm.guest.pages.filter(({ slot, offset }) => !forfeited.has(String([slot, offset])));
  const rings = vm.kvm.rings.map((_, i) => i);
  const rest = restOf(layout, (mem) => collect(mem, vm, rings));
  return (look) => {
    const read = served ? look.read.bind(look) : rest(look);
    if (read instanceof Error) return `the last round threw ${read.message}`;
    const lost = pages.filter(({ slot, offset, version }) => read(version) !== read(vm.replica.get(slot)![offset]));
    if (lost.length === 0) return true;
    return lost
      .map(
        ({ slot, offset, version }) =>
          `page ${slot}:${offset} is at version ${read(version)}, its copy at ${read(vm.replica.get(slot)![offset])}`,
      )
      .join('; ');
  };
}
