import { h, svg } from './dom.ts';
import { markOf } from './marks.ts';

/** What each sign of the diagram means. */
export function legend(): HTMLElement {
  const mark = (kind: string): SVGElement => markOf(kind, 17, 10, false);
  const line = (of: string): SVGElement => svg('path', { class: of, d: 'M2 10H32' });
  const signs: readonly (readonly [SVGElement, string])[] = [
    [mark('load'), 'reads'],
    [mark('store'), 'writes'],
    [mark('cmpxchg'), 'reads and writes at once'],
    [mark('lock'), 'takes a lock; dashed: gives it back'],
    [svg('rect', { class: 'held', x: 10, y: 3, width: 13, height: 15, rx: 3 }), 'holds a lock'],
    [mark('wake'), 'waits, wakes up, or wakes others'],
    [mark('mb'), 'a barrier'],
    [mark('leaves'), 'a store leaves its buffer'],
    [line('buffer'), 'the store was in the buffer so long'],
    [line('arrow'), 'from a store to the load that reads it'],
    [line('arrow stale'), 'the same, where there was a newer store'],
    [line('arrow over'), 'to a store that writes over it, without having read it'],
  ];
  return h(
    'details',
    {},
    h('summary', {}, 'Signs'),
    h(
      'dl',
      { class: 'signs' },
      ...signs.flatMap(([sign, text]) => [
        h('dt', {}, svg('svg', { width: 34, height: 20, 'aria-hidden': 'true' }, sign)),
        h('dd', {}, text),
      ]),
    ),
  );
}
