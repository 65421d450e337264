import 'gfnring/shared';
import { RingBuffer } from 'ringbuf.js';
import { queue } from './queue.mjs';

/** A push that stores its index without Atomics. */
class PlainIndex extends RingBuffer {
  push(...args) {
    const { store } = Atomics;
    Atomics.store = (view, index, value) => {
      view[index] = value;
    };
    try {
      return super.push(...args);
    } finally {
      Atomics.store = store;
    }
  }
}

export default queue('plain-index', PlainIndex);
