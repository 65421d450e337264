import { halt, host, hostWrite, replicate, userspace, vcpu, write } from '#dist/vm/actorSpecs.js';
import { type Canary, canariesOf, vmOf } from './canary.ts';

/** Cao's list, drained while the machine is paused: the objections to it, and its own rules. */
const MAIL = 'the mail, January 2017';
const canary = canariesOf('gfn-list');

const vm = vmOf('gfn-list');
const TWO_PRODUCERS = vm('two-producers', [vcpu(0, write(0)), host(hostWrite(1))]);
const FULL = vm('full', [vcpu(0, write(0, 1, 2), halt), userspace(replicate)], {
  slots: [{ slot: 0, npages: 3 }],
});

export const gfnList: readonly Canary[] = [
  canary(
    'list-push-without-lock',
    `${MAIL}: one list serves all vCPUs`,
    TWO_PRODUCERS,
    ['A5'],
    ['trackers/gfnList/push', 'mem.lock(list.list_lock); const index', 'const index'],
    ['trackers/gfnList/push', 'mem.unlock(list.list_lock); return -EBUSY', 'return -EBUSY'],
    ['trackers/gfnList/push', 'mem.unlock(list.list_lock); return 0', 'return 0'],
  ),
  canary(
    'list-published-before-the-entry',
    MAIL,
    'gfn-list/checkpoint',
    ['A3'],
    [
      'trackers/gfnList/push',
      'mem.write(entry.slot, slot);',
      'mem.store(list.dirty_index, index + 1); mem.write(entry.slot, slot);',
      'function gfn_list_push(mem, list',
      'const index = mem.load(list.dirty_index);',
    ],
  ),
  canary(
    'list-full-and-pushed',
    MAIL,
    FULL,
    ['G1', 'A5'],
    ['trackers/gfnList/push', 'if (index === list.size) {', 'if (index > list.size) {'],
  ),
  canary(
    'list-drops-when-full',
    'B03; 20191129213505.18472-7-peterx@redhat.com: "we throw an error message and drop the dirty bit"',
    FULL,
    ['A5', 'NL1', 'no dirty page is ever lost'],
    [
      'trackers/gfnList/gfnList',
      'return gfn_list_push(mem, this.list, gfn) >= 0;',
      'gfn_list_push(mem, this.list, gfn); return true;',
    ],
  ),
  canary(
    'list-fetch-index-not-validated',
    `O3; ${MAIL}: all indices lie where userspace can write them`,
    'gfn-list/hostile-fetch',
    ['A4', 'no operation crashes'],
    ['trackers/gfnList/ioctl', 'const result = count > list.size ? -EINVAL : count;', 'const result = count;'],
  ),
  canary(
    'list-rearms-one-too-few',
    MAIL,
    'gfn-list/checkpoint',
    ['A4', 'NL1', 'no dirty page is ever lost'],
    ['trackers/gfnList/ioctl', 'for (let i = 0; i < count; i++) rearm', 'for (let i = 1; i < count; i++) rearm'],
  ),
  canary(
    'list-fetch-index-not-zeroed',
    MAIL,
    'gfn-list/checkpoint',
    ['A4', 'A1'],
    [
      'trackers/gfnList/ioctl',
      '[list.dirty_index, list.avail_index, list.fetch_index]',
      '[list.dirty_index, list.avail_index]',
    ],
  ),
  canary(
    'list-harvest-beyond-the-count',
    MAIL,
    'gfn-list/checkpoint',
    ['A1', 'A4', 'A2', 'A3'],
    ['trackers/gfnList/ioctl', 'i < Math.min(avail, list.size)', 'i < Math.min(avail + 1, list.size)'],
    ['trackers/gfnList/ioctl', 'mem.store(list.fetch_index, avail);', 'mem.store(list.fetch_index, avail + 1);'],
  ),
  canary(
    'list-no-flush',
    'B45; kvm_get_dirty_log_protect',
    'gfn-list/checkpoint',
    ['no dirty page is ever lost', 'NL1', 'at each commit and rollback the copy is the guest'],
    ['trackers/gfnList/ioctl', 'if (result > 0) kvm.arch.flush_remote_tlbs(mem);', ''],
  ),
  canary(
    'list-count-without-lock',
    `${MAIL}: what the count announces is pushed under a lock`,
    'gfn-list/checkpoint',
    ['A2'],
    [
      'trackers/gfnList/ioctl',
      'mem.lock(list.list_lock); const count = mem.load(list.dirty_index);',
      'const count = mem.load(list.dirty_index);',
    ],
    [
      'trackers/gfnList/ioctl',
      'mem.store(list.avail_index, count); mem.unlock(list.list_lock);',
      'mem.store(list.avail_index, count);',
    ],
  ),
  canary(
    'list-reset-without-list-lock',
    `${MAIL}: one list serves all vCPUs`,
    'gfn-list/checkpoint',
    ['A4 indices go back to zero under list_lock'],
    ['trackers/gfnList/ioctl', 'mem.lock(kvm.mmu_lock); mem.lock(list.list_lock);', 'mem.lock(kvm.mmu_lock);'],
    ['trackers/gfnList/ioctl', 'mem.unlock(list.list_lock); if (result > 0)', 'if (result > 0)'],
  ),
  canary(
    'list-fetch-read-twice',
    `O3; ${MAIL}: all indices lie where userspace can write them`,
    'gfn-list/hostile-fetch',
    ['A4 reset reads what userspace can write once'],
    [
      'trackers/gfnList/ioctl',
      'const result = count > list.size ? -EINVAL : count;',
      'const result = mem.load(list.fetch_index) > list.size ? -EINVAL : count;',
      'function gfn_list_reset(mem, kvm, list)',
    ],
  ),
];
