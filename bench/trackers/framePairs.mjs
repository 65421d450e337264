import { memcpyIn } from './memcpy.mjs';
import { LINE, PAGE } from './workload.mjs';

/**
 * A backup that is whole at all times: two frames for each page, each with a stamp, the number of the commit that it belongs to. A page's contents
 * are in its newest frame that is committed; a copy goes to the other one; a commit is one store.
 */
export class FramePairs {
  static stampBytes = (pages) => 4 * (2 * pages + 1);

  constructor(memory, { pages, data, stamps, broken }) {
    const { buffer } = memory;
    this.memcpy = memcpyIn(memory);
    this.stamps = new Uint32Array(buffer, stamps, 2 * pages);
    this.counter = new Uint32Array(buffer, stamps + 8 * pages, 1);
    this.data = data;
    this.frames = data + pages * PAGE;
    this.broken = broken;
  }

  get committed() {
    return Atomics.load(this.counter, 0);
  }

  /** The number of the frame that holds page `page` as of commit `commit`. */
  frameAt(page, commit) {
    const [a, b] = [this.stamps[2 * page], this.stamps[2 * page + 1]];
    return 2 * page + (b <= commit && (b > a || a > commit) ? 1 : 0);
  }

  offsetOf(frame) {
    return this.frames + frame * PAGE;
  }

  copyPage(page) {
    const { committed } = this;
    const frame = this.frameAt(page, committed) ^ 1;
    this.stamps[frame] = committed + 1; // first: what is half copied belongs to a commit that has not been
    const from = this.data + page * PAGE;
    const bytes = this.broken === 'copy' && page === 0 ? PAGE - LINE : PAGE;
    this.memcpy(this.offsetOf(frame), from, bytes);
  }

  commit() {
    Atomics.add(this.counter, 0, 1);
  }
}
