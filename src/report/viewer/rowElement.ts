import type { InterleavingData } from '../data.ts';
import type { ActorColumn } from './columns.ts';
import { describeCommunication, describeForReader, isStale, isViolatingStep } from './describe.ts';
import { h } from './dom.ts';
import type { DiagramRow } from './rows.ts';

/**
 * Left edge of the violation's text in pixels. It belongs to no actor, so it starts at the left.
 */
const FAILURE_X = 14;

/**
 * A row as text. A step is an option of the list of steps, and its accessible name is its sentence.
 * The other rows are hidden from screen readers, because these sentences contain them.
 */
export function createRow(
  data: InterleavingData,
  columns: readonly (ActorColumn | undefined)[],
  row: DiagramRow,
  selected: number,
): HTMLElement {
  if (row.kind === 'operation') {
    const text = textAt(columns[row.actor]!.text - 4, row.label);
    return h('div', { class: 'row operation', 'aria-hidden': 'true' }, text);
  }
  if (row.kind === 'failure') {
    const { property, message } = data.failed!;
    const text = textAt(FAILURE_X, `✗ ${property}: ${message}`);
    return h('div', { class: 'row failure', 'aria-hidden': 'true', title: message }, text);
  }
  const { step } = row;
  const stepData = data.steps[step];
  const note = describeCommunication(data, stepData);
  const text = textAt(columns[stepData.actor]!.text, data.texts[stepData.text]);
  if (note !== '') text.append(h('span', { class: isStale(stepData) ? 'note stale' : 'note' }, `  ${note}`));
  return h(
    'div',
    {
      class: `row${isViolatingStep(data, step) ? ' broken' : ''}`,
      id: `s${step + 1}`,
      role: 'option',
      'data-step': step,
      'aria-selected': String(step === selected),
      'aria-posinset': step + 1,
      'aria-setsize': data.steps.length,
      'aria-label': describeForReader(data, step),
    },
    h('span', { class: 'number' }, String(step + 1)),
    text,
  );
}

/** @param left in pixels. */
export function textAt(left: number, text: string): HTMLElement {
  const element = h('span', { class: 'text' }, text);
  element.style.left = `${left}px`;
  return element;
}
