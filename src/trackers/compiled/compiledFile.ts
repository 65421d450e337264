import { loadFromCache } from '../../kernel/compile/cache.ts';
import { type CompiledKernel, KernelError } from '../../kernel/compiled.ts';
import type { CompiledConsumer } from '../../kernel/consumer/compiledConsumer.ts';
import type { ConsumerFile, KernelFile } from '../interface/tracker.ts';

/** The compiled file. Throws `KernelError` where this computer's cache does not have it. */
export function compiledFile({ file, key }: KernelFile): CompiledKernel {
  const compiled = loadFromCache(key);
  if (compiled === undefined)
    throw new KernelError(
      `${file} is not compiled here as it was (${key.slice(0, 10)}): 'gfnring kernel --kdir PATH --file ${file}' compiles it, from the same tree`,
    );
  return compiled;
}

/** The compiled consumer. Throws `KernelError` where this computer's cache does not have it. */
export function compiledConsumerFile({ file, key }: ConsumerFile): CompiledConsumer {
  const compiled = loadFromCache<CompiledConsumer>(key);
  if (compiled === undefined)
    throw new KernelError(
      `${file} is not compiled here as it was (${key.slice(0, 10)}): 'gfnring kernel --consumer ${file}' compiles it`,
    );
  return compiled;
}
