/*
 * What the host of the compiled code is asked for. The first argument is 0 in the C file; the place in the source is put in its stead when the
 * file is compiled. The numbers stand in code.ts too.
 */
#pragma once
#include <linux/types.h>

enum { GFNRING_WMB, GFNRING_RMB, GFNRING_MB };
enum { GFNRING_XCHG, GFNRING_CMPXCHG, GFNRING_ADD, GFNRING_AND, GFNRING_OR };

void gfnring_fence(u32 site, u32 kind);
void gfnring_lock(u32 site, void *lock);
void gfnring_unlock(u32 site, void *lock);
void gfnring_warn(u32 site);
u32 gfnring_signal_pending(u32 site);
u32 gfnring_rmw(u32 site, u32 kind, void *p, u32 bytes, u32 expected, u32 operand);

/* Entries that are kept for what a vCPU may still push after it was told to stop: a scenario says how many. */
extern u32 gfnring_reserved;
