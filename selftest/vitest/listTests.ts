import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CONFIG, ROOT, type TestRef, VITEST } from './runTests.ts';

interface ListedTest {
  readonly file: string;
  /** All titles, with ` > ` between. */
  readonly name: string;
}

/**
 * The tests of some test files. Vitest loads the files and runs no test, so each case of a
 * `test.each` is there with its own title.
 */
export async function listTests(files: readonly string[]): Promise<TestRef[]> {
  const args = [VITEST, 'list', ...files, '--config', CONFIG, '--isolate=false', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, maxBuffer: 2 ** 26 });
  const listed: readonly ListedTest[] = JSON.parse(stdout.slice(stdout.indexOf('[\n')));
  return listed.map(({ file, name }) => ({ file: file.slice(ROOT.length), name: name.replaceAll(' > ', ' ') }));
}
