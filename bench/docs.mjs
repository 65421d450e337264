// Writes the reference documents. docs/command-line.md comes from the definitions of the commands,
// docs/api.md from the declarations of the exports. docs/scenario.schema.json and the tables of
// docs/scenarios.md come from the schema of scenarios.
import { readFileSync, writeFileSync } from 'node:fs';
import { createProgram } from '../dist/cli/createProgram.js';
import { STATUS, STATUS_MEANING } from '../dist/cli/status.js';
import { apiText } from './docs/api.mjs';
import { commandLineText } from './docs/commandLine.mjs';
import { schemaText, withReference } from './docs/scenarioFields.mjs';

const statuses = Object.entries(STATUS_MEANING).map(([of, meaning]) => [STATUS[of], meaning]);
writeFileSync(new URL('../docs/command-line.md', import.meta.url), commandLineText(await createProgram(), statuses));
writeFileSync(new URL('../docs/api.md', import.meta.url), apiText().text);

const scenarios = new URL('../docs/scenarios.md', import.meta.url);
writeFileSync(scenarios, withReference(readFileSync(scenarios, 'utf8')));
writeFileSync(new URL('../docs/scenario.schema.json', import.meta.url), schemaText());
