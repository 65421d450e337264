/* Trace events do nothing here. */
#pragma once
#define trace_kvm_dirty_ring_push(...) ((void)0)
#define trace_kvm_dirty_ring_reset(...) ((void)0)
#define trace_kvm_dirty_ring_exit(...) ((void)0)
