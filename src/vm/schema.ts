import { type OperationSpec, operationNames, operations } from '../actors/operations/registry.ts';
import { NPAGES_MAX, slotNumber } from '../actors/operations/values.ts';
import { roleNames } from '../actors/vmView.ts';
import { ACTORS_MAX } from '../explore/program.ts';
import { VCPUS_MAX } from '../guest/guest.ts';
import type { FieldsOf, FieldTypes, Schema } from '../input/fieldTypes.ts';
import { SIZE_MAX, SIZE_MIN } from '../ring/kvm_gfnring.ts';
import { claimNames } from './claimNames.ts';

/** VMs that one scenario may have. */
const VMS_MAX = 8;
const INDEX_MAX = 0xffff_ffff;
const CLAIMS: readonly string[] = claimNames;

const isPowerOfTwo = (n: number): boolean => (n & (n - 1)) === 0;

/**
 * The fields that VMs and groups of VMs have in common. The last three are for people and editors;
 * `list --json` prints the first two of them.
 */
const commonFields = (t: FieldTypes) => ({
  schema: t.version().describe('the version of this form'),
  name: t.text().describe('the name of the scenario'),
  about: t.optional(t.text()).describe('what the scenario is for; not read'),
  mode: t.optional(t.text()).describe('how `check` searches a built-in scenario; not read'),
  $schema: t.optional(t.text()).describe('the JSON Schema of this form, for editors; not read'),
});
type NotRead = 'about' | 'mode' | '$schema';

const ringFields = (t: FieldTypes) => ({
  size: t
    .wholeNumber(SIZE_MIN, SIZE_MAX)
    .refine(isPowerOfTwo, { error: 'must be a power of two' })
    .describe('entries: a power of two'),
  leeway: t
    .wholeNumber(0, SIZE_MAX - 1)
    .describe('entries that stay free for a writer that cannot wait; less than `size`'),
});

const slotFields = (t: FieldTypes) => ({
  slot: slotNumber(t).describe('as_id << 16 | slot_id, as KVM numbers slots'),
  npages: t.wholeNumber(0, NPAGES_MAX).describe('how many pages the slot has at first'),
});

const kernelFields = (t: FieldTypes) => ({
  file: t.text().describe("the file's path in the kernel's source tree"),
  key: t.pattern(/^[0-9a-f]{64}$/, '64 hex digits').describe('the key of the compiled file in the cache'),
  returns: t.optional(t.oneOf(['bool'])).describe("of the mail's functions: reset says only whether it processed any"),
});

const consumerFields = (t: FieldTypes) => ({
  file: t.text().describe("the file's path"),
  key: t.pattern(/^[0-9a-f]{64}$/, '64 hex digits').describe('the key of the compiled function in the cache'),
});

export const operationSchema = (t: FieldTypes) =>
  t.variants(
    'do',
    operationNames,
    operations.map(({ name, about, roles, fields }) =>
      t.fields({ do: t.constant(name), ...fields(t) }).describe(`${roles.join(', ')}: ${about}`),
    ),
  ) as Schema<OperationSpec>;

export const actorFields = (t: FieldTypes) => ({
  name: t.text().describe('the name that traces show'),
  role: t.oneOf(roleNames).describe('what the actor may do'),
  vcpu: t
    .optional(t.wholeNumber(0, VCPUS_MAX - 1))
    .describe("of the role `vcpu`: the vCPU's number, which is that of its ring"),
  operations: t
    .list(operationSchema(t).meta({ id: 'operation' }), 0, 100_000)
    .describe('what the actor does, in order'),
});

export const vmFields = (t: FieldTypes, trackers: readonly string[]) => ({
  ...commonFields(t),
  tracker: t.optional(t.oneOf(trackers)).describe('how dirty pages are recorded; `gfn-ring` where left out'),
  rings: t
    .list(t.fields(ringFields(t)), 1, VCPUS_MAX)
    .describe(
      'one ring a vCPU. Where the host writes, `gfn-ring` has one more for it, the last. `gfn-list` has one list with as many entries as all; for `dirty-bitmap` the rings only say how many vCPUs there are',
    ),
  slots: t.list(t.fields(slotFields(t)), 0, 64).describe('the memory slots'),
  index: t
    .wholeNumber(0, INDEX_MAX)
    .describe(
      'where all indices of all rings start: to 65535, of `dirty-ring` to 4294967295; near the end they soon wrap',
    ),
  actors: t.list(t.fields(actorFields(t)), 1, ACTORS_MAX).describe('the actors: each is a thread'),
  sometimes: t.list(t.oneOf(CLAIMS), 0, 100).describe('claims that some execution must make true'),
  manualProtect: t
    .optional(t.oneOf(['on', 'initially set']))
    .describe('of `dirty-bitmap`: KVM_CLEAR_DIRTY_LOG re-arms, not KVM_GET_DIRTY_LOG; all bits may be set at first'),
  backupBitmap: t.optional(t.flag()).describe('of `dirty-ring` from 6.12 on: host writes go to a bitmap'),
  pml: t
    .optional(t.wholeNumber(1, 512))
    .describe("entries of each vCPU's page-modification log; left out: pages are write-protected instead"),
  ignores: t.optional(t.list(t.text(), 0, 100)).describe('the names of properties that are not checked'),
  kernel: t
    .optional(t.fields(kernelFields(t)))
    .describe('a C file in the place of our own `gfn-ring` or `dirty-ring`: see `gfnring kernel`'),
  consumer: t
    .optional(t.fields(consumerFields(t)))
    .describe("a VMM's own function that harvests, in place of ours: see `gfnring kernel --consumer`"),
});

/** The schema of a VM with one of these trackers. */
export const createVmSchema = (t: FieldTypes, trackers: readonly string[]) =>
  t.fields(vmFields(t, trackers)).meta({ id: 'vm' });

/** The schema of several VMs, from that of one. */
export const createVmsSchema = (t: FieldTypes, vm: ReturnType<typeof createVmSchema>) =>
  t
    .fields({ ...commonFields(t), vms: t.list(vm, 1, VMS_MAX).describe('the VMs, by different names') })
    .meta({ id: 'vms' });

/**
 * A virtual machine and its actors as plain JSON. 64-bit values are texts of digits, or numbers
 * below 2^53. docs/scenarios.md lists the fields.
 */
export interface VmSpec extends Omit<FieldsOf<ReturnType<typeof vmFields>>, NotRead> {}

/** Several VMs on one host, each with its own actors and its own tracker; by different names. */
export interface VmsSpec extends Omit<FieldsOf<ReturnType<typeof commonFields>>, NotRead> {
  readonly vms: readonly VmSpec[];
}

/** An actor of a VM: its name, its role and its operations. */
export interface ActorSpec extends FieldsOf<ReturnType<typeof actorFields>> {}
