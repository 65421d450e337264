import { type FailsAfter, STEPS } from '../actors/checkpoint.ts';
import { ACTORS_MAX } from '../explore/program.ts';
import { VCPUS_MAX } from '../guest/guest.ts';
import { BadInput } from '../input/badInput.ts';
import { array, boolean, object, oneOf, only, show, string, unsigned, version, wholeNumber } from '../input/fields.ts';
import { SCHEMA } from '../input/schema.ts';
import { SIZE_MAX, SIZE_MIN } from '../ring/kvm_gfnring.ts';
import { DEFAULT_TRACKER, type TrackerName, trackerNames } from '../trackers/interface/names.ts';
import type { KernelFile } from '../trackers/interface/tracker.ts';
import { claims } from './properties/claims.ts';
import {
  type ActorSpec,
  type OperationSpec,
  PAUSES,
  pagesMax,
  performs,
  rolesOf,
  type VmSpec,
  type VmsSpec,
} from './spec.ts';
import type { RingOperation, TrackerDescriptor, TrackerOption, TrackerTable } from './trackerDescriptor.ts';

/** A scenario from JSON that anyone may have written. Throws `BadInput` with the path of the first field that is wrong. */
export function parseVmWith(trackers: TrackerTable, value: unknown, where = 'scenario'): VmSpec {
  const spec = object(value, where);
  version(spec, where);
  only(spec, FIELDS, where);
  const name = string(spec.name, `${where}.name`);
  const rings = array(spec.rings, `${where}.rings`, 1, VCPUS_MAX).map((ring, i) => {
    const at = `${where}.rings[${i}]`;
    const { size, leeway } = object(ring, at);
    const entries = wholeNumber(size, `${at}.size`, SIZE_MIN, SIZE_MAX);
    if ((entries & (entries - 1)) !== 0) throw new BadInput(`${at}.size is ${entries}: must be a power of two`);
    return { size: entries, leeway: wholeNumber(leeway, `${at}.leeway`, 0, entries - 1) };
  });
  const slots = array(spec.slots, `${where}.slots`, 0, 64).map((slot, i) => {
    const at = `${where}.slots[${i}]`;
    const fields = object(slot, at);
    return {
      slot: wholeNumber(fields.slot, `${at}.slot`, 0, 0xffffffff),
      npages: wholeNumber(fields.npages, `${at}.npages`, 0, 4096),
    };
  });
  if (new Set(slots.map(({ slot }) => slot)).size !== slots.length)
    throw new BadInput(`${where}.slots names a slot twice`);
  const sometimes = array(spec.sometimes, `${where}.sometimes`, 0, 100).map((claim, i) =>
    oneOf(claim, Object.keys(claims), `${where}.sometimes[${i}]`),
  );
  const given = <T>(field: string, parse: (value: unknown, where: string) => T) =>
    spec[field] === undefined ? {} : { [field]: parse(spec[field], `${where}.${field}`) };
  const named = given('tracker', (value, at) => oneOf(value, trackerNames, at) as TrackerName);
  const descriptor = trackers[named.tracker ?? DEFAULT_TRACKER];
  const partial: Shape = {
    schema: SCHEMA,
    name,
    ...named,
    rings,
    slots,
    sometimes,
    index: wholeNumber(spec.index, `${where}.index`, 0, descriptor.indexMax),
    ...given('manualProtect', (value, at) => oneOf(value, ['on', 'initially set'], at) as VmSpec['manualProtect']),
    ...given('kernel', parseKernel),
    ...given('backupBitmap', boolean),
    ...given('pml', (value, at) => wholeNumber(value, at, 1, 512)),
  };
  refuseOptions(trackers, descriptor, partial, where);
  const actors = array(spec.actors, `${where}.actors`, 1, ACTORS_MAX).map((actor, i) =>
    parseActor(actor, descriptor, partial, `${where}.actors[${i}]`),
  );
  if (new Set(actors.map((actor) => actor.name)).size !== actors.length)
    throw new BadInput(`${where}.actors: two have the same name`);
  const parsed = { ...partial, actors };
  refuseActors(trackers, descriptor, parsed, where);
  return parsed;
}

function parseKernel(value: unknown, where: string): KernelFile {
  const fields = object(value, where);
  const key = string(fields.key, `${where}.key`);
  if (!/^[0-9a-f]{64}$/.test(key)) throw new BadInput(`${where}.key is ${show(key)}: must be 64 hex digits`);
  const returns =
    fields.returns === undefined ? {} : { returns: oneOf(fields.returns, ['bool'], `${where}.returns`) as 'bool' };
  return { file: string(fields.file, `${where}.file`), key, ...returns };
}

/** Several VMs side by side. */
export function parseVmsWith(trackers: TrackerTable, value: unknown, where: string): VmsSpec {
  const spec = object(value, where);
  version(spec, where);
  const vms = array(spec.vms, `${where}.vms`, 1, 8).map((vm, i) => parseVmWith(trackers, vm, `${where}.vms[${i}]`));
  if (new Set(vms.map(({ name }) => name)).size !== vms.length)
    throw new BadInput(`${where}.vms: two have the same name`);
  const actors = vms.reduce((sum, vm) => sum + vm.actors.length, 0);
  if (actors > ACTORS_MAX) throw new BadInput(`${where}.vms have ${actors} actors together: at most ${ACTORS_MAX}`);
  return { schema: SCHEMA, name: string(spec.name, `${where}.name`), vms };
}

const OPTIONS: readonly TrackerOption[] = ['kernel', 'manualProtect', 'backupBitmap'];
const RING_OPERATIONS: readonly OperationSpec['do'][] = ['push', 'harvest', 'count', 'reset-ring'];

/** Options that the tracker does not support. */
function refuseOptions(trackers: TrackerTable, { name, options }: TrackerDescriptor, shape: Shape, where: string) {
  for (const option of OPTIONS) {
    if (!shape[option] || options.includes(option)) continue;
    const supporters = formatSupporters(trackers, (tracker) => tracker.options.includes(option));
    throw new BadInput(`${where}.${option} goes with the ${supporters}, not ${name}`);
  }
}

/** What one actor's operations ask of the rest. */
function refuseActors(trackers: TrackerTable, descriptor: TrackerDescriptor, spec: VmSpec, where: string): void {
  const { actors, rings } = spec;
  for (const [a, { operations }] of actors.entries()) {
    for (const [i, op] of operations.entries()) {
      const at = `${where}.actors[${a}].operations[${i}]`;
      const does = op.do as RingOperation;
      if (RING_OPERATIONS.includes(does) && !descriptor.operations.includes(does)) {
        const supporters = formatSupporters(trackers, (tracker) => tracker.operations.includes(does));
        throw new BadInput(`${at}: ${does} is for the ${supporters}, not ${descriptor.name}`);
      }
      if (op.do === 'write' || op.do === 'host-write') {
        for (const [p, [slot, offset]] of op.pages.entries())
          wholeNumber(offset, `${at}.pages[${p}]`, 0, pagesMax(spec, slot) - 1);
      }
      if (op.do === 'signal' && !actors.some(({ name }) => name === op.to))
        throw new BadInput(`${at}.to: there is no actor ${show(op.to)}`);
    }
  }
  const vcpus = actors.map(({ vcpu }) => vcpu).filter((vcpu) => vcpu !== undefined);
  const twice = vcpus.find((vcpu, i) => vcpus.indexOf(vcpu) !== i);
  if (twice !== undefined) throw new BadInput(`${where}.actors: two run vCPU ${twice}, and a ring has one owner`);
  const last = rings.length - 1;
  const taken = actors.findIndex(({ vcpu }) => vcpu === last);
  if (descriptor.hostRing && performs(spec, 'host-write') && taken >= 0)
    throw new BadInput(`${where}.actors[${taken}].vcpu is ${last}: the last ring is the host's, as the host writes`);
  const refusal = descriptor.refusal?.(spec);
  if (refusal !== undefined) throw new BadInput(`${where}${refusal}`);
  const pausing = actors.filter(({ operations }) => operations.some(({ do: does }) => PAUSES.includes(does)));
  if (pausing.length > 1)
    throw new BadInput(`${where}.actors: ${pausing[0].name} and ${pausing[1].name} both pause the machine: one may`);
}

/** `about` and `mode` stand in what `gfnring list --json` prints. */
const FIELDS = [
  ...['schema', 'name', 'about', 'mode', 'tracker', 'rings', 'slots', 'index', 'actors', 'sometimes'],
  ...['manualProtect', 'backupBitmap', 'pml', 'kernel'],
];

type Shape = Omit<VmSpec, 'actors'>;

/** The trackers that support something, by their families where all versions do. */
function formatSupporters(trackers: TrackerTable, supports: (tracker: TrackerDescriptor) => boolean): string {
  const all = Object.values(trackers);
  const families = [...new Set(all.filter(supports).map(({ family }) => family))];
  const named = families.flatMap((family) => {
    const versions = all.filter((tracker) => tracker.family === family);
    const supporting = versions.filter(supports).map(({ name }) => name);
    if (supporting.length === versions.length) return [family];
    return supporting.map((name, i) => (i === 0 ? name : name.slice(family.length)));
  });
  const last = named.at(-1)!;
  return named.length === 1 ? `tracker ${last}` : `trackers ${named.slice(0, -1).join(', ')} and ${last}`;
}

function parseActor(value: unknown, tracker: TrackerDescriptor, shape: Shape, where: string): ActorSpec {
  const actor = object(value, where);
  only(actor, ['name', 'role', 'vcpu', 'operations'], where);
  const role = oneOf(
    actor.role,
    ['vcpu', 'host', 'userspace', 'kernel', 'hostile'],
    `${where}.role`,
  ) as ActorSpec['role'];
  const operations = array(actor.operations, `${where}.operations`, 0, 100_000).map((op, i) =>
    parseOperation(op, role, tracker, shape, `${where}.operations[${i}]`),
  );
  const common = { name: string(actor.name, `${where}.name`), role, operations };
  return role === 'vcpu'
    ? { ...common, vcpu: wholeNumber(actor.vcpu, `${where}.vcpu`, 0, shape.rings.length - 1) }
    : common;
}

function parseOperation(
  value: unknown,
  role: ActorSpec['role'],
  tracker: TrackerDescriptor,
  shape: Shape,
  where: string,
): OperationSpec {
  const op = object(value, where);
  const does = oneOf(op.do, Object.keys(rolesOf), `${where}.do`) as OperationSpec['do'];
  if (!rolesOf[does].includes(role))
    throw new BadInput(`${where}: ${does} is for the role ${rolesOf[does].join(' or ')}, not ${role}`);
  const ring = () => wholeNumber(op.ring, `${where}.ring`, 0, shape.rings.length - 1);
  switch (does) {
    case 'write':
    case 'host-write':
      return {
        do: does,
        pages: array(op.pages, `${where}.pages`, 1, 64).map((page, i) =>
          parsePage(page, shape, `${where}.pages[${i}]`),
        ),
      };
    case 'push':
      return {
        do: does,
        slot: wholeNumber(op.slot, `${where}.slot`, 0, 0xffffffff),
        offset: unsigned(op.offset, 64, `${where}.offset`),
      };
    case 'harvest':
      return { do: does, ring: ring(), max: wholeNumber(op.max, `${where}.max`, 0, 65536) };
    case 'count':
    case 'reset-ring':
      return { do: does, ring: ring() };
    case 'poke': {
      const bits = Number(oneOf(String(op.bits), ['8', '16', '32', '64'], `${where}.bits`)) as 8 | 16 | 32 | 64;
      const bytes = tracker.mappedBytes(shape.rings, ring());
      if (bytes === 0)
        throw new BadInput(`${where}.ring is ${ring()}: the tracker ${shape.tracker} maps no memory there`);
      const at = wholeNumber(op.at, `${where}.at`, 0, bytes - bits / 8);
      if (at % (bits / 8) !== 0)
        throw new BadInput(`${where}.at is ${at}: must be a multiple of the ${bits / 8} bytes it writes`);
      return { do: does, ring: ring(), at, bits, value: unsigned(op.value, bits, `${where}.value`) };
    }
    case 'checkpoint':
      return op.fails === undefined
        ? { do: does }
        : { do: does, fails: oneOf(op.fails, STEPS, `${where}.fails`) as FailsAfter };
    case 'migrate':
      return {
        do: does,
        few: wholeNumber(op.few, `${where}.few`, 0, 65536),
        rounds: wholeNumber(op.rounds, `${where}.rounds`, 0, 1000),
      };
    case 'set-slot': {
      const slot = shape.slots.find((other) => other.slot === op.slot);
      if (slot === undefined) throw new BadInput(`${where}.slot: there is no slot ${show(op.slot)}`);
      return { do: does, slot: slot.slot, npages: wholeNumber(op.npages, `${where}.npages`, 0, 4096) };
    }
    case 'signal':
      return { do: does, to: string(op.to, `${where}.to`) };
    default:
      return { do: does };
  }
}

function parsePage(value: unknown, shape: Shape, where: string): readonly [number, number] {
  const [slot, offset] = array(value, where, 2, 2);
  const named = shape.slots.find((other) => other.slot === slot);
  if (named === undefined) throw new BadInput(`${where}: there is no slot ${show(slot)}`);
  return [named.slot, wholeNumber(offset, where, 0, 4095)];
}
