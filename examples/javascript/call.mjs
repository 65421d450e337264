const { load, store, notify, wait } = Atomics;

/** The words of the memory that both threads share. */
export const REQUEST = 0;
export const REPLY = 1;
export const VALUE = 2;

/** Sends request number `id`, and returns its answer. */
export function call(words, id) {
  store(words, REQUEST, id);
  notify(words, REQUEST);
  wait(words, REPLY, id - 1);
  return load(words, VALUE);
}

/** Answers request number `id`. */
export function answer(words, id) {
  while (load(words, REQUEST) !== id) wait(words, REQUEST, id - 1);
  store(words, VALUE, 10 * id);
  store(words, REPLY, id);
  notify(words, REPLY);
}
