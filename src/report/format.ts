/** Numbers in texts. The viewer uses this in a browser, so this file imports nothing. */

/** `12,345` */
export const grouped = (value: number): string => value.toLocaleString('en-US');

/** `1 step`, `2 steps`; `2 batches` with `plural(2, 'batch', 'batches')`. */
export const plural = (n: number, one: string, several = `${one}s`): string =>
  `${grouped(n)} ${n === 1 ? one : several}`;
