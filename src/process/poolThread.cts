/**
 * The module that a thread of a pool runs: it hands each task to the module in `workerData`.
 *
 * Piscina loads it with `require`. If a thread is terminated while `require` loads an ES module,
 * Node 20 aborts the whole process. So this is a CommonJS module, which imports the other one.
 */
const { workerData } = require('node:worker_threads');

module.exports = async (task: unknown): Promise<unknown> => {
  const { default: run } = await import(workerData);
  return run(task);
};
