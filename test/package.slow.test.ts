import { cpSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runNode, temporaryFolder } from './commandLine.ts';
import { blocksOf, commandsOf, expectShown } from './docs/blocks.ts';
import { installPacked, linkPackage, ours } from './installPacked.ts';

/** The package as users have it: packed, and installed in an empty project in another folder. */
const { folder: place } = temporaryFolder();

const installed = join(place, 'node_modules/gfnring');
const bin = join(place, 'node_modules/.bin/gfnring');
const env = { ...process.env, NO_COLOR: '1', XDG_CACHE_HOME: join(place, 'cache') };
const run = (program: string, ...args: string[]) => runNode([program, ...args], { cwd: place, env });
let packed: readonly string[];

beforeAll(() => {
  packed = installPacked(place);
  cpSync(join(installed, 'examples'), join(place, 'examples'), { recursive: true });
}, 300_000);

describe('the package', () => {
  test('is the program, its sources, documents and examples, and nothing else', () => {
    const folders = new Set(packed.map((path) => (path.includes('/') ? path.split('/')[0] : path)));
    expect([...folders].sort()).toEqual(
      [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'bin',
        'bundle',
        'dist',
        'docs',
        'examples',
        'package.json',
        'src',
      ].sort(),
    );
    expect(
      packed.filter((path) => /tsbuildinfo|^dist\/.*\.js|^(dist|src)\/.*\.test\.|node_modules|\.gfnring/.test(path)),
    ).toEqual([]);
  });

  test('has all sources, their types, and all of the bundle', () => {
    const sources = readdirSync('src', { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.startsWith('src/report/viewer/'));
    expect(sources.filter((path) => !packed.includes(path))).toEqual([]);
    const made = sources
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
      .map((path) => path.replace(/^src/, 'dist').replace(/\.ts$/, '.d.ts'));
    expect(made.length).toBeGreaterThan(100);
    expect(made.filter((path) => !packed.includes(path))).toEqual([]);
    const bundled = readdirSync('bundle', { recursive: true, encoding: 'utf8' }).filter((path) => path.includes('.'));
    expect(bundled.length).toBeGreaterThan(20);
    expect(bundled.filter((path) => !packed.includes(`bundle/${path}`))).toEqual([]);
    expect(packed).toContain('dist/report/viewer/index.html');
  });

  test('has the targets of all source maps', () => {
    const maps = packed.filter((path) => path.endsWith('.js.map'));
    const sources = maps.flatMap((map) =>
      JSON.parse(readFileSync(map, 'utf8')).sources.map((path: string) => join(dirname(map), path)),
    );
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.filter((path) => !packed.includes(path))).toEqual([]);
  });

  test('has the files that the README names', () => {
    const named = [...readFileSync('README.md', 'utf8').matchAll(/\b(?:docs|examples)\/[\w./-]*\w/g)].map(
      ([name]) => name,
    );
    expect(named.length).toBeGreaterThan(10);
    // Another test checks that the files exist.
    const there = named.filter((name) => existsSync(name));
    expect(there.filter((name) => !existsSync(join(installed, name)))).toEqual([]);
  });
});

describe('from JavaScript', () => {
  test('the command explores a module and writes an HTML page', () => {
    const { status, stdout } = run(bin, 'explore', './examples/lost-update.mjs', '--json');
    const { outcome, findings } = JSON.parse(stdout);
    expect([status, outcome, findings.length]).toEqual([1, 'violated', 1]);
    expect(run(bin, 'report', findings[0].file, '--html', 'lost.html')).toMatchObject({ status: 0 });
    expect(readFileSync(join(place, 'lost.html'), 'utf8')).toContain('id="data">{"kind":"interleaving"');
  });

  test('a trace has source lines of the package', () => {
    const { status, stdout } = run(bin, ...'explore gfn-list/not-paused --scheduler exhaustive --lines'.split(' '));
    expect(status).toBe(1);
    expect(stdout).toMatch(/ node_modules\/gfnring\/src\/\S+\.ts:\d+:\d+\n/);
  });

  test.each([
    ['right', 0],
    ['wrong', 1],
  ])('a consumer in JavaScript is explored: %s', (name, expected) => {
    const command = `explore ./examples/consumer/${name}.mjs --scheduler exhaustive`;
    expect(run(bin, ...command.split(' ')).status).toBe(expected);
  });

  test('a program explores', () => {
    const program = join(place, 'program.mjs');
    writeFileSync(
      program,
      `import { explore } from 'gfnring';\nconsole.log((await explore('dirty-again')).outcome);\n`,
    );
    expect(run(program)).toEqual({ status: 0, stdout: 'passed\n', stderr: '' });
  });

  test('a module imports the running gfnring, not a broken one that is installed next to it', () => {
    const index = join(installed, 'bundle/index.js');
    const text = readFileSync(index);
    writeFileSync(index, 'no JavaScript');
    const main = join(process.cwd(), 'bundle/cli/main.js');
    const { status, stdout } = run(main, ...'explore ./examples/sb.mjs --scheduler exhaustive'.split(' '));
    writeFileSync(index, text);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/✓ sb .* proved\n/)]);
  });
});

test.each([
  ['kernel', '--kdir examples/kernel --file virt/kvm/gfnring.c', /npm install .*@yowasp\/clang@\S+ binaryen@\S+/],
  ['work', 'redis://localhost', /npm install bullmq ioredis/],
  ['fuzz', 'ring --dir night --queue redis://localhost', /npm install bullmq ioredis/],
])('%s names missing packages in one line', (command, args, message) => {
  const { status, stdout, stderr } = run(bin, command, ...args.split(' '));
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

describe('with the optional packages for C', () => {
  beforeAll(() => {
    for (const name of ['@yowasp/clang', 'binaryen', 'web-tree-sitter', 'tree-sitter-c']) {
      rmSync(join(place, 'node_modules', name), { recursive: true });
      symlinkSync(ours(name), join(place, 'node_modules', name));
    }
  });

  test.each([
    ['right', 0],
    ['wrong', 1],
  ])('a consumer in C is explored: %s', { timeout: 120_000 }, (name, expected) => {
    const command = `kernel overtaken --consumer examples/consumer/${name}.c --harvest harvest`;
    const { status, stdout, stderr } = run(bin, ...command.split(' '));
    expect([stderr, status]).toEqual(['', expected]);
    expect(stdout).toContain(`examples/consumer/${name}.c: harvest, 5 loads, 2 stores hooked`);
  });
});

describe('with the optional packages for vitest', () => {
  beforeAll(() => {
    for (const name of ['vitest', 'fast-check']) linkPackage(place, name);
  });

  test('TypeScript accepts correct scenarios and rejects the marked lines', () => {
    cpSync('test/types', join(place, 'types'), { recursive: true });
    const compilerOptions = { module: 'nodenext', target: 'es2023', strict: true, noEmit: true };
    writeFileSync(join(place, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['types', 'examples'] }));
    expect(run(join(ours('typescript'), 'bin/tsc'), '-p', '.')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('what init writes runs at once, and is not overwritten', () => {
    const init = run(bin, 'init', 'my tests');
    expect(init).toMatchObject({ status: 0, stderr: '' });
    const named = (word: string): string => new RegExp(`^${word} +(?:npx )?(.*)$`, 'm').exec(init.stdout)![1];
    expect(named('explore')).toBe("gfnring explore './my tests/counter.mjs' --scheduler exhaustive");
    expect(run(bin, 'explore', './my tests/counter.mjs', '--scheduler', 'exhaustive')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^✓ counter .* proved\n$/),
    });
    expect(named('test')).toBe("vitest run 'my tests/counter.test.mjs'");
    const tested = run(join(ours('vitest'), 'vitest.mjs'), 'run', 'my tests/counter.test.mjs');
    expect(tested).toMatchObject({ status: 0, stdout: expect.stringMatching(/Tests +5 passed \(5\)/) });
    const scenario = join(place, 'my tests/counter.mjs');
    writeFileSync(scenario, 'mine');
    expect(run(bin, 'init', 'my tests').stdout).toMatch(/^kept +my tests\/counter\.mjs, which exists\n(kept .*\n)+\n/);
    expect(readFileSync(scenario, 'utf8')).toBe('mine');
    rmSync(join(place, 'vitest.config.mjs'));
    writeFileSync(join(place, 'vite.config.ts'), '');
    expect(run(bin, 'init', 'my tests').stdout).toContain('to the plugins in vite.config.ts\n');
    rmSync(join(place, 'vite.config.ts'));
  });

  test('the example of vitest runs as shown', () => {
    const [shown, ...others] = blocksOf('examples/vitest-property/README.md').flatMap(commandsOf);
    expect(others).toEqual([]);
    const [npx, vitest, ...args] = shown.command.split(' ');
    expect([npx, vitest]).toEqual(['npx', 'vitest']);
    const { status, stdout } = run(join(ours('vitest'), 'vitest.mjs'), ...args);
    // The two files run in parallel, in any order.
    const tests = (text: string): string =>
      text
        .split('\n')
        .filter((line) => /^ [✓×]/.test(line))
        .map((line) => line.replace(/ \d+ms$/, ''))
        .sort()
        .join('\n');
    expectShown({ ...shown, shown: tests(shown.shown) }, tests(stdout), status);
    expect(stdout).toMatch(/Tests +5 passed \(5\)/);
  });
});
