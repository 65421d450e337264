import type { Block } from './blocks.ts';
import type { GdbClient, StopPoint } from './gdbClient.ts';
import { addressOf, type LocationName } from './locations.ts';
import { cpuOf, type MachineThread, machineThreads } from './machinePlan.ts';

/** A thread that does not reach its target in this time waits for another one. */
const BLOCKED_MS = 3000;
const STUCK_MS = 20_000;

/** Offsets in the guest's mailbox (init.c), and its commands. */
const MAILBOX = { command: 0n, page: 4n, go: 12n, writes: 13n, writtenPages: 14n } as const;
const COMMANDS = { touch: 1n, write: 2n } as const;
const DATA_AT = 0x20000n;
const PAGE = 4096n;

/** Offsets in struct kvm_dirty_ring, the same since 5.11; the size of an entry. */
const RING = { resetIndex: 4n, size: 8n, entries: 16n } as const;
const ENTRY_BYTES = 16n;
/** An upper bound of the size of struct kvm up to its slots_lock. */
const KVM_BYTES = 0x10000n;

/** Where a thread is to stop. */
interface Target {
  readonly location: LocationName;
  readonly point: StopPoint;
}

/** A thread does not come to its place, whatever runs. */
export class ThreadStuck extends Error {}

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
  /** The address of struct kvm, from the first argument of kvm_dirty_ring_reset. */
  private vm = 0n;
  /** Threads that perform nothing. They always run. */
  private idle: readonly MachineThread[] = [];
  /** The end of a round, where each thread stops: so none begins the next one too early. */
  private readonly end: StopPoint;
  /** Threads that follow the schedule no longer. */
  private readonly lost = new Set<MachineThread>();
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
    this.end = { kind: 'instruction', address: symbols.get('after_all')! };
  }

  /** Lets the program begin its first round. */
  async begin(): Promise<void> {
    await this.gdb.insert(this.end);
    await this.gdb.writePhysical(this.mailbox + MAILBOX.go, 1n, 1);
  }

  /** Other code gives mutexes back too. That of the VM lies in its struct kvm. */
  private isOfVm(location: LocationName, mutex: bigint): boolean {
    return location !== 'unlock' || (mutex >= this.vm && mutex < this.vm + KVM_BYTES);
  }

  /** Resumes everything until each thread is at the first place of its round. */
  async gather(first: ReadonlyMap<MachineThread, LocationName>): Promise<void> {
    this.idle = machineThreads.filter((thread) => !first.has(thread));
    for (const thread of [...this.targets.keys()]) await this.forget(thread);
    this.releaseAll();
    for (const [thread, location] of first) await this.aim(thread, location);
    for (const thread of first.keys())
      if (!(await this.reach(thread, STUCK_MS))) throw new ThreadStuck(await this.stuckText(thread));
    this.released.clear();
  }

  private releaseAll(): void {
    this.lost.clear();
    for (const thread of machineThreads) this.released.add(thread);
  }

  /**
   * Performs a block. If its thread waits for another one, the kernel does not permit the schedule:
   * then threads inside the kernel go on until it has what it waits for. A thread that does not
   * come to its place at all runs on to the end of its round.
   *
   * @returns whether it was performed in its place.
   */
  async perform(block: Block): Promise<boolean> {
    const { thread } = block;
    if (this.lost.has(thread)) return true;
    await this.start(block);
    if (await this.reach(thread, BLOCKED_MS)) return true;
    if (this.lost.has(thread)) return false;
    for (const other of machineThreads) if (other !== thread && !this.targets.has(other)) await this.lose(other);
    if (!(await this.reach(thread, BLOCKED_MS))) {
      if (this.targets.has(thread)) await this.forget(thread);
      await this.lose(thread);
    }
    return false;
  }

  /** Lets a thread run to the end of its round. Its other blocks are left out. */
  private async lose(thread: MachineThread): Promise<void> {
    if (thread === 'vcpu') return;
    this.lost.add(thread);
    if (this.places.get(thread) !== 'after_all') await this.aim(thread, 'after_all');
  }

  /** Sends a thread on its way. It runs whenever others run. */
  private async start({ thread, target, guest }: Block): Promise<void> {
    if (guest !== undefined) {
      await this.gdb.writePhysical(this.mailbox + MAILBOX.page, DATA_AT + PAGE * BigInt(guest.page), 4);
      await this.gdb.writePhysical(this.mailbox + MAILBOX.command, COMMANDS[guest.command], 1);
    }
    if (target === 'taken') return this.aimAtEntry(thread);
    if (target === 'unlock') await this.enterReset(thread);
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
    if (!(await this.reach(thread, STUCK_MS))) throw new ThreadStuck(await this.stuckText(thread));
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

  /** Lets a thread come to `reset`, if it is not inside of that function yet. */
  private async enterReset(thread: MachineThread): Promise<void> {
    const place = this.places.get(thread);
    if (place === 'reset' || place === 'taken') return;
    await this.aim(thread, 'reset');
    await this.arrive(thread);
  }

  /** Aims at the write that takes the next entry off the ring. */
  private async aimAtEntry(thread: MachineThread): Promise<void> {
    const { gdb } = this;
    const cpu = cpuOf(thread);
    if (this.places.get(thread) !== 'taken') {
      await this.enterReset(thread);
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
    if (address === this.end.address) return true;
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
      (thread) => this.idle.includes(thread) || this.targets.has(thread) || this.released.has(thread),
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
      const { rip, rdi } = await gdb.registers(stop.cpu);
      if (target === undefined) continue; // a place of another thread
      const { kind, address } = target.point;
      const isThere = kind === 'written' ? stop.isWatch : rip === address && this.isOfVm(target.location, rdi);
      const hasMissed = rip === this.end.address && !isThere && !this.released.has(stopped);
      if (!isThere && !hasMissed) continue;
      await this.forget(stopped);
      this.released.delete(stopped);
      this.places.set(stopped, hasMissed ? 'after_all' : target.location);
      if (isThere && target.location === 'reset') this.vm = rdi;
      if (!hasMissed) continue;
      this.lost.add(stopped);
      if (stopped === thread) return false;
    }
    return true;
  }
}
