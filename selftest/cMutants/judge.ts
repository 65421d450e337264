import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type CheckOptions, checkSettings } from '#dist/cli/checkScenario.js';
import { exploreInRounds, type ScenarioRounds } from '#dist/cli/scenarioRounds.js';
import { isBadInput } from '#dist/input/badInput.js';
import { compile } from '#dist/kernel/compile/compile.js';
import { type CompiledKernel, KernelError } from '#dist/kernel/compiled.js';
import { reachedPoints } from '#dist/kernel/run/reachedPoints.js';
import { codeLines, unreachedOf } from '#dist/kernel/run/unreached.js';
import { checksOfKernel, kernelFileOf, outsideEventsOf, trackerOfApi } from '#dist/scenario/compiledKernel.js';
import { trackers } from '#dist/trackers/registry.js';
import type { BuiltInScenario } from '#dist/vm/builtInScenario.js';
import { projectUrl } from '../compiled.ts';
import type { CMutant } from './operators.ts';

export interface CTree {
  readonly kdir: string;
  readonly file: string;
  /** Names of scenarios without the tracker; empty: all run. */
  readonly scenarios: readonly string[];
}

/** What happened to a mutant. */
export interface CFate {
  readonly key: string;
  /**
   * `killed`: by a finding that the file does not have. `refused`: gfnring does not run it. `hang`:
   * a scenario ends no more. `invalid`: it does not compile.
   */
  readonly kind: 'killed' | 'refused' | 'hang' | 'survives' | 'invalid';
  /** The property and the scenario, or the message. */
  readonly by: string;
}

/** A scenario with the file as it is. Plain data, so that processes can share it. */
interface Reference {
  readonly name: string;
  readonly found: readonly string[];
  readonly seconds: number;
  /** Lines that are executed. */
  readonly lines: readonly number[];
}

interface MeasuredReference extends Reference {
  readonly states: number;
  /** Whether its search came to its end. */
  readonly ends: boolean;
}

type Model = 'sc' | 'rc11';

/** All scenarios with the file as it is, the fastest first. */
export interface References {
  readonly sc: readonly Reference[];
  readonly rc11: readonly Reference[];
  /** The lines with code. */
  readonly code: readonly number[];
}

/** Under rc11, scenarios run that have fewer states than this under sc. */
const FEW_STATES = 10_000;
const SECONDS_MAX = { sc: 60, rc11: 10 };

/** Runs the scenarios with the file as it is. The same file has the same result: it is kept. */
export async function referencesOf(tree: CTree): Promise<References> {
  const compiled = await compile({ ...tree, allowed: [], coverage: true });
  const kept = projectUrl(`build/c-references-${[compiled.key, ...tree.scenarios].join('-')}.json`);
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8'));
  const code = codeLines(compiled, tree.file);
  const isChosen = ({ spec: { name } }: BuiltInScenario): boolean =>
    tree.scenarios.length === 0 || tree.scenarios.includes(name.slice(name.indexOf('/') + 1));
  const scenarios = scenariosOf(compiled).filter(isChosen);
  const run = async (scenario: BuiltInScenario, model: Model): Promise<MeasuredReference> => {
    reachedPoints(compiled).fill(0);
    const start = performance.now();
    const result = await explore(scenario, model, SECONDS_MAX[model]);
    const seconds = (performance.now() - start) / 1000;
    const missed = new Set(unreachedOf(compiled).lines[tree.file] ?? []);
    const lines = code.filter((line) => !missed.has(line));
    const states = Math.max(...result.rounds.map(({ report }) => report.states));
    return { name: scenario.spec.name, found: [...namesOf(result)], seconds, lines, states, ends: !isCut(result) };
  };
  const sc: Reference[] = [];
  const rc11: Reference[] = [];
  for (const scenario of scenarios) {
    const reference = await run(scenario, 'sc');
    sc.push(reference);
    if (reference.states > FEW_STATES) continue;
    const weak = await run(scenario, 'rc11');
    if (weak.ends) rc11.push(weak);
  }
  for (const references of [sc, rc11]) references.sort((x, y) => x.seconds - y.seconds);
  writeFileSync(kept, JSON.stringify({ sc, rc11, code }));
  return { sc, rc11, code };
}

/** Judges mutants of a C file by the scenarios of `gfnring kernel`. */
export class CJudge {
  private readonly tree: CTree;
  private readonly references: References;

  constructor(tree: CTree, references: References) {
    this.tree = tree;
    this.references = references;
  }

  async fateOf(mutant: CMutant): Promise<CFate> {
    const { tree, references } = this;
    const { key, operator, text } = mutant;
    let compiled: CompiledKernel;
    try {
      compiled = await compile({ ...tree, allowed: [], changed: new Map([[tree.file, text]]) });
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return { key, kind: 'invalid', by: error.message };
    }
    const scenarios = new Map(scenariosOf(compiled).map((scenario) => [scenario.spec.name, scenario]));
    const isOrder = ['drop', 'weaken', 'swap'].includes(operator);
    for (const model of isOrder ? (['sc', 'rc11'] as const) : (['sc'] as const))
      for (const reference of references[model]) {
        const scenario = scenarios.get(reference.name);
        if (scenario === undefined || !this.isReached(mutant, reference)) continue;
        const fate = await fateIn(scenario, model, reference);
        if (fate !== undefined) return { key, ...fate };
      }
    return { key, kind: 'survives', by: '' };
  }

  /** Whether a scenario executes a changed line. A mutant of lines without code is in all. */
  private isReached({ lines: [from, to] }: CMutant, { lines }: Reference): boolean {
    let hasCode = false;
    for (let line = from; line <= to; line++) {
      if (lines.includes(line)) return true;
      hasCode ||= this.references.code.includes(line);
    }
    return !hasCode;
  }
}

async function fateIn(
  scenario: BuiltInScenario,
  model: Model,
  { found, seconds }: Reference,
): Promise<Pick<CFate, 'kind' | 'by'> | undefined> {
  const where = `${scenario.spec.name} ${model}`;
  try {
    const result = await explore(scenario, model, 30 + 10 * seconds);
    const fresh = [...namesOf(result)].find((name) => !found.includes(name));
    if (fresh !== undefined) return { kind: 'killed', by: `${fresh}, ${where}` };
    return isCut(result) ? { kind: 'hang', by: where } : undefined;
  } catch (error) {
    if (!(error instanceof KernelError) && !isBadInput(error)) throw error;
    return { kind: 'refused', by: `${(error as Error).message}, ${where}` };
  }
}

/** Whether a proof reached a limit. */
function isCut({ rounds }: ScenarioRounds): boolean {
  const { scheduler, exhausted, findings } = rounds.at(-1)!.report;
  return scheduler === 'exhaustive' && !exhausted && findings.length === 0;
}

const scenariosOf = (compiled: CompiledKernel): readonly BuiltInScenario[] =>
  checksOfKernel(kernelFileOf(compiled), trackerOfApi[compiled.api], outsideEventsOf(compiled));

/** Without what a file may do otherwise: only a loss kills. */
function explore(scenario: BuiltInScenario, memoryModel: Model, seconds: number): Promise<ScenarioRounds> {
  const options: CheckOptions = {
    ...{ tracker: scenario.spec.name.split('/')[0], memoryModel, tearing: false, seed: 1, seconds, memory: 1024 },
    dir: '',
  };
  const settings = { ...checkSettings(scenario, options), directory: null, minimiseSeconds: 0 };
  const { conformance = [] } = trackers[nameOfTracker(scenario)];
  return exploreInRounds(scenario.spec, settings, { conformance, ignored: conformance });
}

const nameOfTracker = ({ spec }: BuiltInScenario): string =>
  'vms' in spec ? (spec.vms[0].tracker ?? 'gfn-ring') : (spec.tracker ?? 'gfn-ring');

const namesOf = ({ findings }: ScenarioRounds): Set<string> => new Set(findings.map(({ property }) => property));
