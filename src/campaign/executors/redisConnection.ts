import type * as BullMq from 'bullmq';
import type { Redis } from 'ioredis';
import { BadInput } from '../../input/badInput.ts';
import { canaryHere } from '../../run/canary.ts';
import { CAMPAIGN_SCHEMA } from '../settings.ts';

/** How long a Redis may be away, in milliseconds, before it is taken for gone. */
const AWAY_MS = 15_000;

/** Tasks for those with the same canary in their code, and the same version of all of it. */
export function queueName(version: string): string {
  const canary = canaryHere();
  return `gfnring-${version}-${CAMPAIGN_SCHEMA}${canary === undefined ? '' : `-${canary}`}`;
}

/** A Redis, and BullMQ to talk to it: both are optional. */
export interface RedisConnection {
  readonly bullmq: typeof BullMq;
  readonly connection: Redis;
  /** As people write it, without what is secret. */
  readonly address: string;
}

/**
 * Connects to a Redis. Throws `BadInput` where there is none, or the packages are not there.
 *
 * @param onGone it was there, and has been away for 15 seconds.
 */
export async function reachRedis(url: string, onGone: (error: Error) => void): Promise<RedisConnection> {
  const address = addressOf(url);
  const [bullmq, ioredis] = await packages();
  const connection = new ioredis.Redis(url, { maxRetriesPerRequest: null, lazyConnect: true, connectTimeout: 5000 });
  let last = 'no answer';
  connection.on('error', (error: Error) => {
    last = error.message;
  });
  // Until it is there once, nothing is tried again.
  const first = new Promise<void>((resolve, reject) => {
    connection.once('ready', resolve);
    connection.once('close', () => reject(new BadInput(`cannot reach ${address}: ${last}`)));
  });
  connection.connect().catch(() => {});
  try {
    await first;
  } catch (error) {
    connection.disconnect();
    throw error;
  }
  let away: NodeJS.Timeout | undefined;
  connection.on('close', () => {
    away ??= setTimeout(() => onGone(new Error(`${address} went away: ${last}`)), AWAY_MS);
  });
  connection.on('ready', () => {
    clearTimeout(away);
    away = undefined;
  });
  connection.on('end', () => clearTimeout(away));
  return { bullmq, connection, address };
}

function addressOf(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new BadInput(`'${url}' is no address: redis://host:port is expected`);
  }
  if (!/^rediss?:$/.test(parsed.protocol))
    throw new BadInput(`'${url}' is no address of a Redis: redis://host:port is expected`);
  return `${parsed.protocol}//${parsed.host}`;
}

async function packages() {
  try {
    return await Promise.all([import('bullmq'), import('ioredis')]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new BadInput('a queue needs two packages more: npm install bullmq ioredis');
  }
}
