import type { Block } from './blocks.ts';
import type { GdbClient, StopPoint } from './gdbClient.ts';
import { addressOf, type LocationName } from './locations.ts';
import { cpuOf, type MachineThread, machineThreads } from './machinePlan.ts';

/** A thread that does not reach its target in this time waits for another one. */
const BLOCKED_MS = 3000;
const STUCK_MS = 60_000;

/** Offsets in the guest's mailbox (init.c), and its commands. */
const MAILBOX = { command: 0n, page: 4n, go: 12n, writes: 13n, writtenPages: 14n } as const;
const COMMANDS = { touch: 1n, write: 2n } as const;
const DATA_AT = 0x20000n;
const PAGE = 4096n;

/** Offsets in struct kvm_dirty_ring, the same since 5.11; the size of an entry. */
const RING = { resetIndex: 4n, size: 8n, entries: 16n } as const;
const ENTRY_BYTES = 16n;

/** Where a thread is to stop. */
interface Target {
  readonly location: LocationName;
  readonly point: StopPoint;
}

/**
 * Performs blocks in order on a machine. A thread is stopped, or it is on its way to a target, or
 * it is released and runs freely. The vCPU always runs: it answers interrupts of other processors.
 */
export class ScheduleForcer {
  private readonly gdb: GdbClient;
  private readonly symbols: ReadonlyMap<string, bigint>;
  private readonly mailbox: bigint;
  private readonly targets = new Map<MachineThread, Target>();
  private readonly released = new Set<MachineThread>();
  /** Threads that are stopped at a place. */
  private readonly stopped = new Set<MachineThread>();
  /** By thread: the last place that it was told to come to, and came to. */
  private readonly places = new Map<MachineThread, LocationName>();
  /** By thread: the address of the flags of the entry that its reset takes next. */
  private readonly entries = new Map<MachineThread, { readonly base: bigint; readonly size: bigint; index: bigint }>();

  constructor(gdb: GdbClient, symbols: ReadonlyMap<string, bigint>, mailbox: bigint) {
    this.gdb = gdb;
    this.symbols = symbols;
    this.mailbox = mailbox;
  }

  /** Lets the program begin its first round. */
  async begin(): Promise<void> {
    await this.gdb.writePhysical(this.mailbox + MAILBOX.go, 1n, 1);
  }

  /** Resumes everything until each thread is at the first place of its round. */
  async gather(first: ReadonlyMap<MachineThread, LocationName>): Promise<void> {
    this.releaseAll();
    for (const [thread, location] of first) await this.aim(thread, location);
    for (const thread of first.keys())
      if (!(await this.reach(thread, STUCK_MS))) throw new Error(await this.stuckText(thread));
    this.released.clear();
  }

  private releaseAll(): void {
    for (const thread of machineThreads) this.released.add(thread);
  }

  /**
   * Performs a block. If its thread waits for another one, the kernel does not permit the schedule:
   * then threads inside the kernel go on until it has what it waits for. A thread that does not
   * come to its place at all runs on without a stop.
   *
   * @returns whether it was performed in its place.
   */
  async perform(block: Block): Promise<boolean> {
    const { thread } = block;
    if (this.released.has(thread)) return true;
    await this.start(block);
    if (await this.reach(thread, BLOCKED_MS)) return true;
    for (const other of machineThreads)
      if (other !== thread && other !== 'vcpu' && !this.targets.has(other)) this.released.add(other);
    if (await this.reach(thread, BLOCKED_MS)) return false;
    await this.forget(thread);
    this.released.add(thread);
    return false;
  }

  /** Sends a thread on its way. It runs whenever others run. */
  private async start({ thread, target, guest }: Block): Promise<void> {
    if (guest !== undefined) {
      await this.gdb.writePhysical(this.mailbox + MAILBOX.page, DATA_AT + PAGE * BigInt(guest.page), 4);
      await this.gdb.writePhysical(this.mailbox + MAILBOX.command, COMMANDS[guest.command], 1);
    }
    if (target === 'taken') return this.aimAtEntry(thread);
    await this.aim(thread, target);
  }

  /**
   * Lets all threads run on without a stop. Userspace makes the guest write to `pages` after its
   * last operation.
   */
  async letRun(pages: readonly number[]): Promise<void> {
    for (const [i, page] of pages.entries())
      await this.gdb.writePhysical(this.mailbox + MAILBOX.writtenPages + BigInt(i), BigInt(page), 1);
    await this.gdb.writePhysical(this.mailbox + MAILBOX.writes, BigInt(pages.length), 1);
    this.releaseAll();
  }

  private async arrive(thread: MachineThread): Promise<void> {
    if (!(await this.reach(thread, STUCK_MS))) throw new Error(await this.stuckText(thread));
  }

  /** What is said of a thread that does not come to its place: where all processors are. */
  private async stuckText(thread: MachineThread): Promise<string> {
    const places: string[] = [];
    for (const other of machineThreads) {
      const { rip } = await this.gdb.registers(cpuOf(other));
      places.push(`${other} at 0x${rip.toString(16)}`);
    }
    return `the thread ${thread} does not come to ${this.targets.get(thread)?.location}: ${places.join(', ')}`;
  }

  private async aim(thread: MachineThread, location: LocationName): Promise<void> {
    const address = addressOf(location, this.symbols);
    if (address === undefined) throw new Error(`no address of ${location}`);
    await this.insert(thread, { location, point: { kind: 'instruction', address } });
  }

  /** Aims at the write that takes the next entry off the ring. */
  private async aimAtEntry(thread: MachineThread): Promise<void> {
    const { gdb } = this;
    const cpu = cpuOf(thread);
    if (this.places.get(thread) !== 'taken') {
      if (this.places.get(thread) !== 'reset') {
        await this.aim(thread, 'reset');
        await this.arrive(thread);
      }
      const { rsi: ring } = await gdb.registers(cpu);
      this.entries.set(thread, {
        index: await gdb.read(cpu, ring + RING.resetIndex, 4),
        size: await gdb.read(cpu, ring + RING.size, 4),
        base: await gdb.read(cpu, ring + RING.entries, 8),
      });
    }
    const next = this.entries.get(thread)!;
    const address = next.base + (next.index & (next.size - 1n)) * ENTRY_BYTES;
    next.index++;
    await this.insert(thread, { location: 'taken', point: { kind: 'written', address } });
  }

  private isInserted({ kind, address }: StopPoint): boolean {
    return [...this.targets.values()].some(({ point }) => point.kind === kind && point.address === address);
  }

  private async insert(thread: MachineThread, target: Target): Promise<void> {
    if (!this.isInserted(target.point)) await this.gdb.insert(target.point);
    this.targets.set(thread, target);
  }

  private async forget(thread: MachineThread): Promise<void> {
    const { point } = this.targets.get(thread)!;
    this.targets.delete(thread);
    if (!this.isInserted(point)) await this.gdb.remove(point);
  }

  /**
   * Resumes all threads that may run. One that was stopped at a place performs one instruction
   * alone before. On a busy host it could be there still at the next stop, as if it came again.
   */
  private async resume(): Promise<void> {
    const running = machineThreads.filter(
      (thread) => thread === 'vcpu' || this.targets.has(thread) || this.released.has(thread),
    );
    for (const thread of running) if (this.stopped.delete(thread)) await this.gdb.step(cpuOf(thread));
    this.gdb.resume(running.map(cpuOf));
  }

  /** Runs until a thread is at its target. @returns whether it came there in time. */
  private async reach(thread: MachineThread, ms: number): Promise<boolean> {
    const { gdb } = this;
    while (this.targets.has(thread)) {
      await this.resume();
      const stop = (await gdb.stop(ms)) ?? (await gdb.interrupt());
      if (stop.signal !== 5) return false;
      const stopped = machineThreads[stop.cpu - 1];
      const target = this.targets.get(stopped);
      this.stopped.add(stopped);
      const { rip } = await gdb.registers(stop.cpu);
      if (target === undefined || !isAt(target.point, rip)) continue; // a place of another thread
      this.places.set(stopped, target.location);
      await this.forget(stopped);
      this.released.delete(stopped);
    }
    return true;
  }
}

/** Whether a stop is that of a point. A watchpoint stops after the write, wherever that is. */
const isAt = ({ kind, address }: StopPoint, rip: bigint): boolean => kind === 'written' || address === rip;
