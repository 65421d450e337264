/** A page at the end of a round. */
export interface PageState {
  /** The first byte of the page, which each write of the guest increments. */
  readonly memory: number;
  /** The same in userspace's copy. */
  readonly copy: number;
  /** Whether an entry of the ring, not harvested yet, names the page: it would be copied again. */
  readonly named: boolean;
}

/** What the program says of a round. */
export interface RoundResult {
  readonly round: number;
  /** The entries that userspace has harvested. */
  readonly harvested: number;
  /** The entries that the resets of userspace and of the other thread have taken. */
  readonly reset: readonly [userspace: number, second: number];
  /** The kernel's trace records in short: see `BlockSchedule`. Indices count from the round on. */
  readonly records: readonly string[];
  readonly pages: readonly PageState[];
  /** The same after each page was written once more. */
  readonly again: readonly PageState[];
}

/** A line of init.c. */
export type MachineLine =
  | { readonly kind: 'kernel'; readonly release: string; readonly build: string }
  | {
      readonly kind: 'symbols';
      /** By name: the address, without those that the kernel lacks. */
      readonly symbols: ReadonlyMap<string, bigint>;
      /** The physical address of the guest's mailbox. */
      readonly mailbox: bigint;
    }
  | ({ readonly kind: 'round' } & RoundResult);

interface Line {
  readonly kernel?: string;
  readonly build?: string;
  readonly symbols?: Readonly<Record<string, string>>;
  readonly mailbox?: string;
  readonly round?: number;
  readonly harvested?: number;
  readonly reset?: readonly [number, number];
  /** The indices of the ring at the begin. */
  readonly base?: number;
  readonly trace?: readonly string[];
  readonly pages?: readonly Triple[];
  readonly again?: readonly Triple[];
  readonly failed?: string;
  readonly errno?: number;
}
type Triple = readonly [memory: number, copy: number, named: number];

/** Parses one line. Throws if init.c has failed, or does not print such lines. */
export function parseMachineLine(text: string): MachineLine {
  let line: Line;
  try {
    line = JSON.parse(text) as Line;
  } catch {
    throw new Error(`in the machine: no JSON: ${text.slice(0, 200)}`);
  }
  const { kernel, build = '', symbols, mailbox, round, harvested, reset, base = 0, trace, pages, again } = line;
  if (line.failed !== undefined) throw new Error(`in the machine: ${line.failed} failed, errno ${line.errno}`);
  if (kernel !== undefined) return { kind: 'kernel', release: kernel, build };
  if (symbols !== undefined && mailbox !== undefined)
    return {
      kind: 'symbols',
      symbols: new Map(Object.entries(symbols).map(([name, address]) => [name, BigInt(address)])),
      mailbox: BigInt(mailbox),
    };
  if (round !== undefined && harvested !== undefined && reset && trace && pages && again)
    return {
      ...{ kind: 'round', round, harvested, reset },
      records: trace.flatMap((record) => shortRecord(record, base)),
      ...{ pages: pages.map(pageState), again: again.map(pageState) },
    };
  throw new Error(`in the machine: a line of no known kind: ${text.slice(0, 200)}`);
}

/** `push 3`, `reset 2`; nothing for another event. */
function shortRecord(text: string, base: number): string[] {
  const [, event, dirty, reset] =
    /^kvm_dirty_ring_(push|reset): ring \d+: dirty 0x([0-9a-f]+) reset 0x([0-9a-f]+) /.exec(text) ?? [];
  if (event === undefined) return [];
  return [`${event} ${(Number.parseInt(event === 'push' ? dirty : reset, 16) - base) >>> 0}`];
}

const pageState = ([memory, copy, named]: Triple): PageState => ({ memory, copy, named: named !== 0 });
