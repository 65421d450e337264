import { readInput } from '../files/readInput.ts';
import { BadInput } from '../input/badInput.ts';
import { parseJson } from '../input/parseJson.ts';
import { SCHEMA } from '../input/schema.ts';
import { isBenchmarkRing } from '../scenario/benchmarkRing.ts';
import { findBuiltIn } from '../scenario/builtinScenarios.ts';
import { type ScenarioRef, sourceOfModule } from '../scenario/scenarioRef.ts';
import { trackerNames } from '../trackers/registry.ts';
import { requireConsent } from './consent.ts';
import type { Finding } from './finding.ts';
import { parseFinding, parseScenarioRef } from './parseScenarioRef.ts';

/**
 * The scenario that `name` stands for: a built-in one, or the path of a module, of a JSON file or
 * of a finding. A name without any of . / \ is no path. Throws `BadInput`.
 */
export async function resolveScenarioName(name: string): Promise<ScenarioRef> {
  const builtIn = findBuiltIn(name);
  if (builtIn !== undefined) return builtIn.spec;
  if (isBenchmarkRing(name)) return { schema: SCHEMA, name, builtIn: name };
  const tracker = trackerNames.find((of) => name.startsWith(`${of}/`));
  if (tracker !== undefined)
    throw new BadInput(`unknown scenario ${name}: 'gfnring list --tracker ${tracker}' shows those of ${tracker}`);
  if (!/[./\\]/.test(name)) {
    throw new BadInput(
      `unknown scenario ${name}: 'gfnring list' shows the built-in ones, and the path of a module or of a JSON file is taken too`,
    );
  }
  if (!name.endsWith('.json')) return sourceOfModule(name);
  const json = readJson(name, 'scenario');
  const source = isFinding(json) ? parseFinding(json, name).scenario : parseScenarioRef(json, name, name);
  requireConsent(json, [source], name);
  return source;
}

/**
 * Reads the finding in a JSON file. `order` is its schedule, one number a step. It is the number of
 * the actor, plus 32 times the choice of what it reads from or where its store goes. Throws
 * `BadInput`.
 */
export function loadFinding(file: string): Finding & { readonly order: readonly number[] } {
  const json = readJson(file, 'finding');
  const finding = parseFinding(json, file);
  requireConsent(json, [finding.scenario], file);
  return finding;
}

/**
 * The finding that `name` stands for, with the memory model that it was found under; undefined: it
 * is none.
 */
export function findingNamed(name: string): Finding | undefined {
  if (!/[./\\]/.test(name) || !name.endsWith('.json')) return undefined;
  const json = readJson(name, 'scenario');
  return isFinding(json) ? parseFinding(json, name) : undefined;
}

const isFinding = (json: unknown): boolean => (json as { kind?: unknown } | null)?.kind === 'finding';

function readJson(file: string, what: string): unknown {
  return parseJson(readInput(file, { what }), file, what);
}
