/*
 * READ_ONCE and WRITE_ONCE are volatile; acquire and release are those of C11. LLVM's instructions then
 * show the kind of an access.
 */
#pragma once
#include <linux/types.h>
#include <linux/kconfig.h>
#include <linux/gfnring_hooks.h>
#define __user
#define __rcu
#define __iomem
#define __must_check
#define __always_inline inline __attribute__((always_inline))
#define noinline __attribute__((noinline))
#define __weak __attribute__((weak))
#define __packed __attribute__((packed))
#define __aligned(x) __attribute__((aligned(x)))
#define __maybe_unused __attribute__((unused))
#define fallthrough __attribute__((fallthrough))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define barrier() __asm__ __volatile__("" ::: "memory")
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) ((void)(*(volatile __typeof__(x) *)&(x) = (v)))
#define smp_load_acquire(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define smp_store_release(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define smp_store_mb(x, v) do { WRITE_ONCE(x, v); smp_mb(); } while (0)
/* Between the two calls the compilation takes plain accesses for marked ones: no race is reported. */
#define data_race(x) ({ gfnring_racy(1); __auto_type __racy = (x); gfnring_racy(0); __racy; })
#define ASSERT_EXCLUSIVE_WRITER(x) ((void)&(x))
#define ASSERT_EXCLUSIVE_ACCESS(x) ((void)&(x))
#define ASSERT_EXCLUSIVE_WRITER_SCOPED(x) ((void)&(x))
#define ASSERT_EXCLUSIVE_ACCESS_SCOPED(x) ((void)&(x))
#define __acquire(l) ((void)0)
#define __release(l) ((void)0)
#define __read_mostly
#define __ro_after_init
#define __init
#define __exit
#define __cold
#define __force
#define __pure
#define __same_type(a, b) __builtin_types_compatible_p(__typeof__(a), __typeof__(b))
