/*
 * Locks of the scheduler. Each form ends in a hook at the place of its use. The kind of a lock is that of
 * its type, which the debug information has.
 */
#pragma once
#include <linux/types.h>
#include <linux/gfnring_hooks.h>

typedef struct { u32 held; } spinlock_t;
typedef struct { u32 held; } raw_spinlock_t;
typedef struct { u32 held; } rwlock_t;
struct mutex { u32 held; };
struct rw_semaphore { u32 held; };
struct srcu_struct { u32 held; };
struct lock_class_key { u32 unused; };

/* Locks are free at first. */
#define DEFINE_MUTEX(name) struct mutex name = { 0 }
#define DEFINE_SPINLOCK(name) spinlock_t name = { 0 }
#define DEFINE_RAW_SPINLOCK(name) raw_spinlock_t name = { 0 }
#define DEFINE_RWLOCK(name) rwlock_t name = { 0 }
#define DECLARE_RWSEM(name) struct rw_semaphore name = { 0 }
#define DEFINE_SRCU(name) struct srcu_struct name = { 0 }
#define DEFINE_STATIC_SRCU(name) static struct srcu_struct name = { 0 }
#define spin_lock_init(l) ((void)(l))
#define raw_spin_lock_init(l) ((void)(l))
#define rwlock_init(l) ((void)(l))
#define mutex_init(l) ((void)(l))
#define mutex_destroy(l) ((void)(l))
#define init_rwsem(l) ((void)(l))
#define init_srcu_struct(l) ((void)(l), 0)
#define cleanup_srcu_struct(l) ((void)(l))

#define spin_lock(l) gfnring_lock(0, (l))
#define spin_unlock(l) gfnring_unlock(0, (l))
#define spin_lock_irq(l) spin_lock(l)
#define spin_unlock_irq(l) spin_unlock(l)
#define spin_lock_bh(l) spin_lock(l)
#define spin_unlock_bh(l) spin_unlock(l)
#define spin_lock_irqsave(l, flags) ((flags) = 0, spin_lock(l))
#define spin_unlock_irqrestore(l, flags) ((void)(flags), spin_unlock(l))
#define raw_spin_lock(l) spin_lock(l)
#define raw_spin_unlock(l) spin_unlock(l)
#define raw_spin_lock_irqsave(l, flags) spin_lock_irqsave(l, flags)
#define raw_spin_unlock_irqrestore(l, flags) spin_unlock_irqrestore(l, flags)
#define mutex_lock(l) gfnring_lock(0, (l))
#define mutex_lock_nested(l, class) mutex_lock(l)
#define mutex_lock_killable(l) (mutex_lock(l), 0)
#define mutex_lock_interruptible(l) (mutex_lock(l), 0)
#define mutex_unlock(l) gfnring_unlock(0, (l))
#define write_lock(l) gfnring_lock(0, (l))
#define write_unlock(l) gfnring_unlock(0, (l))
#define write_lock_irq(l) write_lock(l)
#define write_unlock_irq(l) write_unlock(l)
#define read_lock(l) gfnring_read_lock(0, (l))
#define read_unlock(l) gfnring_read_unlock(0, (l))
#define read_lock_irq(l) read_lock(l)
#define read_unlock_irq(l) read_unlock(l)
#define down_write(l) gfnring_lock(0, (l))
#define up_write(l) gfnring_unlock(0, (l))
#define down_read(l) gfnring_read_lock(0, (l))
#define up_read(l) gfnring_read_unlock(0, (l))
#define srcu_read_lock(l) (gfnring_srcu_lock(0, (l)), 0)
#define srcu_read_unlock(l, index) ((void)(index), gfnring_srcu_unlock(0, (l)))
#define srcu_read_lock_held(l) ((void)(l), 1)
#define srcu_dereference_raw(p, l) READ_ONCE(p)
#define synchronize_srcu(l) gfnring_synchronize(0, (l))
#define synchronize_srcu_expedited(l) gfnring_synchronize(0, (l))

/* RCU alone frees memory, and none is freed here. */
#define rcu_read_lock() ((void)0)
#define rcu_read_lock_held() 1
#define rcu_read_unlock() ((void)0)
#define synchronize_rcu() ((void)0)
#define rcu_dereference(p) READ_ONCE(p)
#define srcu_dereference(p, l) READ_ONCE(p)
#define rcu_dereference_check(p, c) READ_ONCE(p)
#define rcu_dereference_protected(p, c) (p)
#define srcu_dereference_check(p, l, c) READ_ONCE(p)
#define rcu_access_pointer(p) READ_ONCE(p)
#define rcu_assign_pointer(p, v) smp_store_release(&(p), (v))
