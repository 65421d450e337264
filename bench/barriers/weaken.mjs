import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { weakened } from './sites.mjs';

const RUNS = fileURLToPath(new URL('runs.mjs', import.meta.url));

/** A copy of what was compiled, in which one site at a time is weakened. `dispose` removes it. */
export class WeakenedCopy {
  constructor(project) {
    this.folder = mkdtempSync(join(tmpdir(), 'gfnring-barriers-'));
    cpSync(join(project, 'package.json'), join(this.folder, 'package.json'));
    symlinkSync(resolve(project, 'node_modules'), join(this.folder, 'node_modules'));
    const isCode = (path) => !/\.(d\.ts|map|tsbuildinfo)$/.test(path);
    cpSync(join(project, 'dist'), join(this.folder, 'dist'), { recursive: true, filter: isCode });
  }

  dispose() {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What scenarios come to under the memory models with this site weakened: property and context switches, or null. */
  run(site, scenarios, models) {
    const file = join(this.folder, 'dist', site.file.replace(/ts$/, 'js'));
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, weakened(text, site));
    try {
      const args = [RUNS, join(this.folder, 'dist'), models.join(), ...scenarios];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      if (status !== 0) throw new Error(`${site.key}: ${stderr}`);
      return JSON.parse(stdout);
    } finally {
      writeFileSync(file, text);
    }
  }
}
