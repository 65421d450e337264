import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const blocks = [...readFileSync('README.md', 'utf8').matchAll(/```\w*\n([\s\S]*?)```/g)].map((found) => found[1]);

test('the README shows the example as it is', () => {
  expect(blocks).toContain(readFileSync('examples/lost-update.mjs', 'utf8'));
});

test('and what it prints, but for times and hashes', () => {
  const start = '$ npx gfnring explore ';
  const [command, ...shown] = blocks.find((block) => block.startsWith(start))!.split('\n');
  const args = command.slice('$ npx gfnring '.length).split(' ');
  const { stdout, status } = spawnSync(process.execPath, ['dist/cli/main.js', ...args], { encoding: 'utf8' });
  const same = (text: string): string =>
    text
      .trimEnd()
      .replace(/ +\d+\.\d s/, ' T s')
      .replace(/-[0-9a-f]{10}\.json/g, '-H.json');
  expect(same(stdout)).toBe(same(shown.join('\n')));
  expect(status).toBe(1);
});
