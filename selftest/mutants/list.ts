import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { distUrl, projectUrl } from '../compiled.ts';
import { type Mutant, mutantsOf } from './operators.ts';

/** A mutant with its module, and a key that names it. */
export interface ListedMutant extends Mutant {
  /** Seen from `src`, without its ending. */
  readonly file: string;
  readonly key: string;
}

/** Where the subjects are, from `src`. Left out: modules without code of their own. */
const FOLDERS = ['ring', 'kvm', 'trackers/gfnRing', 'trackers/dirtyBitmap', 'trackers/dirtyRing', 'trackers/gfnList'];
const LEFT_OUT = /^kvm\/errors$|\/(descriptor|scenarios)$/;

/** Every mutant of the compiled subjects. */
export function allMutants(): ListedMutant[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(distUrl(folder))
      .filter((name) => name.endsWith('.js'))
      .map((name) => `${folder}/${name.slice(0, -'.js'.length)}`)
      // Compiled modules remain where their source was moved.
      .filter((file) => !LEFT_OUT.test(file) && existsSync(projectUrl(`src/${file}.ts`)))
      .sort()
      .flatMap((file) => mutantsIn(file, readFileSync(distUrl(`${file}.js`), 'utf8'))),
  );
}

function mutantsIn(file: string, text: string): ListedMutant[] {
  const seen = new Map<string, number>();
  return mutantsOf(text).map((mutant) => {
    const name = `${file} ${mutant.inside} ${mutant.operator}: ${mutant.what}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return { ...mutant, file, key: count === 1 ? name : `${name} #${count}` };
  });
}
