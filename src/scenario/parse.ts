import { ACTORS_MAX } from '../explore/program.ts';
import { parseSchedule } from '../explore/schedule.ts';
import { VCPUS_MAX } from '../guest/guest.ts';
import { GFN_BYTES, SIZE_MAX, SIZE_MIN } from '../ring/kvm_gfnring.ts';
import { BadInput } from './badInput.ts';
import type { Finding } from './finding.ts';
import { claims } from './properties/vmProperties.ts';
import { type ActorSpec, type OperationSpec, rolesOf, SCHEMA, type VmSpec } from './spec.ts';

/** A scenario from JSON that anyone may have written. Throws `BadInput` with the path of the first field that is wrong. */
export function parseVm(value: unknown, where = 'scenario'): VmSpec {
  const spec = object(value, where);
  version(spec, where);
  const name = string(spec.name, `${where}.name`);
  const rings = array(spec.rings, `${where}.rings`, 1, VCPUS_MAX).map((ring, i) => {
    const at = `${where}.rings[${i}]`;
    const { size, leeway } = object(ring, at);
    const entries = whole(size, `${at}.size`, SIZE_MIN, SIZE_MAX);
    if ((entries & (entries - 1)) !== 0) throw new BadInput(`${at}.size is ${entries}: must be a power of two`);
    return { size: entries, leeway: whole(leeway, `${at}.leeway`, 0, entries - 1) };
  });
  const slots = array(spec.slots, `${where}.slots`, 0, 64).map((slot, i) => {
    const at = `${where}.slots[${i}]`;
    const fields = object(slot, at);
    return {
      slot: whole(fields.slot, `${at}.slot`, 0, 0xffffffff),
      npages: whole(fields.npages, `${at}.npages`, 1, 4096),
    };
  });
  if (new Set(slots.map(({ slot }) => slot)).size !== slots.length)
    throw new BadInput(`${where}.slots names a slot twice`);
  const sometimes = array(spec.sometimes, `${where}.sometimes`, 0, 100).map((claim, i) =>
    oneOf(claim, Object.keys(claims), `${where}.sometimes[${i}]`),
  );
  const partial = {
    schema: SCHEMA,
    name,
    rings,
    slots,
    sometimes,
    index: whole(spec.index, `${where}.index`, 0, 65535),
    actors: [],
  } as const;
  const actors = array(spec.actors, `${where}.actors`, 1, ACTORS_MAX).map((actor, i) =>
    parseActor(actor, partial, `${where}.actors[${i}]`),
  );
  if (new Set(actors.map((actor) => actor.name)).size !== actors.length)
    throw new BadInput(`${where}.actors: two have the same name`);
  return { ...partial, actors };
}

/** A finding from JSON, its schedule parsed. */
export function parseFinding(value: unknown, where = 'finding'): Finding & { readonly order: readonly number[] } {
  const finding = object(value, where);
  version(finding, where);
  if (finding.kind !== 'finding') throw new BadInput(`${where}.kind is ${show(finding.kind)}: must be "finding"`);
  const schedule = string(finding.schedule, `${where}.schedule`);
  const order = parseSchedule(schedule);
  if (order === undefined) throw new BadInput(`${where}.schedule is no schedule: runs like 0x5,1,0 are expected`);
  return {
    schema: SCHEMA,
    kind: 'finding',
    property: string(finding.property, `${where}.property`),
    message: string(finding.message, `${where}.message`),
    memoryModel: oneOf(finding.memoryModel, ['sc'], `${where}.memoryModel`) as 'sc',
    schedule,
    contextSwitches: whole(finding.contextSwitches, `${where}.contextSwitches`, 0, order.length),
    scenario: parseVm(finding.scenario, `${where}.scenario`),
    order,
  };
}

type Fields = Readonly<Record<string, unknown>>;
type Shape = Omit<VmSpec, 'actors'>;

function parseActor(value: unknown, shape: Shape, where: string): ActorSpec {
  const actor = object(value, where);
  const role = oneOf(actor.role, ['vcpu', 'userspace', 'kernel', 'hostile'], `${where}.role`) as ActorSpec['role'];
  const operations = array(actor.operations, `${where}.operations`, 0, 100_000).map((op, i) =>
    parseOperation(op, role, shape, `${where}.operations[${i}]`),
  );
  const common = { name: string(actor.name, `${where}.name`), role, operations };
  return role === 'vcpu' ? { ...common, vcpu: whole(actor.vcpu, `${where}.vcpu`, 0, shape.rings.length - 1) } : common;
}

function parseOperation(value: unknown, role: ActorSpec['role'], shape: Shape, where: string): OperationSpec {
  const op = object(value, where);
  const does = oneOf(op.do, Object.keys(rolesOf), `${where}.do`) as OperationSpec['do'];
  if (rolesOf[does] !== role) throw new BadInput(`${where}: ${does} is for the role ${rolesOf[does]}, not ${role}`);
  const ring = () => whole(op.ring, `${where}.ring`, 0, shape.rings.length - 1);
  switch (does) {
    case 'write':
      return {
        do: does,
        pages: array(op.pages, `${where}.pages`, 1, 64).map((page, i) =>
          parsePage(page, shape, `${where}.pages[${i}]`),
        ),
      };
    case 'push':
      return {
        do: does,
        slot: whole(op.slot, `${where}.slot`, 0, 0xffffffff),
        offset: unsigned(op.offset, 64, `${where}.offset`),
      };
    case 'harvest':
      return { do: does, ring: ring(), max: whole(op.max, `${where}.max`, 0, 65536) };
    case 'count':
    case 'reset-ring':
      return { do: does, ring: ring() };
    case 'poke': {
      const bits = Number(oneOf(String(op.bits), ['8', '16', '32', '64'], `${where}.bits`)) as 8 | 16 | 32 | 64;
      const at = whole(op.at, `${where}.at`, 0, shape.rings[ring()].size * GFN_BYTES - bits / 8);
      if (at % (bits / 8) !== 0)
        throw new BadInput(`${where}.at is ${at}: must be a multiple of the ${bits / 8} bytes it writes`);
      return { do: does, ring: ring(), at, bits, value: unsigned(op.value, bits, `${where}.value`) };
    }
    default:
      return { do: does };
  }
}

function parsePage(value: unknown, shape: Shape, where: string): readonly [number, number] {
  const [slot, offset] = array(value, where, 2, 2);
  const named = shape.slots.find((other) => other.slot === slot);
  if (named === undefined) throw new BadInput(`${where}: there is no slot ${show(slot)}`);
  return [named.slot, whole(offset, where, 0, named.npages - 1)];
}

function version(fields: Fields, where: string): void {
  if (fields.schema === SCHEMA) return;
  const what = typeof fields.schema === 'number' && fields.schema > SCHEMA ? ', written by a newer gfnring' : '';
  throw new BadInput(`${where}.schema is ${show(fields.schema)}${what}: this gfnring reads ${SCHEMA}`);
}

function object(value: unknown, where: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new BadInput(`${where} is ${show(value)}: must be an object`);
}

function array(value: unknown, where: string, least: number, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new BadInput(`${where} is ${show(value)}: must be a list`);
  if (value.length >= least && value.length <= most) return value;
  throw new BadInput(`${where} has ${value.length} elements: must have from ${least} to ${most}`);
}

function string(value: unknown, where: string): string {
  if (typeof value === 'string' && value.length > 0) return value;
  throw new BadInput(`${where} is ${show(value)}: must be a text`);
}

function whole(value: unknown, where: string, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new BadInput(`${where} is ${show(value)}: must be a whole number from ${least} to ${most}`);
}

function unsigned(value: unknown, bits: number, where: string): number | string {
  const digits = typeof value === 'string' ? /^\d{1,20}$/.test(value) : Number.isSafeInteger(value);
  if (digits && BigInt(value as string) >= 0n && BigInt(value as string) >> BigInt(bits) === 0n)
    return value as number | string;
  throw new BadInput(`${where} is ${show(value)}: must be a whole number below 2^${bits}, or one in a text`);
}

function oneOf(value: unknown, allowed: readonly string[], where: string): string {
  if (typeof value === 'string' && allowed.includes(value)) return value;
  throw new BadInput(`${where} is ${show(value)}: must be one of ${allowed.join(', ')}`);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
