import { operationDescriptor } from '../actors/operations/registry.ts';
import { omitOperations } from '../scenario/omittedOperations.ts';
import { areVms, isVm, type OpenedScenario } from '../scenario/scenarioRef.ts';
import { buildMultiVm, buildVm } from '../scenario/vm.ts';
import { type ActorSpec, type OperationSpec, pagesMax, type VmSpec, type VmsSpec } from '../vm/spec.ts';

/**
 * Scenarios that are one step smaller. One that is code loses operations: first all of an actor,
 * then single ones. VMs get smaller in all their parts.
 */
export function* shrink({ source, scenario }: OpenedScenario): Generator<OpenedScenario> {
  if (isVm(source)) {
    for (const spec of shrinkVm(source)) yield { source: spec, scenario: buildVm(spec) };
    return;
  }
  if (areVms(source)) {
    for (const spec of shrinkVms(source)) yield { source: spec, scenario: buildMultiVm(spec) };
    return;
  }
  const { actors } = scenario.program;
  const skipped = actors.map((_, a) => source.skipped?.[a] ?? []);
  const left = actors.map(({ operations }, a) => operations.map((_, i) => i).filter((i) => !skipped[a].includes(i)));
  const without = (a: number, operations: readonly number[]): OpenedScenario => {
    const less = skipped.with(
      a,
      [...skipped[a], ...operations].sort((i, j) => i - j),
    );
    return { source: { ...source, skipped: less }, scenario: omitOperations(scenario, less) };
  };
  for (const [a, operations] of left.entries()) if (operations.length > 0) yield without(a, operations);
  for (const [a, operations] of left.entries())
    if (operations.length > 1) for (const i of operations) yield without(a, [i]);
}

function* shrinkVms(spec: VmsSpec): Generator<VmsSpec> {
  const { vms } = spec;
  for (let i = 0; i < vms.length; i++) if (vms.length > 1) yield { ...spec, vms: vms.toSpliced(i, 1) };
  for (let i = 0; i < vms.length; i++)
    for (const smaller of shrinkVm(vms[i])) yield { ...spec, vms: vms.with(i, smaller) };
}

/**
 * VMs that are one step smaller: without an actor, without an operation, with a smaller operation,
 * or with index 0.
 */
export function* shrinkVm(spec: VmSpec): Generator<VmSpec> {
  for (const smaller of smallerVms(spec)) if (hasItsPages(smaller)) yield smaller;
}

/** Whether all pages exist that are written: a `set-slot` that was left out may have made them. */
function hasItsPages(spec: VmSpec): boolean {
  return spec.actors.every(({ operations }) =>
    operations.every((op) => !('pages' in op) || op.pages.every(([slot, offset]) => offset < pagesMax(spec, slot))),
  );
}

function* smallerVms(spec: VmSpec): Generator<VmSpec> {
  for (let a = 0; a < spec.actors.length; a++) {
    if (spec.actors.length > 1) yield withoutActor(spec, a);
  }
  for (let a = 0; a < spec.actors.length; a++) {
    const actor = spec.actors[a];
    for (let i = 0; i < actor.operations.length; i++) {
      if (actor.operations.length > 1) yield withOperations(spec, a, actor.operations.toSpliced(i, 1));
    }
    for (let i = 0; i < actor.operations.length; i++) {
      const op = actor.operations[i];
      for (const smaller of operationDescriptor(op).shrink(op))
        yield withOperations(spec, a, actor.operations.with(i, smaller as OperationSpec));
    }
  }
  if (spec.index !== 0) yield { ...spec, index: 0 };
}

function withOperations(spec: VmSpec, a: number, operations: readonly OperationSpec[]): VmSpec {
  const actor: ActorSpec = { ...spec.actors[a], operations };
  return { ...spec, actors: spec.actors.with(a, actor) };
}

/** Leaves out an actor and what others send to it. */
function withoutActor(spec: VmSpec, a: number): VmSpec {
  const { name } = spec.actors[a];
  const actors = spec.actors.toSpliced(a, 1).map((actor) => ({
    ...actor,
    operations: actor.operations.filter((op) => !('to' in op) || op.to !== name),
  }));
  return { ...spec, actors };
}
