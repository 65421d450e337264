/*
 * guard() and its like: a variable whose end releases the lock. The compilation replaces the call of
 * gfnring_release_… at that end by the hook, so that it has the place of the end.
 */
#pragma once
#include <linux/gfnring_locks.h>

#define __cleanup(function) __attribute__((cleanup(function)))
#define __free(name) __cleanup(gfnring_free_##name)
#define no_free_ptr(p) ({ __auto_type __p = (p); (p) = NULL; __p; })
#define return_ptr(p) return no_free_ptr(p)
static inline void gfnring_free_kfree(void *p) { (void)p; }
static inline void gfnring_free_kvfree(void *p) { (void)p; }

void gfnring_release_lock(void **lock);
void gfnring_release_read_lock(void **lock);
void gfnring_release_srcu_lock(void **lock);

#define GFNRING_TAKE(hook, l) ({ void *__l = (void *)(l); hook(0, __l); __l; })
#define GFNRING_GUARD_END_mutex gfnring_release_lock
#define GFNRING_GUARD_mutex(l) GFNRING_TAKE(gfnring_lock, l)
#define GFNRING_GUARD_END_spinlock gfnring_release_lock
#define GFNRING_GUARD_spinlock(l) GFNRING_TAKE(gfnring_lock, l)
#define GFNRING_GUARD_END_spinlock_irq gfnring_release_lock
#define GFNRING_GUARD_spinlock_irq(l) GFNRING_TAKE(gfnring_lock, l)
#define GFNRING_GUARD_END_spinlock_irqsave gfnring_release_lock
#define GFNRING_GUARD_spinlock_irqsave(l) GFNRING_TAKE(gfnring_lock, l)
#define GFNRING_GUARD_END_raw_spinlock gfnring_release_lock
#define GFNRING_GUARD_raw_spinlock(l) GFNRING_TAKE(gfnring_lock, l)
#define GFNRING_GUARD_END_write_lock gfnring_release_lock
#define GFNRING_GUARD_write_lock(l) GFNRING_TAKE(gfnring_lock, l)
#define GFNRING_GUARD_END_rwsem_write gfnring_release_lock
#define GFNRING_GUARD_rwsem_write(l) GFNRING_TAKE(gfnring_lock, l)
#define GFNRING_GUARD_END_read_lock gfnring_release_read_lock
#define GFNRING_GUARD_read_lock(l) GFNRING_TAKE(gfnring_read_lock, l)
#define GFNRING_GUARD_END_rwsem_read gfnring_release_read_lock
#define GFNRING_GUARD_rwsem_read(l) GFNRING_TAKE(gfnring_read_lock, l)
#define GFNRING_GUARD_END_srcu gfnring_release_srcu_lock
#define GFNRING_GUARD_srcu(l) GFNRING_TAKE(gfnring_srcu_lock, l)
static inline void gfnring_release_nothing(void **lock) { (void)lock; }
#define GFNRING_GUARD_END_rcu gfnring_release_nothing
#define GFNRING_GUARD_rcu() NULL

#define GFNRING_PASTE_(a, b) a##b
#define GFNRING_PASTE(a, b) GFNRING_PASTE_(a, b)
#define GFNRING_HELD(name, kind) \
	void *name __attribute__((unused, cleanup(GFNRING_GUARD_END_##kind))) = GFNRING_GUARD_##kind
#define guard(kind) GFNRING_HELD(GFNRING_PASTE(gfnring_held_, __COUNTER__), kind)
#define CLASS(kind, name) GFNRING_HELD(name, kind)
#define scoped_guard(kind, ...) \
	for (GFNRING_HELD(gfnring_scope, kind)(__VA_ARGS__), *gfnring_once = NULL; !gfnring_once; gfnring_once = (void *)1)
