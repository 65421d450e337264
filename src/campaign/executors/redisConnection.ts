import type * as BullMq from 'bullmq';
import type { Redis } from 'ioredis';
import { BadInput } from '../../input/badInput.ts';
import { noteOwn } from '../../process/supervision.ts';
import { activeCanary } from '../../run/canary.ts';
import { hexDigest } from '../hash.ts';
import { CAMPAIGN_SCHEMA } from '../settings.ts';
import { codeHash } from './codeHash.ts';
import { queueSecret } from './signedMessage.ts';

/** Milliseconds that a Redis may be away before it is taken for gone. */
const GONE_AFTER_MS = 15_000;

/** Milliseconds within which a Redis must answer at first. */
const CONNECT_MS = 5000;
/** Milliseconds between two checks that it answers. */
const PING_MS = 1000;

/** The name of the queue. Only processes with the same code, secret and canary share one. */
export function queueName(version: string): string {
  const canary = activeCanary();
  const secret = queueSecret();
  const key = secret === undefined ? 'open' : hexDigest(`queue of ${secret}`, 8);
  return `gfnring-${version}-${CAMPAIGN_SCHEMA}-${codeHash(12)}-${key}${canary === undefined ? '' : `-${canary}`}`;
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
  noteOwn('connections');
  const connection = new ioredis.Redis(url, {
    maxRetriesPerRequest: null,
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
  });
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
  // A stopped process accepts connections, and answers nothing.
  const timer = setTimeout(() => connection.disconnect(), CONNECT_MS);
  try {
    await first;
  } catch (error) {
    connection.disconnect();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  watchAnswers(connection, () => onGone(new Error(`${address} went away: no answer`)));
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

/** Calls `onSilence` if a Redis that is connected has not answered for 15 seconds. */
function watchAnswers(connection: Redis, onSilence: () => void): void {
  let silentMs = 0;
  const timer = setInterval(() => {
    if (connection.status !== 'ready') silentMs = 0;
    else if (silentMs >= GONE_AFTER_MS) onSilence();
    else {
      silentMs += PING_MS;
      connection.ping().then(
        () => {
          silentMs = 0;
        },
        () => {},
      );
    }
  }, PING_MS).unref();
  connection.on('end', () => clearInterval(timer));
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
