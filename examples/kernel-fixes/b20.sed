# B20, in virt/kvm/kvm_main.c: gives slots_lock back after stale translations are dropped.
/^static int kvm_vm_ioctl_reset_dirty_pages(/,/^}/{
/mutex_unlock(/{
h
d
}
/kvm_flush_remote_tlbs(/G
}
