// A thread of the machine: a vCPU, or a thread that only takes checkpoints.
import { parentPort, workerData } from 'node:worker_threads';
import { takeCheckpoint } from '../../dist/actors/checkpoint.js';
import { enterGuest, leaveGuest, writePage } from '../../dist/actors/vcpu.js';
import { machine, PHASES } from './machine.mjs';
import { Model } from './model.mjs';
import { BATCH, BURST, HOT, pageAt, VCPUS, writeData } from './workload.mjs';

const { thread, threads, timed, ...of } = workerData;
const { memory, mem, vm, turns, times, phases, shares, data, backup } = machine(of, thread);
const f64 = new Float64Array(memory.buffer);
const alone = threads > VCPUS;
const copies = { copy, commit: () => backup.commit() };
const model = new Model(thread);
let cycle = 0;

if (timed) for (const [i, object] of [vm.tracker, vm.tracker, copies].entries()) holdClock(object, PHASES[i], i);

for (let burst = 0; ; burst++) {
  until(turns.burst, burst + 1);
  let wrong;
  for (const end = cycle + BURST; cycle < end; cycle++) {
    startClock();
    if (thread < VCPUS) {
      run();
      wrong ??= model.check(backup, f64);
    } else {
      until(turns.arrived, VCPUS * (cycle + 1));
      take();
    }
  }
  parentPort.postMessage(wrong);
}

/** Starts the clock once all threads have checked the last commit. */
function startClock() {
  const all = threads * (cycle + 1);
  if (mem.fetchAdd(turns.ready, 1) === all - 1) {
    mem.store64(times.start, process.hrtime.bigint());
    mem.wake(turns.ready);
  }
  until(turns.ready, all);
}

function stopClock() {
  const took = process.hrtime.bigint() - mem.load64(times.start);
  mem.store64(times.spent, mem.load64(times.spent) + took);
}

/**
 * One entry into the guest. It ends when the vCPU has written its share of pages. If no separate
 * thread takes checkpoints, the last vCPU to stop takes this one.
 */
function run() {
  enterGuest(mem, vm, thread);
  for (let i = 0; i < BATCH; i++) {
    const page = pageAt(thread, cycle, i);
    writePage(mem, vm, thread, vm.guest.pages[page]);
    writeData(f64, data, cycle, page);
  }
  leaveGuest(mem, vm, thread);
  const last = mem.fetchAdd(turns.arrived, 1) === VCPUS * (cycle + 1) - 1;
  if (last && !alone) take();
  else {
    if (last) mem.wake(turns.arrived);
    until(turns.shared, cycle + 1);
    copyShare();
    until(turns.cycles, cycle + 1);
  }
}

function take() {
  takeCheckpoint(mem, vm, undefined, copies);
  stopClock();
  mem.store(turns.cycles, cycle + 1);
  mem.wake(turns.cycles);
}

/**
 * Each vCPU's thread copies its own part of memory, which is in its processor's cache. Another
 * processor takes several times as long.
 */
function copy(_, pages) {
  for (const share of shares) share[0] = 0;
  for (const { id } of pages) {
    const share = shares[Math.floor(id / HOT)];
    share[++share[0]] = id;
  }
  mem.store(turns.shared, cycle + 1);
  mem.wake(turns.shared);
  if (!alone) copyShare();
  until(turns.copied, VCPUS * (cycle + 1));
}

function copyShare() {
  const share = shares[thread];
  for (let i = 1; i <= share[0]; i++) backup.copyPage(share[i]);
  mem.fetchAdd(turns.copied, 1);
  mem.wake(turns.copied);
}

function until(cell, value) {
  for (let now = mem.load(cell); now < value; now = mem.load(cell)) mem.wait(cell, now);
}

function holdClock(object, name, phase) {
  const method = object[name].bind(object);
  object[name] = (...args) => {
    const since = performance.now();
    const result = method(...args);
    phases[phase] += performance.now() - since;
    return result;
  };
}
