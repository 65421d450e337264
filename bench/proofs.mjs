// The table of docs/proofs.md: what is proved on endless machines. `node bench/proofs.mjs
// [SECONDS]` with the time limit of each proof.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../bundle/cli/main.js', import.meta.url));
const seconds = process.argv[2] ?? '600';
const OVERFULL = 'a ring never has more entries than its size';

/** Options of `prove`, and the number of the known defect that is expected. */
const proofs = [
  ['--tracker gfn-ring'],
  ['--tracker gfn-ring --resetters 1'],
  ['--tracker gfn-ring --size 4 --pages 4'],
  ['--tracker gfn-ring --vcpus 2'],
  ['--tracker gfn-ring --pages 1 --hostile indices'],
  ['--tracker gfn-ring --pages 1 --hostile indices --resetters 1'],
  ['--kdir examples/kernel --file virt/kvm/gfnring.c'],
  ['--tracker dirty-bitmap'],
  ['--tracker dirty-bitmap --vcpus 2'],
  ['--tracker dirty-ring@repaired'],
  ['--tracker dirty-ring@repaired --resetters 1'],
  ['--tracker dirty-ring@repaired --signal'],
  ['--tracker dirty-ring@repaired --pages 1 --hostile indices'],
  ['--tracker dirty-ring@6.17', 'B21'],
  [`--tracker dirty-ring@6.17 --signal --ignore "${OVERFULL}"`, 'B19'],
  [`--tracker dirty-ring@6.17 --pages 1 --resetters 1 --ignore "${OVERFULL}"`, 'B20'],
];

console.log('| `gfnring prove` | states | verdict |');
console.log('| --- | --- | --- |');
for (const [options, defect] of proofs) {
  const args = options.match(/"[^"]*"|\S+/g).map((word) => word.replaceAll('"', ''));
  const line = ['prove', ...args, '--seconds', seconds, '--memory', '3000', '--json'];
  const { stdout, stderr } = spawnSync(process.execPath, [main, ...line], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (stdout === '') throw new Error(stderr);
  const { outcome, states, why, finding } = JSON.parse(stdout);
  const verdict = finding ? `${finding.property}: violated${defect ? ` (${defect})` : ''}` : outcome;
  const shown = String(states).replace(/\B(?=(\d{3})+$)/g, ',');
  console.log(`| \`${options}\` | ${shown} | ${outcome === 'limit' ? `not decided: ${why}` : verdict} |`);
}
