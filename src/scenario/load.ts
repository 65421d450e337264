import { readFileSync } from 'node:fs';
import { BadInput } from './badInput.ts';
import { builtIns } from './builtin.ts';
import type { Finding } from './finding.ts';
import { parseFinding, parseVm } from './parse.ts';
import type { VmSpec } from './spec.ts';

/** The scenario that `name` stands for: a built-in one, or the path of a JSON file. Throws `BadInput`. */
export function loadScenario(name: string): VmSpec {
  const builtIn = builtIns.find(({ spec }) => spec.name === name);
  if (builtIn !== undefined) return builtIn.spec;
  if (!/[./\\]/.test(name)) {
    throw new BadInput(
      `unknown scenario ${name}: 'gfnring list' shows the built-in ones, and the path of a JSON file is taken too`,
    );
  }
  return parseVm(readJson(name, 'scenario'), name);
}

/** The finding in a JSON file. Throws `BadInput`. */
export function loadFinding(file: string): Finding & { readonly order: readonly number[] } {
  return parseFinding(readJson(file, 'finding'), file);
}

function readJson(file: string, what: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new BadInput(`cannot read the ${what} ${file}: ${(error as NodeJS.ErrnoException).code ?? error}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new BadInput(
      `${file} is no JSON${text.trimEnd().endsWith('}') ? '' : ', it seems to be cut off'}: a ${what} is expected`,
    );
  }
}
