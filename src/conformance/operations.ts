/**
 * An operation of userspace on a VM with two vCPUs, as plain data. init.c reads it as one line of
 * text.
 */
export type ConformanceOperation =
  /** KVM_ENABLE_CAP: a dirty ring of `bytes` bytes for each vCPU. */
  | { readonly do: 'enable'; readonly cap: 'ring' | 'acq-rel'; readonly bytes: number }
  /** KVM_SET_USER_MEMORY_REGION: a logged slot of `pages` pages from guest page `gfn` on. */
  | { readonly do: 'slot'; readonly slot: number; readonly gfn: number; readonly pages: number }
  /**
   * KVM_CREATE_VCPU and the regular mapping of its ring, for each vCPU. The ring must be enabled.
   */
  | { readonly do: 'vcpus' }
  /** mmap of pages `first` to `first + pages - 1` of a vCPU's file; munmap if it succeeded. */
  | {
      readonly do: 'map';
      readonly vcpu: number;
      readonly protection: 'r' | 'rw' | 'rx';
      readonly sharing: 'shared' | 'private';
      readonly first: number;
      readonly pages: number;
    }
  /** KVM_RUN of a guest that writes pages `first`, `first + step`, … of a slot: `count` writes. */
  | {
      readonly do: 'write';
      readonly vcpu: number;
      readonly slot: number;
      readonly first: number;
      readonly count: number;
      readonly step: number;
    }
  /** KVM_RUN from the current state of the vCPU. */
  | { readonly do: 'run'; readonly vcpu: number }
  /** Userspace harvests at most `max` entries, following the protocol. */
  | { readonly do: 'harvest'; readonly vcpu: number; readonly max: number }
  /**
   * Userspace writes one word of `count` entries. The first is `first` entries after the next one
   * to harvest; the ring wraps.
   */
  | {
      readonly do: 'poke';
      readonly vcpu: number;
      readonly first: number;
      readonly count: number;
      readonly word: Word;
      readonly value: bigint;
    }
  /** KVM_RESET_DIRTY_RINGS. */
  | { readonly do: 'reset' }
  /** KVM_GET_DIRTY_LOG of the bitmap, which does not exist if there is a ring. */
  | { readonly do: 'get-log'; readonly slot: number };

export type Word = 'flags' | 'slot' | 'offset';

export const VCPUS = 2;
/** The slot of the guest's code. It is not logged. */
export const CODE_SLOT = 0;
export const CODE_PAGES = 16;

/** The fields of each operation in the order in which init.c reads them. */
const FIELDS = {
  enable: ['cap', 'bytes'],
  slot: ['slot', 'gfn', 'pages'],
  vcpus: [],
  map: ['vcpu', 'protection', 'sharing', 'first', 'pages'],
  write: ['vcpu', 'slot', 'first', 'count', 'step'],
  run: ['vcpu'],
  harvest: ['vcpu', 'max'],
  poke: ['vcpu', 'first', 'count', 'word', 'value'],
  reset: [],
  'get-log': ['slot'],
} as const satisfies {
  readonly [Name in ConformanceOperation['do']]: readonly Exclude<keyof (ConformanceOperation & { do: Name }), 'do'>[];
};

/** The operation as one line: its name and its fields, separated by spaces. */
export function formatOperation(operation: ConformanceOperation): string {
  const fields = operation as unknown as Record<string, unknown>;
  return [operation.do, ...FIELDS[operation.do].map((field) => fields[field])].join(' ');
}
