/* Between the surroundings of a consumer and the call of its function, which is written for each one. */
#pragma once
#include <linux/types.h>

struct gfnring_user_ring {
	void *entries;
	u32 size;
	/* Where the next harvest begins. It outlives a call. */
	u32 own_fetch, *fetch;
};
struct gfnring_user_slot {
	u32 slot, npages;
};
extern struct gfnring_user_ring gfnring_rings[16];
extern struct gfnring_user_slot gfnring_slots[64];

/* Calls the consumer's function. */
void gfnring_call(u32 ring, u32 max);
/* The consumer's file has a variable for the size of rings. */
void gfnring_sized(u32 size);
