import { COMMITTED, ROLLED_BACK } from '../../actors/gate.ts';
import { collectDirtyPages, copyRemaining } from '../../actors/userspace.ts';
import type { Vm } from '../../actors/vm.ts';
import type { Properties, StateView } from '../../check/property.ts';
import { atQuiescence } from '../../check/quiescence.ts';
import type { Page } from '../../guest/guest.ts';
import type { Cell } from '../../memory/cell.ts';
import type { Layout } from '../../memory/layout.ts';
import { hostileRings, type OperationSpec, performs, performsWhere, type VmSpec } from '../spec.ts';
import type { TrackerDescriptor, TrackerRules } from '../trackerDescriptor.ts';
import { checkpointRules, IMAGE_AT_COMMIT } from './checkpointRules.ts';
import { claims } from './claims.ts';
import { leewaySuffices } from './leeway.ts';
import { isInSlot } from './unrecordedPages.ts';
import { VM_RULE } from './vmRules.ts';

/**
 * What is checked of every VM: the rules of its tracker, L1 to L5, and that no dirty page is lost.
 */
export function vmProperties(tracker: TrackerDescriptor, spec: VmSpec, vm: Vm, layout: Layout): Properties {
  const hasRoom = leewaySuffices(tracker, spec);
  const rules = tracker.rules({ spec, vm, tracker: vm.tracker, layout, hasRoom });
  return {
    always: {
      ...rules.always,
      ...(tracker.whenFull === 'refuse' && hasRoom && stopsInTime(spec, vm)),
      ...imageAtCommit(spec, vm),
    },
    sometimes: Object.fromEntries(spec.sometimes.map((name) => [name, claims[name](spec, vm, tracker)])),
    finally: {
      ...(copiesPages(spec) && { [VM_RULE.NOTHING_LOST]: noPageIsLost(tracker, spec, vm, layout) }),
      ...rules.finally,
    },
    monitors: [...rules.monitors, ...checkpointMonitors(spec, vm)],
    ...(rules.unordered && { unordered: rules.unordered }),
    threadMonitors: rules.threadMonitors ?? [],
    resultsMatter: rules.resultsMatter ?? false,
    deadlock: (waiting) => {
      const sleepers = waiting.filter(({ kind }) => kind === 'sleeps');
      if (sleepers.length === 0) return VM_RULE.L4_NO_DEADLOCK;
      return sleepers.some(({ place }) => place?.offset === vm.resets.offset)
        ? VM_RULE.L1_RUNS_AGAIN
        : VM_RULE.L5_WAKE_UPS;
    },
  };
}

/** None where a slot changes: it is copied whole, outside of any checkpoint. */
const checkpointMonitors = (spec: VmSpec, vm: Vm): TrackerRules['monitors'] =>
  vm.gate === undefined || performs(spec, 'set-slot') ? [] : [checkpointRules(spec, vm, vm.gate)];

/** Checked where a full ring refuses entries, and the leeway is large enough. */
function stopsInTime(spec: VmSpec, vm: Vm): Properties['always'] {
  if (!performs(spec, 'write')) return {};
  return {
    [VM_RULE.R10_STOPS]: ({ read }: StateView) => vm.overruns.every((cell) => read(cell) === 0),
  };
}

/**
 * When a checkpoint is committed, or the machine is set back to it, the copy equals the guest, page
 * for page: the machine is paused.
 */
function imageAtCommit({ slots }: VmSpec, vm: Vm): Properties['always'] {
  const { gate } = vm;
  if (gate === undefined || slots.length === 0) return {};
  return {
    [IMAGE_AT_COMMIT]: ({ read }: StateView) => {
      const phase = read(gate.phase);
      if (phase !== COMMITTED && phase !== ROLLED_BACK) return true;
      return differing(vm, vm.guest.pages, read).length === 0;
    },
  };
}

/** Whether userspace copies all pages that it harvests. Otherwise the copy cannot be complete. */
const copiesPages = (spec: VmSpec): boolean =>
  performsWhere(spec, ({ copies }) => copies !== 'no') && !performs(spec, 'harvest');

/**
 * The master property: at quiescence, the copied version of each page equals the written one. Where
 * userspace does not serve until the end, the pages are collected once more first. Pages that a
 * vCPU with a hostile ring writes are left out.
 */
function noPageIsLost(
  tracker: TrackerDescriptor,
  spec: VmSpec,
  vm: Vm,
  layout: Layout,
): (view: StateView) => boolean | string {
  const does = (what: OperationSpec['do']) =>
    spec.actors.filter(({ operations }) => operations.some((op) => op.do === what));
  const served =
    performs(spec, 'serve') && [...does('write'), ...does('host-write')].every((actor) => does('halt').includes(actor));
  const forfeited = forfeitedPages(tracker, spec);
  const pages = vm.guest.pages.filter(({ slot, offset }) => !forfeited.has(String([slot, offset])));
  const rest = atQuiescence(layout, (mem) => {
    collectDirtyPages(mem, vm);
    copyRemaining(mem, vm);
  });
  return (view) => {
    const read = served ? view.read.bind(view) : rest(view);
    if (read instanceof Error) return `the last round threw ${read.message}`;
    const lost = differing(vm, pages, read);
    if (lost.length === 0) return true;
    return lost
      .map((page) => {
        const copy = read(vm.replica.get(page.slot)![page.offset]);
        return `page ${page.slot}:${page.offset} is at version ${read(page.version)}, its copy at ${copy}`;
      })
      .join('; ');
  };
}

/** Those of `pages` whose copy differs from the guest. */
function differing(vm: Vm, pages: readonly Page[], read: (cell: Cell) => number): Page[] {
  return pages.filter(
    (page) => read(page.version) !== read(vm.replica.get(page.slot)![page.offset]) && isInSlot(vm, page, read),
  );
}

/** The pages that hostile userspace may lose by its own doing. */
function forfeitedPages({ sharedLog }: TrackerDescriptor, spec: VmSpec): ReadonlySet<string> {
  const hostile = hostileRings(spec);
  const losing = spec.actors.filter(
    ({ vcpu }) => hostile.size > 0 && (sharedLog || (vcpu !== undefined && hostile.has(vcpu))),
  );
  return new Set(
    losing.flatMap(({ operations }) => operations.flatMap((op) => ('pages' in op ? op.pages.map(String) : []))),
  );
}
