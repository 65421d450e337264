import { fileURLToPath } from 'node:url';

/** Other threads always run what was compiled: the one place that says where that lies, seen from the source and from dist. */
export function compiled(file: string): URL {
  return new URL(`${import.meta.url.endsWith('.ts') ? '../../dist' : '..'}/${file}`, import.meta.url);
}

export const workerFile = (
  name: 'scenario/lockstepWorker' | 'scenario/searchWorker' | 'scenario/stressWorker' | 'campaign/campaignWorker',
): string => fileURLToPath(compiled(`${name}.js`));
