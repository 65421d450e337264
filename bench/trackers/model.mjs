import { BATCH, contents, HOT, LINE, PAGE, pageAt } from './workload.mjs';

/**
 * A sequential model of one vCPU's writes, and the check of each commit against it. The vCPU's own
 * thread runs the check: another thread would move the pages out of this processor's cache.
 */
export class Model {
  /** For each page of this vCPU: the commit of its last write, or 0. */
  written = new Uint32Array(HOT);
  commits = 0;

  constructor(vcpu) {
    this.vcpu = vcpu;
    this.first = vcpu * HOT;
  }

  /**
   * Replays the next cycle: the committed image must equal the guest's memory. Returns the
   * difference as text, or undefined.
   */
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
    // An older frame was checked when it was new.
    if (stamp !== this.commits) return undefined;
    const value = contents(stamp - 1, page);
    const first = backup.offsetOf(frame) / 8;
    for (let i = 0; i < PAGE / 8; i++) {
      const should = i % (LINE / 8) === 0 ? value : 0;
      if (words[first + i] !== should) return `word ${i} is ${words[first + i]}, not ${should}`;
    }
    return undefined;
  }
}
