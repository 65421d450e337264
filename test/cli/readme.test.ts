import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const blocks = ['README.md', 'docs/trackers.md', 'docs/scenarios.md'].flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/```\w*\n([\s\S]*?)```/g)].map((found) => found[1]),
);

test.each(['lost-update', 'publish'])('examples/%s.mjs is shown as it is', (name) => {
  expect(blocks).toContain(readFileSync(`examples/${name}.mjs`, 'utf8'));
});

const printed = blocks.filter((block) => /^\$ npx gfnring (explore|kernel) /.test(block));

test('six examples are run', () => {
  expect(printed).toHaveLength(6);
});

test.each(printed)('and what it prints, but for times and hashes', (block) => {
  const [command, ...shown] = block.split('\n');
  const args = command.slice('$ npx gfnring '.length).split(' ');
  const { stdout, status } = spawnSync(process.execPath, ['dist/cli/main.js', ...args], { encoding: 'utf8' });
  const same = (text: string): string =>
    text
      .trimEnd()
      .replace(/ +\d+\.\d s/g, ' T s')
      .replace(/\d+ s in all/, 'T s in all')
      .replace(/-[0-9a-f]{10}\.json/g, '-H.json');
  const [whole, parts] = [same(stdout), same(shown.join('\n')).split(/\n *…\n/)];
  // What `…` stands for is left out.
  const places = parts.map((part) => whole.indexOf(part));
  expect(whole.slice(0, parts[0].length)).toBe(parts[0]);
  expect(whole.slice(-parts.at(-1)!.length)).toBe(parts.at(-1));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places).not.toContain(-1);
  expect(status).toBe(args[0] === 'kernel' ? 0 : 1);
});
