import type { InterleavingData } from '../data.ts';
import { grouped } from '../format.ts';
import { h } from './dom.ts';

interface Handlers {
  readonly select: (step: number) => void;
  /** Moves by a number of visible steps. */
  readonly move: (distance: number) => void;
  /** Is called when the text of the filter has changed. */
  readonly filter: () => void;
}

/** Buttons and fields to go through the steps and to filter them. */
export class Toolbar {
  readonly element: HTMLElement;
  readonly filter: HTMLInputElement;
  readonly count = h('span', { class: 'quiet', id: 'count', role: 'status', 'aria-live': 'polite' });
  private readonly number: HTMLInputElement;

  constructor({ steps, places, failed }: InterleavingData, handlers: Handlers) {
    this.number = h('input', {
      type: 'number',
      id: 'number',
      min: 1,
      max: steps.length,
      change: () => {
        const wanted = Math.round(Number(this.number.value)) || 1;
        handlers.select(Math.max(1, Math.min(steps.length, wanted)) - 1);
      },
    });
    this.filter = h('input', {
      type: 'search',
      id: 'filter',
      list: 'cells',
      placeholder: 'all cells',
      autocomplete: 'off',
      input: handlers.filter,
    });
    const cells = new Set(steps.flatMap(({ place }) => (place === undefined ? [] : [places[place].name])));
    this.element = h(
      'div',
      { class: 'toolbar', role: 'toolbar', 'aria-label': 'Steps' },
      button('⇤', 'First step', () => handlers.move(-Infinity)),
      button('←', 'Previous step', () => handlers.move(-1)),
      button('→', 'Next step', () => handlers.move(1)),
      button('⇥', 'Last step', () => handlers.move(Infinity)),
      h('label', {}, 'Step ', this.number, ` of ${grouped(steps.length)}`),
      failed === null
        ? undefined
        : button('✗ Violation', 'To the step of the violation', () => handlers.select(failed.step)),
      h('label', {}, 'Cell ', this.filter),
      h('datalist', { id: 'cells' }, ...[...cells].sort().map((name) => h('option', { value: name }))),
      this.count,
      keyHelp(),
    );
  }

  showStep(step: number): void {
    this.number.value = String(step + 1);
  }
}

const button = (text: string, name: string, click: () => void): HTMLElement =>
  h('button', { type: 'button', 'aria-label': name, title: name, click }, text);

const keyHelp = (): HTMLElement =>
  h(
    'span',
    { class: 'keys quiet', 'aria-hidden': 'true' },
    ...['↑', '↓', 'PgUp', 'PgDn', 'Home', 'End'].flatMap((key) => [h('kbd', {}, key), ' ']),
    'steps  ',
    h('kbd', {}, 'f'),
    ' violation  ',
    h('kbd', {}, '/'),
    ' cell',
  );
