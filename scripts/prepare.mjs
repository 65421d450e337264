// npm runs this when a checkout is installed or linked: it builds the project. `npx gfnring` in a
// checkout without packages links it too. Then there is nothing to build with, and a failure would
// break every later `npx gfnring`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (existsSync(new URL('../node_modules/typescript/package.json', import.meta.url)))
  process.exitCode = spawnSync('npm', ['run', 'build'], { stdio: 'inherit', shell: true }).status ?? 1;
