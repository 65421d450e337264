#!/usr/bin/env node
import { existsSync } from 'node:fs';

/*
 * The command. It is a file of the repository, not of the build: `npx gfnring` in a checkout links to it before anything is built, and where there is nothing
 * to link to, npm leaves its cache in a state in which every later `npx gfnring` fails.
 */
const main = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(main)) await import(main.href);
else {
  process.stderr.write("gfnring: this checkout is not built: run 'npm ci' first\n");
  process.exitCode = 2;
}
