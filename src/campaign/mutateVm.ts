import { Draw } from '../actors/draw.ts';
import { type OperationSpec, operationDescriptor } from '../actors/operations/registry.ts';
import type { AddedActor } from '../actors/role.ts';
import { roles } from '../actors/roles/registry.ts';
import { type Random, uniformInt } from '../explore/random.ts';
import { BadInput } from '../input/badInput.ts';
import { parseVm } from '../scenario/vm.ts';
import { trackerForVm } from '../trackers/registry.ts';
import type { VmSpec } from '../vm/spec.ts';
import { satisfiesAssumptions } from './assumptions.ts';
import {
  mutateIndex,
  mutateOptions,
  mutateRing,
  mutateSlot,
  type VmMutation,
  withOperations,
  writeMoreThanFits,
} from './mutateShape.ts';

/** A VM with more actors or operations has longer executions, not different ones. */
const ACTORS_MAX = 7;
const OPERATIONS_MAX = 8;
/** How often it tries to find a valid mutation. */
const TRIES = 20;
const MUTATIONS_MAX = 3;

/** One of these is drawn. Some stand here more than once, so that they are drawn more often. */
const MUTATIONS: readonly VmMutation[] = [
  addOperation,
  addOperation,
  removeOperation,
  swapOperations,
  mutateOperation,
  mutateOperation,
  mutateOperation,
  addActor,
  addActor,
  removeActor,
  mutateRing,
  mutateSlot,
  writeMoreThanFits,
  mutateIndex,
  mutateOptions,
];

/**
 * Mutates a VM one to three times. The result satisfies the assumptions of its tracker. Returns
 * `spec` itself where no such mutation was found.
 */
export function mutateVm(spec: VmSpec, random: Random): VmSpec {
  const upTo = (n: number) => uniformInt(random, n);
  for (let tries = 0; tries < TRIES; tries++) {
    let mutated: VmSpec | undefined = spec;
    for (let times = 1 + upTo(MUTATIONS_MAX); times > 0 && mutated !== undefined; times--) {
      const draw = new Draw(mutated, trackerForVm(mutated), upTo);
      mutated = draw.one(MUTATIONS)(mutated, draw);
    }
    if (mutated !== undefined && isSmall(mutated) && satisfiesAssumptions(mutated) && isValid(mutated)) return mutated;
  }
  return spec;
}

const isSmall = ({ actors }: VmSpec): boolean =>
  actors.length <= ACTORS_MAX && actors.every(({ operations }) => operations.length <= OPERATIONS_MAX);

function isValid(spec: VmSpec): boolean {
  try {
    parseVm(spec);
    return true;
  } catch (error) {
    if (error instanceof BadInput) return false;
    throw error;
  }
}

function addOperation(spec: VmSpec, draw: Draw): VmSpec | undefined {
  const a = draw.upTo(spec.actors.length);
  const actor = spec.actors[a];
  const op = roles[actor.role].draw(draw, actor) as OperationSpec | undefined;
  return op && withOperations(spec, a, actor.operations.toSpliced(draw.upTo(actor.operations.length + 1), 0, op));
}

function removeOperation(spec: VmSpec, draw: Draw): VmSpec | undefined {
  const a = draw.upTo(spec.actors.length);
  const { operations } = spec.actors[a];
  if (operations.length < 2) return undefined;
  return withOperations(spec, a, operations.toSpliced(draw.upTo(operations.length), 1));
}

function swapOperations(spec: VmSpec, draw: Draw): VmSpec | undefined {
  const a = draw.upTo(spec.actors.length);
  const { operations } = spec.actors[a];
  if (operations.length < 2) return undefined;
  const i = draw.upTo(operations.length - 1);
  return withOperations(spec, a, operations.with(i, operations[i + 1]).with(i + 1, operations[i]));
}

function mutateOperation(spec: VmSpec, draw: Draw): VmSpec | undefined {
  const a = draw.upTo(spec.actors.length);
  const { operations } = spec.actors[a];
  if (operations.length === 0) return undefined;
  const i = draw.upTo(operations.length);
  const op = operationDescriptor(operations[i]).mutate(operations[i], draw) as OperationSpec | undefined;
  return op && withOperations(spec, a, operations.with(i, op));
}

function addActor(spec: VmSpec, draw: Draw): VmSpec | undefined {
  const { add } = draw.one(Object.values(roles).filter((role) => role.add !== undefined));
  const added = add!(draw);
  if (added === undefined) return undefined;
  const { actor, ...shape } = added as AddedActor & { readonly actor: VmSpec['actors'][number] };
  return { ...spec, ...shape, actors: [...spec.actors, actor] };
}

function removeActor(spec: VmSpec, draw: Draw): VmSpec | undefined {
  const { actors } = spec;
  if (actors.length < 3) return undefined;
  const a = draw.upTo(actors.length);
  return actors[a].role === 'userspace' ? undefined : { ...spec, actors: actors.toSpliced(a, 1) };
}
