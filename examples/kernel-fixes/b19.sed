# B19, after signal-check.sed: a signal ends the loop, and what was taken is re-armed.
/^int kvm_dirty_ring_reset(/,/^}/{
/signal_pending(current)/{
n
s/return count;/break;/
}
}
