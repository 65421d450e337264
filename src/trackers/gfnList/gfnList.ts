import type { Gfn, Kvm } from '../../kvm/kvm.ts';
import type { Layout } from '../../memory/layout.ts';
import type { Memory } from '../../memory/memory.ts';
import type { DirtyTracker, Mapping, Reader, TrackerShape } from '../interface/tracker.ts';
import { type GfnList, layGfnList } from './gfn_list.ts';
import { gfn_list_harvest, gfn_list_reset } from './ioctl.ts';
import { gfn_list_push } from './push.ts';

/**
 * Lei Cao's list of January 2017, one for the VM. It may be drained only while all vCPUs are
 * paused.
 */
export class GfnLists implements DirtyTracker {
  readonly armsAtStart = true;
  readonly mapped: readonly Mapping[];
  readonly list: GfnList;
  private readonly kvm: Kvm;

  /** The ioctl that sets the size of the list. */
  constructor(layout: Layout, kvm: Kvm, { rings }: TrackerShape) {
    this.kvm = kvm;
    const sum = (of: 'size' | 'leeway') => rings.reduce((total, ring) => total + ring[of], 0);
    this.list = layGfnList(layout, sum('size'), sum('leeway'));
    const { dirty_index, avail_index, fetch_index, data, bytes, entries } = this.list;
    const cells = [dirty_index, avail_index, fetch_index, ...entries.flatMap(({ slot, offset }) => [slot, offset])];
    this.mapped = [{ name: 'list', data, bytes, cells }];
  }

  init(): void {}

  mark(mem: Memory, gfn: Gfn): boolean {
    return gfn_list_push(mem, this.list, gfn) >= 0;
  }

  mustExit(mem: Memory): boolean {
    return mem.load(this.list.dirty_index) >= this.list.soft_limit;
  }

  harvest(mem: Memory): Gfn[] {
    return gfn_list_harvest(mem, this.list);
  }

  harvestRest(): Gfn[] {
    return [];
  }

  reset(mem: Memory): number {
    return gfn_list_reset(mem, this.kvm, this.list);
  }

  slotChanged(): void {}

  recorded({ read, read64 }: Reader): Gfn[] {
    const { entries, dirty_index } = this.list;
    return entries
      .slice(0, read(dirty_index))
      .map(({ slot, offset }) => ({ slot: read(slot), offset: read64(offset) }));
  }
}
