import type { Shape } from '../../input/fieldTypes.ts';
import type { OperationDescriptor, SpecOf } from '../operation.ts';
import { checkpointOperation } from './checkpoint.ts';
import { collectOperation } from './collect.ts';
import { copyFirstOperation } from './copyFirst.ts';
import { countOperation } from './count.ts';
import { haltOperation } from './halt.ts';
import { harvestOperation } from './harvest.ts';
import { hostWriteOperation } from './hostWrite.ts';
import { migrateOperation } from './migrate.ts';
import { pokeOperation } from './poke.ts';
import { preemptOperation } from './preempt.ts';
import { pushOperation } from './push.ts';
import { replicateOperation } from './replicate.ts';
import { resetOperation } from './reset.ts';
import { resetRingOperation } from './resetRing.ts';
import { serveOperation } from './serve.ts';
import { setSlotOperation } from './setSlot.ts';
import { signalOperation } from './signal.ts';
import { writeOperation } from './write.ts';

/** All operations. The documentation lists them in this order. */
export const operations = [
  writeOperation,
  haltOperation,
  pushOperation,
  hostWriteOperation,
  signalOperation,
  preemptOperation,
  harvestOperation,
  countOperation,
  collectOperation,
  serveOperation,
  copyFirstOperation,
  checkpointOperation,
  replicateOperation,
  migrateOperation,
  setSlotOperation,
  resetOperation,
  resetRingOperation,
  pokeOperation,
] as const;

type SpecOfDescriptor<D> = D extends OperationDescriptor<infer Name, infer S> ? SpecOf<Name, S> : never;

/**
 * What an actor does: `{ do: NAME, … }`. docs/scenarios.md lists the operations with their fields.
 */
export type OperationSpec = SpecOfDescriptor<(typeof operations)[number]>;
export type OperationName = OperationSpec['do'];

/** The descriptor of any operation. */
export type AnyOperation = OperationDescriptor<OperationName, Shape>;

const byName = new Map<string, AnyOperation>(operations.map((operation) => [operation.name, operation]));

export const operationNames = operations.map(({ name }) => name);

/** The descriptor of an operation. */
export const operationDescriptor = ({ do: name }: { readonly do: OperationName }): AnyOperation => byName.get(name)!;
