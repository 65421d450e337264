/* Trace records are looked at in the real kernel alone. */
#pragma once
#define trace_kvm_dirty_ring_push(...) ((void)0)
#define trace_kvm_dirty_ring_reset(...) ((void)0)
#define trace_kvm_dirty_ring_exit(...) ((void)0)
