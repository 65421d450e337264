import type { InterleavingData } from '../data.ts';
import { heldAt, isBroken, sentenceOf } from './describe.ts';
import { Diagram } from './diagram.ts';
import { groupDigits, h, pluralise } from './dom.ts';
import { legend } from './legend.ts';
import { MemorySnapshot } from './memorySnapshot.ts';
import { operationsOf } from './rows.ts';
import { placesNamed, renderStatePanel } from './state.ts';
import { Timeline } from './timeline.ts';

/** Between a step and its link in the address: browsers refuse addresses that change too often. */
const LINK_MS = 150;

/** The page of one interleaving: the diagram, what memory is beside it, and the ways to go through it. */
export class InterleavingPage {
  readonly element: HTMLElement;
  private chosen = 0;
  private linking: number | undefined;
  private readonly of: InterleavingData;
  private readonly replayed: Timeline;
  private readonly diagram: Diagram;
  private readonly state = h('aside', { class: 'state', 'aria-label': 'Memory after the step' });
  /** What a screen reader speaks when another step is chosen. */
  private readonly spoken = h('p', { class: 'does', id: 'spoken', role: 'status', 'aria-live': 'polite' });
  private readonly now = h('section', { class: 'now', 'aria-label': 'The step' });
  private readonly signs = legend();
  private readonly number: HTMLInputElement;
  private readonly filter: HTMLInputElement;
  private readonly count = h('span', { class: 'quiet', id: 'count', role: 'status', 'aria-live': 'polite' });

  /** @param back leads to the page that this one is part of. */
  constructor(of: InterleavingData, back?: string) {
    this.of = of;
    this.replayed = new Timeline(of);
    this.diagram = new Diagram(of, (step) => this.choose(step));
    this.number = h('input', {
      type: 'number',
      id: 'number',
      min: 1,
      max: of.steps.length,
      change: () => this.choose(Math.max(1, Math.min(of.steps.length, Math.round(Number(this.number.value)) || 1)) - 1),
    });
    this.filter = h('input', {
      type: 'search',
      id: 'filter',
      list: 'cells',
      placeholder: 'all cells',
      autocomplete: 'off',
      input: () => this.refilter(),
    });
    this.element = h(
      'main',
      { class: 'interleaving', keydown: (event: KeyboardEvent) => this.key(event) },
      this.header(back),
      this.toolbar(),
      h('div', { class: 'main' }, this.diagram.element, this.state),
    );
    this.state.append(this.now);
  }

  /** To be called when the page is in the document: to the step that the address names, else to the one that failed. */
  begin(step: number | undefined): void {
    this.refilter();
    this.diagram.focus();
    this.choose(step ?? this.of.failed?.step ?? 0, false);
  }

  /** Goes to a step, from 0. */
  choose(step: number, isLinked = true): void {
    const { of } = this;
    this.chosen = Math.max(0, Math.min(of.steps.length - 1, step));
    if (!this.diagram.lines.isShown(this.chosen)) this.clear();
    this.diagram.choose(this.chosen);
    this.number.value = String(this.chosen + 1);
    this.describe();
    if (!isLinked) return;
    window.clearTimeout(this.linking);
    const link = location.hash.replace(/&?step=\d*/, '').replace(/^#?&?/, '#');
    const to = `${link === '#' ? link : `${link}&`}step=${this.chosen + 1}`;
    this.linking = window.setTimeout(() => history.replaceState(null, '', to), LINK_MS);
  }

  private describe(): void {
    const { of, chosen } = this;
    const { actor, operation, source } = of.steps[chosen];
    const held = heldAt(this.diagram.locks, actor, chosen);
    this.spoken.textContent = sentenceOf(of, chosen);
    this.now.classList.toggle('broken', isBroken(of, chosen));
    const line = source === undefined ? undefined : of.sources[source];
    this.now.replaceChildren(
      h('h2', {}, `Step ${groupDigits(chosen + 1)} of ${groupDigits(of.steps.length)}`),
      this.spoken,
      h(
        'p',
        { class: 'where' },
        `in ${of.actors[actor].operations[operation]}${held.length > 0 ? `, holding ${held.join(' and ')}` : ''}`,
      ),
      line === undefined ? '' : h('p', { class: 'where', id: 'line' }, `at ${line.at}`),
      line?.code === undefined ? '' : h('pre', { class: 'code' }, line.code),
    );
    const moment = new MemorySnapshot(of, this.replayed, chosen);
    this.state.replaceChildren(this.now, ...renderStatePanel(moment, (name) => this.pick(name)), this.signs);
  }

  private pick(name: string): void {
    this.filter.value = name;
    this.refilter();
    this.filter.focus();
  }

  private clear(): void {
    this.filter.value = '';
    this.refilter();
  }

  private refilter(): void {
    const { of, diagram } = this;
    const text = this.filter.value.trim();
    const places = text === '' ? undefined : placesNamed(of, text);
    const isShown = (step: number): boolean => places === undefined || places.has(of.steps[step].place ?? -1);
    diagram.show(isShown);
    const shown = of.steps.filter((_, step) => isShown(step)).length;
    this.count.textContent =
      places === undefined ? '' : `${groupDigits(shown)} of ${pluralise(of.steps.length, 'step')}`;
    if (shown === 0) return;
    if (!isShown(this.chosen)) this.choose(diagram.lines.beside(this.chosen, 0));
    else diagram.choose(this.chosen);
  }

  private key(event: KeyboardEvent): void {
    const isTyping = event.target instanceof HTMLInputElement;
    if (event.key === 'Escape' && this.filter.value !== '') this.clear();
    else if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === '/') this.filter.focus();
    else if (event.key === 'f') this.choose(this.of.failed?.step ?? this.chosen);
    else {
      const by = this.distance(event.key);
      if (by === undefined) return;
      this.go(by);
    }
    event.preventDefault();
  }

  private distance(key: string): number | undefined {
    const { page } = this.diagram;
    const distances: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowRight: 1,
      ArrowUp: -1,
      ArrowLeft: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    return distances[key];
  }

  private go(by: number): void {
    this.choose(this.diagram.lines.beside(this.chosen, by));
  }

  private header(back: string | undefined): HTMLElement {
    const { scenario, failed, memoryModel, tearing, canary, contextSwitches, steps, commands, actors, expected } =
      this.of;
    const operations = operationsOf(this.of).length;
    const about = [
      scenario,
      `${pluralise(operations, 'operation')} by ${pluralise(new Set(steps.map(({ actor }) => actor)).size, 'actor')} of ${actors.length}`,
      pluralise(steps.length, 'step'),
      contextSwitches === 1 ? '1 context switch' : `${contextSwitches} context switches`,
      `memory model ${memoryModel}${tearing ? ' with tearing' : ''}`,
      ...(canary === undefined ? [] : [`with the canary ${canary}`]),
    ];
    return h(
      'header',
      {},
      back === undefined ? undefined : h('a', { href: back }, '← the campaign'),
      failed === null
        ? h('h1', {}, `✓ ${scenario}: no property is violated`)
        : h('h1', { class: 'failed' }, `✗ ${failed.property}`),
      failed === null
        ? undefined
        : h(
            'div',
            {},
            `${failed.atEnd ? 'when nothing went on, after' : 'at'} step ${failed.step + 1}: ${failed.message}`,
          ),
      expected === undefined
        ? undefined
        : h('div', { class: 'failed' }, `The finding says ${expected}: the code has changed since.`),
      h('div', { class: 'quiet' }, about.join(' · ')),
      commands.length === 0
        ? undefined
        : h(
            'details',
            {},
            h('summary', {}, 'Run it again'),
            h('pre', {}, commands.map(({ what, line }) => `${what.padEnd(12)} ${line}`).join('\n')),
          ),
    );
  }

  private toolbar(): HTMLElement {
    const { of } = this;
    const button = (text: string, name: string, click: () => void): HTMLElement =>
      h('button', { type: 'button', 'aria-label': name, title: name, click }, text);
    const names = [
      ...new Set(of.steps.flatMap(({ place }) => (place === undefined ? [] : [of.places[place].name]))),
    ].sort();
    return h(
      'div',
      { class: 'toolbar', role: 'toolbar', 'aria-label': 'Steps' },
      button('⇤', 'First step', () => this.go(-Infinity)),
      button('←', 'Previous step', () => this.go(-1)),
      button('→', 'Next step', () => this.go(1)),
      button('⇥', 'Last step', () => this.go(Infinity)),
      h('label', {}, 'Step ', this.number, ` of ${groupDigits(of.steps.length)}`),
      of.failed === null
        ? undefined
        : button('✗ Where it fails', 'To the step at which it fails', () => this.choose(of.failed!.step)),
      h('label', {}, 'Cell ', this.filter),
      h('datalist', { id: 'cells' }, ...names.map((name) => h('option', { value: name }))),
      this.count,
      h(
        'span',
        { class: 'keys quiet', 'aria-hidden': 'true' },
        ...['↑', '↓', 'PgUp', 'PgDn', 'Home', 'End'].flatMap((key) => [h('kbd', {}, key), ' ']),
        'steps  ',
        h('kbd', {}, 'f'),
        ' failure  ',
        h('kbd', {}, '/'),
        ' cell',
      ),
    );
  }
}
