/*
 * The part of <linux/kvm_host.h>, and of what it includes, that a dirty ring needs. MMU, memory slots,
 * requests and locks are those of the harness: findings are relative to these.
 */
#pragma once
#include <linux/types.h>
#include <linux/compiler.h>
#include <linux/gfnring_hooks.h>
#include <linux/kvm.h>

#define smp_wmb() gfnring_fence(0, GFNRING_WMB)
#define smp_rmb() gfnring_fence(0, GFNRING_RMB)
#define smp_mb() gfnring_fence(0, GFNRING_MB)

#include <linux/atomic.h>

#define WARN_ON(c) ({ bool __warned = !!(c); if (__warned) gfnring_warn(0); __warned; })
#define WARN_ON_ONCE(c) WARN_ON(c)
#define KVM_BUG_ON(c, kvm) WARN_ON(c)
#define pr_warn_once(...) ((void)0)
#define lockdep_assert_held(l) ((void)(l))
#define BUILD_BUG_ON(c) _Static_assert(!(c), #c)
#define min(a, b) ({ __typeof__(a) __a = (a); __typeof__(b) __b = (b); __a < __b ? __a : __b; })
#define max(a, b) ({ __typeof__(a) __a = (a); __typeof__(b) __b = (b); __a > __b ? __a : __b; })
#define min_t(t, a, b) min((t)(a), (t)(b))
#define max_t(t, a, b) max((t)(a), (t)(b))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define is_power_of_2(n) ((n) != 0 && ((n) & ((n) - 1)) == 0)
#define BIT(n) (1ul << (n))
#define BIT_ULL(n) (1ull << (n))
#define EXPORT_SYMBOL_GPL(s)
#define BITS_PER_LONG (__SIZEOF_LONG__ * 8)
#define PAGE_SIZE 4096ul
#define PAGE_SHIFT 12
#define INT_MAX 0x7fffffff
#define UINT_MAX 0xffffffffu
#define U16_MAX 0xffff
#define GFP_KERNEL_ACCOUNT 0
#define EINTR 4
#define EAGAIN 11
#define ENOMEM 12
#define EBUSY 16
#define EINVAL 22

/* bsr of 0 is undefined on x86. Here it is the highest number, which is beyond every slot. */
static inline unsigned long __fls(unsigned long word)
{
	return word ? BITS_PER_LONG - 1 - __builtin_clzl(word) : ~0ul;
}
static inline unsigned long __ffs(unsigned long word)
{
	return __builtin_ctzl(word);
}

struct task_struct;
extern struct task_struct *current;
#define signal_pending(task) gfnring_signal_pending(0)
/* The explorer alone schedules threads; to yield is no access. */
#define need_resched() 0
#define cond_resched() ((void)0)

typedef struct { u32 held; } spinlock_t;
typedef struct { u32 held; } rwlock_t;
struct mutex { u32 held; };
/* Locks are free at first. */
#define spin_lock_init(l) ((void)(l))
#define rwlock_init(l) ((void)(l))
#define mutex_init(l) ((void)(l))
#define spin_lock(l) gfnring_lock(0, (l))
#define spin_unlock(l) gfnring_unlock(0, (l))
#define write_lock(l) gfnring_lock(0, (l))
#define write_unlock(l) gfnring_unlock(0, (l))
#define mutex_lock(l) gfnring_lock(0, (l))
#define mutex_unlock(l) gfnring_unlock(0, (l))

void *vzalloc(unsigned long size);
void *vmalloc(unsigned long size);
void vfree(const void *p);
struct page;
struct page *vmalloc_to_page(const void *p);

#define KVM_ADDRESS_SPACE_NUM 2
#define KVM_USER_MEM_SLOTS 32764
#define KVM_DIRTY_RING_RSVD_ENTRIES gfnring_reserved
#define KVM_DIRTY_RING_MAX_ENTRIES 65536
#ifndef KVM_DIRTY_LOG_PAGE_OFFSET
#define KVM_DIRTY_LOG_PAGE_OFFSET 64
#endif
#define KVM_REQ_DIRTY_RING_SOFT_FULL 3

struct kvm;
struct kvm_vcpu;
#ifdef GFNRING_MAIL
#include <linux/kvm_gfnring.h>
#else
#include <linux/kvm_dirty_ring.h>
#endif

struct kvm_memory_slot {
	gfn_t base_gfn;
	unsigned long npages;
	u32 flags;
	short id;
	u16 as_id;
};

struct kvm_memslots {
	int used;
	struct kvm_memory_slot slots[64];
};

struct kvm_vcpu {
	struct kvm *kvm;
	int vcpu_id;
	u32 requests;
	struct kvm_run *run;
#ifdef GFNRING_MAIL
	struct kvm_gfn_ring_t gfn_ring;
#else
	struct kvm_dirty_ring dirty_ring;
#endif
};

struct kvm {
	rwlock_t mmu_lock;
	struct mutex slots_lock;
	u32 dirty_ring_size;
	bool dirty_ring_with_bitmap;
	struct kvm_memslots memslots[KVM_ADDRESS_SPACE_NUM];
};

static inline int kvm_arch_nr_memslot_as_ids(struct kvm *kvm)
{
	return KVM_ADDRESS_SPACE_NUM;
}

struct kvm_memslots *__kvm_memslots(struct kvm *kvm, int as_id);
struct kvm_memory_slot *id_to_memslot(struct kvm_memslots *slots, int id);
void kvm_arch_mmu_enable_log_dirty_pt_masked(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t offset,
					     unsigned long mask);
struct kvm_vcpu *kvm_get_running_vcpu(void);

/* Only the vCPU itself makes and checks this request: it needs no ordering. */
static inline void kvm_make_request(int req, struct kvm_vcpu *vcpu)
{
	WRITE_ONCE(vcpu->requests, 1);
}

static inline bool kvm_check_request(int req, struct kvm_vcpu *vcpu)
{
	if (!READ_ONCE(vcpu->requests))
		return false;
	WRITE_ONCE(vcpu->requests, 0);
	return true;
}
