import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url));
/** Seconds beyond its limit after which a search counts as hung. */
const GRACE = 5;

/** How `check` searches a scenario; but what is found is left as large as it is. */
export const searchOf = ({ mode, memoryModel }, seconds) => ({
  search: {
    scheduler: mode === 'prove' ? 'exhaustive' : 'portfolio',
    ...{ reduction: 'states', memoryModel, tearing: false, seed: 1, depth: 3 },
    ...{ workers: 1, stepsMax: 100_000, minimiseSeconds: 0, directory: null },
  },
  limits: { executions: mode === 'prove' ? null : 4_000, seconds, bytes: 2 ** 30 },
});

/** Searches scenarios with one edit in a module, in a process that is kept for the next. */
export class Searcher {
  constructor(dist, file) {
    this.dist = dist;
    this.file = file;
  }

  /** What was found, and whether all was seen; undefined where there was no end to it. */
  async search(edit, scenario, seconds) {
    if (this.child === undefined) {
      this.child = fork(CHILD, [this.dist, this.file], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
      await once(this.child, 'message');
    }
    const { child } = this;
    const { tracker, name } = scenario;
    child.send({ edit: edit === undefined ? [] : [edit], tracker, name, ...searchOf(scenario, seconds) });
    const answer = await new Promise((resolve) => {
      const timer = setTimeout(resolve, (seconds + GRACE) * 1000);
      const settle = (message) => {
        clearTimeout(timer);
        child.off('message', settle).off('exit', ended);
        resolve(message);
      };
      const ended = () => settle(undefined);
      child.on('message', settle).on('exit', ended);
    });
    if (answer === undefined) this.close();
    return answer;
  }

  close() {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }
}
