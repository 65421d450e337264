import { operationDescriptor } from '../actors/operations/registry.ts';
import { roles } from '../actors/roles/registry.ts';
import type { RoleName, TrackerView } from '../actors/vmView.ts';
import { ACTORS_MAX } from '../explore/program.ts';
import { BadInput } from '../input/badInput.ts';
import { checkVersion, checkWholeNumber, readFields } from '../input/fieldTypes.ts';
import { DEFAULT_TRACKER } from '../trackers/interface/tracker.ts';
import type { createVmSchema, createVmsSchema, VmSpec, VmsSpec } from './schema.ts';
import { effectsOf, type OperationSpec, performs } from './spec.ts';
import type { TrackerDescriptor, TrackerOption, TrackerTable } from './trackerDescriptor.ts';

type VmSchema = () => ReturnType<typeof createVmSchema>;
type VmsSchema = () => ReturnType<typeof createVmsSchema>;

/** Reads a VM from JSON. Throws `BadInput` with the path of the first field that is wrong. */
export function parseVmWith(trackers: TrackerTable, schema: VmSchema, value: unknown, where = 'scenario'): VmSpec {
  checkVersion(value, where);
  return checkedVm(trackers, readFields(schema(), value, where), where);
}

/** Reads several VMs side by side. Throws as `parseVmWith`. */
export function parseVmsWith(trackers: TrackerTable, vmsSchema: VmsSchema, value: unknown, where: string): VmsSpec {
  checkVersion(value, where);
  const { schema, name, vms: read } = readFields(vmsSchema(), value, where);
  const vms = read.map((vm, i) => checkedVm(trackers, vm, `${where}.vms[${i}]`));
  if (hasTwice(vms.map((vm) => vm.name))) throw new BadInput(`${where}.vms: two have the same name`);
  const actors = vms.reduce((sum, vm) => sum + vm.actors.length, 0);
  if (actors > ACTORS_MAX) throw new BadInput(`${where}.vms have ${actors} actors together: at most ${ACTORS_MAX}`);
  return { schema, name, vms };
}

type ReadVm = VmSpec & { readonly about?: string; readonly mode?: string; readonly $schema?: string };

/** Checks what the schema cannot say: fields that depend on each other. */
function checkedVm(
  trackers: TrackerTable,
  { about: _, mode: __, $schema: ___, ...read }: ReadVm,
  where: string,
): VmSpec {
  const spec = { ...read, actors: read.actors.map(withoutUnusedVcpu) };
  const tracker = trackers[spec.tracker ?? DEFAULT_TRACKER];
  checkShape(trackers, tracker, spec, where);
  checkActors(tracker, spec, where);
  for (const [a, actor] of spec.actors.entries())
    for (const [i, op] of actor.operations.entries())
      checkOperation(trackers, tracker, spec, actor.role, op, `${where}.actors[${a}].operations[${i}]`);
  return spec;
}

/** A `vcpu` of an actor that runs none is read over. */
function withoutUnusedVcpu({ vcpu, ...actor }: VmSpec['actors'][number]): VmSpec['actors'][number] {
  return vcpu !== undefined && roles[actor.role].hasVcpu ? { ...actor, vcpu } : actor;
}

function checkShape(trackers: TrackerTable, tracker: TrackerDescriptor, spec: VmSpec, where: string): void {
  for (const [i, { size, leeway }] of spec.rings.entries())
    checkWholeNumber(leeway, `${where}.rings[${i}].leeway`, 0, size - 1);
  if (hasTwice(spec.slots.map(({ slot }) => slot))) throw new BadInput(`${where}.slots names a slot twice`);
  checkWholeNumber(spec.index, `${where}.index`, 0, tracker.indexMax);
  for (const option of OPTIONS) {
    if (!spec[option] || tracker.options.includes(option)) continue;
    const supporters = formatSupporters(trackers, ({ options }) => options.includes(option));
    throw new BadInput(`${where}.${option} goes with the ${supporters}, not ${tracker.name}`);
  }
}

const OPTIONS: readonly TrackerOption[] = ['kernel', 'consumer', 'manualProtect', 'backupBitmap'];

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

function checkOperation(
  trackers: TrackerTable,
  tracker: TrackerDescriptor,
  spec: VmSpec,
  role: RoleName,
  op: OperationSpec,
  where: string,
): void {
  const { name, roles: performers, needsSupport, check } = operationDescriptor(op);
  if (!performers.includes(role))
    throw new BadInput(`${where}: ${name} is for the role ${performers.join(' or ')}, not ${role}`);
  const supports = ({ operations }: TrackerView) => operations.includes(name);
  if (needsSupport && !supports(tracker))
    throw new BadInput(`${where}: ${name} is for the ${formatSupporters(trackers, supports)}, not ${tracker.name}`);
  check?.(op, { where, vm: spec, tracker });
}

function checkActors(tracker: TrackerDescriptor, spec: VmSpec, where: string): void {
  const { actors, rings } = spec;
  const last = rings.length - 1;
  for (const [a, { role, vcpu }] of actors.entries())
    if (roles[role].hasVcpu) checkWholeNumber(vcpu, `${where}.actors[${a}].vcpu`, 0, last);
  if (hasTwice(actors.map(({ name }) => name))) throw new BadInput(`${where}.actors: two have the same name`);
  const vcpus = actors.flatMap(({ vcpu }) => (vcpu === undefined ? [] : [vcpu]));
  const twice = vcpus.find((vcpu, i) => vcpus.indexOf(vcpu) !== i);
  if (twice !== undefined) throw new BadInput(`${where}.actors: two run vCPU ${twice}, and a ring has one owner`);
  const taken = actors.findIndex(({ vcpu }) => vcpu === last);
  if (tracker.hostRing && performs(spec, 'host-write') && taken >= 0)
    throw new BadInput(`${where}.actors[${taken}].vcpu is ${last}: the last ring is the host's, as the host writes`);
  const refusal = tracker.refusal?.(spec);
  if (refusal !== undefined) throw new BadInput(`${where}${refusal}`);
  const pausing = actors.filter(({ operations }) => operations.some((op) => effectsOf(op).pauses));
  if (pausing.length > 1)
    throw new BadInput(`${where}.actors: ${pausing[0].name} and ${pausing[1].name} both pause the machine: one may`);
}

const hasTwice = (values: readonly unknown[]): boolean => new Set(values).size !== values.length;
