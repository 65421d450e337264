import { existsSync, readdirSync, readFileSync } from 'node:fs';

/**
 * Kills the processes that `pid` has started, and those that they have started. Only on Linux,
 * which lists them in `/proc`. Elsewhere, tools end when their pipes close.
 */
export function killDescendants(pid: number): void {
  if (!existsSync('/proc/self/stat')) return;
  const parents = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const parent = Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]);
      parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
    } catch {
      // It has ended in the meantime.
    }
  }
  const kill = (of: number): void => {
    for (const child of parents.get(of) ?? []) {
      kill(child);
      try {
        process.kill(child, 'SIGKILL');
      } catch {
        // The same.
      }
    }
  };
  kill(pid);
}
