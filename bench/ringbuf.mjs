// Compares the mail's ring with ringbuf.js in one run: records of 16 bytes from one free-running
// thread to another, in batches of 64. Ours does more for each record: it also resets the record,
// which frees its entry. `npm run bench` runs this after `gfnring bench`.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { RingBuffer } from 'ringbuf.js';
import { initVm, layVm } from '../dist/actors/vm.js';
import { Layout } from '../dist/memory/layout.js';
import { NativeMemory } from '../dist/memory/nativeMemory.js';
import { gfn_ring_harvest } from '../dist/ring/harvest.js';
import { kvm_gfn_ring_push } from '../dist/ring/push.js';
import { kvm_gfn_ring_reset } from '../dist/ring/reset.js';
import { gfnRing } from '../dist/trackers/gfnRing/descriptor.js';

const RECORDS = 1_000_000;
const BATCH = 64;
const SIZE = 4096;

function ours(buffer, thread) {
  const layout = new Layout();
  const vm = layVm(layout, { tracker: gfnRing, slots: [], rings: [{ size: SIZE, leeway: 0 }] });
  const shared = buffer ?? new SharedArrayBuffer(layout.size);
  const mem = new NativeMemory(shared, thread);
  if (buffer === undefined) initVm(mem, vm, 1);
  return { shared, mem, kvm: vm.kvm, ring: vm.tracker.rings[0] };
}

function produce({ kind, shared }) {
  if (kind === 'gfnring') {
    const { mem, ring } = ours(shared, 1);
    for (let i = 0; i < RECORDS; ) {
      for (let n = 0; n < BATCH; n++, i++) while (kvm_gfn_ring_push(mem, ring, i, BigInt(i)) < 0);
    }
  } else {
    const ring = new RingBuffer(shared, Uint32Array);
    const batch = new Uint32Array(BATCH * 4);
    for (let i = 0; i < RECORDS; ) {
      for (let n = 0; n < BATCH; n++, i++) {
        batch[n * 4 + 1] = i;
        batch[n * 4 + 2] = i;
      }
      while (ring.availableWrite() < batch.length);
      ring.push(batch);
    }
  }
}

async function consume(kind) {
  const us = kind === 'gfnring' ? ours(undefined, 0) : undefined;
  const shared = us?.shared ?? RingBuffer.getStorageForCapacity(SIZE * 4, Uint32Array);
  const worker = new Worker(new URL(import.meta.url), { workerData: { kind, shared } });
  await new Promise((resolve) => worker.once('message', resolve));
  const start = performance.now();
  worker.postMessage('go');
  let [got, sum] = [0, 0];
  if (us) {
    while (got < RECORDS) {
      for (const { slot } of gfn_ring_harvest(us.mem, us.ring, BATCH)) {
        sum += slot;
        got++;
      }
      kvm_gfn_ring_reset(us.mem, us.kvm, us.ring);
    }
  } else {
    const ring = new RingBuffer(shared, Uint32Array);
    const batch = new Uint32Array(BATCH * 4);
    while (got < RECORDS) {
      const words = ring.pop(batch);
      for (let i = 0; i < words; i += 4) sum += batch[i + 1];
      got += words / 4;
    }
  }
  const rate = (RECORDS / (performance.now() - start)) * 1000;
  if (sum !== (RECORDS * (RECORDS - 1)) / 2) throw new Error(`${kind} lost a record`);
  await worker.terminate();
  return rate;
}

if (isMainThread) {
  const rates = { gfnring: [], 'ringbuf.js': [] };
  for (let round = 0; round < 3; round++) for (const kind of Object.keys(rates)) rates[kind].push(await consume(kind));
  const best = Object.fromEntries(Object.entries(rates).map(([kind, of]) => [kind, Math.max(...of)]));
  for (const [kind, rate] of Object.entries(best))
    console.log(`${`records on two threads, ${kind}`.padEnd(44)} ${`${(rate / 1e6).toFixed(2)} M/s`.padStart(12)}`);
  console.log(`${'gfnring / ringbuf.js'.padEnd(44)} ${(best.gfnring / best['ringbuf.js']).toFixed(2).padStart(12)}`);
} else {
  parentPort.once('message', () => produce(workerData));
  parentPort.postMessage('ready');
}
