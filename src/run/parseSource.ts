import { dirname, resolve } from 'node:path';
import { type MemoryModelName, memoryModels } from '../explore/memoryModels/registry.ts';
import { parseSchedule } from '../explore/schedule.ts';
import { BadInput } from '../input/badInput.ts';
import { array, boolean, type Fields, object, oneOf, string, version, wholeNumber } from '../input/fields.ts';
import { SCHEMA } from '../input/schema.ts';
import { YARDSTICKS, type Yardstick } from '../scenario/benchmarkRing.ts';
import type { OmittedOperations } from '../scenario/omittedOperations.ts';
import type { ScenarioRef } from '../scenario/scenarioRef.ts';
import { parseVm, parseVms } from '../scenario/vm.ts';
import { checkCanary } from './canary.ts';
import type { Finding } from './finding.ts';

/** Where a scenario comes from, as JSON in `file` says it. Throws `BadInput` with the path of the first field that is wrong. */
export function parseSource(value: unknown, file: string, where = 'scenario'): ScenarioRef {
  const fields = object(value, where);
  if ('vms' in fields) return parseVms(value, where);
  if (!('module' in fields || 'builtIn' in fields || 'inMemory' in fields)) return parseVm(value, where);
  version(fields, where);
  const named = { schema: SCHEMA, name: string(fields.name, `${where}.name`), ...parseSkipped(fields, where) } as const;
  if ('module' in fields) return { ...named, module: resolve(dirname(file), string(fields.module, `${where}.module`)) };
  if ('builtIn' in fields)
    return {
      ...named,
      builtIn: oneOf(fields.builtIn, Object.keys(YARDSTICKS), `${where}.builtIn`) as Yardstick,
    };
  return { ...named, inMemory: true };
}

/** A finding as it stands in `file`, its schedule parsed. Throws `BadInput`. */
export function parseFinding(value: unknown, file: string): Finding & { readonly order: readonly number[] } {
  const finding = object(value, file);
  version(finding, file);
  if (finding.kind !== 'finding')
    throw new BadInput(`${file}.kind is ${JSON.stringify(finding.kind) ?? 'missing'}: must be "finding"`);
  // What no execution got to has no schedule.
  const schedule = finding.schedule === '' ? '' : string(finding.schedule, `${file}.schedule`);
  const order = schedule === '' ? [] : parseSchedule(schedule);
  if (order === undefined) throw new BadInput(`${file}.schedule is no schedule: runs like 0x5,1,0 are expected`);
  const canary = finding.canary === undefined ? undefined : string(finding.canary, `${file}.canary`);
  checkCanary(file, canary);
  return {
    schema: SCHEMA,
    kind: 'finding',
    property: string(finding.property, `${file}.property`),
    message: string(finding.message, `${file}.message`),
    memoryModel: oneOf(finding.memoryModel, memoryModels, `${file}.memoryModel`) as MemoryModelName,
    tearing: finding.tearing !== undefined && boolean(finding.tearing, `${file}.tearing`),
    ...(finding.inFull !== undefined && { inFull: boolean(finding.inFull, `${file}.inFull`) }),
    schedule,
    ...(finding.cycle !== undefined && { cycle: wholeNumber(finding.cycle, `${file}.cycle`, 1, order.length) }),
    contextSwitches: wholeNumber(finding.contextSwitches, `${file}.contextSwitches`, 0, order.length),
    scenario: parseSource(finding.scenario, file, `${file}.scenario`),
    ...(canary !== undefined && { canary }),
    order,
  };
}

function parseSkipped({ skipped }: Fields, where: string): { readonly skipped?: OmittedOperations } {
  if (skipped === undefined) return {};
  const lists = array(skipped, `${where}.skipped`, 0, 30);
  return {
    skipped: lists.map((list, a) => {
      const at = `${where}.skipped[${a}]`;
      return array(list, at, 0, 100_000).map((index, i) => wholeNumber(index, `${at}[${i}]`, 0, 100_000));
    }),
  };
}
