import type { Finding } from '../run/finding.ts';
import { openScenario } from '../scenario/scenarioRef.ts';
import type { InterleavingData } from './data.ts';
import { renderInterleaving } from './interleaving.ts';
import type { FindingInput } from './reporters/reporter.ts';
import { reproduceCommands } from './reproduceCommands.ts';

/**
 * Opens the scenario of a finding for the reporters. Throws `BadInput` if the scenario cannot be
 * opened.
 *
 * @param order the schedule, one number for each step.
 * @param file where the finding was read from.
 */
export async function openFindingInput(
  { order, ...finding }: Finding & { readonly order: readonly number[] },
  file: string,
): Promise<FindingInput> {
  const { scenario: source, memoryModel, tearing, inFull, cycle, canary, property: expected } = finding;
  const written = { ...finding, file };
  const scenario = await openScenario(source);
  const commands = reproduceCommands(written, scenario, order);
  const machine = { memoryModel, tearing, inFull };
  let rendered: Promise<InterleavingData> | undefined;
  const interleaving = (): Promise<InterleavingData> => {
    rendered ??= renderInterleaving({ source, order, cycle, machine, canary, expected, commands }, file);
    return rendered;
  };
  return { finding: written, scenario, interleaving };
}
