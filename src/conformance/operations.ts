/** One thing that userspace does to a VM with two vCPUs. Plain data, and one line of text for the program in the machine. */
export type ConformanceOperation =
  /** KVM_ENABLE_CAP of a dirty ring of so many bytes for each vCPU. */
  | { readonly do: 'enable'; readonly cap: 'ring' | 'acq-rel'; readonly bytes: number }
  /** KVM_SET_USER_MEMORY_REGION: a slot that is logged, `pages` pages from guest page `gfn` on. */
  | { readonly do: 'slot'; readonly slot: number; readonly gfn: number; readonly pages: number }
  /** KVM_CREATE_VCPU, and the honest mapping of its ring, of each. After a ring was enabled. */
  | { readonly do: 'vcpus' }
  /** mmap of pages `first` to `first + pages - 1` of a vCPU, and munmap where that was allowed. */
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
  /** KVM_RUN from where the vCPU is. */
  | { readonly do: 'run'; readonly vcpu: number }
  /** Userspace harvests at most so many entries, as the protocol says. */
  | { readonly do: 'harvest'; readonly vcpu: number; readonly max: number }
  /** Userspace writes a word of `count` entries, the first of them `first` behind the one that it would harvest next, around the ring's end. */
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
  /** KVM_GET_DIRTY_LOG: of the bitmap that there is none of with a ring. */
  | { readonly do: 'get-log'; readonly slot: number };

export type Word = 'flags' | 'slot' | 'offset';

export const VCPUS = 2;
/** The slot that the guest's code is in. It is not logged. */
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

/** The operation as one line: its name, then its fields, with a space between. */
export function lineOf(operation: ConformanceOperation): string {
  const fields = operation as unknown as Record<string, unknown>;
  return [operation.do, ...FIELDS[operation.do].map((field) => fields[field])].join(' ');
}
