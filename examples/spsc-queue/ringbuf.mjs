import { queue } from './queue.mjs';

export default queue('ringbuf');
