// A process for all mutants of one module. It becomes one after the other, and searches what it is
// asked to. A process for each would take longer to start than most searches take.
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';

const [dist, file] = process.argv.slice(2);
const module = pathToFileURL(`${dist}/${file}.js`).href;
register(new URL('./hook.mjs', import.meta.url), { data: module });
const { become } = await import(module);
const { exploreScenario } = await import(pathToFileURL(`${dist}/run/exploreScenario.js`).href);
const { checksOf } = await import(pathToFileURL(`${dist}/scenario/builtinScenarios.js`).href);

process.on('message', async ({ edit, tracker, name, search, limits }) => {
  try {
    become(await import(`${module}?edit=${encodeURIComponent(JSON.stringify(edit))}`));
    const { spec } = checksOf(tracker).find((check) => check.spec.name === name);
    const report = await exploreScenario(spec, {
      ...search,
      limits: { ...limits, executions: limits.executions ?? Infinity },
    });
    const [finding] = report.findings;
    process.send({ property: finding?.property ?? null, exhausted: report.exhausted });
  } catch (error) {
    process.send({ thrown: error.message });
  }
});
process.on('disconnect', () => process.exit());
process.send('ready');
