import { fileURLToPath } from 'node:url';

/**
 * The URL of a compiled file, as seen from the source and from dist. Worker threads always run
 * compiled files.
 */
export function distUrl(file: string): URL {
  return new URL(`${import.meta.url.endsWith('.ts') ? '../../dist' : '..'}/${file}`, import.meta.url);
}

export const workerFile = (
  name:
    | 'run/lockstep/lockstepWorker'
    | 'run/search/searchWorker'
    | 'run/stress/stressWorker'
    | 'campaign/executors/campaignWorker'
    | 'cli/parallel/scenarioWorker',
): string => fileURLToPath(distUrl(`${name}.js`));
