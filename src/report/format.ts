/** Numbers in texts. The viewer uses this in a browser, so this file imports nothing. */

/** A whole number with groups of digits: `12,345`. Without Intl, which takes 10 ms to start. */
export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1 step`, `2 steps`; `2 batches` with `plural(2, 'batch', 'batches')`. */
export const plural = (n: number, one: string, several = `${one}s`): string =>
  `${grouped(n)} ${n === 1 ? one : several}`;
