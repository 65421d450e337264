import type { Step, Workload } from './arbitraries/workload.ts';

/** A page as `slot:offset`. */
type Name = string;

/** What a collection by userspace, or a checkpoint, must report. */
export interface Epoch {
  /** Pages written since the last epoch: must be reported. */
  readonly due: ReadonlySet<Name>;
  /** Pages written at any time before: may be reported. */
  readonly written: ReadonlySet<Name>;
  /** A checkpoint that fails reports nothing, and memory returns to the copy. */
  readonly failed: boolean;
}

/** For each page: the number of writes, and the number of writes when it was last copied. */
export interface Image {
  readonly versions: ReadonlyMap<Name, number>;
  readonly copies: ReadonlyMap<Name, number>;
}

export interface Expected {
  readonly epochs: readonly Epoch[];
  /** One for each step. */
  readonly images: readonly Image[];
}

/**
 * The expected result of a workload, independent of the tracker.
 * @param hostIsLate whether the host's writes are reported only while the machine is paused
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
