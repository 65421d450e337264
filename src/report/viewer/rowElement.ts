import type { InterleavingData } from '../data.ts';
import type { ActorColumn } from './columns.ts';
import { describeCommunication, describeForReader, isStale, isViolatingStep } from './describe.ts';
import { h } from './dom.ts';
import type { DiagramRow } from './rows.ts';

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
    const column = columns[row.actor]!;
    const text = textAt(column.text - 4, column, row.label);
    // The empty number covers the columns that are scrolled to the left.
    return h('div', { class: 'row operation', 'aria-hidden': 'true' }, h('span', { class: 'number' }), text);
  }
  if (row.kind === 'failure') {
    const { property, message } = data.failed!;
    const text = h('span', { class: 'text' }, `✗ ${property}: ${message}`);
    return h('div', { class: 'row failure', 'aria-hidden': 'true', title: message }, text);
  }
  const { step } = row;
  const stepData = data.steps[step];
  const note = describeCommunication(data, stepData);
  const column = columns[stepData.actor]!;
  const text = textAt(column.text, column, data.texts[stepData.text]);
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

/** A text that is cut off at the end of its column. @param left in pixels. */
export function textAt(left: number, { textEnd }: ActorColumn, text: string): HTMLElement {
  const element = h('span', { class: 'text' }, h('span', { class: 'what', title: text }, text));
  element.style.left = `${left}px`;
  element.style.maxWidth = `${textEnd - left}px`;
  return element;
}
