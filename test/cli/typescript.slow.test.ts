import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../commandLine.ts';

/** A scenario in TypeScript with what Node's own type stripping refuses. */
const { gfnring, gfnringHere, write } = temporaryFolder();

write(
  'slot.ts',
  `import { Cell, Memory } from 'gfnring';

export enum State { Empty, Full }

export class Slot {
  constructor(private readonly state: Cell) {}

  fill(mem: Memory): void {
    while (mem.load(this.state) === State.Full) mem.mb();
    mem.store(this.state, State.Full);
  }
}
`,
);
const scenario = (slot: string): string => `import { type Cell, type Memory, scenario } from 'gfnring';
import { Slot, State } from '${slot}';

interface Cells {
  readonly state: Cell;
  readonly filled: Cell;
}

export default scenario({
  name: 'slot',
  cells: { state: 'u32', filled: 'u32' },
  actors: { a: [fill], b: [fill], c: [(mem, { state }) => mem.store(state, State.Empty)] },
  finally: { 'one fills it': ({ read, cells }) => read(cells.filled) < 2 },
});

function fill(mem: Memory, { state, filled }: Cells): void {
  new Slot(state).fill(mem);
  mem.fetchAdd(filled, 1);
}
`;
const explore = (file: string) => gfnring('explore', `./${file}`, '--scheduler', 'exhaustive', '--lines', '--strict');

describe('a module in TypeScript is explored as it is', () => {
  test.each([
    ['js.ts', './slot.js'],
    ['ts.ts', './slot.ts'],
    ['bare.mts', './slot'],
  ])('%s, which imports %s', (file, slot) => {
    write(file, scenario(slot));
    const { status, stdout, stderr } = explore(file);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toContain('VIOLATED: one fills it');
    // Lines and columns are those of the files as they were written.
    expect(stdout).toMatch(/load {3}state → 0 .* slot\.ts:9:16\n/);
    expect(stdout).toMatch(/store {2}state = 1 .* slot\.ts:10:9\n/);
    expect(stdout).toMatch(new RegExp(`fetchAdd filled 0 → 1 .* ${file}:18:7\\n`));
  });

  test('its findings are replayed on worker threads', async () => {
    write('js.ts', scenario('./slot.js'));
    const { findings } = JSON.parse((await gfnringHere('explore', './js.ts', '--json')).stdout);
    expect(await gfnringHere('replay', findings[0].file, '--on', 'workers')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('the same on 3 worker threads'),
    });
  });
});

test.each([
  ['an import that names no file', "import './nowhere.js';\n", /Error: Cannot find module .*/],
  ['a syntax error', "import 'gfnring';\nexport default 1 as;\n", /SyntaxError: .*, line 2/],
  ['an error of its top level', "enum A { B }\n\nthrow new Error('oops');\n", /Error: oops, line 3/],
])('%s ends in one line', (_, text, why) => {
  write('wrong.ts', text);
  const { status, stdout, stderr } = gfnring('explore', './wrong.ts');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^gfnring: \\./wrong\\.ts cannot be loaded: ${why.source}\n$`));
});
