/* SPDX-License-Identifier: MIT */
#ifndef KVM_GFNRING_H
#define KVM_GFNRING_H

#include <linux/kvm.h>

struct kvm_memory_slot;

/* The kernel's own. Both indices run freely and are masked only where an entry is looked up. */
struct kvm_gfn_ring_t {
	u16 prod_index; /* written by the vCPU that owns the ring, before it is announced */
	u16 cons_index; /* how far reset is; written with slots_lock held; decides what is full */
	u32 size; /* entries, a power of two from 2 to 32768 */
	struct kvm_dirty_log_list *data;
};

int kvm_gfn_ring_alloc(struct kvm_gfn_ring_t *gfnring, u32 size);

/* Called with kvm->slots_lock held; returns true if at least one page was processed. */
bool kvm_gfn_ring_reset(struct kvm *kvm, struct kvm_gfn_ring_t *gfnring);

/* Like kvm_gfn_ring_reset, but returns the number of entries, or -EINVAL for an index out of range. */
int __kvm_gfn_ring_reset(struct kvm *kvm, struct kvm_gfn_ring_t *gfnring);

/* Returns the entries in use after the push, or -EBUSY if the ring is full. Only the owner calls it. */
int kvm_gfn_ring_push(struct kvm *kvm, struct kvm_gfn_ring_t *ring, struct kvm_memory_slot *slot,
		      struct kvm_dirty_gfn *datum);

/* For the fault handler of userspace's mapping. */
struct page *kvm_gfn_ring_get_page(struct kvm_gfn_ring_t *ring, u32 i);

void kvm_gfn_ring_free(struct kvm_gfn_ring_t *ring);

#endif
