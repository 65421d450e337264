import { STEPS } from '../actors/checkpoint.ts';
import { type Random, uniformInt } from '../explore/random.ts';
import { BadInput } from '../input/badInput.ts';
import { parseVm } from '../scenario/vm.ts';
import { trackerOf } from '../trackers/registry.ts';
import { backupOf } from '../trackers/scenarios/trackerScenario.ts';
import { type ActorSpec, hostileRings, type OperationSpec, performs, type VmSpec } from '../vm/spec.ts';
import { satisfiesAssumptions } from './assumptions.ts';
import { hostileValues } from './boundaryValues.ts';

const ACTORS_MAX = 7;
/** Operations of one actor: more of them make executions long, not different. */
const OPERATIONS_MAX = 8;
/** Pages of one write. */
const PAGES_MAX = 5;
const TRIES = 20;
/** Pages in another word of a bitmap, and as far from the first as the mask of a batch is long, or twice. */
const FAR = [32, 63, 64, 128];

const HALT: OperationSpec = { do: 'halt' };

/** A VM that differs from this one in one to three things, and is one that its tracker is said to be right for; the same one where none is found. */
export function mutateVm(spec: VmSpec, random: Random): VmSpec {
  for (let tries = 0; tries < TRIES; tries++) {
    let varied: VmSpec | undefined = spec;
    for (let times = 1 + uniformInt(random, 3); times > 0 && varied !== undefined; times--)
      varied = new Vary(varied, random).once();
    if (varied !== undefined && isSmall(varied) && satisfiesAssumptions(varied) && isVm(varied)) return varied;
  }
  return spec;
}

const isSmall = ({ actors }: VmSpec): boolean =>
  actors.length <= ACTORS_MAX && actors.every(({ operations }) => operations.length <= OPERATIONS_MAX);

function isVm(spec: VmSpec): boolean {
  try {
    parseVm(spec);
    return true;
  } catch (error) {
    if (error instanceof BadInput) return false;
    throw error;
  }
}

/** One change of one VM. Each returns undefined where there is nothing of the kind to change. */
class Vary {
  private readonly spec: VmSpec;
  private readonly random: Random;

  constructor(spec: VmSpec, random: Random) {
    this.spec = spec;
    this.random = random;
  }

  once(): VmSpec | undefined {
    const changes = [
      () => this.addOperation(),
      () => this.addOperation(),
      () => this.withoutOperation(),
      () => this.swapped(),
      () => this.operationChanged(),
      () => this.operationChanged(),
      () => this.operationChanged(),
      () => this.actorAdded(),
      () => this.actorAdded(),
      () => this.withoutActor(),
      () => this.ringChanged(),
      () => this.slotChanged(),
      () => this.overfull(),
      () => ({ ...this.spec, index: this.one(trackerOf(this.spec).boundaryIndices) }),
      () => this.logChanged(),
    ];
    return this.one(changes)();
  }

  private addOperation(): VmSpec | undefined {
    const a = this.upTo(this.spec.actors.length);
    const actor = this.spec.actors[a];
    const op = this.draw(actor);
    return op && this.withOperations(a, actor.operations.toSpliced(this.upTo(actor.operations.length + 1), 0, op));
  }

  private withoutOperation(): VmSpec | undefined {
    const a = this.upTo(this.spec.actors.length);
    const { operations } = this.spec.actors[a];
    return operations.length < 2
      ? undefined
      : this.withOperations(a, operations.toSpliced(this.upTo(operations.length), 1));
  }

  private swapped(): VmSpec | undefined {
    const a = this.upTo(this.spec.actors.length);
    const { operations } = this.spec.actors[a];
    if (operations.length < 2) return undefined;
    const i = this.upTo(operations.length - 1);
    return this.withOperations(a, operations.with(i, operations[i + 1]).with(i + 1, operations[i]));
  }

  private operationChanged(): VmSpec | undefined {
    const a = this.upTo(this.spec.actors.length);
    const { operations } = this.spec.actors[a];
    if (operations.length === 0) return undefined;
    const i = this.upTo(operations.length);
    const op = this.changed(operations[i]);
    return op && this.withOperations(a, operations.with(i, op));
  }

  private changed(op: OperationSpec): OperationSpec | undefined {
    switch (op.do) {
      case 'write':
      case 'host-write': {
        const page = this.page();
        if (page === undefined) return undefined;
        const i = this.upTo(op.pages.length + 1);
        if (i === op.pages.length) return { ...op, pages: [...op.pages, page] };
        return {
          ...op,
          pages: op.pages.length > 1 && this.upTo(2) === 0 ? op.pages.toSpliced(i, 1) : op.pages.with(i, page),
        };
      }
      case 'push':
        return { ...op, offset: this.one([0, 1, 2, 63, 64, 65, 128, '18446744073709551615']) };
      case 'harvest':
        return { ...op, max: this.one([1, 2, 65536]) };
      case 'reset-ring':
        return { ...op, ring: this.upTo(this.spec.rings.length) };
      case 'poke':
        return this.poke(op.ring);
      case 'checkpoint':
        return this.checkpoint();
      case 'migrate':
        return { ...op, few: this.upTo(2), rounds: this.upTo(3) };
      case 'serve':
        return { do: 'replicate' };
      case 'replicate':
        return { do: 'serve' };
      case 'set-slot':
        return this.setSlot();
      default:
        return undefined;
    }
  }

  /** An operation that suits an actor; one that the VM has no place for is found out later. */
  private draw({ role, operations }: ActorSpec): OperationSpec | undefined {
    const pushes = operations.some((op) => op.do === 'push');
    switch (role) {
      case 'vcpu': {
        if (pushes) return { do: 'push', slot: this.one([0, 0, 65536, 7]), offset: this.upTo(3) };
        const page = this.page();
        return page && { do: 'write', pages: [page] };
      }
      case 'host': {
        const page = this.page();
        return page && { do: 'host-write', pages: [page] };
      }
      case 'kernel':
        return trackerOf(this.spec).operations.includes('reset-ring')
          ? this.one([{ do: 'reset' }, { do: 'reset' }, { do: 'reset-ring', ring: this.upTo(this.spec.rings.length) }])
          : { do: 'reset' };
      case 'hostile':
        return hostileRings(this.spec).size === 0 ? undefined : this.poke(this.one([...hostileRings(this.spec)]));
      case 'userspace': {
        if (performs(this.spec, 'harvest')) return { do: 'harvest', ring: 0, max: this.one([1, 2, 65536]) };
        const last = operations.at(-1)?.do;
        return this.one([
          () => this.checkpoint(),
          () =>
            last === 'serve' || trackerOf(this.spec).drainedWhile === 'paused'
              ? undefined
              : ({ do: 'collect' } as const),
          () => this.setSlot(),
        ])();
      }
    }
  }

  private actorAdded(): VmSpec | undefined {
    const { spec } = this;
    const { actors, rings } = spec;
    const number = actors.length;
    const also = (actor: ActorSpec, more: Partial<VmSpec> = {}): VmSpec => ({
      ...spec,
      ...more,
      actors: [...actors, actor],
    });
    // Who serves does so until all have halted.
    const halts = performs(spec, 'halt');
    switch (this.upTo(3)) {
      case 0:
        return also({ name: `kernel${number}`, role: 'kernel', operations: [{ do: 'reset' }] });
      case 1: {
        const page = this.page();
        const model = actors.find((actor) => actor.role === 'vcpu' && actor.operations.some((op) => op.do === 'write'));
        // The last ring is the host's where it writes.
        if (page === undefined || model === undefined || performs(spec, 'host-write')) return undefined;
        const vcpu = rings.length;
        const operations: OperationSpec[] = [{ do: 'write', pages: [page] }, ...(halts ? [HALT] : [])];
        return also({ name: `vcpu${vcpu}`, role: 'vcpu', vcpu, operations }, { rings: [...rings, rings[model.vcpu!]] });
      }
      default: {
        const page = this.page();
        if (page === undefined || performs(spec, 'host-write', 'push', 'poke')) return undefined;
        const operations: OperationSpec[] = [{ do: 'host-write', pages: [page] }, ...(halts ? [HALT] : [])];
        const tracker = trackerOf(spec);
        const more = tracker.hostRing ? { rings: [...rings, { size: 4, leeway: 1 }] } : backupOf(tracker);
        return also({ name: `host${number}`, role: 'host', operations }, more);
      }
    }
  }

  private withoutActor(): VmSpec | undefined {
    const { actors } = this.spec;
    if (actors.length < 3) return undefined;
    const a = this.upTo(actors.length);
    return actors[a].role === 'userspace' ? undefined : { ...this.spec, actors: actors.toSpliced(a, 1) };
  }

  private ringChanged(): VmSpec {
    const { rings } = this.spec;
    const i = this.upTo(rings.length);
    const { size, leeway } = rings[i];
    const ring = this.one([
      { size: Math.min(8, size * 2), leeway },
      { size: Math.max(2, size / 2), leeway },
      { size, leeway: leeway + 1 },
      { size, leeway: Math.max(0, leeway - 1) },
    ]);
    return { ...this.spec, rings: rings.with(i, ring) };
  }

  private slotChanged(): VmSpec | undefined {
    const { slots } = this.spec;
    if (slots.length === 0) return undefined;
    if (slots.length === 1 && this.upTo(3) === 0)
      return { ...this.spec, slots: [...slots, { slot: 65536, npages: 1 }] };
    const i = this.upTo(slots.length);
    if (this.upTo(4) === 0) return this.farApart(i);
    return { ...this.spec, slots: slots.with(i, { ...slots[i], npages: this.one([1, 2, 3, 34, 66, 130]) }) };
  }

  /** One write to two pages that are as far apart as the mask of a batch is long, or twice: by chance they hardly ever come together. */
  private farApart(i: number): VmSpec | undefined {
    const far = this.one([64, 128]);
    return this.writes(i, [0, far], far + 2);
  }

  /** One write to a page more than there is room for: pages are few, so that by chance hardly ever all of one write are new. */
  private overfull(): VmSpec | undefined {
    const { slots, rings } = this.spec;
    if (slots.length === 0) return undefined;
    const most = 1 + rings.reduce((sum, { size }) => sum + size, 0);
    return most > PAGES_MAX ? undefined : this.writes(0, [...Array(most).keys()], most);
  }

  /** The first write is to these pages of a slot, which has so many. */
  private writes(i: number, offsets: readonly number[], npages: number): VmSpec | undefined {
    const { slots, actors } = this.spec;
    const a = actors.findIndex(({ operations }) => operations.some((op) => op.do === 'write'));
    if (a < 0) return undefined;
    const { slot } = slots[i];
    const at = actors[a].operations.findIndex((op) => op.do === 'write');
    const pages = offsets.map((offset) => [slot, offset] as const);
    const varied = this.withOperations(a, actors[a].operations.with(at, { do: 'write', pages }));
    return { ...varied, slots: slots.with(i, { slot, npages }) };
  }

  /** How pages are recorded beside the tracker. */
  private logChanged(): VmSpec | undefined {
    const tracker = trackerOf(this.spec);
    if (tracker.options.includes('manualProtect') && this.upTo(2) === 0) {
      const { manualProtect: _, ...rest } = this.spec;
      const manualProtect = this.one([undefined, 'on', 'initially set'] as const);
      return manualProtect === undefined ? rest : { ...rest, manualProtect };
    }
    const backup = backupOf(tracker);
    if (backup.backupBitmap && !performs(this.spec, 'host-write') && this.upTo(2) === 0) {
      const { backupBitmap, ...rest } = this.spec;
      return backupBitmap ? rest : { ...rest, ...backup };
    }
    const { pml: _, ...rest } = this.spec;
    const pml = this.one([undefined, 1, 2]);
    return pml === undefined ? rest : { ...rest, pml };
  }

  private poke(ring: number): OperationSpec {
    const { size } = this.spec.rings[ring];
    if (this.upTo(2) === 0) return { do: 'poke', ring, at: 2, bits: 16, value: this.value(16) };
    const bits = this.one([8, 16, 32, 64] as const);
    const at = this.upTo((size * 128) / bits) * (bits / 8);
    return { do: 'poke', ring, at, bits, value: this.value(bits) };
  }

  private value(bits: number): string {
    return `${BigInt.asUintN(bits, this.one(hostileValues(this.spec)))}`;
  }

  private checkpoint(): OperationSpec {
    const fails = this.one([undefined, ...STEPS]);
    return { do: 'checkpoint', ...(fails && { fails }) };
  }

  private setSlot(): OperationSpec | undefined {
    const { slots } = this.spec;
    if (slots.length === 0) return undefined;
    const { slot, npages } = this.one(slots);
    return { do: 'set-slot', slot, npages: this.one([0, 1, npages, npages + 1]) };
  }

  private page(): readonly [number, number] | undefined {
    const { slots } = this.spec;
    if (slots.length === 0) return undefined;
    const { slot, npages } = this.one(slots);
    return [slot, this.one([0, this.upTo(npages), npages - 1, ...FAR.filter((offset) => offset < npages)])];
  }

  private withOperations(a: number, operations: readonly OperationSpec[]): VmSpec {
    const { actors } = this.spec;
    return { ...this.spec, actors: actors.with(a, { ...actors[a], operations }) };
  }

  private upTo(n: number): number {
    return uniformInt(this.random, n);
  }

  private one<T>(list: readonly T[]): T {
    return list[uniformInt(this.random, list.length)];
  }
}
