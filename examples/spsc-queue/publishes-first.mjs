import 'gfnring/shared';
import { RingBuffer } from 'ringbuf.js';
import { queue } from './queue.mjs';

/** A push that stores its index before it copies the words. */
class PublishesFirst extends RingBuffer {
  push(...args) {
    const copies = [];
    this._copy = (...copy) => copies.push(copy);
    const pushed = super.push(...args);
    for (const copy of copies) super._copy(...copy);
    return pushed;
  }
}

export default queue('publishes-first', PublishesFirst);
