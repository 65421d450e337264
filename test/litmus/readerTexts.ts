/**
 * Builds a litmus test from its parts; threads as `x, y: WRITE_ONCE(*x, 1); r0 = READ_ONCE(*y);`.
 */
export function litmus(
  threads: readonly string[],
  condition: string,
  { result = '', initial = '' }: { readonly result?: string; readonly initial?: string } = {},
): string {
  const bodies = threads.map((thread, i) => {
    const [, names, body] = /^([^:]*):([\s\S]*)$/.exec(thread)!;
    const parameters = names.split(',').map((name) => {
      const trimmed = name.trim();
      return trimmed.includes(' ') ? trimmed : `${/^l\d*$/.test(trimmed) ? 'spinlock_t' : 'int'} *${trimmed}`;
    });
    return `P${i}(${parameters.join(', ')})\n{\n\t${body.trim()}\n}\n`;
  });
  const remark = result === '' ? '' : `(*\n * Result: ${result}\n *)\n`;
  return `C own\n\n${remark}{ ${initial} }\n\n${bodies.join('\n')}\n${condition}\n`;
}

/** Store buffering: two threads that each store, then load what the other one stores. */
export const STORE_BUFFERING = [
  'x, y: WRITE_ONCE(*x, 1); r0 = READ_ONCE(*y);',
  'x, y: WRITE_ONCE(*y, 1); r0 = READ_ONCE(*x);',
];
