/* SPDX-License-Identifier: MIT */
/* As right.c, but an entry is given back before it is read: the kernel may use it again in between. */
#include <stdatomic.h>
#include <stdint.h>
#include <linux/kvm.h>

typedef void report_fn(void *opaque, uint32_t slot, uint64_t offset);

static uint32_t flags_of(struct kvm_dirty_gfn *entry)
{
	return atomic_load_explicit((_Atomic uint32_t *)&entry->flags, memory_order_acquire);
}

static void give_back(struct kvm_dirty_gfn *entry)
{
	atomic_store_explicit((_Atomic uint32_t *)&entry->flags, KVM_DIRTY_GFN_F_RESET, memory_order_release);
}

/* Reports every dirty page. `*next` is the index of the next entry, and runs freely. */
void harvest(struct kvm_dirty_gfn *ring, uint32_t size, uint32_t *next, report_fn *report, void *opaque)
{
	for (;;) {
		struct kvm_dirty_gfn *entry = &ring[*next & (size - 1)];

		if (flags_of(entry) != KVM_DIRTY_GFN_F_DIRTY)
			return;
		give_back(entry);
		report(opaque, entry->slot, entry->offset);
		(*next)++;
	}
}
