import { memcpyIn } from './memcpy.mjs';
import { LINE, PAGE } from './workload.mjs';

/**
 * A backup that is consistent at all times. Each page has two frames; the stamp of a frame is the
 * number of its commit. The content of a page is its newest committed frame. A copy goes to the
 * other frame. A commit is one store.
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

  /** The number of the frame that holds page `page` at commit `commit`. */
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
    // The stamp comes first: a partial copy belongs to a commit that has not happened yet.
    this.stamps[frame] = committed + 1;
    const from = this.data + page * PAGE;
    const bytes = this.broken === 'copy' && page === 0 ? PAGE - LINE : PAGE;
    this.memcpy(this.offsetOf(frame), from, bytes);
  }

  commit() {
    Atomics.add(this.counter, 0, 1);
  }
}
