// SPDX-License-Identifier: MIT
/*
 * The ring of Paolo Bonzini's mail of January 2017, written after it: src/ring in C.
 */
#include <linux/kvm_host.h>
#include <linux/vmalloc.h>
#include <linux/kvm_gfnring.h>
#include "kvm_mm.h"

int kvm_gfn_ring_alloc(struct kvm_gfn_ring_t *ring, u32 size)
{
	/* 65536 entries are 0 modulo 2^16: full could not be told from empty. */
	if (size < 2 || size > 32768 || (size & (size - 1)))
		return -EINVAL;

	ring->data = vzalloc(size * sizeof(struct kvm_dirty_gfn));
	if (!ring->data)
		return -ENOMEM;

	ring->size = size;
	ring->prod_index = 0;
	ring->cons_index = 0;
	return 0;
}

static struct kvm_dirty_gfn *entry_at(struct kvm_gfn_ring_t *ring, u16 index)
{
	return &ring->data->dirty_gfns[index & (ring->size - 1)];
}

int kvm_gfn_ring_push(struct kvm *kvm, struct kvm_gfn_ring_t *ring, struct kvm_memory_slot *slot,
		      struct kvm_dirty_gfn *datum)
{
	u16 prod = READ_ONCE(ring->prod_index);
	/* Pairs with the release in reset: what is overwritten here has been read. */
	u16 used = prod - smp_load_acquire(&ring->cons_index);
	struct kvm_dirty_gfn *entry;

	if (used >= ring->size)
		return -EBUSY;

	entry = entry_at(ring, prod);
	/* Not the pad: that of entry 0 holds the indices. */
	entry->slot = datum->slot;
	entry->offset = datum->offset;
	/* The private index first: a cons that answers the shared one must be in range. */
	WRITE_ONCE(ring->prod_index, (u16)(prod + 1));
	/* Announces all of the above: pairs with the acquire of userspace. */
	smp_store_release(&ring->data->indices.prod, (u16)(prod + 1));
	return used + 1;
}

static void enable_log_dirty(struct kvm *kvm, u32 slot, u64 offset, u64 mask)
{
	struct kvm_memory_slot *memslot = id_to_memslot(__kvm_memslots(kvm, slot >> 16), (u16)slot);

	KVM_MMU_LOCK(kvm);
	kvm_arch_mmu_enable_log_dirty_pt_masked(kvm, memslot, offset, mask);
	KVM_MMU_UNLOCK(kvm);
}

static bool has_page(struct kvm *kvm, u32 slot, u64 offset)
{
	u16 as_id = slot >> 16, id = slot;
	struct kvm_memory_slot *memslot;

	if (as_id >= KVM_ADDRESS_SPACE_NUM || id >= KVM_USER_MEM_SLOTS)
		return false;
	memslot = id_to_memslot(__kvm_memslots(kvm, as_id), id);
	return memslot && offset < memslot->npages;
}

int __kvm_gfn_ring_reset(struct kvm *kvm, struct kvm_gfn_ring_t *ring)
{
	/* Once: it may change at any time. Pairs with the release of userspace. */
	u16 cons = smp_load_acquire(&ring->data->indices.cons);
	u16 first = READ_ONCE(ring->cons_index);
	u16 count = cons - first, index;
	u32 cur_slot = 0;
	u64 cur_offset = 0, mask = 0;

	if (count > (u16)(READ_ONCE(ring->prod_index) - first))
		return -EINVAL;
	if (!count)
		return 0;

	for (index = first; index != cons; index++) {
		struct kvm_dirty_gfn *entry = entry_at(ring, index);
		/* Once each: userspace may have rewritten them, and may again. */
		u32 slot = READ_ONCE(entry->slot);
		u64 offset = READ_ONCE(entry->offset);

		/* One bad entry takes none of its neighbours with it. */
		if (!has_page(kvm, slot, offset))
			continue;
		if (mask && slot == cur_slot) {
			/* Both lie within a slot, so that the difference is exact. */
			s64 delta = offset - cur_offset;

			if (delta >= 0 && delta < BITS_PER_LONG) {
				mask |= 1ull << delta;
				continue;
			}
			if (delta < 0 && delta > -BITS_PER_LONG && (mask << -delta >> -delta) == mask) {
				cur_offset = offset;
				mask = (mask << -delta) | 1;
				continue;
			}
		}
		if (mask)
			enable_log_dirty(kvm, cur_slot, cur_offset, mask);
		cur_slot = slot;
		cur_offset = offset;
		mask = 1;
	}
	if (mask)
		enable_log_dirty(kvm, cur_slot, cur_offset, mask);

	/* Only now may a push overwrite them: pairs with its acquire. */
	smp_store_release(&ring->cons_index, cons);
	return count;
}

bool kvm_gfn_ring_reset(struct kvm *kvm, struct kvm_gfn_ring_t *ring)
{
	return __kvm_gfn_ring_reset(kvm, ring) > 0;
}

struct page *kvm_gfn_ring_get_page(struct kvm_gfn_ring_t *ring, u32 i)
{
	u32 bytes = ring->size * sizeof(struct kvm_dirty_gfn);

	if (!ring->data || (u64)i * PAGE_SIZE >= bytes)
		return NULL;
	return vmalloc_to_page((void *)ring->data + (u64)i * PAGE_SIZE);
}

void kvm_gfn_ring_free(struct kvm_gfn_ring_t *ring)
{
	vfree(ring->data);
	ring->data = NULL;
}
