import { fileURLToPath } from 'node:url';

/** Workers always run what was compiled: the one place that says where that lies, seen from the source and from dist. */
export function workerFile(name: 'lockstepWorker' | 'stressWorker'): string {
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/scenario/' : './';
  return fileURLToPath(new URL(`${folder}${name}.js`, import.meta.url));
}
