import { createHmac, timingSafeEqual } from 'node:crypto';
import { BadInput } from '../../input/badInput.ts';
import { type FieldTypes, lazySchema, readFields } from '../../input/fieldTypes.ts';
import { parseJson } from '../../input/parseJson.ts';

/** What processes that share a queue have in common. Undefined: nothing is signed. */
export const queueSecret = (): string | undefined => process.env.GFNRING_QUEUE_SECRET || undefined;

/** What a message is about: the task of a job, or its answer. */
export const taskOf = (job: string): string => `task ${job}`;
export const answerOf = (job: string): string => `answer ${job}`;

const messageFields = (t: FieldTypes) => ({
  body: t.text(),
  mac: t.optional(t.pattern(/^[0-9a-f]{64}$/, '64 hexadecimal digits')),
});
const messageSchema = lazySchema((t) => t.openFields(messageFields(t)));

/** A task or an answer on its way through a queue. `body` is JSON. */
export interface SignedMessage {
  readonly body: string;
  readonly mac?: string;
}

/**
 * Signs a message with the secret, if there is one.
 *
 * @param about what the message is, and of which job: another message cannot stand in for it.
 */
export function signMessage(value: unknown, about: string): SignedMessage {
  const body = JSON.stringify(value);
  const secret = queueSecret();
  return secret === undefined ? { body } : { body, mac: macOf(secret, about, body) };
}

/** The content of a message. Throws `BadInput` if it is none, or was not signed with the secret. */
export function openMessage(value: unknown, about: string): unknown {
  const { body, mac } = readFields(messageSchema(), value, about);
  const secret = queueSecret();
  if (secret !== undefined) {
    const expected = macOf(secret, about, body);
    if (mac === undefined || !timingSafeEqual(Buffer.from(mac), Buffer.from(expected)))
      throw new BadInput(`${about} is not signed with GFNRING_QUEUE_SECRET`);
  }
  return parseJson(body, about, 'message', Infinity);
}

const macOf = (secret: string, about: string, body: string): string =>
  createHmac('sha256', secret).update(`${about}\n${body}`).digest('hex');
