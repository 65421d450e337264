import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Deadline } from '#dist/explore/limits.js';
import { compiledUrl } from '../compiled.ts';
import type { Mistake } from '../mistakes/mistake.ts';
import { type Edit, patching } from '../patch/patch.ts';
import { errorIn } from '../subjects/trial.ts';
import type { Said } from './child.ts';
import { type SelfCheckName, selfCheckNames } from './selfChecks.ts';

/** How long the self-checks of one process may take before it is taken for hung, in seconds. */
const HUNG = 50;

export interface HarnessResult {
  readonly name: string;
  readonly part: string;
  /** Whether what was expected to notice it has. */
  readonly caught: boolean;
  /** What has noticed it first, and what that said. */
  readonly by: Mistake['expectedBy'] | null;
  readonly said: string | null;
  /** The other self-checks that have, where all were run. */
  readonly alsoBy: readonly SelfCheckName[];
  readonly expectedBy: Mistake['expectedBy'];
  readonly seconds: number;
  /** Why the process that ran it, or a self-check, did not come to its end. */
  readonly error: string | null;
}

/** The self-checks with no mistake put in: what is wrong, as lines; none of them should be. */
export interface UnpatchedResult {
  readonly wrong: readonly string[];
  readonly seconds: number;
}

/** Puts a mistake into a process, and asks the self-check that must notice it; `all`: every one, so that it is known which others do. */
export async function runHarnessCanary(mistake: Mistake, all = false): Promise<HarnessResult> {
  const { name, part, expectedBy, edits } = mistake;
  const clock = new Deadline(HUNG);
  const isEnd = expectedBy === 'crashed' || expectedBy === 'hung';
  const checks = isEnd
    ? selfCheckNames
    : [expectedBy, ...(all ? selfCheckNames.filter((of) => of !== expectedBy) : [])];
  const { said, hung, error } = await selfChecked(edits, checks);
  const noticed = said.filter((of) => of.said !== null && !of.crashed);
  const crash = said.find(({ crashed }) => crashed);
  const [first, ...others] = noticed;
  const ended = hung ? 'hung' : error !== null || crash !== undefined ? 'crashed' : null;
  const by = first?.check ?? ended;
  return {
    ...{ name, part, caught: by === expectedBy, by, said: first?.said ?? null },
    alsoBy: others.map(({ check }) => check),
    expectedBy,
    seconds: clock.seconds,
    error: error ?? crash?.said ?? null,
  };
}

/** Runs all self-checks on the harness as it is. */
export async function runUnpatched(): Promise<UnpatchedResult> {
  const clock = new Deadline(HUNG);
  const { said, hung, error } = await selfChecked([], selfCheckNames);
  const wrong = said.flatMap((of) => (of.said === null ? [] : [`${of.check}: ${of.said}`]));
  if (hung) wrong.push(`${selfCheckNames[said.length]}: no end after ${HUNG} seconds of all`);
  return { wrong: error === null ? wrong : [...wrong, error], seconds: clock.seconds };
}

interface Checked {
  readonly said: readonly Said[];
  readonly hung: boolean;
  readonly error: string | null;
}

function selfChecked(edits: readonly Edit[], checks: readonly SelfCheckName[]): Promise<Checked> {
  const child = fork(fileURLToPath(compiledUrl('harness/child.js')), {
    ...patching(edits),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const said: Said[] = [];
  let text = '';
  let hung = false;
  child.stderr!.on('data', (more) => {
    text += more;
  });
  child.on('message', (one: Said) => said.push(one));
  child.send(checks);
  const timer = setTimeout(() => {
    hung = true;
    child.kill('SIGKILL');
  }, HUNG * 1000);
  return new Promise((resolve) => {
    child.on('close', () => {
      clearTimeout(timer);
      const isDone = hung || said.length === checks.length;
      resolve({ said, hung, error: isDone ? null : errorIn(text) });
    });
  });
}
