import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runHere, runIn, temporaryFolder } from '../commandLine.ts';
import { MAIL } from './trees.ts';

const { folder, write } = temporaryFolder();
const TREE = ['--kdir', MAIL.kdir, '--file', MAIL.file, '--dir', folder];
const kernel = (...more: string[]) => runHere('.', 'kernel', ...TREE, ...more);
const LONG = { timeout: 600_000 };
const source = readFileSync(join(MAIL.kdir, MAIL.file), 'utf8').split('\n');
/** The number of the n-th line with that text. */
const lineOf = (text: string, n = 0): number =>
  source.flatMap((line, i) => (line.includes(text) ? [i + 1] : []))[n] ?? Number.NaN;
/** The batch that ends because another page is in another slot, and the condition for it. */
const BATCH_ENDS = lineOf('enable_log_dirty(kvm, cur_slot');
const SAME_SLOT = lineOf('if (mask && slot == cur_slot)');

/** A patch that changes line `line` of the file to `to`. */
const patchOf = (line: number, to: string): string =>
  write('a.patch', `--- a/${MAIL.file}\n+++ b/${MAIL.file}\n@@ -${line} +${line} @@\n-${source[line - 1]}\n+${to}\n`);

describe('--coverage lists what no scenario reached', () => {
  test('a line and a branch that one scenario does not reach, and another does', LONG, async () => {
    const [wrap, spaces] = [
      JSON.parse((await kernel('wrap', '--coverage', '--json')).stdout),
      JSON.parse((await kernel('gfn-ring/two-spaces', '--coverage', '--json')).stdout),
    ];
    const branch = { place: expect.stringMatching(`__kvm_gfn_ring_reset ${MAIL.file}:${SAME_SLOT}:`) };
    expect(wrap.coverage.lines[MAIL.file]).toContain(BATCH_ENDS);
    expect(spaces.coverage.lines[MAIL.file]).not.toContain(BATCH_ENDS);
    expect(wrap.coverage.branches).toContainEqual(expect.objectContaining(branch));
    expect(spaces.coverage.branches).not.toContainEqual(expect.objectContaining(branch));
  });

  test('what worker threads reach counts', LONG, () => {
    const names = ['wrap', 'gfn-ring/two-spaces', 'full-ring'];
    const [one, two] = ['1', '2'].map((workers) =>
      JSON.parse(runIn('.', 'kernel', ...names, ...TREE, '--coverage', '--json', '--workers', workers).stdout),
    );
    expect(two.coverage).toEqual(one.coverage);
    expect(two.coverage.lines[MAIL.file]).not.toContain(BATCH_ENDS);
  });

  test('as text, with the number of lines; without the option, nothing', LONG, async () => {
    const { stdout } = await kernel('wrap', '--coverage');
    expect(stdout).toMatch(/^coverage: \d+ of \d+ lines reached by a scenario$/m);
    expect(stdout).toMatch(new RegExp(`^  not reached: ${MAIL.file} [-\\d, ]+$`, 'm'));
    expect(stdout).toMatch(/^ {2}never taken: \S+ \S+:\d+:\d+, to \S+:\d+$/m);
    expect((await kernel('wrap')).stdout).not.toContain('coverage');
  });
});

describe('lines of a patch that no scenario reached are in its verdict', () => {
  test('none of it is executed: undecided', LONG, async () => {
    const patch = patchOf(BATCH_ENDS, '\t\t\tenable_log_dirty(kvm, cur_slot, cur_offset, mask | 2);');
    const { status, stdout } = await kernel('wrap', '--patch', patch);
    expect(status).toBe(4);
    expect(stdout).toContain(`\nnot reached by any scenario, so not judged: ${MAIL.file} ${BATCH_ENDS}\n`);
    expect(stdout).toContain('\nundecided: no line that the patch adds was executed\n');
  });

  test('all of it is executed, in Markdown and JSON', LONG, async () => {
    const patch = patchOf(SAME_SLOT, '\t\tif (slot == cur_slot && mask) {');
    const { status, stdout } = await kernel('wrap', '--patch', patch, '--markdown');
    expect([status, stdout]).toEqual([0, expect.stringContaining('\neach line of code that the patch adds was exec')]);
    const json = JSON.parse((await kernel('wrap', '--patch', patch, '--json')).stdout);
    expect(json.patch).toMatchObject({ executed: 'all', unreached: {} });
  });
});
