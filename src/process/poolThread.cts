/**
 * The module that a thread of a pool runs: it hands each task to the module in `workerData`.
 *
 * Piscina loads it with `require`. If a thread is terminated while `require` loads an ES module,
 * Node 20 aborts the whole process. So this is a CommonJS module, which imports the other one.
 */
const { parentPort, workerData } = require('node:worker_threads');

const ready = import('./forbidEnding.js').then(({ exitThread, forbidEnding }) =>
  forbidEnding((call) => {
    parentPort.postMessage({ kind: 'ends', call });
    return exitThread();
  }),
);

module.exports = async (task: unknown): Promise<unknown> => {
  await ready;
  const { default: run } = await import(workerData);
  return run(task);
};
