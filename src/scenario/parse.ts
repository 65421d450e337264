import { ACTORS_MAX } from '../explore/program.ts';
import { VCPUS_MAX } from '../guest/guest.ts';
import { GFN_BYTES, SIZE_MAX, SIZE_MIN } from '../ring/kvm_gfnring.ts';
import { BadInput } from './badInput.ts';
import { array, object, oneOf, show, string, unsigned, version, whole } from './fields.ts';
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
