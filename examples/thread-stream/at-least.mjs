import 'gfnring/shared';
import { wait } from 'thread-stream/lib/wait.js';
import { flush } from './flush.mjs';

/** thread-stream 4.2.1: it waits until READ is at least that. */
export default flush('at-least', wait);
