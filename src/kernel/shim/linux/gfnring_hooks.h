/*
 * Hooks of the compiled code. Their first argument is 0 in the C file; the compilation replaces it by the
 * number of the place in the source.
 */
#pragma once
#include <linux/types.h>

/* Kinds of accesses, with the numbers of `Kind` in kinds.ts. */
enum { GFNRING_XCHG = 6, GFNRING_CMPXCHG = 7, GFNRING_FETCHADD = 8, GFNRING_FETCHAND = 9, GFNRING_FETCHOR = 10 };
enum { GFNRING_RMB = 16, GFNRING_WMB = 17, GFNRING_MB = 18 };

/* Memory orders, with the numbers that `kinds.ts` has. */
enum { GFNRING_FULL = 0, GFNRING_RELAXED = 1, GFNRING_ACQUIRE = 2, GFNRING_RELEASE = 3 };

void gfnring_fence(u32 site, u32 kind);
void gfnring_lock(u32 site, void *lock);
void gfnring_unlock(u32 site, void *lock);
void gfnring_read_lock(u32 site, void *lock);
void gfnring_read_unlock(u32 site, void *lock);
void gfnring_srcu_lock(u32 site, void *srcu);
void gfnring_srcu_unlock(u32 site, void *srcu);
void gfnring_synchronize(u32 site, void *srcu);
void gfnring_racy(u32 begins);
void gfnring_warn(u32 site);
u32 gfnring_resched(u32 site);
void gfnring_yield(u32 site);
void gfnring_flush(u32 site);
void gfnring_set_bit(u32 site, unsigned long bit, void *bitmap);
u32 gfnring_signal_pending(u32 site);
struct kvm_memory_slot;
void gfnring_rearm(u32 site, struct kvm_memory_slot *slot, u64 offset, u64 mask);
u32 gfnring_rmw(u32 site, u32 kind, void *p, u32 bytes, u32 expected, u32 operand);

#define smp_wmb() gfnring_fence(0, GFNRING_WMB)
#define smp_rmb() gfnring_fence(0, GFNRING_RMB)
#define smp_mb() gfnring_fence(0, GFNRING_MB)

/* The leeway: entries that stay free for what a vCPU pushes before it can stop. The scenario gives it. */
extern u32 gfnring_reserved;
