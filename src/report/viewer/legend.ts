import { h, svg } from './dom.ts';
import { createMark } from './marks.ts';

/** Explains the signs of the diagram. */
export function createLegend(): HTMLElement {
  const mark = (kind: string): SVGElement => createMark(kind, 17, 10, false);
  const line = (className: string): SVGElement => svg('path', { class: className, d: 'M2 10H32' });
  const signs: readonly (readonly [SVGElement, string])[] = [
    [mark('load'), 'load'],
    [mark('store'), 'store'],
    [mark('cmpxchg'), 'read-modify-write'],
    [mark('lock'), 'takes a lock; dashed: releases it'],
    [svg('rect', { class: 'held', x: 10, y: 3, width: 13, height: 15, rx: 3 }), 'holds a lock'],
    [mark('wake'), 'waits, resumes, or wakes others'],
    [mark('mb'), 'barrier'],
    [mark('leaves'), 'a store leaves the store buffer'],
    [line('buffer'), 'from a store to the step in which it leaves the buffer'],
    [line('arrow read'), 'from a store to a load that reads it'],
    [line('arrow stale'), 'the same; there was a newer store'],
    [line('arrow overwrite'), 'to a store that overwrites it without having read it'],
  ];
  return h(
    'details',
    {},
    h('summary', {}, 'Signs'),
    h(
      'dl',
      { class: 'legend' },
      ...signs.flatMap(([sign, text]) => [
        h('dt', {}, svg('svg', { width: 34, height: 20, 'aria-hidden': 'true' }, sign)),
        h('dd', {}, text),
      ]),
    ),
  );
}
