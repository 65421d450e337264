import { fileURLToPath } from 'node:url';

/** Other threads always run what was compiled: the one place that says where that lies, seen from the source and from dist. */
export function distUrl(file: string): URL {
  return new URL(`${import.meta.url.endsWith('.ts') ? '../../dist' : '..'}/${file}`, import.meta.url);
}

export const workerFile = (
  name:
    | 'run/lockstep/lockstepWorker'
    | 'run/search/searchWorker'
    | 'run/stress/stressWorker'
    | 'campaign/executors/campaignWorker',
): string => fileURLToPath(distUrl(`${name}.js`));
