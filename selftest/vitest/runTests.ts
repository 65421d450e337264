import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compiledUrl, projectUrl } from '../compiled.ts';
import { type Edit, patching } from '../patch/patch.ts';

/** The folder of the project, with a slash. */
export const ROOT: string = fileURLToPath(projectUrl(''));
export const VITEST = `${ROOT}node_modules/vitest/vitest.mjs`;
export const CONFIG = fileURLToPath(compiledUrl('vitest/config.js'));

/** A test, by its file seen from the project and its full name: all titles, with spaces between. */
export interface TestRef {
  readonly file: string;
  readonly name: string;
}

/** What came of some tests. */
export interface TestRun {
  readonly passed: readonly TestRef[];
  readonly failed: readonly TestRef[];
  /** Why a test file could not be loaded, or vitest not run; null: all was run. */
  readonly error: string | null;
  /** The tests did not end in time. What else is known of them is lost. */
  readonly hung: boolean;
}

interface Options {
  /** Full names of tests; by default all tests of the files. */
  readonly names?: readonly string[];
  /** Stop at the first test that fails. */
  readonly bail?: boolean;
  /** How long all of it may take. */
  readonly seconds: number;
}

/** Runs test files with edits in the program. */
export async function runTests(edits: readonly Edit[], files: readonly string[], options: Options): Promise<TestRun> {
  const { execArgv, env } = patching(edits);
  const child = spawn(process.execPath, [VITEST, ...argsOf(files, options)], {
    cwd: ROOT,
    env: { ...env, NODE_OPTIONS: execArgv.join(' ') },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group, as a test that hangs is in a process of vitest's.
    detached: true,
  });
  let [said, complaint, hung] = ['', '', false];
  child.stdout.on('data', (text) => {
    said += text;
  });
  child.stderr.on('data', (text) => {
    complaint += text;
  });
  const timer = setTimeout(() => {
    hung = true;
    process.kill(-child.pid!, 'SIGKILL');
  }, options.seconds * 1000);
  await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  if (hung) return { passed: [], failed: [], error: null, hung };
  return { ...resultsIn(said, complaint), hung };
}

function argsOf(files: readonly string[], { names = [], bail = false }: Options): string[] {
  const pattern = names.map((name) => `^ ?${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`).join('|');
  return [
    ...['run', '--config', CONFIG, '--reporter=json'],
    ...(bail ? ['--bail=1'] : []),
    ...(names.length > 0 ? ['--testNamePattern', pattern] : []),
    ...files,
  ];
}

interface JsonReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

function resultsIn(said: string, complaint: string): Omit<TestRun, 'hung'> {
  const begin = said.indexOf('{"numTotal');
  if (begin < 0) return { passed: [], failed: [], error: `vitest ends: ${(complaint || said).trim().slice(-300)}` };
  const { testResults } = JSON.parse(said.slice(begin)) as JsonReport;
  const withStatus = (wanted: string): TestRef[] =>
    testResults.flatMap(({ name: path, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === wanted)
        .map(({ fullName }) => ({ file: path.slice(ROOT.length), name: fullName.trim() })),
    );
  const broken = testResults.find(({ assertionResults, message }) => assertionResults.length === 0 && message !== '');
  return { passed: withStatus('passed'), failed: withStatus('failed'), error: broken?.message ?? null };
}
