import { COMMITTED, PAUSED, type PauseGate, ROLLED_BACK } from '../../actors/gate.ts';
import type { Vm } from '../../actors/vm.ts';
import type { Monitor, StateView, StepEvent } from '../../check/property.ts';
import type { Violation } from '../../explore/execution/violation.ts';
import type { Cell } from '../../memory/cell.ts';
import { isRead, isWrite } from '../../memory/kinds.ts';
import {
  type Checkpoints,
  commit,
  type Image,
  initialCheckpoints,
  lastCommitted,
  modelPause,
  modelResume,
  rollBack,
} from '../../models/checkpoints.ts';
import { performsWhere, type VmSpec } from '../spec.ts';
import { formatPage, memoizedBy, violationOfRule } from './monitorHelpers.ts';

export const IMAGE_AT_COMMIT = 'at each commit and rollback the copy is the guest';
const STANDS_STILL = 'a machine that is paused stands still';
const LAST_COMMIT = 'a rollback brings back the last commit';

/**
 * Checkpoints, compared with the sequential model (`models/checkpoints.ts`). A commit has the guest
 * as it was when all writers had left. A rollback restores the last commit; that is checked where
 * userspace copies nothing in between.
 */
export function checkpointRules(spec: VmSpec, vm: Vm, gate: PauseGate): Monitor<Checkpoints> {
  const { pages } = vm.guest;
  const versions = pages.map(({ version }) => version);
  const copies = pages.map(({ slot, offset }) => vm.replica.get(slot)![offset]);
  const guest = new Set(pages.flatMap(({ version, word }) => [version.id, word.id]));
  const seen = new Set([...guest, ...[gate.phase, gate.inside, ...copies].map(({ id }) => id)]);
  const copiesBetween = performsWhere(spec, ({ copies }) => copies === 'running');

  function step(state: Checkpoints, event: StepEvent, view: StateView): Checkpoints | Violation {
    const { place, kind, value, thread } = event;
    const image = (cells: readonly Cell[]): Image => cells.map(view.read);
    if (place === gate.inside) {
      const stops = spec.actors[thread].role === 'userspace' && !isWrite(kind) && isRead(kind) && value === 0;
      return stops && view.read(gate.phase) === PAUSED ? modelPause(state, image(versions)) : state;
    }
    if (!isWrite(kind)) return state;
    if (guest.has(place.id) && state.paused !== undefined && spec.actors[thread].role !== 'userspace')
      return violationOfRule(STANDS_STILL, `${spec.actors[thread].name} writes ${place.name}`);
    if (place !== gate.phase) return state;
    if (value === PAUSED) return state;
    if (value !== COMMITTED && value !== ROLLED_BACK) return modelResume(state);
    const [now, copy] = [image(versions), image(copies)];
    if (value === COMMITTED && (state.paused === undefined || !isSame(state.paused, now)))
      return violationOfRule(STANDS_STILL, state.paused ? differing(now, state.paused) : 'it was not paused');
    if (!isSame(now, copy)) return violationOfRule(IMAGE_AT_COMMIT, differing(copy, now));
    if (value === COMMITTED) return commit(state);
    if (!copiesBetween && !isSame(now, lastCommitted(state)))
      return violationOfRule(LAST_COMMIT, differing(now, lastCommitted(state)));
    return rollBack(state);
  }

  const differing = (got: Image, expected: Image): string =>
    pages
      .filter(({ id }) => got[id] !== expected[id])
      .map((page) => `page ${formatPage(page)} is at version ${got[page.id]}, expected ${expected[page.id]}`)
      .join('; ');

  return {
    name: 'checkpoint rules',
    sees: ({ id }) => seen.has(id),
    init: () => initialCheckpoints(pages.map(() => 0)),
    step,
    returned: (state) => state,
    key: (state) => memoizedBy(state, (of) => `${lastCommitted(of)}|${of.paused};`),
  };
}

const isSame = (a: Image, b: Image): boolean => a.every((version, page) => version === b[page]);
