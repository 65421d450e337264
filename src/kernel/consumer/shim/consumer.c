/*
 * The surroundings of a consumer, which are not hooked: rings and slots as userspace has them, and the exports
 * that call it. Compiled behind the consumer's file, in one unit; of IR, in a unit of its own.
 */
#define GFNRING_USERSPACE
#include <gfnring-shim/glue.c>
#include <gfnring-consumer/gfnring_user.h>
#ifdef GFNRING_VMM
#include <gfnring_vmm.h>
#endif

void IMPORT(report)(u32 slot, u64 offset);
void IMPORT(abort)(u32 site);
void consumer_report(u32 slot, u64 offset) { host_report(slot, offset); }
void gfnring_abort(u32 site)
{
	host_abort(site);
	__builtin_trap();
}

struct gfnring_user_ring gfnring_rings[16];
struct gfnring_user_slot gfnring_slots[64];
static u32 slots_used;

#ifdef GFNRING_VMM
KVMState gfnring_state, *kvm_state = &gfnring_state;
CPUState gfnring_cpus[GFNRING_VCPUS];
static KVMMemoryListener listeners[2];
static KVMSlot kvm_slots[2][GFNRING_SLOTS];
static struct KVMAs spaces[2];
static u32 *vmm_ring(u32 i, void *entries, u32 size)
{
	CPUState *cpu = &gfnring_cpus[i];
	gfnring_state.nr_as = 2;
	gfnring_state.nr_slots = GFNRING_SLOTS;
	gfnring_state.as = spaces;
	gfnring_state.kvm_dirty_ring_size = size;
	gfnring_state.kvm_dirty_ring_bytes = size * 16;
	cpu->cpu_index = i;
	cpu->created = true;
	cpu->kvm_state = &gfnring_state;
	cpu->kvm_dirty_gfns = entries;
	return &cpu->kvm_fetch_index;
}
static void vmm_slot(u32 slot, u32 npages)
{
	u32 as_id = slot >> 16 & 1, id = slot & 0xffff;
	KVMSlot *of = &kvm_slots[as_id][id < GFNRING_SLOTS ? id : 0];
	spaces[as_id].ml = &listeners[as_id];
	listeners[as_id].slots = kvm_slots[as_id];
	listeners[as_id].as_id = of->as_id = as_id;
	of->slot = id;
	of->memory_size = npages * 4096ull;
	of->dirty_bmap = (unsigned long *)of;
}
void gfnring_mark(long bit, unsigned long *bitmap)
{
	KVMSlot *of = (KVMSlot *)bitmap;
	if (of >= &kvm_slots[0][0] && of < &kvm_slots[2][0]) consumer_report((u32)of->as_id << 16 | of->slot, bit);
	else gfnring_store64(0, 0, (u64 *)bitmap + bit / 64, gfnring_load64(0, 0, (u64 *)bitmap + bit / 64) | 1ull << bit % 64);
}
bool gfnring_test(long bit, const unsigned long *bitmap)
{
	return gfnring_load64(0, 0, (u64 *)bitmap + bit / 64) >> bit % 64 & 1;
}
u32 EXPORT(gfnring_statistic)(u32 i) { return ADDRESS(&gfnring_cpus[i].dirty_pages); }
#endif

/* Set-up. Returns the address of the entries. */
u32 EXPORT(gfnring_entries)(u32 i, u32 size)
{
	struct gfnring_user_ring *ring = &gfnring_rings[i];
	ring->entries = allocate(size * 16ul);
	ring->size = size;
	ring->fetch = &ring->own_fetch;
#ifdef GFNRING_VMM
	u32 *of_vmm = vmm_ring(i, ring->entries, size);
#ifdef GFNRING_VMM_FETCH
	ring->fetch = of_vmm;
#endif
#endif
	gfnring_sized(size);
	return ADDRESS(ring->entries);
}
/* The address of the index at which the next harvest begins. */
u32 EXPORT(gfnring_fetch)(u32 i) { return ADDRESS(gfnring_rings[i].fetch); }
void EXPORT(gfnring_slot)(u32 slot, u32 npages)
{
	gfnring_slots[slots_used++ % 64] = (struct gfnring_user_slot){ slot, npages };
#ifdef GFNRING_VMM
	vmm_slot(slot, npages);
#endif
}
void EXPORT(gfnring_harvest)(u32 i, u32 max) { gfnring_call(i, max); }
