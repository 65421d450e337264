/**
 * The tests of the harness itself: `npm run selftest`. Seeded bugs are put into the compiled
 * program while its modules are loaded.
 */
import { Command } from 'commander';
import { BadInput } from '#dist/input/badInput.js';
import { barriersCommand } from './barriers/command.ts';
import { canariesCommand } from './canaries.ts';
import { cMutantsCommand } from './cMutants/command.ts';
import { misfits, missingTests } from './fits.ts';
import { mistakesCommand } from './mistakes/command.ts';
import { mutantsCommand } from './mutants/command.ts';
import { otherModelsCommand } from './otherModels.ts';
import { runWith } from './with.ts';

const program = new Command('selftest')
  .description('puts seeded bugs into the program, and says which of them are caught')
  .enablePositionalOptions()
  .addCommand(mistakesCommand(), { isDefault: true })
  .addCommand(canariesCommand())
  .addCommand(otherModelsCommand())
  .addCommand(mutantsCommand())
  .addCommand(cMutantsCommand())
  .addCommand(barriersCommand())
  .addCommand(
    new Command('fits')
      .description('whether every seeded bug still fits the compiled program, and the named tests exist')
      .action(async () => {
        const wrong = [...misfits(), ...(await missingTests())];
        for (const line of wrong) console.error(line);
        process.exitCode = wrong.length > 0 ? 1 : 0;
      }),
  )
  .addCommand(
    new Command('with')
      .description('runs a gfnring command with a canary in the subject')
      .usage('<canary> -- [command...]')
      .argument('<canary>', "its name: 'npm run canaries -- --list' has them")
      .argument('[command...]', 'left out: explore the scenario that shows it')
      .passThroughOptions()
      .action((name: string, args: readonly string[]) => {
        process.exitCode = runWith(name, args[0] === '--' ? args.slice(1) : args);
      }),
  );

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof BadInput)) throw error;
  console.error(`selftest: ${error.message}`);
  process.exitCode = 2;
}
