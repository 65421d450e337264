import { armRule } from '../../../vm/properties/armRule.ts';
import { armThreadRule } from '../../../vm/properties/armThreadRule.ts';
import { noUnwrittenPageReported } from '../../../vm/properties/reportedPages.ts';
import { noUnrecordedWritablePage } from '../../../vm/properties/unrecordedPages.ts';
import type { TrackedVm, TrackerRules } from '../../../vm/trackerDescriptor.ts';
import type { GfnLists } from '../gfnList.ts';
import { gfnListFinalRules, gfnListMonitor } from './gfnListMonitor.ts';
import { gfnListThreadRules } from './gfnListThreadRules.ts';

export function gfnListRules(machine: TrackedVm<GfnLists>): TrackerRules {
  const { spec, vm, tracker } = machine;
  return {
    always: {},
    finally: noUnrecordedWritablePage(spec, vm),
    monitors: [gfnListMonitor(machine), armRule(spec, vm)],
    threadMonitors: [gfnListThreadRules(machine), armThreadRule(spec, vm)],
    // A reset drops what was not fetched. The lost pages show that: nothing else checks it here.
    unordered: { ...gfnListFinalRules(spec, tracker), ...noUnwrittenPageReported(spec) },
  };
}
