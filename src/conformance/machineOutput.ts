import { VCPUS } from './operations.ts';
import type { Observation, RingEntry, TraceRecord } from './reference.ts';

/** The output of init.c, parsed line by line. */
export interface MachineOutput {
  /** `uname -r` and `uname -v`; empty until they are known. */
  release: string;
  build: string;
  /** By list: the observation after each operation. */
  readonly lists: Observation[][];
  /** Whether the program has finished. */
  complete: boolean;
  /** By vCPU: the current entries of its ring. */
  rings: RingEntry[][];
}

export const emptyOutput = (): MachineOutput => ({ release: '', build: '', lists: [], complete: false, rings: [] });

/** A changed entry: vCPU, index, flags, slot, offset. */
type Changed = readonly [number, number, number, number, string];

interface Line {
  readonly kernel?: string;
  readonly build?: string;
  readonly list?: true;
  readonly end?: true;
  readonly failed?: string;
  readonly errno?: number;
  readonly returned?: number;
  readonly left?: number;
  /** The size of each ring in entries; 0 before there are rings. */
  readonly size?: number;
  readonly entries?: readonly Changed[];
  readonly trace?: readonly string[];
}

/** Parses one line, and adds it to `output`. Throws if init.c does not print such lines. */
export function readLine(output: MachineOutput, text: string): void {
  const line = parsed(text);
  if (line.failed !== undefined) throw new Error(`in the machine: ${line.failed} failed, errno ${line.errno}`);
  if (line.end) output.complete = true;
  else if (line.kernel !== undefined) {
    output.release = line.kernel;
    output.build = line.build ?? '';
  } else if (line.list) {
    output.lists.push([]);
    output.rings = [];
  } else {
    const list = output.lists.at(-1);
    if (list === undefined) throw new Error(`in the machine: an operation before the first list: ${text}`);
    output.rings = changed(output.rings, line.size!, line.entries!);
    const trace = line.trace!.map(traceRecord);
    list.push({ returned: line.returned!, left: line.left!, rings: output.rings, trace });
  }
}

function parsed(text: string): Line {
  let line: Line;
  try {
    line = JSON.parse(text) as Line;
  } catch {
    throw new Error(`in the machine: no JSON: ${text.slice(0, 200)}`);
  }
  const known = line.kernel ?? line.list ?? line.end ?? line.failed;
  const whole = [line.returned, line.left, line.size, line.entries, line.trace].every((field) => field !== undefined);
  if (known === undefined && !whole) throw new Error(`in the machine: a line of no known kind: ${text.slice(0, 200)}`);
  return line;
}

const INVALID: RingEntry = { flags: 0, slot: 0, offset: 0n };

/**
 * The rings with some entries replaced. Unchanged rings are shared with the previous observation.
 */
function changed(before: RingEntry[][], size: number, entries: readonly Changed[]): RingEntry[][] {
  const rings =
    before.length === 0 && size > 0
      ? Array.from({ length: VCPUS }, () => Array<RingEntry>(size).fill(INVALID))
      : [...before];
  const copied = new Set<number>();
  for (const [vcpu, index, flags, slot, offset] of entries) {
    if (rings[vcpu]?.[index] === undefined)
      throw new Error(`in the machine: entry ${index} of ring ${vcpu} is not there`);
    if (!copied.has(vcpu)) rings[vcpu] = [...rings[vcpu]];
    copied.add(vcpu);
    rings[vcpu][index] = { flags, slot, offset: BigInt(offset) };
  }
  return rings;
}

const PUSH =
  /^kvm_dirty_ring_push: ring (\d+): dirty 0x([0-9a-f]+) reset 0x([0-9a-f]+) slot (\d+) offset 0x([0-9a-f]+) \(used \d+\)$/;
const RESET = /^kvm_dirty_ring_reset: ring (\d+): dirty 0x([0-9a-f]+) reset 0x([0-9a-f]+) \(used \d+\)$/;
const EXIT = /^kvm_dirty_ring_exit: vcpu (\d+)$/;

/**
 * Parses a trace record as tracefs prints it. Throws unless it is one of the three enabled events.
 */
export function traceRecord(text: string): TraceRecord {
  const hex = (digits: string): number => Number.parseInt(digits, 16);
  const push = PUSH.exec(text);
  if (push !== null) {
    const [ring, dirty, reset, slot, offset] = push.slice(1);
    const indices = { ring: Number(ring), dirty: hex(dirty), reset: hex(reset) };
    return { event: 'push', ...indices, slot: Number(slot), offset: BigInt(`0x${offset}`) };
  }
  const reset = RESET.exec(text);
  if (reset !== null) return { event: 'reset', ring: Number(reset[1]), dirty: hex(reset[2]), reset: hex(reset[3]) };
  const exit = EXIT.exec(text);
  if (exit !== null) return { event: 'exit', vcpu: Number(exit[1]) };
  throw new Error(`in the machine: a trace record that is not known: ${text.slice(0, 200)}`);
}
