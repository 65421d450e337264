import { type MemoryModelName, memoryModels } from '../explore/memoryModels/registry.ts';
import type { SCHEMA } from '../input/schema.ts';
import type { Finding } from './finding.ts';
import type { Reduction, ScenarioSearchResult, SchedulerName, SearchSpec } from './search/searchSpec.ts';

/** `limit`: nothing was found before a limit was reached. Only `passed` is a proof. */
type Outcome = 'passed' | 'violated' | 'deadlock' | 'livelock' | 'crashed' | 'limit';

/** The result of an exploration, as plain data. */
export interface ExploreReport {
  /** The version of the format. */
  readonly schema: typeof SCHEMA;
  /** The name of the scenario. */
  readonly scenario: string;
  /** The memory model. */
  readonly memoryModel: MemoryModelName;
  /** Whether each plain 64-bit store was two stores of 32 bits. */
  readonly tearing: boolean;
  /** The scheduler. */
  readonly scheduler: SchedulerName;
  /** The reduction. `none` for a scheduler that draws executions. */
  readonly reduction: Reduction;
  /** The bound of the preemptions. Null: none. */
  readonly preemptions: number | null;
  /** Whether actors with the same operations were interchangeable. */
  readonly symmetry: boolean;
  /** Number of threads that searched. */
  readonly workers: number;
  /** The seed of all draws. */
  readonly seed: number;
  /** The verdict in one word. */
  readonly outcome: Outcome;
  /** The limit that ended the search. Null: none. */
  readonly limit: string | null;
  /** If executions were cut: all executions of up to so many steps were visited. Else null. */
  readonly completeTo: number | null;
  /** The loop with the most iterations in the first execution that was cut. Null: none is known. */
  readonly loop: string | null;
  /**
   * Unproven assumptions of the verdict: loops that were bounded, or that were taken for stateless;
   * and what the memory model does not look for.
   */
  readonly assumptions: readonly Assumption[];
  /** The `sometimes` that came true in no execution. */
  readonly unreached: readonly string[];
  /**
   * Whether all executions within the bounds were visited and no property failed. Only this is a
   * proof.
   */
  readonly exhausted: boolean;
  /** Number of complete executions. */
  readonly executions: number;
  /** Number of executions that reached the limit of steps. */
  readonly cut: number;
  /** Number of executions that an `assume` or a spin loop ended. */
  readonly blocked: number;
  /** Distinct happens-before classes of complete executions. Null if they were not counted. */
  readonly classes: number | null;
  /** Distinct reads-from classes of complete executions. Null if they were not counted. */
  readonly readsFrom: number | null;
  /** Whether there were too many classes to count. The numbers are then lower bounds. */
  readonly classesCut: boolean;
  /** Distinct states. 0 if they were not counted. */
  readonly states: number;
  /** Number of steps of all executions. */
  readonly steps: number;
  /** Wall time, with minimising. Null if the exploration was ended from outside. */
  readonly seconds: number | null;
  /** The findings; empty if nothing was found. */
  readonly findings: readonly WrittenFinding[];
}

/** An assumption about a loop that the verdict needs. */
export interface Assumption {
  /**
   * `bound`: only so many iterations of the loop were explored. `comparison`: the loop looks
   * stateless, because the iterations that were compared were equal. `model`: what the memory model
   * does not look for.
   */
  readonly kind: 'bound' | 'comparison' | 'model';
  /** The loop, or the operation that is repeated; empty for a memory model. */
  readonly loop: string;
  /** The assumption as a sentence. */
  readonly text: string;
}

/** A finding, and the path of its file. Null if it was not written. */
export type WrittenFinding = Finding & {
  readonly file: string | null;
  /** The file that could not be written, and why. */
  readonly unwritten?: UnwrittenFile;
};

/** A file that could not be written, and why. */
export interface UnwrittenFile {
  readonly file: string;
  readonly why: string;
}

/** @param found whether there are findings. */
export function exploreOutcome(
  { violation, stop, limit }: Pick<ScenarioSearchResult, 'violation' | 'stop' | 'limit'>,
  found: boolean,
): Outcome {
  if (violation !== undefined)
    return stop === 'deadlock' || stop === 'livelock' || stop === 'crashed' ? stop : 'violated';
  if (found) return 'violated';
  return limit === undefined ? 'passed' : 'limit';
}

/** The assumptions that a search has made. */
export function assumptionsOf(
  { bounds, compared, violation }: ScenarioSearchResult,
  { loopRules, memoryModel }: SearchSpec,
): Assumption[] {
  const { assumption } = memoryModels[memoryModel];
  const ofModel = assumption === undefined || violation !== undefined ? [] : [assumption];
  const most = loopRules?.iterationsMax;
  return [
    ...bounds.map((loop) => ({ kind: 'bound' as const, loop, text: `for up to ${most} iterations of ${loop}` })),
    ...compared.map((loop) => ({
      kind: 'comparison' as const,
      loop,
      text: `if no iteration of the loop at ${loop} leaves anything behind for the next: up to 8 more were compared`,
    })),
    ...ofModel.map((text) => ({ kind: 'model' as const, loop: '', text })),
  ];
}
