/**
 * `gfnring/shared`. Importing it installs the stand-ins: import it before the code under test,
 * which may take functions of `Atomics` when it is loaded.
 */
import { install } from './install.ts';

export { assume, check } from '../memory/assume.ts';
export type { SharedDefinition, SharedOperation, SharedResults } from './sharedDefinition.ts';
export { choose, sharedScenario } from './sharedScenario.ts';

install();
