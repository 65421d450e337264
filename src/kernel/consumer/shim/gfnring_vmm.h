/*
 * What harvests of QEMU and of KVM's selftests use of their own surroundings. A name that the consumer's file
 * defines is the file's.
 */
#pragma once
#include <gfnring_consumer.h>

/* QEMU: include/qemu/atomic.h. */
#define qatomic_read(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define qatomic_read__nocheck(p) qatomic_read(p)
#define qatomic_set(p, v) __atomic_store_n((p), (v), __ATOMIC_RELAXED)
#define qatomic_set__nocheck(p, v) qatomic_set(p, v)
#define qatomic_load_acquire(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define qatomic_store_release(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define qatomic_rcu_read(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define qatomic_rcu_set(p, v) qatomic_store_release(p, v)
#define qatomic_mb_read(p) ({ __auto_type __seen = qatomic_read(p); smp_mb_acquire(); __seen; })
#define qatomic_mb_set(p, v) ((void)qatomic_xchg(p, v))
#define qatomic_set_mb(p, v) ((void)qatomic_xchg(p, v))
#define qatomic_xchg(p, v) __atomic_exchange_n((p), (v), __ATOMIC_SEQ_CST)
#define qatomic_cmpxchg(p, old, new) \
	({ __typeof__(*(p)) __old = (old); \
	   __atomic_compare_exchange_n((p), &__old, (new), 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); __old; })
#define qatomic_fetch_add(p, n) __atomic_fetch_add((p), (n), __ATOMIC_SEQ_CST)
#define qatomic_fetch_sub(p, n) __atomic_fetch_sub((p), (n), __ATOMIC_SEQ_CST)
#define qatomic_fetch_and(p, n) __atomic_fetch_and((p), (n), __ATOMIC_SEQ_CST)
#define qatomic_fetch_or(p, n) __atomic_fetch_or((p), (n), __ATOMIC_SEQ_CST)
#define qatomic_fetch_inc(p) qatomic_fetch_add(p, 1)
#define qatomic_fetch_dec(p) qatomic_fetch_sub(p, 1)
#define qatomic_add(p, n) ((void)qatomic_fetch_add(p, n))
#define qatomic_sub(p, n) ((void)qatomic_fetch_sub(p, n))
#define qatomic_and(p, n) ((void)qatomic_fetch_and(p, n))
#define qatomic_or(p, n) ((void)qatomic_fetch_or(p, n))
#define qatomic_inc(p) qatomic_add(p, 1)
#define qatomic_dec(p) qatomic_sub(p, 1)
#define smp_mb_acquire() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_mb_release() __atomic_thread_fence(__ATOMIC_RELEASE)
#define smp_read_barrier_depends() ((void)0)

/* A bitmap of QEMU's slots reports a page; any other is memory. */
void gfnring_mark(long bit, unsigned long *bitmap);
bool gfnring_test(long bit, const unsigned long *bitmap);
#define set_bit(bit, bitmap) gfnring_mark(bit, (unsigned long *)(bitmap))
#define set_bit_atomic(bit, bitmap) set_bit(bit, bitmap)
#define set_bit_le(bit, bitmap) set_bit(bit, bitmap)
#define __set_bit(bit, bitmap) set_bit(bit, bitmap)
#define __set_bit_le(bit, bitmap) set_bit(bit, bitmap)
#define test_bit(bit, bitmap) gfnring_test(bit, (const unsigned long *)(bitmap))
#define test_bit_le(bit, bitmap) test_bit(bit, bitmap)

/* QEMU: KVMState, its slots, and CPUState, as far as a harvest uses them. */
#define GFNRING_VCPUS 16
#define GFNRING_SLOTS 64
typedef struct KVMSlot {
	u64 start_addr, memory_size;
	unsigned long *dirty_bmap;
	int slot, flags, as_id;
} KVMSlot;
typedef struct KVMMemoryListener {
	KVMSlot *slots;
	unsigned nr_slots_used, nr_slots_allocated;
	int as_id;
} KVMMemoryListener;
struct KVMAs {
	KVMMemoryListener *ml;
};
typedef struct KVMState {
	int nr_slots, nr_as;
	struct KVMAs *as;
	u64 kvm_dirty_ring_bytes;
	u32 kvm_dirty_ring_size;
} KVMState;
typedef struct CPUState {
	int cpu_index;
	bool created;
	KVMState *kvm_state;
	struct kvm_dirty_gfn *kvm_dirty_gfns;
	u32 kvm_fetch_index;
	u64 dirty_pages;
} CPUState;
extern KVMState gfnring_state, *kvm_state;
extern CPUState gfnring_cpus[GFNRING_VCPUS];
#ifdef GFNRING_PAGE_SIZE_FUNCTION
static inline u64 qemu_real_host_page_size(void)
{
	return 4096;
}
#else
#define qemu_real_host_page_size 4096ul
#endif
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define g_assert(c) assert(c)
#define error_report(...) ((void)0)
#define warn_report(...) ((void)0)

/* KVM's selftests: tools/testing/selftests/kvm/include. */
#define TEST_ASSERT(c, ...) assert(c)
#define TEST_ASSERT_EQ(a, b) assert((a) == (b))
#define TEST_FAIL(...) abort()
#define pr_info(...) ((void)0)
#define pr_debug(...) ((void)0)
#define DEBUG(...) ((void)0)
