import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

/**
 * Folders of src by layer. Each imports from its own folder and from lower layers only. A tracker's
 * folder has two layers: its code (`trackers/code`), which machines run, and its rules and
 * scenarios.
 */
const LAYERS = [
  ['input', 'files', 'process'],
  ['loops'],
  ['memory', 'models'],
  ['explore'],
  ['check'],
  ['kvm'],
  ['ring', 'guest', 'kernel'],
  ['trackers/interface'],
  ['trackers/code'],
  ['actors'],
  ['vm'],
  ['trackers/scenarios'],
  ['trackers'],
  ['scenario'],
  ['shared'],
  ['run'],
  ['prove'],
  ['litmus'],
  ['conformance'],
  ['confirm'],
  ['campaign'],
  ['report'],
  ['cli'],
  ['testing'],
];
/**
 * Imports that are not allowed although they go down. `explore` and `check` know Memory but no
 * subject. Models share no code with what they check.
 */
const NEVER: Record<string, readonly string[]> = {
  models: [
    'memory',
    'explore',
    'check',
    'kvm',
    'ring',
    'guest',
    'trackers/interface',
    'trackers/code',
    'trackers',
    'actors',
    'vm',
    'scenario',
    'run',
    'cli',
  ],
  memory: ['models'],
  explore: ['models'],
  check: ['models'],
  kvm: ['models', 'explore', 'check'],
  ring: ['models', 'explore', 'check', 'guest'],
  guest: ['models', 'explore', 'check', 'ring'],
  'trackers/interface': ['models', 'explore', 'check', 'ring', 'guest'],
  'trackers/code': ['models', 'explore', 'check'],
  actors: ['models', 'explore', 'check', 'trackers/code'],
  vm: ['trackers/code'],
};

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('src', file));
const textOf = (file: string): string => readFileSync(file, 'utf8');
const importsOf = (file: string): string[] =>
  [...textOf(file).matchAll(/from '(\.[^']+)'/g)].map((found) => relative('.', join(dirname(file), found[1])));
const folderOf = (file: string): string => {
  const [, folder, tracker, ...rest] = file.split('/');
  if (folder !== 'trackers' || rest.length === 0) return folder;
  if (tracker === 'interface' || tracker === 'scenarios') return `trackers/${tracker}`;
  return /^(descriptor|scenarios|rules)\b/.test(rest[0]) ? 'trackers' : 'trackers/code';
};
const layerOf = (folder: string): number => LAYERS.findIndex((layer) => layer.includes(folder));

test('every folder of src has a layer', () => {
  expect(files.length).toBeGreaterThan(30);
  const folders = new Set(files.filter((file) => file !== 'src/index.ts').map(folderOf));
  expect([...folders].filter((folder) => layerOf(folder) < 0)).toEqual([]);
});

test('each folder imports only from lower layers', () => {
  const wrong = files
    .filter((file) => file !== 'src/index.ts')
    .flatMap((file) => importsOf(file).map((to) => [file, to] as const))
    .filter(([from, to]) => {
      const [a, b] = [folderOf(from), folderOf(to)];
      return a !== b && (layerOf(b) > layerOf(a) || NEVER[a]?.includes(b));
    });
  expect(wrong).toEqual([]);
});

test('src imports nothing of selftest', () => {
  const wrong = files.filter((file) => /['"](#dist|[^'"]*selftest)\//.test(textOf(file)));
  expect(wrong).toEqual([]);
});

test('there is no cycle of imports', () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of importsOf(file)) {
      const cycle = visit(next, [...path, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of files) expect(visit(file, [])).toBeUndefined();
});

test('trackers, guest and actors access shared state only through mem', () => {
  const code = ['kvm', 'ring', 'guest', 'trackers/interface', 'trackers/code', 'actors'];
  const subjects = files.filter((file) => code.includes(folderOf(file)));
  expect(subjects.length).toBeGreaterThan(10);
  const forbidden =
    /\b(Atomics|SharedArrayBuffer|ArrayBuffer|DataView|Math\.random|Date|performance|process|globalThis|setTimeout)\b|\b(Uint|Int|BigUint|BigInt|Float)\d+Array\b|^(?:export )?(?:let|var) /m;
  for (const file of subjects) expect([file, forbidden.exec(textOf(file))?.[0]]).toEqual([file, undefined]);
});

test('models import nothing', () => {
  const models = files.filter((file) => folderOf(file) === 'models');
  expect(models.length).toBeGreaterThan(0);
  for (const file of models) for (const to of importsOf(file)) expect(folderOf(to)).toBe('models');
});

test('no verdict depends on the clock or on Math.random', () => {
  for (const file of files) {
    // src/shared replaces the clock of the code under test.
    if (/limits\.ts|^src\/run\/exploreScenario\.ts|^src\/cli\/|^src\/shared\/(real|install)\.ts/.test(file)) continue;
    expect([file, /Math\.random|Date\.now|new Date|performance\.now/.exec(textOf(file))?.[0]]).toEqual([
      file,
      undefined,
    ]);
  }
});

test('each folder has a README that describes it', () => {
  const folders = new Set(
    ['src', 'selftest', 'test', 'properties', 'bench'].flatMap((root) =>
      readdirSync(root, { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(ts|mjs)$/.test(file))
        .map((file) => dirname(join(root, file))),
    ),
  );
  expect(folders.size).toBeGreaterThan(50);
  const texts = [...folders].map((folder) => {
    const readme = join(folder, 'README.md');
    return existsSync(readme) ? readFileSync(readme, 'utf8') : `${folder} has no README.md`;
  });
  expect(texts.filter((text) => !/^# .+\n\n\S[\s\S]+\.\n$/.test(text))).toEqual([]);
  expect(new Set(texts).size).toBe(folders.size);
});

test('files of users are read in one place', () => {
  // The others read files of the package, of a build, of a terminal, or what they wrote themselves.
  const allowed = [
    'src/files/readInput.ts',
    'src/loops/file.ts',
    'src/memory/sourceLine.ts',
    'src/report/htmlPage.ts',
    'src/cli/version.ts',
    'src/kernel/compile/compile.ts',
    'src/kernel/compile/cache.ts',
    'src/kernel/compile/sourceTree.ts',
    'src/conformance/qemu.ts',
    'src/conformance/initrd.ts',
    'src/cli/askConsent.ts',
    'src/campaign/executors/codeHash.ts',
    'src/process/descendants.ts',
  ];
  const reads = /\b(readFileSync|readFile|createReadStream|readSync|openAsBlob)\b/;
  expect(files.filter((file) => reads.test(textOf(file)) && !allowed.includes(file))).toEqual([]);
});

test('folders of users are listed in few places', () => {
  const allowed = [
    'src/campaign/executors/codeHash.ts',
    'src/litmus/files.ts',
    'src/kernel/compile/sourceTree.ts',
    'src/campaign/directory/layout.ts',
    'src/conformance/initrd.ts',
    'src/process/descendants.ts',
  ];
  expect(files.filter((file) => /\breaddir(Sync)?\b/.test(textOf(file)) && !allowed.includes(file))).toEqual([]);
});
