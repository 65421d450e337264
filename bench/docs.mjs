// Writes the reference documents: docs/command-line.md from the program's definitions, docs/api.md from the declarations of what the package exports.
import { writeFileSync } from 'node:fs';
import { createProgram } from '../dist/cli/createProgram.js';
import { MEANING, STATUS } from '../dist/cli/errors.js';
import { apiText } from './docs/api.mjs';
import { commandLineText } from './docs/commandLine.mjs';

const statuses = Object.entries(MEANING).map(([of, meaning]) => [STATUS[of], meaning]);
writeFileSync(new URL('../docs/command-line.md', import.meta.url), commandLineText(await createProgram(), statuses));
writeFileSync(new URL('../docs/api.md', import.meta.url), apiText().text);
