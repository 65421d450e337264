import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mutantsOf } from './operators.mjs';

/** Where the subjects lie, from `src`. Left out: what has no code of its own. */
const FOLDERS = ['ring', 'kvm', 'trackers/gfnRing', 'trackers/dirtyBitmap', 'trackers/dirtyRing', 'trackers/gfnList'];
const LEFT_OUT = /^kvm\/errors$|\/(descriptor|scenarios)$/;

/**
 * Every mutant of the compiled subjects, each with the `file` of its edit and a `key` that names
 * it.
 */
export function allMutants(dist) {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(dist, folder))
      .filter((name) => name.endsWith('.js'))
      .map((name) => `${folder}/${name.slice(0, -'.js'.length)}`)
      .filter((file) => !LEFT_OUT.test(file) && isThere(dist, file))
      .sort()
      .flatMap((file) => mutantsIn(file, readFileSync(join(dist, `${file}.js`), 'utf8'))),
  );
}

export function mutantsIn(file, text) {
  const seen = new Map();
  return mutantsOf(text).map((mutant) => {
    const name = `${file} ${mutant.inside} ${mutant.operator}: ${mutant.what}`;
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return { ...mutant, file, key: seen.get(name) === 1 ? name : `${name} #${seen.get(name)}` };
  });
}

/** Compiled modules outlive their source where that moved. */
function isThere(dist, file) {
  return readdirSync(join(dirname(dist), 'src', dirname(file))).includes(`${file.split('/').at(-1)}.ts`);
}
