import type { Step, Workload } from './arbitraries/workload.ts';

/** A page, as `slot:offset`. */
type Name = string;

/** What a round of userspace, or a checkpoint, has to report and to leave behind. */
export interface Epoch {
  /** Written since the last epoch: must be reported. */
  readonly due: ReadonlySet<Name>;
  /** Written at any time before: may be reported. */
  readonly written: ReadonlySet<Name>;
  /** A checkpoint that fails reports nothing: what it had is set back. */
  readonly failed: boolean;
}

/** What the machine and its copy hold, by page: how often it was written, and how often it had been when it was copied. */
export interface Image {
  readonly versions: ReadonlyMap<Name, number>;
  readonly copies: ReadonlyMap<Name, number>;
}

export interface Expected {
  readonly epochs: readonly Epoch[];
  /** By step. */
  readonly images: readonly Image[];
}

/**
 * What is to come of a workload, without a word on how pages are tracked. `hostIsLate`: what the host writes is reported while the machine is paused, not
 * before.
 */
export function expectedOf({ slots, steps }: Workload, hostIsLate: boolean): Expected {
  const pages = slots.flatMap(({ slot, npages }) => Array.from({ length: npages }, (_, offset) => `${slot}:${offset}`));
  const versions = new Map(pages.map((page) => [page, 0]));
  const copies = new Map(versions);
  const written = new Set<Name>();
  const due = new Set<Name>();
  const late = new Set<Name>();
  const epochs: Epoch[] = [];

  function write({ by, pages }: Extract<Step, { do: 'write' }>): void {
    for (const [slot, offset] of pages) {
      const page = `${slot}:${offset}`;
      versions.set(page, versions.get(page)! + 1);
      written.add(page);
      (by === 'host' && hostIsLate ? late : due).add(page);
    }
  }

  function end(paused: boolean, failed: boolean): void {
    if (paused) for (const page of late) due.add(page);
    epochs.push({ due: new Set(due), written: new Set(written), failed });
    const [from, to] = failed ? [copies, versions] : [versions, copies];
    for (const page of failed ? pages : due) to.set(page, from.get(page)!);
    due.clear();
    if (paused) late.clear();
  }

  const images = steps.map((step): Image => {
    if (step.do === 'write') write(step);
    else end(step.do === 'checkpoint', step.do === 'checkpoint' && step.fails !== undefined);
    return { versions: new Map(versions), copies: new Map(copies) };
  });
  return { epochs, images };
}
