/* C11's <stdatomic.h>. */
#pragma once
#include <linux/types.h>

typedef enum {
	memory_order_relaxed = __ATOMIC_RELAXED,
	memory_order_consume = __ATOMIC_CONSUME,
	memory_order_acquire = __ATOMIC_ACQUIRE,
	memory_order_release = __ATOMIC_RELEASE,
	memory_order_acq_rel = __ATOMIC_ACQ_REL,
	memory_order_seq_cst = __ATOMIC_SEQ_CST
} memory_order;

typedef _Atomic(_Bool) atomic_bool;
typedef _Atomic(signed char) atomic_schar;
typedef _Atomic(unsigned char) atomic_uchar;
typedef _Atomic(short) atomic_short;
typedef _Atomic(unsigned short) atomic_ushort;
typedef _Atomic(int) atomic_int;
typedef _Atomic(unsigned) atomic_uint;
typedef _Atomic(long) atomic_long;
typedef _Atomic(unsigned long) atomic_ulong;
typedef _Atomic(u8) atomic_uint8_t;
typedef _Atomic(u16) atomic_uint16_t;
typedef _Atomic(u32) atomic_uint32_t, atomic_uint_least32_t, atomic_uint_fast32_t;
typedef _Atomic(u64) atomic_uint64_t, atomic_uint_least64_t;
typedef _Atomic(unsigned long) atomic_size_t, atomic_uintptr_t;

#define ATOMIC_VAR_INIT(v) (v)
#define atomic_init(p, v) __c11_atomic_init(p, v)
#define atomic_thread_fence(order) __c11_atomic_thread_fence(order)
#define atomic_signal_fence(order) __c11_atomic_signal_fence(order)
#define atomic_load(p) __c11_atomic_load(p, __ATOMIC_SEQ_CST)
#define atomic_load_explicit(p, order) __c11_atomic_load(p, order)
#define atomic_store(p, v) __c11_atomic_store(p, v, __ATOMIC_SEQ_CST)
#define atomic_store_explicit(p, v, order) __c11_atomic_store(p, v, order)
#define atomic_exchange(p, v) __c11_atomic_exchange(p, v, __ATOMIC_SEQ_CST)
#define atomic_exchange_explicit(p, v, order) __c11_atomic_exchange(p, v, order)
#define atomic_compare_exchange_strong(p, e, v) \
	__c11_atomic_compare_exchange_strong(p, e, v, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#define atomic_compare_exchange_strong_explicit(p, e, v, yes, no) __c11_atomic_compare_exchange_strong(p, e, v, yes, no)
#define atomic_compare_exchange_weak(p, e, v) \
	__c11_atomic_compare_exchange_weak(p, e, v, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#define atomic_compare_exchange_weak_explicit(p, e, v, yes, no) __c11_atomic_compare_exchange_weak(p, e, v, yes, no)
#define atomic_fetch_add(p, v) __c11_atomic_fetch_add(p, v, __ATOMIC_SEQ_CST)
#define atomic_fetch_add_explicit(p, v, order) __c11_atomic_fetch_add(p, v, order)
#define atomic_fetch_sub(p, v) __c11_atomic_fetch_sub(p, v, __ATOMIC_SEQ_CST)
#define atomic_fetch_sub_explicit(p, v, order) __c11_atomic_fetch_sub(p, v, order)
#define atomic_fetch_or(p, v) __c11_atomic_fetch_or(p, v, __ATOMIC_SEQ_CST)
#define atomic_fetch_or_explicit(p, v, order) __c11_atomic_fetch_or(p, v, order)
#define atomic_fetch_and(p, v) __c11_atomic_fetch_and(p, v, __ATOMIC_SEQ_CST)
#define atomic_fetch_and_explicit(p, v, order) __c11_atomic_fetch_and(p, v, order)
