import { axioms } from './axioms.ts';
import { campaigns } from './campaigns.ts';
import { checks } from './checks.ts';
import { endless } from './endless.ts';
import { execution } from './execution.ts';
import { graphs } from './graphs.ts';
import { input } from './input.ts';
import { ofKernelCode } from './kernel.ts';
import { lkmm } from './lkmm.ts';
import { inLoops } from './loops.ts';
import { memoryModels } from './memoryModels.ts';
import type { Mistake } from './mistake.ts';
import { robustness } from './robustness.ts';
import { runs } from './runs.ts';
import { schedulers } from './schedulers.ts';
import { searches } from './searches.ts';
import { ofStandIns } from './shared.ts';
import { states } from './states.ts';

/** All mistakes, in the order in which they are reported. */
export const mistakes: readonly Mistake[] = [
  ...searches,
  ...states,
  ...schedulers,
  ...memoryModels,
  ...graphs,
  ...execution,
  ...checks,
  ...runs,
  ...inLoops,
  ...campaigns,
  ...input,
  ...ofKernelCode,
  ...robustness,
  ...axioms,
  ...lkmm,
  ...endless,
  ...ofStandIns,
];
