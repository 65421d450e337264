import { BadInput } from '../../input/badInput.ts';
import { lazySchema, readFields } from '../../input/fieldTypes.ts';
import { parseOwnFinding } from '../state/parseState.ts';
import { batchResultSchema, minimisedSchema } from '../state/schema.ts';
import type { CampaignTask, TaskAnswer } from './executor.ts';

const answerSchema = lazySchema((t) => t.openFields({ kind: t.oneOf(['done', 'bad input', 'abandoned']) }));
const refusalSchema = lazySchema((t) => t.openFields({ message: t.unparsed() }));
const resultSchema = lazySchema((t) => t.openFields({ result: t.unread() }));

/**
 * Reads the answer of a worker of another process. Throws `BadInput` if it is none to that task:
 * whoever reaches the queue may have written it.
 */
export function parseAnswer(value: unknown, task: CampaignTask): TaskAnswer {
  const { kind } = readFields(answerSchema(), value, 'answer');
  if (kind !== 'done') return { kind, ...readFields(refusalSchema(), value, 'answer') };
  const { result } = readFields(resultSchema(), value, 'answer');
  if (task.kind === 'batch') {
    const batch = readFields(batchResultSchema(), result, 'answer.result');
    if (batch.number !== task.batch.number) throw new BadInput(`answer.result is of batch ${batch.number}`);
    return { kind, result: batch };
  }
  const { unminimised } = task;
  const minimised = readFields(minimisedSchema(), result, 'answer.result');
  if (minimised.key !== unminimised.failure.key) throw new BadInput(`answer.result is of failure ${minimised.key}`);
  const finding = parseOwnFinding(minimised.finding, [unminimised.source], 'answer.result.finding');
  return { kind, result: { ...minimised, finding } };
}
