import { mkdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runHere, runIn, runNode, temporaryFolder } from '../commandLine.ts';

const { folder, gfnring, gfnringHere, write } = temporaryFolder();
const file = (name: string, text: string): string => {
  write(name, text);
  return `./${name}`;
};
const sb = readFileSync('examples/sb.mjs', 'utf8');
const lostUpdate = readFileSync('examples/lost-update.mjs', 'utf8');
const scenario = (rest: string): string =>
  `import { assume, check, scenario } from 'gfnring';\nexport default scenario({ ${rest} });\n`;

describe("a user's module is explored", () => {
  const proved = { status: 0, stdout: expect.stringMatching(/✓ sb .* proved\n/), stderr: '' };
  const explore = ['explore', './sb.mjs', '--scheduler', 'exhaustive'];

  test('from a folder with no node_modules at all', () => {
    file('sb.mjs', sb);
    expect(gfnring(...explore)).toEqual(proved);
  });

  test('from inside the project', async () => {
    expect(await runHere(join(process.cwd(), 'examples'), ...explore)).toEqual(proved);
  });
});

test('a finding in a module is reproduced: after a move, on worker threads, as one actor, as a typed schedule', async () => {
  const place = join(folder, 'project');
  mkdirSync(place);
  writeFileSync(join(place, 'lost-update.mjs'), lostUpdate);
  const found = await runHere(place, 'explore', './lost-update.mjs', '--scheduler', 'exhaustive', '--json');
  const { findings, outcome } = JSON.parse(found.stdout);
  expect([found.status, outcome, findings.length]).toEqual([1, 'violated', 1]);
  const [{ file: path, property, schedule }] = findings;
  const moved = join(folder, 'moved');
  renameSync(place, moved);
  // A finding that was moved is no longer of this place: its module needs consent.
  for (const command of ['replay', 'explore'])
    expect(runIn(moved, command, path)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^gfnring: \S+ comes from elsewhere, .*: --trust allows it\n$/),
    });
  const lines = [
    ['replay', path, '--trust'],
    ['replay', path, '--trust', '--on', 'workers'],
    ['replay', `./lost-update.mjs:${schedule}`, '--on', 'workers'],
  ];
  for (const line of lines)
    expect(await runHere(moved, ...line)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(`✗ ${property}`),
    });
  expect((await gfnringHere(...lines[1].with(1, join(moved, path)))).stdout).toMatch(/the same on \d worker threads/);
  expect(await runHere(moved, 'replay', path, '--trust', '--actor', 'a')).toMatchObject({
    status: 0,
    stdout: 'add: undefined\n'.replace('undefined', 'returns nothing'),
  });
  expect(await runHere(moved, 'explore', path, '--trust')).toMatchObject({ status: 1 });
});

test('bad modules end with one line and status 2', async () => {
  const bad: [string, string, RegExp][] = [
    [
      'syntax.mjs',
      "import 'gfnring';\n\nexport default 1 2;\n",
      /syntax.mjs cannot be loaded: SyntaxError: .*, line 3$/,
    ],
    ['none.mjs', 'export const a = 1;', /none.mjs has no default export/],
    ['other.mjs', 'export default { a: 1 };', /other.mjs: its default export is \{"a":1\}: must be a scenario/],
    ['function.mjs', 'export default () => {};', /its default export is a function: must be a scenario/],
    ['types.ts', 'export default 1 as number;', /types.ts: its default export is 1: must be a scenario/],
    ['importer.mjs', "import './syntax.mjs';", /importer.mjs cannot be loaded: SyntaxError: .*, .\/syntax.mjs:3$/],
    ['throws.mjs', "\nthrow new Error('oops\\nand more');", /throws.mjs cannot be loaded: Error: oops, line 2$/],
    ['text.mjs', "throw 'oops';", /text.mjs cannot be loaded: it throws "oops"/],
    ['missing.mjs', "import 'nowhere';", /missing.mjs cannot be loaded: Error: Cannot find package 'nowhere'/],
    ['clash.mjs', sb.replace("'sb'", "'ring'"), /scenario ring: there is a built-in scenario of that name/],
    [
      'locks.mjs',
      scenario("name: 'l', cells: { x: 'u8' }, locks: ['x'], actors: { a: [] }"),
      /locks.x: there is a cell/,
    ],
    [
      'many.mjs',
      scenario("name: 'm', cells: {}, actors: Object.fromEntries([...Array(31)].map((_, i) => ['a' + i, []]))"),
      /actors has 31: there may be 30 at most/,
    ],
    [
      'typo.mjs',
      scenario("name: 't', cells: {}, actors: { a: [] }, allways: {}"),
      /there is no allways: it has name, /,
    ],
  ];
  const script = `
    import { resolveScenarioName } from ${JSON.stringify(pathToFileURL('dist/run/resolveScenarioName.js').href)};
    import { openScenario } from ${JSON.stringify(pathToFileURL('dist/scenario/scenarioRef.js').href)};
    for (const path of process.argv.slice(1))
      await resolveScenarioName(path).then(openScenario).then(() => console.log('nothing'), ({ name, message }) => console.log(name + ': ' + message));`;
  const paths = bad.map(([name, text]) => file(name, text));
  const all = ['--input-type=module', '-e', script, ...paths];
  const output = runNode(all, { cwd: folder }).stdout.trimEnd().split('\n');
  expect(output).toHaveLength(bad.length);
  for (const [i, [, , message]] of bad.entries()) {
    expect(output[i]).toMatch(message);
    expect(output[i]).toMatch(/^BadInput: /);
  }
  // Two of them by the command: one line each, and the status.
  for (const i of [0, bad.length - 1]) {
    const { status, stdout, stderr } = await gfnringHere('explore', paths[i]);
    expect([status, stdout, stderr]).toEqual([2, '', `gfnring: ${output[i].slice('BadInput: '.length)}\n`]);
  }
  expect((await gfnringHere('explore', './nowhere.mjs')).stderr).toBe(
    'gfnring: cannot read the scenario ./nowhere.mjs: ENOENT\n',
  );
  mkdirSync(join(folder, 'folder.mjs'));
  expect((await gfnringHere('explore', './folder.mjs')).stderr).toBe(
    'gfnring: cannot read the scenario ./folder.mjs: it is a directory, and no regular file\n',
  );
  file('large.mjs', '');
  truncateSync(join(folder, 'large.mjs'), 2 ** 34);
  expect((await gfnringHere('explore', './large.mjs')).stderr).toBe(
    'gfnring: ./large.mjs is too large: at most 16 MB are read\n',
  );
});

test('whatever a module throws, and whenever, is its fault', async () => {
  const bad: [string, string, RegExp][] = [
    ['undefined.mjs', 'throw undefined;', /undefined.mjs cannot be loaded: it throws undefined/],
    ['symbol.mjs', "throw Symbol('s');", /symbol.mjs cannot be loaded: it throws Symbol\(s\)/],
    [
      'proxy.mjs',
      'throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 1; } });',
      /proxy.mjs cannot be loaded: it throws 1/,
    ],
    ['getter.mjs', 'export default { get name() { throw 7; } };', /its default export throws 7 when it is read/],
    ['cycle.mjs', 'export default globalThis;', /its default export is an object that JSON cannot express/],
  ];
  for (const [name, text, message] of bad) {
    const { status, stdout, stderr } = await gfnringHere('explore', file(name, text));
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
  }
  // Other threads throw at the same time, and nothing waits for them any more.
  const text =
    scenario(`name: 't', cells: { x: 'u8' }, actors: { a: [(m, { x }) => m.load(x)], b: [(m, { x }) => m.load(x)] },
    finally: { p: () => { throw new Error('no'); } }`);
  expect(gfnring('explore', file('throws-everywhere.mjs', text), '--workers', '2')).toEqual({
    status: 2,
    stdout: '',
    stderr: expect.stringMatching(/^gfnring: scenario t: finally\.p throws Error: no, at \S+:\d+\n$/),
  });
  const wrong: [string, string, RegExp][] = [
    ['promise.mjs', 'always: { p: () => Promise.reject(1) }', /always.p returns a promise: must return true or false/],
    ['undefined-property.mjs', 'always: { p: () => { throw undefined; } }', /always.p throws undefined/],
  ];
  for (const [name, more, message] of wrong) {
    const path = file(
      name,
      scenario(`name: 'w', cells: { x: 'u8' }, actors: { a: [(m, { x }) => m.load(x)] }, ${more}`),
    );
    const { status, stdout, stderr } = await gfnringHere('explore', path);
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
  }
  // As `scenario` makes none with getters, it is changed afterwards.
  const actors = '[{ name: "a", get operations() { throw 7; } }]';
  const late = file(
    'late.mjs',
    `import { scenario } from 'gfnring';
const made = scenario({ name: 'late', cells: {}, actors: { a: [] } });
export default { ...made, program: { ...made.program, actors: ${actors} } };`,
  );
  expect(gfnring('explore', late)).toEqual({ status: 2, stdout: '', stderr: 'gfnring: ./late.mjs throws 7\n' });
});

test('assume ends an execution, a run of free threads, and a thread in lockstep', async () => {
  const path = file(
    'assume.mjs',
    scenario(`name: 'assume', cells: { x: 'u32' }, locks: ['m'], actors: {
      a: [(mem, { x, m }) => { mem.lock(m); assume(mem.load(x) === 1); mem.unlock(m); }],
      b: [(mem, { x, m }) => { mem.store(x, 1); mem.lock(m); mem.unlock(m); }],
    }`),
  );
  const report = JSON.parse(
    (await gfnringHere('explore', path, '--scheduler', 'exhaustive', '--reduction', 'none', '--json')).stdout,
  );
  expect(report).toMatchObject({ outcome: 'passed', exhausted: true });
  expect(report.blocked).toBeGreaterThan(0);
  const free = JSON.parse((await gfnringHere('stress', path, '--runs', '100', '--json')).stdout);
  expect(free).toMatchObject({ outcome: 'limit', runs: 100, findings: [] });
  expect(await gfnringHere('replay', `${path}:0x2,1`, '--on', 'workers')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('the same on 2 worker threads: 3 steps'),
  });
});

test('if assume ends every execution, nothing was shown', async () => {
  const path = file(
    'never.mjs',
    scenario("name: 'never', cells: { x: 'u32' }, actors: { a: [(mem, { x }) => assume(mem.load(x) > 0)] }"),
  );
  expect(await gfnringHere('explore', path, '--scheduler', 'exhaustive')).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('✗ sometimes: an execution that no assume gives up\n'),
  });
});

test('check is a violation everywhere', async () => {
  const path = file(
    'check.mjs',
    scenario(`name: 'check', cells: { x: 'u32' }, actors: {
      a: [(mem, { x }) => check(mem.fetchAdd(x, 1) < 1, 'first come', 'I came second')],
      b: [(mem, { x }) => check(mem.fetchAdd(x, 1) < 1, 'first come', 'I came second')],
    }`),
  );
  const finding = expect.objectContaining({ property: 'first come', message: 'I came second' });
  const report = JSON.parse((await gfnringHere('explore', path, '--json')).stdout);
  expect(report).toMatchObject({ outcome: 'violated', findings: [finding] });
  expect(JSON.parse((await gfnringHere('stress', path, '--runs', '5', '--json')).stdout)).toMatchObject({
    outcome: 'violated',
    findings: [finding],
  });
  expect(await gfnringHere('replay', report.findings[0].file, '--on', 'workers')).toMatchObject({
    status: 1,
    stdout: expect.stringMatching(/✗ first come: I came second\n {2}the same on 2 worker threads/),
  });
});

test('deadlock and livelock are outcomes, and the loops are shown', async () => {
  const dead = scenario(`name: 'dead', cells: {}, locks: ['m', 'n'], actors: {
    a: [(mem, { m, n }) => { mem.lock(m); mem.lock(n); mem.unlock(n); mem.unlock(m); }],
    b: [(mem, { m, n }) => { mem.lock(n); mem.lock(m); mem.unlock(m); mem.unlock(n); }],
  }`);
  const live = scenario(`name: 'live', cells: { x: 'u32', y: 'u32' }, actors: {
    a: [(mem, { x, y }) => { while (mem.load(x) === 0); mem.store(y, 1); }],
    b: [(mem, { x, y }) => { while (mem.load(y) === 0); mem.store(x, 1); }],
  }`);
  const outcome = async (name: string, text: string) =>
    JSON.parse((await gfnringHere('explore', file(name, text), '--json')).stdout);
  expect(await outcome('dead.mjs', dead)).toMatchObject({ outcome: 'deadlock' });
  expect(await outcome('live.mjs', live)).toMatchObject({
    outcome: 'livelock',
    findings: [{ message: 'a goes round: x → 0; b goes round: y → 0' }],
  });
});

test('benchmark rings are built in', async () => {
  expect((await gfnringHere('list')).stdout).toMatch(/^ring-x +measure a benchmark: 5 pushes, 3 harvests, 3 resets/m);
  expect(await gfnringHere('explore', 'ring-s', '--scheduler', 'exhaustive')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('proved'),
  });
  expect((await gfnringHere('replay', 'ring-s:0x9,1x3', '--on', 'workers')).stdout).toContain(
    'the same on 3 worker threads',
  );
  const report = JSON.parse((await gfnringHere('stress', 'ring-m', '--runs', '100', '--json')).stdout);
  expect(report).toMatchObject({ outcome: 'limit', runs: 100, findings: [] });
});

test('a property that throws in a shrunk scenario loses no finding', async () => {
  const torn = file(
    'torn.mjs',
    scenario(`name: 'torn', cells: { q: { type: 'u64', initial: 0xffffffffn }, lo: { type: 'u32', over: 'q' }, hi: { type: 'u32', over: 'q', byte: 4 } },
      actors: { a: [(mem, { q }) => mem.store64(q, mem.load64(q) + 1n)], b: [(mem, { hi, lo }) => [mem.load(hi), mem.load(lo)]] },
      finally: { 'not torn': ({ results }) => (results.b[0][0] === 0) === (results.b[0][1] !== 0) }`),
  );
  const { status, stdout, stderr } = await gfnringHere('explore', torn, '--scheduler', 'exhaustive');
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  expect(stdout).toMatch(/✗ not torn\n {2}torn: 2 operations by 2 actors, memory model sc, 2 context switches/);
});

test('a bounded search with executions that were cut is no proof', async () => {
  const retry = file(
    'retry.mjs',
    scenario(`name: 'retry', cells: { l: 'u32' }, actors: Object.fromEntries(['a', 'b'].map((name) => [name, [
      { run: (mem, { l }) => mem.cmpxchg(l, 0, 1) === 0, until: (taken) => taken }, (mem, { l }) => mem.store(l, 0)]]))`),
  );
  const { stdout } = await gfnringHere(
    'explore',
    retry,
    ...'--scheduler exhaustive --reduction optimal --preemptions 0 --json'.split(' '),
  );
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'limit', exhausted: false });
  expect(JSON.parse(stdout).cut).toBeGreaterThan(0);
});

describe('the time limit is kept', async () => {
  const backOff = (me: string, other: string): string =>
    `[(mem, { ${me}, ${other} }) => { let tries = 0; for (;; tries++) { mem.store(${me}, 1); if (mem.load(${other}) === 0) break; mem.store(${me}, 0); } mem.store(${me}, 0); return tries; }]`;
  const polite = `name: 'polite', cells: { x: 'u32', y: 'u32' }, actors: { a: ${backOff('x', 'y')}, b: ${backOff('y', 'x')} }`;

  // Executions of 100,000 steps, each of which may run its operation again, and batches of many
  // executions.
  test.each(['--workers 1', '--workers 2', '--scheduler reads-from', '--scheduler exhaustive --reduction none'])(
    '%s',
    async (how) => {
      const { stdout } = await gfnringHere(
        'explore',
        file('polite.mjs', scenario(polite)),
        '--seconds',
        '0.3',
        '--json',
        ...how.split(' '),
      );
      const { outcome, seconds } = JSON.parse(stdout);
      expect(outcome).toBe('limit');
      // A busy machine takes longer. A limit that is ignored takes much longer.
      expect(seconds).toBeLessThan(10);
    },
  );
});
