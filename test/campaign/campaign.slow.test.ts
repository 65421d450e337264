import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readState } from '../../src/campaign/directory/eventLog.ts';
import { summariseCampaign } from '../../src/campaign/summary.ts';
import { StrictReplayScheduler } from '../../src/explore/schedulers/replay.ts';
import { createRun, runOnce } from '../../src/run/createRun.ts';
import { loadFinding } from '../../src/run/resolveScenarioName.ts';
import { openScenario } from '../../src/scenario/scenarioRef.ts';
import { emptyFolder } from '../commandLine.ts';
import { apart, begin, builtIn, modulePath, settings } from './campaigns.ts';

const three = [builtIn('ring'), builtIn('dirty-again'), modulePath('lost-update')];

describe('a campaign', () => {
  test('gives the same result on one thread and on three', async () => {
    const one = await begin(settings(three), { executions: 3072 });
    const many = await begin(settings(three), { workers: 3, executions: 3072 });
    expect(apart(many)).toEqual(apart(one));
    expect(one).toMatchObject({ executions: 3072, batches: 6, outcome: 'violated', unminimised: 0, lostBatches: [] });
    for (const folder of ['corpus', 'findings'])
      expect(readdirSync(join(many.directory, folder))).toEqual(readdirSync(join(one.directory, folder)));
  });

  test('runs other executions with another seed, and in another shard', async () => {
    const digests = await Promise.all(
      [{ seed: 1 }, { seed: 2 }, { shard: { part: 2, of: 2 } }].map(
        async (more) => (await begin(settings(three, more), { executions: 1536 })).coverage.digest,
      ),
    );
    expect(new Set(digests).size).toBe(3);
  });

  test('continues after its first finding, and distinguishes findings by property and reads-from', async () => {
    const { findings, failed, executions } = await begin(settings([modulePath('lost-update')]), { executions: 1024 });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ property: 'no addition is lost', contextSwitches: 2, catalogue: null });
    expect(failed).toBeGreaterThan(100);
    expect(executions).toBe(1024);
    const finding = loadFinding(findings[0].file);
    const run = createRun(await openScenario(finding.scenario), 100, finding);
    expect(runOnce(run, new StrictReplayScheduler(finding.order)).violation?.property).toBe('no addition is lost');
  });

  test('gives known defects their numbers, and does not mutate scenarios with known defects', async () => {
    const { findings } = await begin(settings([builtIn('gfn-list/not-paused')]), { executions: 1024 });
    expect(new Set(findings.map(({ catalogue }) => catalogue))).toEqual(new Set(['O2']));
    expect(findings.every(({ scenario }) => !scenario.name.includes('varied'))).toBe(true);
  });
});

describe('the summary of a campaign', () => {
  test('lists the claims that were reached and that were not', async () => {
    const { scenarios, coverage, growth, outcome } = await begin(settings([builtIn('ring')]), { executions: 2048 });
    expect(outcome).toBe('limit');
    expect(scenarios).toMatchObject([{ name: 'ring', reached: ['a ring is full', 'a push is refused'], missing: [] }]);
    expect(scenarios[0].classes).toBeGreaterThan(40);
    expect(scenarios[0].unseen).toBeGreaterThan(0);
    expect(growth.map(({ executions }) => executions)).toEqual([512, 1024, 2048]);
    expect(growth.at(-1)).toMatchObject({ pairs: coverage.pairs, states: coverage.states });
    const unreached = settings([
      { source: { ...builtIn('all-stop').source, sometimes: ['a push is refused'] } as never },
    ]);
    expect((await begin(unreached, { executions: 512 })).scenarios[0].missing).toEqual(['a push is refused']);
  });

  test('is complete as far as possible if a module was deleted', async () => {
    const module = join(emptyFolder(), 'gone.mjs');
    cpSync('examples/lost-update.mjs', module);
    const gone = settings([{ source: { schema: 1, name: 'lost-update', module } }]);
    const { directory } = await begin(gone, { executions: 512 });
    rmSync(module);
    const { executions, findings, scenarios } = await summariseCampaign({
      state: readState(directory),
      directory,
      quarantined: [],
    });
    expect([executions, findings.length]).toEqual([512, 1]);
    expect(scenarios[0].missing).toEqual([expect.stringMatching(/^its claims are not known: .*gone\.mjs: ENOENT$/)]);
  });
});

describe('how a campaign is run', () => {
  test('without feedback it still keeps new entries, and does not mutate them', async () => {
    const without = await begin(settings([builtIn('ring')], { feedback: false }), { executions: 1024 });
    expect(without.coverage.entries).toBeGreaterThan(0);
    const journal = readFileSync(join(without.directory, 'journal'), 'utf8');
    expect(journal.match(/"mutatedSample":\[\d/)).toBeNull();
    const withFeedback = await begin(settings([builtIn('ring')]), { executions: 1024 });
    expect(readFileSync(join(withFeedback.directory, 'journal'), 'utf8').match(/"mutatedSample":\[\d/)).not.toBeNull();
  });

  test('it ends at its time limit, and on a signal', async () => {
    const late = await begin(settings([builtIn('vm')]), { executions: Infinity, seconds: 1 });
    expect(late.executions % 512).toBe(0);
    const stop = new AbortController();
    stop.abort();
    expect(await begin(settings([builtIn('vm')]), { signal: stop.signal })).toMatchObject({ executions: 0 });
  });
});
