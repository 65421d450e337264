/*
 * The surroundings of the C file, which are not hooked: the objects that it is called with, and the
 * exports that call it. Compiled behind each file, in one unit.
 */
#ifdef GFNRING_USERSPACE
#include <linux/types.h>
#include <linux/gfnring_hooks.h>
#else
#include <linux/kvm_host.h>
#endif

#define EXPORT(name) __attribute__((export_name(#name), used)) name
#define IMPORT(name) __attribute__((import_module("gfnring"), import_name(#name))) host_##name

/* The host's part of the hooks. `size` is in bytes; `address` is that of the access. */
u32 IMPORT(load)(u32 site, u32 kind, u32 address, u32 size);
u64 IMPORT(load64)(u32 site, u32 kind, u32 address);
void IMPORT(store)(u32 site, u32 kind, u32 address, u32 size, u32 value);
void IMPORT(store64)(u32 site, u32 kind, u32 address, u64 value);
void IMPORT(copy)(u32 site, u32 to, u32 from, u32 size);
void IMPORT(fill)(u32 site, u32 to, u32 value, u32 size);
u32 IMPORT(rmw)(u32 site, u32 kind, u32 address, u32 size, u32 expected, u32 operand);
void IMPORT(allocated)(u32 address, u32 size);
void IMPORT(fence)(u32 site, u32 kind);
void IMPORT(lock)(u32 site, u32 address);
void IMPORT(unlock)(u32 site, u32 address);
void IMPORT(read_lock)(u32 site, u32 address);
void IMPORT(read_unlock)(u32 site, u32 address);
void IMPORT(srcu_lock)(u32 site, u32 address);
void IMPORT(srcu_unlock)(u32 site, u32 address);
void IMPORT(synchronize)(u32 site, u32 address);
void IMPORT(warn)(u32 site);
void IMPORT(reach)(u32 point);
u32 IMPORT(resched)(u32 site);
void IMPORT(yield)(u32 site);
void IMPORT(flush)(u32 site);
void IMPORT(set_bit)(u32 site, u64 bit, u32 bitmap);
u32 IMPORT(signal)(u32 site);
void IMPORT(rearm)(u32 site, u32 slot, u64 offset, u64 mask);

/* Lowered code has 32-bit addresses: a higher address must not wrap to one of an object. */
#define ADDRESS(p) ((unsigned long)(p) >> 32 ? ~15u : (u32)(unsigned long)(p))
/* Each thread has a stack of its own, at the lowest addresses. */
#define ON_STACK(p) ((unsigned long)(p) < GFNRING_STACK_BYTES && (unsigned long)(p) >= 1024)

#define HOOKED(bits) \
	u##bits gfnring_load##bits(u32 site, u32 kind, u##bits *p) \
	{ return ON_STACK(p) ? *p : (u##bits)host_load(site, kind, ADDRESS(p), bits / 8); } \
	void gfnring_store##bits(u32 site, u32 kind, u##bits *p, u##bits value) \
	{ if (ON_STACK(p)) *p = value; else host_store(site, kind, ADDRESS(p), bits / 8, value); }
HOOKED(8)
HOOKED(16)
HOOKED(32)
u64 gfnring_load64(u32 site, u32 kind, u64 *p) { return ON_STACK(p) ? *p : host_load64(site, kind, ADDRESS(p)); }
void gfnring_store64(u32 site, u32 kind, u64 *p, u64 value)
{ if (ON_STACK(p)) *p = value; else host_store64(site, kind, ADDRESS(p), value); }
void *gfnring_load_pointer(u32 site, u32 kind, void **p) { return (void *)gfnring_load64(site, kind, (u64 *)p); }
void gfnring_store_pointer(u32 site, u32 kind, void **p, void *value)
{ gfnring_store64(site, kind, (u64 *)p, (u64)value); }

void gfnring_copy(u32 site, void *to, const void *from, u64 size)
{
	if (ON_STACK(to) && ON_STACK(from))
		for (u64 i = 0; i < size; i++) ((volatile u8 *)to)[i] = ((const u8 *)from)[i];
	else
		host_copy(site, ADDRESS(to), ADDRESS(from), (u32)size);
}
void gfnring_fill(u32 site, void *to, u8 value, u64 size)
{
	if (ON_STACK(to))
		for (u64 i = 0; i < size; i++) ((volatile u8 *)to)[i] = value;
	else
		host_fill(site, ADDRESS(to), value, (u32)size);
}

u32 gfnring_rmw(u32 site, u32 kind, void *p, u32 bytes, u32 expected, u32 operand)
{ return host_rmw(site, kind, ADDRESS(p), bytes, expected, operand); }
void gfnring_fence(u32 site, u32 kind) { host_fence(site, kind); }
void gfnring_lock(u32 site, void *l) { host_lock(site, ADDRESS(l)); }
void gfnring_unlock(u32 site, void *l) { host_unlock(site, ADDRESS(l)); }
void gfnring_read_lock(u32 site, void *l) { host_read_lock(site, ADDRESS(l)); }
void gfnring_read_unlock(u32 site, void *l) { host_read_unlock(site, ADDRESS(l)); }
void gfnring_srcu_lock(u32 site, void *l) { host_srcu_lock(site, ADDRESS(l)); }
void gfnring_srcu_unlock(u32 site, void *l) { host_srcu_unlock(site, ADDRESS(l)); }
void gfnring_synchronize(u32 site, void *l) { host_synchronize(site, ADDRESS(l)); }
u32 gfnring_resched(u32 site) { return host_resched(site); }
void gfnring_yield(u32 site) { host_yield(site); }
void gfnring_flush(u32 site) { host_flush(site); }
void gfnring_set_bit(u32 site, unsigned long bit, void *bitmap) { host_set_bit(site, bit, ADDRESS(bitmap)); }
void gfnring_warn(u32 site) { host_warn(site); }
void gfnring_reach(u32 point) { host_reach(point); }
u32 gfnring_signal_pending(u32 site) { return host_signal(site); }

/* Objects have gaps between them, so that an access beyond the end of one is not in another. */
#define APART 65536ul
extern u8 __heap_base;
static unsigned long heap_end;
static void *allocate(unsigned long size)
{
	if (!heap_end) heap_end = ((unsigned long)&__heap_base + APART - 1) & ~(APART - 1);
	void *p = (void *)heap_end;
	heap_end += (size + 2 * APART - 1) & ~(APART - 1);
	unsigned long pages = (heap_end >> 16) + 1, has = __builtin_wasm_memory_size(0);
	if (pages > has && __builtin_wasm_memory_grow(0, pages - has) == ~0ul) return NULL;
	return p; /* WebAssembly memory is zeroed, and none is freed */
}
#ifndef GFNRING_USERSPACE
void *vzalloc(unsigned long size)
{
	void *p = allocate(size);
	if (p) host_allocated(ADDRESS(p), (u32)size);
	return p;
}
void vfree(const void *p) { }
struct page *vmalloc_to_page(const void *p) { return (struct page *)p; }

u32 gfnring_reserved;
struct task_struct *current;
static struct kvm *the_kvm;
static struct kvm_vcpu *vcpus[16];
/* The vCPU whose thread calls; -1: none. */
static int running;

/* Like array_index_nospec: an address space that does not exist becomes the first one. */
struct kvm_memslots *__kvm_memslots(struct kvm *kvm, int as_id)
{
	return &kvm->memslots[(u32)as_id < KVM_ADDRESS_SPACE_NUM ? as_id : 0];
}
struct kvm_memory_slot *id_to_memslot(struct kvm_memslots *slots, int id)
{
	for (int i = 0; i < slots->used; i++)
		if (slots->slots[i].id == id) return &slots->slots[i];
	return NULL;
}
struct kvm_memory_slot *gfn_to_memslot(struct kvm *kvm, gfn_t gfn)
{
	for (int as_id = 0; as_id < KVM_ADDRESS_SPACE_NUM; as_id++)
		for (int i = 0; i < kvm->memslots[as_id].used; i++) {
			struct kvm_memory_slot *slot = &kvm->memslots[as_id].slots[i];
			if (gfn - slot->base_gfn < slot->npages) return slot;
		}
	return NULL;
}
struct kvm_vcpu *kvm_get_vcpu(struct kvm *kvm, int i) { return (u32)i < ARRAY_SIZE(vcpus) ? vcpus[i] : NULL; }
struct kvm_vcpu *kvm_get_running_vcpu(void) { return running < 0 ? NULL : vcpus[running]; }
void gfnring_rearm(u32 site, struct kvm_memory_slot *slot, u64 offset, u64 mask)
{
	host_rearm(site, ((u32)slot->as_id << 16) | (u16)slot->id, offset, mask);
}
#ifndef GFNRING_HAS_kvm_arch_mmu_enable_log_dirty_pt_masked
void kvm_arch_mmu_enable_log_dirty_pt_masked(struct kvm *kvm, struct kvm_memory_slot *slot, gfn_t offset,
					     unsigned long mask)
{
	gfnring_rearm(0, slot, offset, mask);
}
#endif

/* Set-up: the objects, in this order. */
u32 EXPORT(gfnring_kvm)(void)
{
	the_kvm = allocate(sizeof(*the_kvm));
	refcount_set(&the_kvm->users_count, 1);
	return ADDRESS(the_kvm);
}
u32 EXPORT(gfnring_kvm_bytes)(void) { return sizeof(*the_kvm); }
u32 EXPORT(gfnring_mmu_lock)(void) { return ADDRESS(&the_kvm->mmu_lock); }
u32 EXPORT(gfnring_slots_lock)(void) { return ADDRESS(&the_kvm->slots_lock); }
static u64 next_gfn;
/* Returns the address of `npages`. */
u32 EXPORT(gfnring_slot)(u32 slot, u32 npages)
{
	struct kvm_memslots *of = &the_kvm->memslots[slot >> 16];
	struct kvm_memory_slot *memslot = &of->slots[of->used++];
	memslot->id = (short)slot;
	memslot->as_id = (u16)(slot >> 16);
	memslot->npages = npages;
	memslot->flags = KVM_MEM_LOG_DIRTY_PAGES;
	memslot->base_gfn = next_gfn;
	next_gfn += npages + 64;
	return ADDRESS(&memslot->npages);
}
/* The address of the bitmap, which has a bit for each page. */
u32 EXPORT(gfnring_bitmap)(u32 slot)
{
	struct kvm_memory_slot *memslot = id_to_memslot(&the_kvm->memslots[slot >> 16], (u16)slot);
	memslot->dirty_bitmap = allocate(8);
	return ADDRESS(memslot->dirty_bitmap);
}
/* At most the size of struct kvm_run: 4096 bytes. */
#define RUN_BYTES 8192
static void *vcpu(int i)
{
	vcpus[i] = allocate(sizeof(struct kvm_vcpu));
	vcpus[i]->kvm = the_kvm;
	vcpus[i]->vcpu_id = vcpus[i]->vcpu_idx = i;
	vcpus[i]->run = allocate(RUN_BYTES);
#ifdef GFNRING_COMMON
	vcpus[i]->GFNRING_COMMON = allocate(sizeof(*vcpus[i]->GFNRING_COMMON));
#endif
	return vcpus[i];
}
u32 EXPORT(gfnring_vcpu)(int i) { return ADDRESS(vcpu(i)); }
u32 EXPORT(gfnring_vcpu_bytes)(void) { return sizeof(struct kvm_vcpu); }
u32 EXPORT(gfnring_run)(int i) { return ADDRESS(vcpus[i]->run); }
u32 EXPORT(gfnring_run_bytes)(void) { return RUN_BYTES; }
u32 EXPORT(gfnring_requests)(int i) { return ADDRESS(&vcpus[i]->requests); }

#ifdef GFNRING_MAIL

u32 EXPORT(gfnring_ring)(int i) { return ADDRESS(&vcpus[i]->gfn_ring); }
u32 EXPORT(gfnring_data)(int i) { return ADDRESS(vcpus[i]->gfn_ring.data); }
int EXPORT(gfnring_alloc)(int i, u32 entries, u32 leeway) { return kvm_gfn_ring_alloc(&vcpus[i]->gfn_ring, entries); }
int EXPORT(gfnring_push)(int i, u32 slot, u64 offset)
{
	struct kvm_dirty_gfn datum = { .slot = slot, .offset = offset };
	running = i;
	return kvm_gfn_ring_push(the_kvm, &vcpus[i]->gfn_ring,
				 id_to_memslot(&the_kvm->memslots[slot >> 16 & 1], (u16)slot), &datum);
}
/* The mail's reset returns whether it processed an entry, not how many. */
int __kvm_gfn_ring_reset(struct kvm *kvm, struct kvm_gfn_ring_t *ring) __attribute__((weak));
int EXPORT(gfnring_reset)(int i)
{
	struct kvm_gfn_ring_t *ring = &vcpus[i]->gfn_ring;
	return __kvm_gfn_ring_reset ? __kvm_gfn_ring_reset(the_kvm, ring) : kvm_gfn_ring_reset(the_kvm, ring);
}
u32 EXPORT(gfnring_page)(int i, u32 page) { return ADDRESS(kvm_gfn_ring_get_page(&vcpus[i]->gfn_ring, page)); }

#else

/* The signatures of the ring's functions in 5.11, 6.2 and 6.17, recognised by their types. */
#define IS(f, type) _Generic(&(f), type *: 1, default: 0)
typedef int alloc_5_11(struct kvm_dirty_ring *, int, u32);
typedef int alloc_6_14(struct kvm *, struct kvm_dirty_ring *, int, u32);
typedef void push_5_11(struct kvm_dirty_ring *, u32, u64);
typedef void push_6_2(struct kvm_vcpu *, u32, u64);
typedef int reset_5_11(struct kvm *, struct kvm_dirty_ring *);
typedef int reset_6_17(struct kvm *, struct kvm_dirty_ring *, int *);
#ifndef GFNRING_REQUEST
bool kvm_dirty_ring_soft_full(struct kvm_dirty_ring *ring);
#endif
/* The ring is in struct kvm_vcpu, or there is a pointer to it. */
#ifndef GFNRING_RING
#define GFNRING_RING(vcpu) (vcpu)->dirty_ring
#endif
#define IS_POINTER(i) _Generic(GFNRING_RING(vcpus[i]), struct kvm_dirty_ring *: 1, default: 0)
#define RING(i) \
	((struct kvm_dirty_ring *)_Generic(GFNRING_RING(vcpus[i]), struct kvm_dirty_ring *: GFNRING_RING(vcpus[i]), \
					   default: &GFNRING_RING(vcpus[i])))

/* Bits: alloc, push, reset are known; push takes the vCPU; reset returns a number. */
u32 EXPORT(gfnring_signatures)(void)
{
	return (IS(kvm_dirty_ring_alloc, alloc_5_11) | IS(kvm_dirty_ring_alloc, alloc_6_14)) |
	       (IS(kvm_dirty_ring_push, push_5_11) | IS(kvm_dirty_ring_push, push_6_2)) << 1 |
	       (IS(kvm_dirty_ring_reset, reset_5_11) | IS(kvm_dirty_ring_reset, reset_6_17)) << 2 |
	       IS(kvm_dirty_ring_push, push_6_2) << 3 | IS(kvm_dirty_ring_reset, reset_6_17) << 4;
}
u32 EXPORT(gfnring_ring)(int i) { return ADDRESS(RING(i)); }
u32 EXPORT(gfnring_data)(int i) { return ADDRESS(RING(i)->dirty_gfns); }
u32 EXPORT(gfnring_ring_bytes)(void) { return sizeof(struct kvm_dirty_ring); }
u32 gfnring_page_size;
int EXPORT(gfnring_alloc)(int i, u32 entries, u32 leeway)
{
	u32 bytes = entries * sizeof(struct kvm_dirty_gfn);
	gfnring_reserved = leeway;
	gfnring_page_size = bytes < 4096 ? bytes : 4096;
	if (IS_POINTER(i)) *(void **)&GFNRING_RING(vcpus[i]) = allocate(sizeof(struct kvm_dirty_ring));
#ifdef GFNRING_HAS_kvm_vm_ioctl_enable_dirty_log_ring
	if (!the_kvm->dirty_ring_size) {
		int r = kvm_vm_ioctl_enable_dirty_log_ring(the_kvm, bytes);
		if (r) return r;
	}
#else
	the_kvm->dirty_ring_size = bytes;
#endif
	return IS(kvm_dirty_ring_alloc, alloc_6_14)
		       ? ((alloc_6_14 *)kvm_dirty_ring_alloc)(the_kvm, RING(i), i, bytes)
		       : ((alloc_5_11 *)kvm_dirty_ring_alloc)(RING(i), i, bytes);
}
void EXPORT(gfnring_push)(int i, u32 slot, u64 offset)
{
	running = i;
	if (IS(kvm_dirty_ring_push, push_6_2)) ((push_6_2 *)kvm_dirty_ring_push)(vcpus[i], slot, offset);
	else ((push_5_11 *)kvm_dirty_ring_push)(RING(i), slot, offset);
}
#ifdef GFNRING_HAS_mark_page_dirty_in_slot
/* With the vCPU as an argument, or with the one that runs. */
typedef void mark_running(struct kvm *, const struct kvm_memory_slot *, gfn_t);
typedef void mark_vcpu(struct kvm *, struct kvm_vcpu *, const struct kvm_memory_slot *, gfn_t);
/* `i` is the vCPU that writes; -1: none. */
void EXPORT(gfnring_mark)(int i, u32 slot, u64 offset)
{
	struct kvm_memory_slot *memslot = id_to_memslot(&the_kvm->memslots[slot >> 16 & 1], (u16)slot);
	running = i;
	if (IS(mark_page_dirty_in_slot, mark_vcpu))
		((mark_vcpu *)mark_page_dirty_in_slot)(the_kvm, kvm_get_running_vcpu(), memslot, memslot->base_gfn + offset);
	else
		((mark_running *)mark_page_dirty_in_slot)(the_kvm, memslot, memslot->base_gfn + offset);
}
#endif
/* Whether vCPU `i` must not enter the guest. */
u32 EXPORT(gfnring_must_exit)(int i)
{
	running = i;
#if defined(GFNRING_HAS_vcpu_enter_guest)
	return vcpu_enter_guest(vcpus[i]) <= 0;
#elif defined(GFNRING_REQUEST)
	return kvm_dirty_ring_check_request(vcpus[i]);
#else
	return kvm_dirty_ring_soft_full(RING(i));
#endif
}
/* Entries that this call of the ioctl has processed so far, as in 6.17. */
static int taken;
int EXPORT(gfnring_taken)(void) { return taken; }
int EXPORT(gfnring_reset)(int i, int before)
{
	int count = before, r;
	if (!IS(kvm_dirty_ring_reset, reset_6_17)) {
		taken = ((reset_5_11 *)kvm_dirty_ring_reset)(the_kvm, RING(i));
		return 0;
	}
	r = ((reset_6_17 *)kvm_dirty_ring_reset)(the_kvm, RING(i), &count);
	taken = count - before;
	return r;
}
#ifdef GFNRING_HAS_kvm_vm_ioctl_reset_dirty_pages
int EXPORT(gfnring_reset_all)(void)
{
	running = -1;
	return kvm_vm_ioctl_reset_dirty_pages(the_kvm);
}
#endif
u32 EXPORT(gfnring_page)(int i, u32 page) { return ADDRESS(kvm_dirty_ring_get_page(RING(i), page)); }

#endif

#endif /* GFNRING_USERSPACE */
