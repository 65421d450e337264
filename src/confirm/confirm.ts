import type { KernelFiles } from '../conformance/conformance.ts';
import { traceOf } from '../explore/execution/trace.ts';
import { BadInput } from '../input/badInput.ts';
import { createRun, isSequentiallyConsistent } from '../run/createRun.ts';
import type { Finding } from '../run/finding.ts';
import { replay } from '../run/replay.ts';
import { findBuiltIn } from '../scenario/builtinScenarios.ts';
import { knownAs } from '../scenario/knownDefects.ts';
import { isVm, openScenario } from '../scenario/scenarioRef.ts';
import { type BlockSchedule, blocksOf } from './blocks.ts';
import { type MachinePlan, planOf } from './machinePlan.ts';
import { type KernelRounds, type PerformedRound, performRounds } from './rounds.ts';

/** A finding as a machine can perform it. */
export interface MachineSchedule extends BlockSchedule {
  readonly scenario: string;
  readonly property: string;
  /** The number of the known defect; null: it is none. */
  readonly defect: string | null;
  readonly plan: MachinePlan;
}

/** What a kernel did with a schedule, and without it. */
export interface Confirmation extends KernelRounds {
  readonly schedule: MachineSchedule;
}

/**
 * The schedule of a finding, mapped to a machine. Throws BadInput if it does not fail any more, or
 * if the machine cannot perform it.
 *
 * @param what the name of the finding, for messages.
 */
export async function scheduleOfFinding(
  finding: Finding & { readonly order: readonly number[] },
  what: string,
): Promise<MachineSchedule> {
  const { scenario: source, order, property, cycle } = finding;
  if (!isVm(source)) throw new BadInput(`${what}: only a scenario with one VM can be performed on a booted kernel`);
  if (!isSequentiallyConsistent(finding))
    throw new BadInput(`${what}: its memory model is ${finding.memoryModel}; a schedule of threads has sc`);
  const plan = planOf(source);
  const run = createRun(await openScenario(source), order.length + 1, finding);
  if (replay(run, order, what, cycle) === undefined)
    throw new BadInput(`${what}: its schedule violates nothing any more, so there is nothing to confirm`);
  const trace = traceOf(run.execution);
  const { layout } = run.execution.program;
  const defect = knownAs({ property }, findBuiltIn(source.name)?.known);
  return { scenario: source.name, property, defect, plan, ...blocksOf(trace, layout, plan) };
}

/** Boots a kernel, and runs `rounds` rounds with the schedule and as many without. */
export async function confirmSchedule(
  files: KernelFiles,
  schedule: MachineSchedule,
  rounds: number,
  onRound?: (done: number) => void,
): Promise<Confirmation> {
  const { plan, blocks, records } = schedule;
  const orders = [true, false].flatMap((forced) => Array.from({ length: rounds }, () => ({ blocks, records, forced })));
  return { schedule, ...(await performRounds(files, plan, orders, onRound)) };
}

/**
 * What a round has lost. `a write`: a page differs from its copy, and no entry names it. `the next
 * write`: so it is after each page was written once more.
 */
export function lossOf({ pages, again }: Pick<PerformedRound, 'pages' | 'again'>): 'a write' | 'the next write' | null {
  const isLost = ({ memory, copy, named }: PerformedRound['pages'][number]): boolean => memory !== copy && !named;
  if (pages.some(isLost)) return 'a write';
  return again.some(isLost) ? 'the next write' : null;
}

/** How often something was lost, with the schedule or without it. */
export function countLosses({ rounds }: KernelRounds, forced: boolean): { readonly lost: number; readonly of: number } {
  const counted = rounds.filter((round) => round.forced === forced && !round.disturbed);
  return { lost: counted.filter((round) => lossOf(round) !== null).length, of: counted.length };
}
