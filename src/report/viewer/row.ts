import type { InterleavingData } from '../data.ts';
import { isBroken, isStale, noteOf, sentenceOf } from './describe.ts';
import { h } from './dom.ts';
import type { Lane } from './lanes.ts';
import type { TableRow } from './rows.ts';

/** Where the text of what failed begins, in pixels: at the edge, as it is of all lanes. */
const FAILURE_X = 14;

/** A line of the diagram as text. A step is an option of the list of steps, whose name is its sentence; the other lines are said by it. */
export function rowOf(
  of: InterleavingData,
  lanes: readonly (Lane | undefined)[],
  row: TableRow,
  chosen: number,
): HTMLElement {
  if (row.is === 'operation')
    return h('div', { class: 'row operation', 'aria-hidden': 'true' }, textAt(lanes[row.actor]!.text - 4, row.label));
  if (row.is === 'failure') {
    const { property, message } = of.failed!;
    return h(
      'div',
      { class: 'row failure', 'aria-hidden': 'true', title: message },
      textAt(FAILURE_X, `✗ ${property}: ${message}`),
    );
  }
  const { step } = row;
  const data = of.steps[step];
  const note = noteOf(of, data);
  const text = textAt(lanes[data.actor]!.text, of.texts[data.text]);
  if (note !== '') text.append(h('span', { class: isStale(data) ? 'note stale' : 'note' }, `  ${note}`));
  return h(
    'div',
    {
      class: `row${isBroken(of, step) ? ' broken' : ''}`,
      id: `s${step + 1}`,
      role: 'option',
      'data-step': step,
      'aria-selected': String(step === chosen),
      'aria-posinset': step + 1,
      'aria-setsize': of.steps.length,
      'aria-label': sentenceOf(of, step),
    },
    h('span', { class: 'number' }, String(step + 1)),
    text,
  );
}

/** A text that begins so many pixels from the left. */
export function textAt(left: number, text: string): HTMLElement {
  const element = h('span', { class: 'text' }, text);
  element.style.left = `${left}px`;
  return element;
}
