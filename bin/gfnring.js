#!/usr/bin/env node
import { existsSync } from 'node:fs';

// First of all, because a signal may come at once. Before, Node itself still starts.
const SIGNALS = ['SIGINT', 'SIGTERM'];
const interrupted = () => process.exit(130);
for (const signal of SIGNALS) process.on(signal, interrupted);

/*
 * The command. It is in the repository and not in the build, because `npx gfnring` in a fresh
 * checkout links to it before anything is built. Without a file to link to, npm leaves its cache in
 * a state in which every later `npx gfnring` fails.
 */
const main = new URL('../bundle/cli/main.js', import.meta.url);
if (existsSync(main)) await import(main.href);
else {
  process.stderr.write("gfnring: this checkout is not built: run 'npm ci' first\n");
  process.exitCode = 2;
}
// A signal that came meanwhile is heard in this turn of the event loop; later ones by the command.
await new Promise((next) => {
  setImmediate(next);
});
for (const signal of SIGNALS) process.off(signal, interrupted);
