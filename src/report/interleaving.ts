import { linesOf, traceOf } from '../explore/execution/trace.ts';
import { memoryModels } from '../explore/memoryModels/registry.ts';
import { contextSwitches } from '../explore/schedule.ts';
import { isFence, kindNames, kindOf, placeOf } from '../memory/kinds.ts';
import { describeStep, type Step } from '../memory/trace.ts';
import { type CheckedExecution, createRun, type MemoryConfig } from '../run/createRun.ts';
import { replay } from '../run/replay.ts';
import { openScenario, type ScenarioRef } from '../scenario/scenarioRef.ts';
import type { InterleavingData, PlaceData, StepData } from './data.ts';
import { detectRingsAndPages } from './detectRingsAndPages.ts';
import { SourceReader } from './sourceReader.ts';
import { type StepEffects, StepRecorder } from './stepRecorder.ts';
import { findStepRelations } from './stepRelations.ts';

/** The schedule to run, and what the report says about it. */
export interface RenderInput {
  readonly source: ScenarioRef;
  readonly order: readonly number[];
  /** Length of the cycle of a livelock: see `Finding`. */
  readonly cycle?: number | undefined;
  readonly machine: MemoryConfig;
  readonly canary: string | undefined;
  /** The property that should fail; null: none. */
  readonly expected: string | null;
  readonly commands: InterleavingData['commands'];
}

/**
 * Runs a schedule and records what each step does. Throws `BadInput` if the schedule cannot be
 * followed.
 *
 * @param what name of the schedule in error messages.
 */
export async function renderInterleaving(
  { source, order, cycle, machine, canary, expected, commands }: RenderInput,
  what: string,
): Promise<InterleavingData> {
  const scenario = await openScenario(source);
  const run = createRun(scenario, order.length + 1, machine);
  const { execution } = run;
  const { hasBuffers, hasViews } = memoryModels[machine.memoryModel];
  const recorder = new StepRecorder(execution);
  const violation = replay(run, order, what, cycle);
  recorder.recordLastStep();
  const { texts, sources, steps } = renderSteps(run, recorder.steps);
  const reader = new SourceReader();
  const isAtEnd = !recorder.violatedAtStep && !execution.isViolated;
  return {
    kind: 'interleaving',
    scenario: scenario.name,
    ...machine,
    hasBuffers,
    hasViews,
    ...(canary !== undefined && { canary }),
    contextSwitches: contextSwitches([...order]),
    failed:
      violation === undefined
        ? null
        : { property: violation.property, message: violation.message, step: steps.length - 1, atEnd: isAtEnd },
    ...(expected !== null && expected !== violation?.property && { expected }),
    commands,
    actors: execution.program.actors.map(({ name, operations }) => ({
      name,
      operations: operations.map(({ label }) => label),
    })),
    places: execution.places.map(
      ({ name, kind, bits, offset }): PlaceData => ({
        name,
        kind: kind === 'mutex' || kind === 'spinlock' ? 'lock' : 'cell',
        bits,
        offset,
      }),
    ),
    texts,
    sources: sources.map((at) => {
      const code = reader.lineAt(at);
      return code === undefined ? { at } : { at, code };
    }),
    steps,
    bytes: execution.bytes.u8.length,
    initial: recorder.initial,
    drawing: detectRingsAndPages(execution.places),
  };
}

function renderSteps(
  { execution }: CheckedExecution,
  effects: readonly StepEffects[],
): Pick<InterleavingData, 'texts' | 'steps'> & { readonly sources: readonly string[] } {
  const { layout } = execution.program;
  const trace = traceOf(execution);
  const relations = findStepRelations(trace, layout);
  const lines = linesOf(execution);
  const texts = new TextTable();
  const sources = new TextTable();
  const begun = new Set<number>();
  const steps = trace.map((step, s): StepData => {
    const { reads, overwrites, coherenceBefore } = relations[s];
    const line = lines[s];
    const ends = execution.endedWith(s) > 0;
    const begins = !step.leaves && !begun.has(step.thread);
    if (!step.leaves) begun.add(step.thread);
    if (ends) begun.delete(step.thread);
    return {
      actor: step.thread,
      operation: step.operation,
      ...(begins && { begins: true }),
      ...(ends && { ends: true }),
      ...accessOf(step),
      text: texts.indexOf(describeStep(step, layout)),
      ...(line !== undefined && { source: sources.indexOf(line) }),
      ...(reads.length > 0 && { reads: reads.map(({ from, newest }) => [from, newest] as const) }),
      ...(overwrites.length > 0 && { overwrites }),
      ...(coherenceBefore !== undefined && { coherenceBefore }),
      ...effects[s],
    };
  });
  return { texts: texts.all, sources: sources.all, steps };
}

const accessOf = ({ code, leaves }: Step): Pick<StepData, 'kind' | 'place'> => ({
  kind: leaves ? 'leaves' : kindNames[kindOf(code)],
  ...(!isFence(kindOf(code)) && { place: placeOf(code) }),
});

/** Distinct texts and their indices. */
class TextTable {
  readonly all: string[] = [];
  private readonly indices = new Map<string, number>();

  indexOf(text: string): number {
    let index = this.indices.get(text);
    if (index === undefined) {
      index = this.all.push(text) - 1;
      this.indices.set(text, index);
    }
    return index;
  }
}
