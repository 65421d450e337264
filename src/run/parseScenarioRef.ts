import { dirname, resolve } from 'node:path';
import { parseSchedule } from '../explore/schedule.ts';
import { BadInput } from '../input/badInput.ts';
import { verifyChecksum } from '../input/checksum.ts';
import { checkVersion, checkWholeNumber, readFields, readObject } from '../input/fieldTypes.ts';
import { benchmarkSchema, inMemorySchema, moduleSchema, type ScenarioRef } from '../scenario/scenarioRef.ts';
import { parseVm, parseVms } from '../scenario/vm.ts';
import { checkCanary } from './canary.ts';
import { FINDING_SCHEMA, type Finding, findingSchema } from './finding.ts';

/**
 * Reads a reference to a scenario from the JSON of `file`. Throws `BadInput` with the path of the
 * first field that is wrong.
 */
export function parseScenarioRef(value: unknown, file: string, where = 'scenario'): ScenarioRef {
  const fields = readObject(value, where);
  if ('vms' in fields) return parseVms(value, where);
  if (!('module' in fields || 'builtIn' in fields || 'inMemory' in fields)) return parseVm(value, where);
  checkVersion(value, where);
  if ('module' in fields) {
    const source = readFields(moduleSchema(), value, where);
    return { ...source, module: resolve(dirname(file), source.module) };
  }
  if ('builtIn' in fields) return readFields(benchmarkSchema(), value, where);
  return { ...readFields(inMemorySchema(), value, where), inMemory: true };
}

/**
 * Reads the finding in `file`. Its schedule is parsed: one number a step, see `parseSchedule`.
 * Throws as `parseScenarioRef`, and if the finding was changed after it was written.
 */
export function parseFinding(value: unknown, file: string): Finding & { readonly order: readonly number[] } {
  const finding = parseFindingContent(value, file);
  verifyChecksum(value, file);
  checkCanary(file, finding.canary);
  return finding;
}

/** The same without its checksum, which only a file has, and with any canary. */
export function parseFindingContent(value: unknown, file: string): Finding & { readonly order: readonly number[] } {
  checkVersion(value, file, FINDING_SCHEMA);
  const { canary, ...finding } = readFields(findingSchema(), value, file);
  const { schedule, cycle, contextSwitches, memoryModel } = finding;
  // A violation that no execution reached has no schedule.
  const order = schedule === '' ? [] : parseSchedule(schedule);
  if (order === undefined) throw new BadInput(`${file}.schedule is no schedule: runs like 0x5,1,0 are expected`);
  if (cycle !== undefined) checkWholeNumber(cycle, `${file}.cycle`, 1, order.length);
  checkWholeNumber(contextSwitches, `${file}.contextSwitches`, 0, order.length);
  const scenario = parseScenarioRef(finding.scenario, file, `${file}.scenario`);
  return { ...finding, memoryModel, scenario, ...(canary !== undefined && { canary }), order };
}
