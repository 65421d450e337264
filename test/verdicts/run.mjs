// Explores the modules of this folder with the options that the first argument lists. Prints the
// reports as JSON. Uses the built package, as a user does.
import { explore } from '../../dist/index.js';

const verdicts = [];
for (const [name, options] of JSON.parse(process.argv[2])) {
  const start = performance.now();
  try {
    const { outcome, exhausted, findings, classes, states, assumptions, unreached } = await explore(
      `test/verdicts/${name}.mjs`,
      { dir: process.argv[3], ...options },
    );
    verdicts.push({
      name,
      outcome,
      exhausted,
      classes,
      states,
      assumptions,
      unreached,
      property: findings[0]?.property ?? null,
      message: findings[0]?.message ?? null,
      seconds: (performance.now() - start) / 1000,
      file: findings[0]?.file ?? null,
    });
  } catch (error) {
    verdicts.push({ name, refused: error.message });
  }
}
process.stdout.write(JSON.stringify(verdicts));
