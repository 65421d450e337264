/*
 * What arch/x86/kvm calls when a page is to be logged again. Page tables are the harness's: both kinds of
 * re-arming are one call. No page is huge.
 */
#pragma once
#include <linux/gfnring_hooks.h>

#define PG_LEVEL_4K 1
#define PG_LEVEL_2M 2
static const bool eager_page_split;
#define kvm_mmu_try_split_huge_pages(kvm, slot, start, end, level) ((void)(start), (void)(end))
#define kvm_mmu_slot_gfn_write_protect(kvm, slot, gfn, level) ((void)(gfn), false)
#define kvm_mmu_write_protect_pt_masked(kvm, slot, offset, mask) gfnring_rearm(0, (slot), (offset), (mask))
#define kvm_mmu_clear_dirty_pt_masked(kvm, slot, offset, mask) gfnring_rearm(0, (slot), (offset), (mask))
struct kvm_x86_ops { int cpu_dirty_log_size; };
static const struct kvm_x86_ops kvm_x86_ops;
