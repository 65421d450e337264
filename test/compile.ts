import { execFileSync } from 'node:child_process';

/** Compiles the code before any test runs, as tests run what is in `dist` and `bundle`. */
export function setup(): void {
  execFileSync('npx', ['tsc', '-b'], { stdio: 'inherit' });
  execFileSync(process.execPath, ['scripts/bundle.mjs'], { stdio: 'inherit' });
}
