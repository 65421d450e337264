// What npm runs when a checkout is installed, or linked: builds it. `npx gfnring` in a checkout without its packages links it, too, and there is nothing
// to build with yet; failing would leave npm's cache in a state in which every later `npx gfnring` fails.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (existsSync(new URL('../node_modules/typescript/package.json', import.meta.url)))
  process.exitCode = spawnSync('npm', ['run', 'build'], { stdio: 'inherit', shell: true }).status ?? 1;
