import { contextSwitches } from '../explore/schedule.ts';
import { isFence, kindNames, kindOf, placeOf } from '../memory/memory.ts';
import { describeStep, type Step } from '../memory/trace.ts';
import { createRun, type MemoryConfig } from '../run/createRun.ts';
import { replay } from '../run/replay.ts';
import { openScenario, type ScenarioRef } from '../scenario/scenarioRef.ts';
import { SourceReader } from './code.ts';
import type { InterleavingData, PlaceData, StepData } from './data.ts';
import { detectRingsAndPages } from './detectRingsAndPages.ts';
import { relationsOf } from './relations.ts';
import { StepRecorder } from './stepRecorder.ts';

/** What is to be looked at. */
export interface RenderInput {
  readonly source: ScenarioRef;
  readonly order: readonly number[];
  /** Of a livelock: see `Finding`. */
  readonly cycle?: number | undefined;
  readonly machine: MemoryConfig;
  readonly canary: string | undefined;
  /** The property that is said to fail; null: none is. */
  readonly expected: string | null;
  readonly commands: InterleavingData['commands'];
}

/**
 * Runs a schedule, and says of each step what it did. Throws `BadInput` where the schedule cannot be followed.
 *
 * @param what names it, for errors.
 */
export async function interleavingOf(
  { source, order, cycle, machine, canary, expected, commands }: RenderInput,
  what: string,
): Promise<InterleavingData> {
  const scenario = await openScenario(source);
  const run = createRun(scenario, order.length + 1, machine);
  const { execution } = run;
  const watched = new StepRecorder(execution);
  const violation = replay(run, order, what, cycle);
  watched.look();
  const trace = execution.trace();
  const relations = relationsOf(trace, execution.program.layout);
  const lines = execution.lines();
  const texts = new Words();
  const sources = new Words();
  const code = new SourceReader();
  const ends = trace.map((_, s) => execution.endedWith(s) > 0);
  const begun = new Set<number>();
  const steps = trace.map((step, s): StepData => {
    const { reads, over, under } = relations[s];
    const line = lines[s];
    const begins = !step.leaves && !begun.has(step.thread);
    if (!step.leaves) begun.add(step.thread);
    if (ends[s]) begun.delete(step.thread);
    return {
      actor: step.thread,
      operation: step.operation,
      ...(begins && { begins: true }),
      ...(ends[s] && { ends: true }),
      ...accessOf(step),
      text: texts.numberOf(describeStep(step, execution.program.layout)),
      ...(line !== undefined && { source: sources.numberOf(line) }),
      ...(reads.length > 0 && { reads: reads.map(({ from, newest }) => [from, newest] as const) }),
      ...(over.length > 0 && { over }),
      ...(under !== undefined && { under }),
      ...watched.steps[s],
    };
  });
  const isAtEnd = !watched.violatedAtStep && !execution.isViolated;
  return {
    kind: 'interleaving',
    scenario: scenario.name,
    ...machine,
    ...(canary !== undefined && { canary }),
    contextSwitches: contextSwitches([...order]),
    failed: violation === undefined ? null : { ...violation, step: steps.length - 1, atEnd: isAtEnd },
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
    texts: texts.all,
    sources: sources.all.map((at) => ({ at, ...codeAt(code.at(at)) })),
    steps,
    bytes: execution.bytes.u8.length,
    initial: watched.initial,
    drawing: detectRingsAndPages(execution.places),
  };
}

const codeAt = (code: string | undefined): { code?: string } => (code === undefined ? {} : { code });

const accessOf = ({ code, leaves }: Step): Pick<StepData, 'kind' | 'place'> => ({
  kind: leaves ? 'leaves' : kindNames[kindOf(code)],
  ...(!isFence(kindOf(code)) && { place: placeOf(code) }),
});

/** Texts, each once. */
class Words {
  readonly all: string[] = [];
  private readonly numbers = new Map<string, number>();

  numberOf(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) {
      number = this.all.push(text) - 1;
      this.numbers.set(text, number);
    }
    return number;
  }
}
