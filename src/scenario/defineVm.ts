import { copyPage, resetAll } from '../actors/userspace.ts';
import type { Vm } from '../actors/vm.ts';
import type { Scenario } from '../check/scenario.ts';
import { VCPUS_MAX } from '../guest/guest.ts';
import { BadInput } from '../input/badInput.ts';
import { checkOneOf } from '../input/fieldTypes.ts';
import { SCHEMA } from '../input/schema.ts';
import { show } from '../input/show.ts';
import type { Gfn } from '../kvm/kvm.ts';
import { markConstant } from '../loops/snapshot.ts';
import { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';
import type { Harvester, UserRing } from '../trackers/interface/tracker.ts';
import { trackerForVm, trackerNames, trackers } from '../trackers/registry.ts';
import { buildVmWith, type UserspaceCode } from '../vm/build.ts';
import type { BuiltInScenario } from '../vm/builtInScenario.ts';
import type { VmSpec } from '../vm/spec.ts';
import { checkedScenarios } from './builtinScenarios.ts';
import { checksOfKernel } from './compiledKernel.ts';
import type { KernelOfVm } from './compileKernel.ts';
import { scenariosForConsumers } from './consumerScenarios.ts';
import { parseVm } from './vm.ts';

/** A page of the guest. */
export interface GuestPage {
  /** as_id << 16 | slot_id. */
  readonly slot: number;
  /** The number of the page in its slot. */
  readonly offset: number | bigint;
}

/** What userspace's `collect` may do with a machine. */
export interface VmHandle {
  /** The rings, one for each vCPU. Empty where the tracker has none. */
  readonly rings: readonly UserRing[];
  /** Harvests all rings, with the definition's `harvest` if there is one. */
  harvest(): readonly GuestPage[];
  /** The ioctl that re-arms what was harvested. A bitmap needs the pages. */
  reset(pages?: readonly GuestPage[]): void;
  /** Copies a page to the replica. */
  copy(page: GuestPage): void;
}

type Fields = Pick<
  VmSpec,
  'rings' | 'slots' | 'actors' | 'index' | 'sometimes' | 'backupBitmap' | 'pml' | 'manualProtect'
>;

/** A VM as its author writes it. Fields that are left out are those of `scenario`. */
export interface VmDefinition extends Partial<Fields> {
  /** Letters, digits, _ . @ + - and spaces. */
  readonly name: string;
  /** How dirty pages are recorded. Default: `dirty-ring@repaired`, or that of `kernel`. */
  readonly tracker?: string;
  /** A kernel's C file in the place of our own ring. */
  readonly kernel?: KernelOfVm;
  /** The built-in scenario that the VM is like, without its tracker: `overtaken`. */
  readonly scenario?: string;
  /** Takes up to `max` entries of a ring, and returns their pages. */
  readonly harvest?: ((mem: Memory, ring: UserRing, max: number) => readonly GuestPage[]) | undefined;
  /** Harvests, resets and copies once, for the operations `collect`, `serve` and `migrate`. */
  readonly collect?: ((mem: Memory, machine: VmHandle) => void) | undefined;
}

const DEFAULT = 'dirty-ring@repaired';

/**
 * Defines a scenario of a VM whose userspace is your own code. The vCPUs, the reset and what is
 * checked are those of the built-in scenarios. Throws `BadInput`, in one line.
 */
export function vm(definition: VmDefinition): Scenario {
  if (typeof definition !== 'object' || definition === null)
    throw new BadInput(`vm: ${show(definition)}: must be an object { name, … }`);
  const { name, kernel, scenario, harvest, collect, ...fields } = definition;
  if (typeof name !== 'string' || !/^[\w .@+-]+$/.test(name))
    throw new BadInput(`vm: name is ${show(name)}: must be a text of letters, digits, _ . @ + - and spaces`);
  const where = `vm ${name}`;
  for (const [key, value] of Object.entries({ harvest, collect }))
    if (value !== undefined && (typeof value !== 'function' || value.constructor.name !== 'Function'))
      throw new BadInput(`${where}: ${key} is ${show(value)}: must be a function, and neither async nor a generator`);
  const tracker = fields.tracker ?? kernel?.tracker ?? DEFAULT;
  checkOneOf(tracker, trackerNames, `${where}: tracker`);
  if (kernel !== undefined && typeof kernel.key !== 'string')
    throw new BadInput(`${where}: kernel is ${show(kernel)}: must be what compileKernel resolves to`);
  if (harvest !== undefined && !trackers[tracker].options.includes('consumer'))
    throw new BadInput(
      `${where}: harvest takes entries of rings, and the tracker ${tracker} has none: it may have collect`,
    );
  const model = scenario === undefined ? undefined : modelOf(scenario, tracker, kernel, where);
  const { conformance = [] } = trackers[tracker];
  const isOurs = harvest === undefined && kernel === undefined;
  const spec = parseVm(
    {
      ...(kernel === undefined ? {} : { kernel: fileOf(kernel) }),
      ...{ slots: [{ slot: 0, npages: 2 }], index: 0, sometimes: [], rings: ringsFor(tracker, fields.actors) },
      ...model,
      ...fields,
      ...{ schema: SCHEMA, name, tracker },
      // A violation of the others is what a VM suffers.
      ...(!isOurs && { ignores: [...(model?.ignores ?? []), ...conformance] }),
    },
    where,
  );
  const { program, properties } = buildVmWith(trackerForVm(spec), spec, new Layout(), 0, userspaceOf(harvest, collect));
  for (const place of program.layout.places) markConstant(place);
  // Our own loops have no probes.
  return { name, program: { ...program, isWatched: false }, properties };
}

/** A ring for each vCPU. */
function ringsFor(tracker: string, actors: unknown): VmSpec['rings'] {
  const numbers = Array.isArray(actors)
    ? actors.map((actor: { vcpu?: number } | null) => Number(actor?.vcpu ?? 0))
    : [];
  const vcpus = Math.min(Math.max(0, ...numbers) + 1 || 1, VCPUS_MAX);
  return Array.from({ length: vcpus }, () => trackers[tracker].ringOfSize(2));
}

const fileOf = ({ file, key, returns }: KernelOfVm) => ({ file, key, ...(returns && { returns }) });

/** The built-in scenario of that name. Throws `BadInput` where there is none of one VM. */
function modelOf(scenario: string, tracker: string, kernel: KernelOfVm | undefined, where: string): VmSpec {
  const own: readonly BuiltInScenario[] =
    kernel === undefined ? checkedScenarios(tracker) : checksOfKernel(fileOf(kernel), tracker, kernel);
  const all = [...own, ...scenariosForConsumers(own, tracker)].flatMap(({ spec }) => ('vms' in spec ? [] : [spec]));
  const found = all.find(({ name }) => name === scenario || name === `${tracker}/${scenario}`);
  if (found !== undefined) return found;
  const names = all.map(({ name }) => name.slice(name.indexOf('/') + 1));
  throw new BadInput(`${where}: scenario is ${show(scenario)}: must be one of ${names.join(', ')}`);
}

function userspaceOf(harvest: VmDefinition['harvest'], collect: VmDefinition['collect']): UserspaceCode {
  return {
    ...(harvest && { harvester: (rings: readonly UserRing[]) => harvesterFor(harvest, rings) }),
    ...(collect && {
      collect: (mem: Memory, machine: Vm) => {
        const taken: Gfn[] = [];
        collect(mem, machineFor(mem, machine, taken));
        return taken;
      },
    }),
  };
}

function harvesterFor(harvest: NonNullable<VmDefinition['harvest']>, rings: readonly UserRing[]): Harvester {
  for (const constant of [rings, ...rings, ...rings.flatMap(({ entries }) => [entries, ...entries])])
    markConstant(constant);
  return {
    init: () => {},
    harvestRing: (mem, ring, max) => gfnsOf(harvest(mem, rings[ring], Math.min(max, rings[ring].size)), 'harvest'),
  };
}

function machineFor(mem: Memory, machine: Vm, taken: Gfn[]): VmHandle {
  const { tracker } = machine;
  return {
    rings: tracker.userRings ?? [],
    harvest: () => {
      const pages = tracker.harvest(mem);
      taken.push(...pages);
      return pages;
    },
    reset: (pages = taken) => resetAll(mem, machine, gfnsOf(pages, 'reset')),
    copy: (page) => copyPage(mem, machine, gfnsOf([page], 'copy')[0]),
  };
}

/** Pages as the harness has them. Throws `TypeError` where they are none. */
function gfnsOf(pages: unknown, what: string): Gfn[] {
  if (!Array.isArray(pages)) throw new TypeError(`${what}: ${show(pages)} is no list of pages { slot, offset }`);
  return pages.map((page: Partial<GuestPage> | undefined) => {
    const { slot, offset } = page ?? {};
    if (!Number.isInteger(slot) || !(typeof offset === 'bigint' || Number.isInteger(offset)))
      throw new TypeError(`${what}: ${show(page)} is no page { slot, offset }`);
    return { slot: slot!, offset: BigInt(offset!) };
  });
}
