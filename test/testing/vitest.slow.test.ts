import { explore, type Report, scenario } from 'gfnring';
import { expect, test } from 'vitest';
import 'gfnring/vitest';
import { main, runNode } from '../commandLine.ts';

const add = (mem: import('gfnring').Memory, { count }: { count: import('gfnring').Cell }) => {
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

test('bad input is reported in one line', async () => {
  expect(() => expect(explore(three)).toHold()).toThrow(
    /expected the report of explore\(…\), not a promise of it: await it/,
  );
  await expect(explore('./nowhere.mjs')).rejects.toThrow('cannot read the scenario ./nowhere.mjs: ENOENT');
  await expect(explore(three, { replay: '0x9' })).rejects.toThrow(/three: step \d of the schedule is impossible/);
  await expect(explore(three, { replay: 'x' })).rejects.toThrow(/replay is x: runs like 0x5,1,0 are expected/);
  await expect(explore(three, { skipped: [[0]] })).rejects.toThrow(/skipped goes with replay/);
});
