# In virt/kvm/dirty_ring.c of 6.12: a reset checks for signals, as 6.17 does (49005a2a3d2a). It
# returns the number of entries, where 6.17 returns it through a third argument.
/^#include <linux\/kvm_host.h>/i\
#include <linux/sched/signal.h>
/^int kvm_dirty_ring_reset(/,/^}/{
/while (true) {/a\
		if (signal_pending(current))\
			return count;
}
