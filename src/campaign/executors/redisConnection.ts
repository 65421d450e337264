import type * as BullMq from 'bullmq';
import type { Redis } from 'ioredis';
import { BadInput } from '../../input/badInput.ts';
import { activeCanary } from '../../run/canary.ts';
import { CAMPAIGN_SCHEMA } from '../settings.ts';

/** Milliseconds that a Redis may be away before it is taken for gone. */
const GONE_AFTER_MS = 15_000;

/** The name of the queue. Only processes with the same version and the same canary share one. */
export function queueName(version: string): string {
  const canary = activeCanary();
  return `gfnring-${version}-${CAMPAIGN_SCHEMA}${canary === undefined ? '' : `-${canary}`}`;
}

/** A connection to Redis, with BullMQ. Both packages are optional. */
export interface RedisConnection {
  readonly bullmq: typeof BullMq;
  readonly connection: Redis;
  /** For messages: without user and password. */
  readonly address: string;
}

/**
 * Connects to a Redis. Rejects with `BadInput` if there is none, or if the packages are missing.
 *
 * @param onGone called when the connection was lost for 15 seconds.
 */
export async function connectRedis(url: string, onGone: (error: Error) => void): Promise<RedisConnection> {
  const address = addressOf(url);
  const [bullmq, ioredis] = await importPackages();
  const connection = new ioredis.Redis(url, { maxRetriesPerRequest: null, lazyConnect: true, connectTimeout: 5000 });
  let lastError = 'no answer';
  connection.on('error', (error: Error) => {
    lastError = error.message;
  });
  // The first attempt is not repeated. After it, ioredis reconnects by itself.
  const first = new Promise<void>((resolve, reject) => {
    connection.once('ready', resolve);
    connection.once('close', () => reject(new BadInput(`cannot reach ${address}: ${lastError}`)));
  });
  connection.connect().catch(() => {});
  try {
    await first;
  } catch (error) {
    connection.disconnect();
    throw error;
  }
  let goneTimer: NodeJS.Timeout | undefined;
  connection.on('close', () => {
    goneTimer ??= setTimeout(() => onGone(new Error(`${address} went away: ${lastError}`)), GONE_AFTER_MS);
  });
  connection.on('ready', () => {
    clearTimeout(goneTimer);
    goneTimer = undefined;
  });
  connection.on('end', () => clearTimeout(goneTimer));
  return { bullmq, connection, address };
}

function addressOf(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new BadInput(`'${withoutPassword(url)}' is no address: redis://host:port is expected`);
  }
  if (!/^rediss?:$/.test(parsed.protocol))
    throw new BadInput(`'${withoutPassword(url)}' is no address of a Redis: redis://host:port is expected`);
  return `${parsed.protocol}//${parsed.host}`;
}

/** An address may be malformed in any way. What stands before its last @ is not shown. */
const withoutPassword = (url: string): string => url.replace(/^.*@/s, '…@');

async function importPackages() {
  try {
    return await Promise.all([import('bullmq'), import('ioredis')]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new BadInput('a queue needs two packages more: npm install bullmq ioredis');
  }
}
