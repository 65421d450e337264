/*
 * What a consumer of the ring may use: the interface of the ring, integer types, barriers, C11 atomics, and
 * what little of libc a harvest needs. It stands for every header of libc and of Linux's userspace.
 */
#pragma once
#include <linux/types.h>
#include <linux/compiler.h>

/* An adapter may call this for each page that it harvests: see docs/consumers.md. */
void consumer_report(u32 slot, u64 offset);
void gfnring_abort(u32 site) __attribute__((noreturn));

#ifndef GFNRING_OWN_ENTRY
/* The first word is `flags` of the merged ring, and unused in the ring of the mail. */
struct kvm_dirty_gfn {
	union {
		u32 flags;
		u32 pad;
	};
	u32 slot;
	u64 offset;
};
struct kvm_dirty_log_list {
	union {
		struct {
			u16 prod, cons;
		} indices;
		struct kvm_dirty_gfn dirty_gfns[0];
	};
};
#endif
#ifndef KVM_DIRTY_GFN_F_DIRTY
#define KVM_DIRTY_GFN_F_DIRTY (1 << 0)
#define KVM_DIRTY_GFN_F_RESET (1 << 1)
#define KVM_DIRTY_GFN_F_MASK 3
#endif

typedef __INTPTR_TYPE__ intptr_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
typedef u64 uintmax_t;
typedef s8 int8_t;
typedef s16 int16_t;
#define UINT8_MAX 0xff
#define UINT16_MAX 0xffff
#define UINT32_MAX 0xffffffffu
#define UINT64_MAX (~0ull)
#define SIZE_MAX (~0ul)
#define INT_MAX 0x7fffffff
#define UINT_MAX 0xffffffffu
#define EINVAL 22
#define EAGAIN 11

#define offsetof(type, member) __builtin_offsetof(type, member)
#define container_of(p, type, member) ((type *)((char *)(p) - offsetof(type, member)))
#define memset(p, c, n) __builtin_memset(p, c, n)
#define memcpy(to, from, n) __builtin_memcpy(to, from, n)
#define assert(c) ((c) ? (void)0 : gfnring_abort(0))
#define static_assert _Static_assert
#define abort() gfnring_abort(0)
#define printf(...) ((void)0)
#define fprintf(...) ((void)0)
/* One thread harvests at a time. Locks that exclude other threads of the VMM are not explored. */
typedef struct { u32 held; } pthread_mutex_t;
#define PTHREAD_MUTEX_INITIALIZER { 0 }
#define pthread_mutex_lock(m) ((void)(m), 0)
#define pthread_mutex_unlock(m) ((void)(m), 0)
#include <gfnring_stdatomic.h>
