import type { Summary } from '../campaign/summary.ts';
import { communicatingAccesses } from './communicatingAccesses.ts';

/** Findings as workflow commands of GitHub Actions, one a line: it shows them at the lines of a pull request. */
export async function annotationsOf({ findings }: Pick<Summary, 'findings'>): Promise<string[]> {
  return Promise.all(
    findings.map(async (finding) => {
      const { property, message, catalogue, file, scenario } = finding;
      const at = (await communicatingAccesses(finding)).at(-1);
      const place = at === undefined ? [] : [`file=${value(at.file)}`, `line=${at.line}`, `col=${at.column}`];
      const title = `title=${value(property)}`;
      const text = `${message} (${scenario.name}). Reproduce: npx gfnring replay ${file}`;
      return `::${catalogue === null ? 'error' : 'warning'} ${[...place, title].join(',')}::${data(text)}`;
    }),
  );
}

/** What ends a line, or a property, is written otherwise. */
const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const value = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
