import { memoryModelAliases, steppedMemoryModelNames } from '../../explore/memoryModels/registry.ts';
import { BadInput } from '../../input/badInput.ts';
import { type FieldTypes, lazySchema, readFields } from '../../input/fieldTypes.ts';
import { parseScenarioRef } from '../../run/parseScenarioRef.ts';
import type { ScenarioRef } from '../../scenario/scenarioRef.ts';
import { batchSchema, unminimisedSchema } from '../state/schema.ts';
import type { CampaignTask } from './executor.ts';
import { queueSecret } from './signedMessage.ts';

const config = (t: FieldTypes) =>
  t.openFields({
    memoryModel: t.oneOfRenamed(steppedMemoryModelNames, memoryModelAliases),
    tearing: t.flag(),
    stepsMax: t.wholeNumber(1, 10_000_000),
  });
const kindSchema = lazySchema((t) => t.openFields({ kind: t.oneOf(['batch', 'minimise']), config: config(t) }));
const batchTaskSchema = lazySchema((t) => t.openFields({ batch: batchSchema(t) }));
const minimiseTaskSchema = lazySchema((t) => t.openFields({ unminimised: unminimisedSchema(t) }));

/**
 * Reads a task from a queue. Throws `BadInput` if it is none, or if it runs a module and nobody has
 * signed it.
 */
export function parseTask(value: unknown): CampaignTask {
  const { kind, config } = readFields(kindSchema(), value, 'task');
  if (kind === 'batch') {
    const { batch } = readFields(batchTaskSchema(), value, 'task');
    return { kind, config, batch: { ...batch, source: parseTaskScenario(batch.source) } };
  }
  const { unminimised } = readFields(minimiseTaskSchema(), value, 'task');
  return { kind, config, unminimised: { ...unminimised, source: parseTaskScenario(unminimised.source) } };
}

function parseTaskScenario(value: unknown): ScenarioRef {
  const source = parseScenarioRef(value, '/', 'task.source');
  requireSecret(source);
  return source;
}

/** Throws `BadInput` for a module without a secret: whoever reaches the queue could name it. */
export function requireSecret(source: ScenarioRef): void {
  if ('module' in source && queueSecret() === undefined)
    throw new BadInput(
      `${source.module} is not run over a queue without a secret: set GFNRING_QUEUE_SECRET for fuzz and for work`,
    );
}
