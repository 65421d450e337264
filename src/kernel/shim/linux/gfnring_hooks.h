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
void gfnring_warn(u32 site);
u32 gfnring_signal_pending(u32 site);
u32 gfnring_rmw(u32 site, u32 kind, void *p, u32 bytes, u32 expected, u32 operand);

/* The leeway: entries that stay free for what a vCPU pushes before it can stop. The scenario gives it. */
extern u32 gfnring_reserved;
