import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { dependencies, peerDependenciesMeta } = JSON.parse(readFileSync('package.json', 'utf8'));

/** A package that is installed for development. */
export const ours = (name: string): string => join(process.cwd(), 'node_modules', name);

/** Packs the package and installs it in an empty project. Returns the paths in it. */
export function installPacked(place: string): readonly string[] {
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', place];
  const [{ filename, files }] = JSON.parse(execFileSync('npm', pack, { encoding: 'utf8' }));
  // Its dependencies are links to ours, so no registry is needed.
  const linked = Object.keys(dependencies).map((name) => [name, `file:${ours(name)}`]);
  const manifest = {
    name: 'user',
    type: 'module',
    dependencies: Object.fromEntries([...linked, ['gfnring', `file:./${filename}`]]),
    overrides: Object.fromEntries(linked.map(([name]) => [name, `$${name}`])),
  };
  writeFileSync(join(place, 'package.json'), JSON.stringify(manifest));
  const install = '--offline --ignore-scripts --legacy-peer-deps --install-links=false --no-audit'.split(' ');
  execFileSync('npm', ['install', ...install], { cwd: place, stdio: 'ignore' });
  // A node_modules folder further up may have the optional packages. An empty folder hides them.
  for (const name of Object.keys(peerDependenciesMeta))
    mkdirSync(join(place, 'node_modules', name), { recursive: true });
  return files.map(({ path }: { path: string }) => path);
}

/** Makes an optional package there the one in another folder. */
export function linkPackage(place: string, name: string, folder = ours(name)): void {
  const link = join(place, 'node_modules', name);
  rmSync(link, { recursive: true, force: true });
  symlinkSync(folder, link);
}
