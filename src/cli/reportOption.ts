import { resolve } from 'node:path';
import { Option } from 'commander';
import type { Summary } from '../campaign/summary.ts';
import { type Reports, writeReports } from '../report/write.ts';
import { UsageError } from './errors.ts';
import { packageVersion } from './version.ts';

export const reportOption = (): Option =>
  new Option('--report <kinds>', 'for CI: junit=FILE, sarif=FILE and github, with commas between').argParser(reports);

function reports(text: string): Reports {
  const kinds = text.split(',').map((kind) => kind.split(/=(.*)/s).slice(0, 2));
  const wrong = kinds.find(
    ([kind, file]) => !((kind === 'junit' || kind === 'sarif') && file) && !(kind === 'github' && file === undefined),
  );
  if (wrong !== undefined)
    throw new UsageError(`--report is '${text}': must be junit=FILE, sarif=FILE or github, with commas between`);
  const places = kinds.map(([kind, file]) => (file === undefined ? kind : resolve(file)));
  if (new Set(places).size < places.length || new Set(kinds.map(([kind]) => kind)).size < kinds.length)
    throw new UsageError(`--report is '${text}': each kind once, and each to a place of its own`);
  return Object.fromEntries(kinds.map(([kind, file]) => [kind, file ?? true]));
}

/** Writes them. GitHub reads its commands from stderr too, where they are in nobody's way. */
export async function report(wanted: Reports | undefined, summary: Summary, seconds: number): Promise<void> {
  if (wanted === undefined) return;
  for (const line of await writeReports(wanted, summary, { seconds, version: packageVersion }))
    process.stderr.write(`${line}\n`);
}
