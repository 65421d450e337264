import { sharedScenario } from 'gfnring/shared';

/** The words of the state that both threads use, as in lib/indexes.js of thread-stream. */
const READ = 4;
const WRITE = 8;

/**
 * The main thread writes ten bytes, asks to be told when they are read, and writes ten more. The
 * worker reads all that is there. `wait` is that of lib/wait.js.
 */
export const flush = (name, wait) =>
  sharedScenario({
    name,
    // A time-out would only hide that nobody wakes the thread: it waits again.
    timeouts: false,
    setup: () => ({ state: new Int32Array(new SharedArrayBuffer(128)) }),
    actors: { main: [flushBetweenWrites(wait)], worker: [read] },
    sometimes: {
      'the worker reads past what is waited for': (_, { main, worker }) => main[0] === 'ok' && worker[0] === 1,
    },
  });

const flushBetweenWrites = (wait) => ({
  label: 'write, flush, write',
  run({ state }) {
    let how;
    write(state, 10);
    wait(state, READ, Atomics.load(state, WRITE), Infinity, (_, result) => {
      how = result;
    });
    write(state, 20);
    return () => how;
  },
});

function write(state, index) {
  Atomics.store(state, WRITE, index);
  Atomics.notify(state, WRITE);
}

/** Returns how often it has read something. */
function read({ state }) {
  let times = 0;
  for (let at = 0; at < 20; times++) {
    Atomics.wait(state, WRITE, at);
    at = Atomics.load(state, WRITE);
    Atomics.store(state, READ, at);
    Atomics.notify(state, READ);
  }
  return times;
}
