import { COMMITTED, type Gate, PAUSED, ROLLED_BACK } from '../../actors/gate.ts';
import type { Vm } from '../../actors/vm.ts';
import type { Look, Monitor, StepEvent } from '../../check/property.ts';
import type { Violation } from '../../explore/execution.ts';
import type { Cell } from '../../memory/cell.ts';
import { reads, writes } from '../../memory/memory.ts';
import { begin, type Checkpoints, commit, goOn, type Image, last, pause, rollBack } from '../../models/checkpoints.ts';
import { performs, type VmSpec } from '../spec.ts';
import { broken, kept, textOf } from './monitors.ts';

export const IMAGE_AT_COMMIT = 'at each commit and rollback the copy is the guest';
const STANDS_STILL = 'a machine that is paused stands still';
const LAST_COMMIT = 'a rollback brings back the last commit';

/**
 * The images that are committed, held against the sequential model: what is committed is what the machine was when all writers were out, and a
 * rollback gives the last commit back. That is asked where nobody copies in between.
 */
export function checkpointRules(spec: VmSpec, vm: Vm, gate: Gate): Monitor<Checkpoints> {
  const { pages } = vm.guest;
  const versions = pages.map(({ version }) => version);
  const copies = pages.map(({ slot, offset }) => vm.replica.get(slot)![offset]);
  const guest = new Set(pages.flatMap(({ version, word }) => [version.id, word.id]));
  const seen = new Set([...guest, ...[gate.phase, gate.inside, ...copies].map(({ id }) => id)]);
  const copiesBetween = performs(spec, 'collect', 'serve', 'copy-first', 'migrate');

  function step(state: Checkpoints, event: StepEvent, look: Look): Checkpoints | Violation {
    const { place, kind, value, thread } = event;
    const image = (cells: readonly Cell[]): Image => cells.map(look.read);
    if (place === gate.inside) {
      const stops = spec.actors[thread].role === 'userspace' && !writes(kind) && reads(kind) && value === 0;
      return stops && look.read(gate.phase) === PAUSED ? pause(state, image(versions)) : state;
    }
    if (!writes(kind)) return state;
    if (guest.has(place.id) && state.paused !== undefined && spec.actors[thread].role !== 'userspace')
      return broken(STANDS_STILL, `${spec.actors[thread].name} writes ${place.name}`);
    if (place !== gate.phase) return state;
    if (value === PAUSED) return state;
    if (value !== COMMITTED && value !== ROLLED_BACK) return goOn(state);
    const [now, copy] = [image(versions), image(copies)];
    if (value === COMMITTED && (state.paused === undefined || !isSame(state.paused, now)))
      return broken(STANDS_STILL, state.paused ? differing(now, state.paused) : 'it was not paused');
    if (!isSame(now, copy)) return broken(IMAGE_AT_COMMIT, differing(copy, now));
    if (value === COMMITTED) return commit(state);
    if (!copiesBetween && !isSame(now, last(state))) return broken(LAST_COMMIT, differing(now, last(state)));
    return rollBack(state);
  }

  const differing = (got: Image, expected: Image): string =>
    pages
      .filter(({ id }) => got[id] !== expected[id])
      .map((page) => `page ${textOf(page)} is at version ${got[page.id]}, expected ${expected[page.id]}`)
      .join('; ');

  return {
    name: 'checkpoint rules',
    sees: ({ id }) => seen.has(id),
    init: () => begin(pages.map(() => 0)),
    step,
    returned: (state) => state,
    key: (state) => kept(state, (of) => `${last(of)}|${of.paused};`),
  };
}

const isSame = (a: Image, b: Image): boolean => a.every((version, page) => version === b[page]);
