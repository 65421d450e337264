/* virt/kvm/kvm_mm.h, and virt/kvm/mmu_lock.h of 5.12 to 5.16: the lock of re-arming. */
#pragma once
#include <linux/kvm_host.h>
#define KVM_MMU_LOCK_INIT(kvm) rwlock_init(&(kvm)->mmu_lock)
#define KVM_MMU_LOCK(kvm) write_lock(&(kvm)->mmu_lock)
#define KVM_MMU_UNLOCK(kvm) write_unlock(&(kvm)->mmu_lock)
