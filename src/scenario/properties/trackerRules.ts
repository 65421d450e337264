import type { Vm } from '../../actors/vm.ts';
import type { Look, Properties } from '../../check/property.ts';
import { u16 } from '../../memory/cell.ts';
import type { Layout } from '../../memory/layout.ts';
import type { GfnRings } from '../../trackers/gfnRings.ts';
import { hostileRings, performs, type VmSpec } from '../spec.ts';
import { armedPages } from './armedPages.ts';
import { armRule } from './armRule.ts';
import { bitmapRules } from './bitmapRules.ts';
import { checkpointRules } from './checkpointRules.ts';
import { flagRules } from './flagRules.ts';
import { flagsAtRest } from './flagsAtRest.ts';
import { listAtRest, listRules } from './listRules.ts';
import { recordedPages } from './recordedPages.ts';
import { reportedPages } from './reportedPages.ts';
import { resultRules } from './resultRules.ts';
import { ringRules } from './ringRules.ts';
import { slotRule } from './slotRule.ts';
import { softFullRule } from './softFullRule.ts';

/** What is asked of a tracker beyond that it loses no page. */
export type Rules = Pick<Properties, 'always' | 'finally' | 'monitors' | 'unordered'>;

export function trackerRules(spec: VmSpec, vm: Vm, layout: Layout): Rules {
  const rules = rulesOf(spec, vm, layout);
  const { gate } = vm;
  // A slot that changes is copied whole, outside any checkpoint.
  if (gate === undefined || performs(spec, 'set-slot')) return rules;
  return { ...rules, monitors: [...rules.monitors, checkpointRules(spec, vm, gate)] };
}

function rulesOf(spec: VmSpec, vm: Vm, layout: Layout): Rules {
  const { tracker } = vm;
  switch (tracker.kind) {
    case 'gfn-ring':
      return gfnRingRules(spec, vm, tracker, layout);
    case 'gfn-list':
      return {
        always: {},
        finally: recordedPages(spec, vm),
        monitors: [listRules(spec, vm, tracker, layout), armRule(spec, vm)],
        unordered: { ...listAtRest(spec, tracker), ...reportedPages(spec, vm) },
      };
    case 'dirty-bitmap':
      return {
        always: {},
        finally: recordedPages(spec, vm),
        // A slot that changes takes its bits with it, outside any call of userspace.
        monitors: performs(spec, 'set-slot')
          ? [armRule(spec, vm), slotRule(spec, vm, tracker.bitmaps)]
          : [bitmapRules(spec, vm, tracker.bitmaps, spec.manualProtect !== undefined, layout)],
        unordered: reportedPages(spec, vm),
      };
    case 'dirty-ring':
      return {
        always: {},
        finally: recordedPages(spec, vm),
        monitors: [
          flagRules(spec, vm, tracker, layout),
          armRule(spec, vm),
          ...(performs(spec, 'write') ? [softFullRule(spec, vm, tracker)] : []),
          ...(tracker.bitmaps.length === 0
            ? []
            : performs(spec, 'set-slot')
              ? [slotRule(spec, vm, tracker.bitmaps)]
              : [bitmapRules(spec, vm, tracker.bitmaps, false, layout)]),
        ],
        unordered: { ...flagsAtRest(spec, tracker), ...reportedPages(spec, vm) },
      };
  }
}

function gfnRingRules(spec: VmSpec, vm: Vm, { rings }: GfnRings, layout: Layout): Rules {
  const honest = rings.filter((_, i) => !hostileRings(spec).has(i));
  return {
    always: {
      'R2 the kernel never counts more entries than the ring has': ({ read }: Look) =>
        rings.every((ring) => u16(read(ring.prod_index) - read(ring.cons_index)) <= ring.size),
      'R2 kernel cons <= user cons <= prod': ({ read }: Look) =>
        honest.every(({ indices, cons_index }) => {
          const reset = read(cons_index);
          return u16(read(indices.cons) - reset) <= u16(read(indices.prod) - reset);
        }),
    },
    finally: armedPages(spec, vm),
    // A slot that changes takes slots_lock for other things than a reset.
    monitors: performs(spec, 'set-slot') ? [] : [ringRules(spec, vm, layout)],
    unordered: resultRules(spec),
  };
}
