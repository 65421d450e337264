/* SPDX-License-Identifier: MIT */
/* What userspace maps, as in Paolo Bonzini's mail of January 2017. */
#ifndef __LINUX_KVM_H
#define __LINUX_KVM_H

#include <linux/types.h>

struct kvm_dirty_gfn {
	__u32 pad;
	__u32 slot; /* as_id << 16 | slot_id */
	__u64 offset;
};

struct kvm_dirty_log_list {
	union {
		struct {
			__u16 prod; /* avail_index: written by the kernel */
			__u16 cons; /* fetch_index: written by userspace, and may hold anything */
		} indices;
		struct kvm_dirty_gfn dirty_gfns[0];
	};
};

#endif
