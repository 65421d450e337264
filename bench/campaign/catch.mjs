/**
 * Runs the default campaign for ten minutes on two cores for each canary. A campaign ends when it
 * has found a violation.
 * `node bench/campaign/catch.mjs [--seconds 600] [--workers 2] [names…]`
 */
import { parseArgs } from 'node:util';
import { isExpected } from '../../build/selftest/subjects/canary.js';
import { canaries } from '../../build/selftest/subjects/index.js';
import { startWith } from '../../build/selftest/with.js';
import { untilFound } from './fuzz.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '600' }, workers: { type: 'string', default: '2' } },
});
const chosen = canaries.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const width = Math.max(...chosen.map(({ name }) => name.length));
let caught = 0;
for (const canary of chosen) {
  const { name, tracker, memoryModel, expectedBy } = canary;
  const found = await untilFound(
    ['--tracker', tracker, '--memory-model', memoryModel, '--seconds', values.seconds, '--workers', values.workers],
    startWith(canary),
  );
  if (found.property !== undefined) caught++;
  const what = [
    `${found.property === undefined ? '✗' : '✓'} ${name.padEnd(width)}`,
    tracker.padEnd(19),
    memoryModel.padEnd(4),
    `${found.seconds.toFixed(1)} s`.padStart(8),
    `${found.executions?.toLocaleString('en-US') ?? `status ${found.status}`}`.padStart(12),
    found.property === undefined || !isExpected(canary, found.property)
      ? `${found.property ?? 'nothing'}, expected ${expectedBy.join(' or ')}`
      : found.property,
  ];
  console.log(what.join('  '));
}
console.log(`${caught} of ${chosen.length} canaries caught`);
