const SCHEDULERS = ['portfolio', 'random-walk', 'pct', 'pos', 'urw', 'surw', 'reads-from'];

const HEAD = `# Canaries

Subjects with exactly one known bug each (\`selftest/subjects\`): small patches of the real ones, put in as modules are loaded. \`npm run canaries\` runs them all with every scheduler and
both proofs. \`npm run selftest -- with NAME\` shows the trace of one.

\`states\` and \`optimal\` are exhaustive searches: the seconds to the finding; – where the search did not come to an end in 10 s. For schedulers: in how many seeds of how many, and the
median of executions to the first finding; a scheduler that missed more than half of the seeds is not asked on. A canary is caught where each proof that exhausts
the unmodified scenario finds it, and the portfolio does in 19 of 20 seeds at least, in 5 s each. \`seconds\` is the portfolio's median; switches are those of the minimal schedule.
`;

const LEFT_OUT = `## Left out

A number like B19 is one of \`docs/trackers.md\`, or stands for the source beside it. What history knows and no canary shows:

- B08, B09: the range that the fault handler serves, the bounds of a size. Refused where a ring is laid out or asked for a page, not while it runs: \`test/ring/ring.test.ts\`.
- B23: entries outlive their slot in the subjects as well. Nothing is lost by it, as a slot that comes back is copied whole.
- Memory that is zeroed after it was mapped: here it is zero before anything runs.
- Flags that reset clears without release: load buffering, which the memory model \`weak\` has not (\`memory-models.md\`).
- B28, B39, B41, B44, B51: caches and speculation, units of pages in userspace, files, interfaces: nothing of them is in the model.
`;

/** The text of `docs/canaries.md`, of what `gfnring canaries --json` printed on `machine`. */
export function canariesText({ canaries, unmodified, falseAlarms, harness, selfChecks, seeds }, machine) {
  const trackers = [...new Set(canaries.map(({ tracker }) => tracker))];
  const caught = canaries.filter((canary) => canary.caught).length;
  const slowest = Math.max(...canaries.map(({ seconds }) => seconds ?? Infinity));
  return [
    HEAD,
    `${caught} of ${canaries.length} are caught with ${seeds} seeds; the slowest median of the portfolio is ${slowest.toFixed(1)} s. ${unmodified.length} unmodified scenarios beside them: ${falseAlarms.length + selfChecks.length} false alarms. ${harness.filter((of) => of.caught).length} of ${harness.length} mistakes in the harness itself are noticed. On ${machine}.`,
    '',
    ...trackers.flatMap((tracker) =>
      table(
        tracker,
        canaries.filter((canary) => canary.tracker === tracker),
      ),
    ),
    ...harnessTable(harness),
    LEFT_OUT,
  ].join('\n');
}

function table(tracker, canaries) {
  const head = [
    'canary',
    'source',
    'scenario',
    'memory',
    'caught by',
    'states',
    'optimal',
    ...SCHEDULERS,
    'seconds',
    'switches',
  ];
  return [
    `## ${tracker}`,
    '',
    `| ${head.join(' | ')} |`,
    `|${' --- |'.repeat(head.length)}`,
    ...canaries.map((canary) => `| ${row(canary).join(' | ')} |`),
    '',
  ];
}

const row = ({ name, source, scenario, memoryModel, caught, by, missedBy, proofs, schedulers, seconds, switches }) => [
  name,
  source,
  `\`${scenario}\``,
  memoryModel,
  caught ? by : `${by ?? 'nothing'}; missed by ${missedBy.join(', ')}`,
  ...['states', 'optimal'].map((proof) => (proofs[proof]?.property == null ? '–' : proofs[proof].seconds.toFixed(2))),
  ...SCHEDULERS.map((scheduler) => {
    const { caught: seeds, of, executions } = schedulers[scheduler];
    return `${seeds}/${of}${executions === null ? '' : ` ${executions}`}`;
  }),
  seconds?.toFixed(2) ?? '–',
  switches ?? '–',
];

const harnessTable = (harness) => [
  '## The harness itself',
  '',
  'Mistakes put into its own parts, and the self-check that notices.',
  '',
  '| mistake | part | noticed by |',
  '| --- | --- | --- |',
  ...harness.map(({ name, part, by }) => `| ${name} | ${part} | ${by ?? 'nothing'} |`),
  '',
];
