/*
 * The part of <linux/kvm_host.h>, and of what it includes, that a dirty ring needs. MMU, memory slots,
 * requests and locks are those of the harness: findings are relative to these. What the C file uses beyond
 * this comes from the tree's own header, in gfnring_tree_….h; without a tree these are empty.
 */
#pragma once
#include <linux/types.h>
#include <linux/compiler.h>
#include <linux/gfnring_hooks.h>
#include <linux/gfnring_helpers.h>
#include <linux/gfnring_memory.h>
#include <linux/gfnring_locks.h>
#include <linux/cleanup.h>
#include <linux/atomic.h>
#include <linux/kvm.h>

#ifndef KVM_MEM_LOG_DIRTY_PAGES
#define KVM_MEM_LOG_DIRTY_PAGES (1ul << 0)
#endif
#define EXPORT_SYMBOL(s)
#define EXPORT_SYMBOL_GPL(s)
#define EXPORT_SYMBOL_FOR_KVM_INTERNAL(s)
#define EXPORT_SYMBOL_FOR_KVM(s)
#define THIS_MODULE NULL
#define KVM_BUG_ON(c, kvm) WARN_ON(c)
#define KVM_BUG(c, kvm, ...) WARN_ON(c)
#define KVM_BUG_ON_DATA_CORRUPTION(c, kvm) WARN_ON(c)
#define KVM_MMU_WARN_ON(c) WARN_ON(c)

struct task_struct;
extern struct task_struct *current;
#define signal_pending(task) gfnring_signal_pending(0)
#define fatal_signal_pending(task) gfnring_signal_pending(0)
/* Whether a thread should yield is a choice of the explorer: see docs/kernel.md. */
#define need_resched() gfnring_resched(0)
#define spin_needbreak(l) ((void)(l), gfnring_resched(0))
#define rwlock_needbreak(l) ((void)(l), gfnring_resched(0))
#define cond_resched() ({ gfnring_yield(0); 0; })
#define schedule() gfnring_yield(0)
#define cpu_relax() ((void)0)
#define cond_resched_lock(l) \
	({ bool __breaks = gfnring_resched(0); if (__breaks) { spin_unlock(l); cond_resched(); spin_lock(l); } __breaks; })
#define cond_resched_rwlock_write(l) \
	({ bool __breaks = gfnring_resched(0); if (__breaks) { write_unlock(l); cond_resched(); write_lock(l); } __breaks; })
#define cond_resched_rwlock_read(l) \
	({ bool __breaks = gfnring_resched(0); if (__breaks) { read_unlock(l); cond_resched(); read_lock(l); } __breaks; })

#define KVM_ADDRESS_SPACE_NUM 2
#define KVM_MAX_NR_ADDRESS_SPACES 2
#define KVM_USER_MEM_SLOTS 32764
#define KVM_DIRTY_RING_RSVD_ENTRIES gfnring_reserved
#define KVM_DIRTY_RING_MAX_ENTRIES 65536
#ifndef KVM_DIRTY_LOG_PAGE_OFFSET
#define KVM_DIRTY_LOG_PAGE_OFFSET 64
#endif
#define KVM_REQ_VM_DEAD 1
#define KVM_REQ_DIRTY_RING_SOFT_FULL 3

struct kvm;
struct kvm_vcpu;
struct kvm_memory_slot;
#include <linux/gfnring_tree_macros.h>
#ifdef GFNRING_MAIL
#include <linux/kvm_gfnring.h>
#else
#include <linux/kvm_dirty_ring.h>
#endif
/* Members that the C file uses, and that the structs below lack. */
#include <linux/gfnring_tree_structs.h>

struct kvm_memory_slot {
	gfn_t base_gfn;
	unsigned long npages;
	unsigned long *dirty_bitmap;
	unsigned long userspace_addr;
	u32 flags;
	short id;
	u16 as_id;
#include <linux/gfnring_tree_kvm_memory_slot.h>
};

struct kvm_memslots {
	u64 generation;
	int used;
	struct kvm_memory_slot slots[64];
};

struct kvm_vcpu {
	struct kvm *kvm;
	int vcpu_id;
	int vcpu_idx;
	u32 requests;
	struct kvm_run *run;
#ifdef GFNRING_MAIL
	struct kvm_gfn_ring_t gfn_ring;
#elif !defined(GFNRING_OWN_RING)
	struct kvm_dirty_ring dirty_ring;
#endif
#include <linux/gfnring_tree_kvm_vcpu.h>
};

struct kvm {
	rwlock_t mmu_lock;
	struct mutex slots_lock;
	struct mutex slots_arch_lock;
	struct mutex lock;
	struct srcu_struct srcu;
	refcount_t users_count;
	int created_vcpus;
	u32 dirty_ring_size;
	bool dirty_ring_with_bitmap;
	u64 manual_dirty_log_protect;
	struct kvm_memslots memslots[KVM_ADDRESS_SPACE_NUM];
#include <linux/gfnring_tree_kvm.h>
};

static inline int kvm_arch_nr_memslot_as_ids(struct kvm *kvm)
{
	return KVM_ADDRESS_SPACE_NUM;
}

struct kvm_memslots *__kvm_memslots(struct kvm *kvm, int as_id);
struct kvm_memory_slot *id_to_memslot(struct kvm_memslots *slots, int id);
#define kvm_memslots(kvm) __kvm_memslots(kvm, 0)
#define kvm_vcpu_memslots(vcpu) __kvm_memslots((vcpu)->kvm, 0)
struct kvm_memory_slot *gfn_to_memslot(struct kvm *kvm, gfn_t gfn);
#define kvm_vcpu_gfn_to_memslot(vcpu, gfn) gfn_to_memslot((vcpu)->kvm, gfn)
void kvm_arch_mmu_enable_log_dirty_pt_masked(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t offset,
					     unsigned long mask);
struct kvm_vcpu *kvm_get_running_vcpu(void);
struct kvm_vcpu *kvm_get_vcpu(struct kvm *kvm, int i);
#define kvm_for_each_vcpu(i, vcpu, kvm) for (i = 0; ((vcpu) = kvm_get_vcpu(kvm, i)) != NULL; i++)
static inline bool kvm_slot_dirty_track_enabled(const struct kvm_memory_slot *slot)
{
	return slot->flags & KVM_MEM_LOG_DIRTY_PAGES;
}

/* The flush of all vCPUs' translations, which is the harness's. */
#define kvm_flush_remote_tlbs(kvm) gfnring_flush(0)
#define kvm_flush_remote_tlbs_memslot(kvm, slot) gfnring_flush(0)
#define kvm_flush_remote_tlbs_range(kvm, gfn, n) gfnring_flush(0)
#define kvm_arch_flush_remote_tlbs_memslot(kvm, slot) gfnring_flush(0)
#define set_bit_le(bit, bitmap) gfnring_set_bit(0, (bit), (bitmap))

/* Only the vCPU itself makes and checks this request: it needs no ordering. */
static inline void kvm_make_request(int req, struct kvm_vcpu *vcpu)
{
	WRITE_ONCE(vcpu->requests, 1);
}
#define __kvm_make_request(req, vcpu) kvm_make_request(req, vcpu)

static inline bool kvm_request_pending(struct kvm_vcpu *vcpu)
{
	return READ_ONCE(vcpu->requests);
}
static inline bool kvm_test_request(int req, struct kvm_vcpu *vcpu)
{
	return READ_ONCE(vcpu->requests);
}
static inline void kvm_clear_request(int req, struct kvm_vcpu *vcpu)
{
	WRITE_ONCE(vcpu->requests, 0);
}

static inline bool kvm_check_request(int req, struct kvm_vcpu *vcpu)
{
	if (!READ_ONCE(vcpu->requests))
		return false;
	WRITE_ONCE(vcpu->requests, 0);
	return true;
}
#include <kvm_mm.h>
#include <linux/gfnring_x86.h>
#include <linux/gfnring_tree_functions.h>
