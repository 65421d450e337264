import type { Draw } from '../actors/draw.ts';
import { trackerForVm } from '../trackers/registry.ts';
import { type OperationSpec, performs, type VmSpec } from '../vm/spec.ts';

/**
 * Changes one thing of a VM; undefined where the VM has nothing of the kind. The result may be no
 * valid VM.
 */
export type VmMutation = (spec: VmSpec, draw: Draw) => VmSpec | undefined;

/** Entries of a ring. */
const SIZE_MIN = 2;
const SIZE_MAX = 8;
/** Pages of one write. */
const PAGES_MAX = 5;
/** Few pages, and just more than one, two or four words of a bitmap. */
const NPAGES = [1, 2, 3, 34, 66, 130];
/** One or two lengths of the mask of a reset. */
const FAR_APART = [64, 128];
const SECOND_SLOT = { slot: 65536, npages: 1 };

export function withOperations(spec: VmSpec, a: number, operations: readonly OperationSpec[]): VmSpec {
  const { actors } = spec;
  return { ...spec, actors: actors.with(a, { ...actors[a], operations }) };
}

export const mutateIndex: VmMutation = (spec, draw) => ({
  ...spec,
  index: draw.one(trackerForVm(spec).boundaryIndices),
});

export const mutateRing: VmMutation = (spec, draw) => {
  const { rings } = spec;
  const i = draw.upTo(rings.length);
  const { size, leeway } = rings[i];
  const ring = draw.one([
    { size: Math.min(SIZE_MAX, size * 2), leeway },
    { size: Math.max(SIZE_MIN, size / 2), leeway },
    { size, leeway: leeway + 1 },
    { size, leeway: Math.max(0, leeway - 1) },
  ]);
  return { ...spec, rings: rings.with(i, ring) };
};

export const mutateSlot: VmMutation = (spec, draw) => {
  const { slots } = spec;
  if (slots.length === 0) return undefined;
  if (slots.length === 1 && draw.upTo(3) === 0) return { ...spec, slots: [...slots, SECOND_SLOT] };
  const i = draw.upTo(slots.length);
  if (draw.upTo(4) === 0) return writeFarApart(spec, i, draw);
  return { ...spec, slots: slots.with(i, { ...slots[i], npages: draw.one(NPAGES) }) };
};

/**
 * One write to two pages of slot `i` that no mask of a reset holds both. Random pages are hardly
 * ever so far apart.
 */
function writeFarApart(spec: VmSpec, i: number, draw: Draw): VmSpec | undefined {
  const distance = draw.one(FAR_APART);
  return firstWriteTo(spec, i, [0, distance], distance + 2);
}

/**
 * One write to one page more than all rings have entries. Random writes hardly ever have so many
 * different pages.
 */
export const writeMoreThanFits: VmMutation = (spec) => {
  const { slots, rings } = spec;
  if (slots.length === 0) return undefined;
  const pages = 1 + rings.reduce((sum, { size }) => sum + size, 0);
  return pages > PAGES_MAX ? undefined : firstWriteTo(spec, 0, [...Array(pages).keys()], pages);
};

/** The first write is to these pages of slot `i`, which has `npages` pages then. */
function firstWriteTo(spec: VmSpec, i: number, offsets: readonly number[], npages: number): VmSpec | undefined {
  const { slots, actors } = spec;
  const isWrite = (op: OperationSpec): boolean => op.do === 'write';
  const a = actors.findIndex(({ operations }) => operations.some(isWrite));
  if (a < 0) return undefined;
  const { slot } = slots[i];
  const { operations } = actors[a];
  const pages = offsets.map((offset) => [slot, offset] as const);
  const mutated = withOperations(spec, a, operations.with(operations.findIndex(isWrite), { do: 'write', pages }));
  return { ...mutated, slots: slots.with(i, { slot, npages }) };
}

/** How pages are recorded: an option of the tracker, or the page-modification log. */
export const mutateOptions: VmMutation = (spec, draw) => {
  const { options } = trackerForVm(spec);
  if (options.includes('manualProtect') && draw.upTo(2) === 0) {
    const { manualProtect: _, ...rest } = spec;
    const manualProtect = draw.one([undefined, 'on', 'initially set'] as const);
    return manualProtect === undefined ? rest : { ...rest, manualProtect };
  }
  if (options.includes('backupBitmap') && !performs(spec, 'host-write') && draw.upTo(2) === 0) {
    const { backupBitmap, ...rest } = spec;
    return backupBitmap ? rest : { ...rest, backupBitmap: true };
  }
  const { pml: _, ...rest } = spec;
  const pml = draw.one([undefined, 1, 2]);
  return pml === undefined ? rest : { ...rest, pml };
};
