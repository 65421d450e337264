import { explore, type Lock, type Memory, type Report, scenario } from 'gfnring';
import { describe, expect, test } from 'vitest';
import 'gfnring/vitest';
import { main, runNode, temporaryFolder } from '../commandLine.ts';

const { write } = temporaryFolder();

const add = (mem: Memory, { count }: { count: import('gfnring').Cell }) => {
  mem.store(count, mem.load(count) + 1);
  return 'added';
};
/** Two of the three operations are enough for the violation. */
const three = scenario({
  name: 'three',
  cells: { count: 'u32' },
  actors: { a: [add, add], b: [add] },
  finally: {
    'no addition is lost': ({ read, cells, results }) =>
      read(cells.count) === [...results.a, ...results.b].filter((result) => result === 'added').length,
  },
});
const messageOf = (assertion: () => void): string => {
  try {
    assertion();
  } catch (error) {
    return (error as Error).message;
  }
  return 'it did not fail';
};

test('toHold fails with the text that the command line prints for a finding', async () => {
  const report = await explore('examples/lost-update.mjs');
  const { stdout } = runNode([main, 'explore', 'examples/lost-update.mjs', '--scheduler', 'exhaustive']);
  const message = messageOf(() => expect(report).toHold());
  expect(stdout.split('\n').slice(2).join('\n')).toBe(`${message}\n`);
  expect(message).toMatch(/^✗ no addition is lost\n[\s\S]*load {3}count → 0[\s\S]*npx gfnring replay \S+\.json\n/);
  expect(report).not.toHold();
});

test('a scenario in memory is reproduced by one line of code', async () => {
  const report = await explore(three);
  expect(report).toMatchObject({ outcome: 'violated', findings: [{ file: null, contextSwitches: 2 }] });
  const [, options] = /reproduce {4}await explore\(scenario, (\{.*\})\)\n/.exec(report.text)!;
  const again: Report = await explore(three, new Function(`return ${options}`)());
  expect(again.text).toBe(report.text);
  expect(messageOf(() => expect(again).toHold())).toBe(report.text);
  expect(options).toMatch(/^\{ replay: '[0-9,x]+', skipped: \[.*\] \}$/);
});

test.each([
  ['tso', false],
  ['rc11', false],
  ['sc', true],
] as const)('that line says the machine: %s, tearing %s', async (memoryModel, tearing) => {
  const racing = scenario({
    name: 'racing',
    cells: { x: 'u32', y: 'u32', wide: 'u64' },
    racy: ['wide'],
    actors: {
      a: [
        (mem, { x, y, wide }) => {
          mem.store(x, 1);
          const seen = mem.load(y);
          mem.write64(wide, 0x100000001n);
          return seen === 1;
        },
      ],
      b: [
        (mem, { x, y, wide }) => {
          const whole = mem.load64(wide) !== 1n;
          mem.store(y, 1);
          return [whole, mem.load(x) === 1];
        },
      ],
    },
    finally: { whole: ({ results: { a, b } }) => b[0][0] && (a[0] || b[0][1]) },
  });
  const report = await explore(racing, { memoryModel, tearing });
  expect(report).toMatchObject({ outcome: 'violated', memoryModel, tearing });
  const [, options] = /reproduce {4}await explore\(scenario, (\{.*\})\)\n/.exec(report.text)!;
  expect((await explore(racing, new Function(`return ${options}`)())).text).toBe(report.text);
});

test.each([
  ['memoryModel', 'arm', 'sc, tso, rc11'],
  ['reduction', 'most', 'none, optimal, states'],
  ['scheduler', 'fair', 'exhaustive, portfolio'],
])('an unknown %s is rejected', async (name, value, allowed) => {
  await expect(explore(three, { [name]: value })).rejects.toThrow(
    `explore: ${name} is "${value}": must be one of ${allowed}`,
  );
});

test('a limit neither holds nor fails, unless the option within allows it', async () => {
  const report = await explore('ring', { scheduler: 'random-walk', executions: 20 });
  expect(report.outcome).toBe('limit');
  const message = /ring: neither proved nor refuted: the limit of 20 executions came first/;
  expect(messageOf(() => expect(report).toHold())).toMatch(message);
  expect(messageOf(() => expect(report).not.toHold())).toMatch(message);
  expect(report).toHold({ within: 'limit' });
  const one = await explore(three, { replay: '0x4,1x2' });
  expect(messageOf(() => expect(one).toHold())).toMatch(/the limit of one schedule came first/);
});

test('a scenario that holds does not fail', async () => {
  const report = await explore('examples/sb.mjs');
  expect(report).toHold();
  expect(messageOf(() => expect(report).not.toHold())).toBe(
    'sb: a violation was expected, and every interleaving holds',
  );
});

test('toFind accepts a kind, a property, or a text of the finding', async () => {
  const report = await explore(three);
  for (const expected of [undefined, 'violation', 'no addition is lost', /addition/] as const)
    expect(report).toFind(expected);
  for (const expected of ['deadlock', 'no other', /other/]) expect(report).not.toFind(expected);
  const message = messageOf(() => expect(report).toFind('deadlock'));
  expect(message).toBe(`three: deadlock was expected, and the finding is another: violation\n\n${report.text}`);
  expect(messageOf(() => expect(report).not.toFind('no addition is lost'))).toMatch(
    /^three: the property 'no addition is lost' was found\n\n✗ no addition is lost\n/,
  );
  const holds = await explore('examples/sb.mjs');
  expect(holds).not.toFind();
  expect(messageOf(() => expect(holds).toFind('crash'))).toBe('sb: crash was expected, and every interleaving holds');
});

test('toFind is undecided at a limit', async () => {
  const report = await explore('ring', { scheduler: 'random-walk', executions: 20 });
  for (const assertion of [() => expect(report).toFind(), () => expect(report).not.toFind('crash')])
    expect(messageOf(assertion)).toMatch(/^ring: neither proved nor refuted: the limit of 20 executions came first/);
});

const crossed = (mem: Memory, first: Lock, second: Lock): void => {
  mem.lock(first);
  mem.lock(second);
  mem.unlock(second);
  mem.unlock(first);
};
const cells = { x: 'u32' } as const;
test.each([
  [
    'deadlock',
    scenario({
      name: 's',
      cells,
      locks: ['m', 'n'],
      actors: { a: [(mem, { m, n }) => crossed(mem, m, n)], b: [(mem, { m, n }) => crossed(mem, n, m)] },
    }),
  ],
  ['livelock', scenario({ name: 's', cells, actors: { a: [(mem, { x }) => mem.waitUntil(x, (of) => of > 0)] } })],
  [
    'crash',
    scenario({
      name: 's',
      cells,
      actors: {
        a: [
          (mem, { x }) => {
            mem.load(x);
            throw new Error('oops');
          },
        ],
      },
    }),
  ],
  [
    'data race',
    scenario({
      name: 's',
      cells,
      actors: { a: [(mem, { x }) => mem.write(x, 1)], b: [(mem, { x }) => mem.read(x)] },
    }),
  ],
  [
    'unreached',
    scenario({
      name: 's',
      cells,
      actors: { a: [(mem, { x }) => mem.load(x)] },
      sometimes: { one: ({ read, cells: { x } }) => read(x) === 1 },
    }),
  ],
])('a %s is a kind of finding', async (kind, of) => {
  const report = await explore(of, { memoryModel: 'rc11' });
  expect(report).toFind(kind);
  expect(report.summary).toMatch(new RegExp(`^✗ s: ${kind} under rc11: .* \\(.*, \\d\\.\\d s\\)$`));
});

test('the summary is one line: what was proved, under which model, and how much was explored', async () => {
  const { summary } = await explore('examples/sb.mjs', { memoryModel: 'sc' });
  expect(summary).toMatch(/^✓ sb: proved under sc \(\d+ states, \d\.\d s\)$/);
  const bounded = await explore(three, { executions: 1, reduction: 'none' });
  expect(bounded.summary).toMatch(/^. three: /);
  const limited = await explore('ring', { scheduler: 'random-walk', executions: 20 });
  expect(limited.summary).toMatch(
    /^\? ring: nothing found under sc within 20 executions, nothing proved \(20 executions, .*\)$/,
  );
});

test('a module that has changed is explored as it is now', async () => {
  const module = (rest: string): string =>
    write(
      'changes.ts',
      `import { scenario } from 'gfnring';\nexport default scenario({ name: 'changes', ${rest} });\n`,
    );
  const store = "cells: { x: 'u32' }, actors: { a: [(mem, { x }) => mem.store(x, 1)] }";
  expect(await explore(module(store))).toHold();
  const changed = await explore(module(`${store}, finally: { 'x is 2': ({ read, cells }) => read(cells.x) === 2 }`));
  expect(changed).toFind('x is 2');
});

describe('a search ends before the timeout of its test', () => {
  const short = { timeout: 3000 };
  test('without a limit of its own', short, async () => {
    const report = await explore('vm');
    expect(report).toMatchObject({ outcome: 'limit', testTimeout: 3 });
    expect(messageOf(() => expect(report).toHold())).toMatch(
      /^vm: neither proved nor refuted: the end of the test, whose timeout is 3 seconds, came first, [\s\S]*testTimeout: 60_000 in the configuration of vitest/,
    );
  });

  test('with a limit beyond it', short, async () => {
    expect(await explore('vm', { seconds: 60 })).toMatchObject({ outcome: 'limit', testTimeout: 3 });
  });

  test('but at its own limit, if that comes first', short, async () => {
    expect(await explore('vm', { seconds: 0.1 })).toMatchObject({
      outcome: 'limit',
      limit: '0.1 seconds',
      testTimeout: null,
    });
  });

  test('also where it minimises', short, async () => {
    expect(await explore('gfn-list/not-paused', { scheduler: 'random-walk', minimise: 60 })).toFind();
  });
});

test('bad input is reported in one line', async () => {
  expect(() => expect(explore(three)).toHold()).toThrow(
    /expected the report of explore\(…\), not a promise of it: await it/,
  );
  await expect(explore('./nowhere.mjs')).rejects.toThrow('cannot read the scenario ./nowhere.mjs: ENOENT');
  await expect(explore(three, { replay: '0x9' })).rejects.toThrow(/three: step \d of the schedule is impossible/);
  await expect(explore(three, { replay: 'x' })).rejects.toThrow(/replay is x: runs like 0x5,1,0 are expected/);
  await expect(explore(three, { skipped: [[0]] })).rejects.toThrow(/skipped goes with replay/);
});
