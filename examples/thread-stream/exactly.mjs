import 'gfnring/shared';
import { wait } from 'thread-stream-4.2.0/lib/wait.js';
import { flush } from './flush.mjs';

/** thread-stream 4.2.0: it waits until READ is exactly what WRITE was. */
export default flush('exactly', wait);
