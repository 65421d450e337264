import { constants, copyFileSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Argument, type Command } from 'commander';
import { checkWritable } from '../../files/checkWritable.ts';
import { createDirectory } from '../../files/createDirectory.ts';
import { errorCode } from '../../files/fileErrors.ts';
import { shellQuote } from '../../input/shellQuote.ts';
import { defineCommand } from '../defineCommand.ts';
import { print } from '../output.ts';

/** The files that are written are an example, which its own document shows. */
const TEMPLATES = fileURLToPath(new URL('../../../examples/init/', import.meta.url));
const CONFIG = 'vitest.config.mjs';

export const initCommand = (): Command =>
  defineCommand({
    name: 'init',
    description: 'write a first scenario and its test into a project',
    args: [new Argument('[folder]', 'the folder for both').default('interleavings')],
    note: 'Files that exist stay as they are.',
    examples: {
      init: 'interleavings/counter.mjs and its test',
      'init test/interleavings': 'in another folder',
    },
    action: init,
  });

function init(folder: string): void {
  checkWritable(folder, 'scenarios');
  createDirectory(folder);
  for (const name of ['counter.mjs', 'counter.test.mjs']) write(name, join(folder, name));
  const config = configuration();
  if (config === undefined) write(CONFIG, CONFIG);
  const scenario = join(folder, 'counter.mjs');
  const install = isInstalled('vitest') ? '' : 'npm install --save-dev vitest && ';
  print();
  print(
    `explore   npx gfnring explore ${shellQuote(isAbsolute(scenario) ? scenario : `./${scenario}`)} --scheduler exhaustive`,
  );
  print(`test      ${install}npx vitest run ${shellQuote(join(folder, 'counter.test.mjs'))}`);
  if (config !== undefined && config !== CONFIG)
    print(`watch     add watchScenarios() of gfnring/vitest/plugin to the plugins in ${config}`);
}

/** Writes a file, unless it exists. */
function write(template: string, path: string): void {
  try {
    copyFileSync(join(TEMPLATES, template), path, constants.COPYFILE_EXCL);
    print(`wrote     ${path}`);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    print(`kept      ${path}, which exists`);
  }
}

/** The configuration of vitest here, which may be that of vite; undefined: none. */
function configuration(): string | undefined {
  const names = ['vitest', 'vite'].flatMap((name) =>
    ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((ending) => `${name}.config.${ending}`),
  );
  return names.find((name) => existsSync(name));
}

function isInstalled(name: string): boolean {
  try {
    createRequire(resolve('package.json')).resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}
