import { svg } from './dom.ts';

/**
 * The mark of a step. Load: a circle. Store: a disc. Read-modify-write: a circle around a disc.
 * Lock: a square. Wait queue: a diamond. Fence: a bar. Choice: a triangle. A store that leaves the
 * store buffer: a triangle that stands on its tip.
 */
export function createMark(kind: string, x: number, y: number, isBroken: boolean): SVGElement {
  const broken = isBroken ? ' broken' : '';
  const square = { class: `mark locks${broken}`, x: x - 4.5, y: y - 4.5, width: 9, height: 9 };
  switch (kind) {
    case 'read':
    case 'load':
    case 'loadAcquire':
      return svg('circle', { class: `mark${broken}`, cx: x, cy: y, r: 4.5 });
    case 'write':
    case 'store':
    case 'storeRelease':
      return svg('circle', { class: `mark writes${broken}`, cx: x, cy: y, r: 4.5 });
    case 'lock':
      return svg('rect', square);
    case 'unlock':
      return svg('rect', { ...square, 'stroke-dasharray': '3 2' });
    case 'wait':
    case 'resume':
    case 'wake':
      return svg('path', { class: `mark orders${broken}`, d: `M${x} ${y - 5}l5 5l-5 5l-5 -5z` });
    case 'choose':
      return svg('path', { class: `mark${broken}`, d: `M${x} ${y - 5}l5 9h-10z` });
    case 'rmb':
    case 'wmb':
    case 'mb':
      return svg('rect', { class: `mark orders${broken}`, x: x - 6, y: y - 1.5, width: 12, height: 3 });
    case 'leaves':
      return svg('path', { class: `mark writes${broken}`, d: `M${x - 5} ${y - 4}h10l-5 8z` });
    default:
      return svg(
        'g',
        {},
        svg('circle', { class: `mark${broken}`, cx: x, cy: y, r: 5.5 }),
        svg('circle', { class: `mark writes${broken}`, cx: x, cy: y, r: 1.5 }),
      );
  }
}
