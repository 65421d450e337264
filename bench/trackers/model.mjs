import { BATCH, contents, HOT, LINE, PAGE, pageAt } from './workload.mjs';

/**
 * A vCPU's part of the machine, one write after the other: what each commit has to hold of it. The vCPU's own thread looks, as pages that
 * another one reads would have to come back into its processor's cache.
 */
export class Model {
  /** By page, from the first of this vCPU: the commit that its last write belongs to, 0 for none. */
  written = new Uint32Array(HOT);
  commits = 0;

  constructor(vcpu) {
    this.vcpu = vcpu;
    this.first = vcpu * HOT;
  }

  /** Replays the next cycle: the image that was committed must be what the guest was. Returns what is wrong, or undefined. */
  check(backup, words) {
    const cycle = this.commits++;
    if (backup.committed !== this.commits) return `${backup.committed} commits, not ${this.commits}`;
    for (let i = 0; i < BATCH; i++) this.written[pageAt(this.vcpu, cycle, i) - this.first] = this.commits;
    for (let page = this.first; page < this.first + HOT; page++) {
      const wrong = this.#wrongIn(page, backup, words);
      if (wrong) return `commit ${this.commits}, page ${page}: ${wrong}`;
    }
    return undefined;
  }

  #wrongIn(page, backup, words) {
    const frame = backup.frameAt(page, this.commits);
    const [stamp, expected] = [backup.stamps[frame], this.written[page - this.first]];
    if (stamp !== expected) return `holds what was copied for commit ${stamp}, not for ${expected}`;
    if (stamp !== this.commits) return undefined; // looked at when it was new, and the same frame still
    const value = contents(stamp - 1, page);
    const first = backup.offsetOf(frame) / 8;
    for (let i = 0; i < PAGE / 8; i++) {
      const should = i % (LINE / 8) === 0 ? value : 0;
      if (words[first + i] !== should) return `word ${i} is ${words[first + i]}, not ${should}`;
    }
    return undefined;
  }
}
