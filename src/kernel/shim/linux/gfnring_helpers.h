/* Arithmetic, bits, errors and messages: what kernel code uses of <linux/kernel.h> and its like. */
#pragma once
#include <linux/types.h>
#include <linux/compiler.h>
#include <linux/gfnring_hooks.h>

#define WARN_ON(c) ({ bool __warned = !!(c); if (__warned) gfnring_warn(0); __warned; })
#define WARN_ON_ONCE(c) WARN_ON(c)
#define WARN(c, ...) WARN_ON(c)
#define WARN_ONCE(c, ...) WARN_ON(c)
#define BUG() __builtin_trap()
#define BUG_ON(c) ((void)({ if (c) BUG(); }))
#define BUILD_BUG_ON(c) _Static_assert(!(c), #c)
#define BUILD_BUG_ON_MSG(c, text) _Static_assert(!(c), text)
#define static_assert(c, ...) _Static_assert(c, #c)
#define printk(...) ((void)0)
#define pr_err(...) ((void)0)
#define pr_warn(...) ((void)0)
#define pr_info(...) ((void)0)
#define pr_debug(...) ((void)0)
#define pr_warn_once(...) ((void)0)
#define pr_err_once(...) ((void)0)
#define pr_err_ratelimited(...) ((void)0)
#define pr_warn_ratelimited(...) ((void)0)
#define pr_info_ratelimited(...) ((void)0)

/* Locks are checked where they are taken and released, not here. */
#define lockdep_is_held(l) ((void)(l), 1)
#define lockdep_is_held_type(l, type) ((void)(l), 1)
#define lockdep_assert(c) ((void)sizeof(!(c)))
#define lockdep_assert_once(c) lockdep_assert(c)
#define lockdep_assert_held(l) ((void)(l))
#define lockdep_assert_held_once(l) ((void)(l))
#define lockdep_assert_held_read(l) ((void)(l))
#define lockdep_assert_held_write(l) ((void)(l))
#define lockdep_assert_not_held(l) ((void)(l))
#define lockdep_assert_none_held_once() ((void)0)
#define might_sleep() ((void)0)
#define __acquires(l)
#define __releases(l)
#define __must_hold(l)

#define min(a, b) ({ __typeof__(a) __a = (a); __typeof__(b) __b = (b); __a < __b ? __a : __b; })
#define max(a, b) ({ __typeof__(a) __a = (a); __typeof__(b) __b = (b); __a > __b ? __a : __b; })
#define min3(a, b, c) min(min(a, b), c)
#define max3(a, b, c) max(max(a, b), c)
#define min_t(t, a, b) min((t)(a), (t)(b))
#define max_t(t, a, b) max((t)(a), (t)(b))
#define umin(a, b) min((u64)(a), (u64)(b))
#define umax(a, b) max((u64)(a), (u64)(b))
#define clamp(v, lo, hi) min(max(v, lo), hi)
#define clamp_t(t, v, lo, hi) clamp((t)(v), (t)(lo), (t)(hi))
#define clamp_val(v, lo, hi) clamp_t(__typeof__(v), v, lo, hi)
#define swap(a, b) do { __typeof__(a) __was = (a); (a) = (b); (b) = __was; } while (0)
#define abs(x) ({ __typeof__(x) __x = (x); __x < 0 ? -__x : __x; })
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define ALIGN(x, to) (((x) + ((__typeof__(x))(to) - 1)) & ~((__typeof__(x))(to) - 1))
#define ALIGN_DOWN(x, to) ((x) & ~((__typeof__(x))(to) - 1))
#define IS_ALIGNED(x, to) (((x) & ((__typeof__(x))(to) - 1)) == 0)
#define round_up(x, to) ALIGN(x, to)
#define round_down(x, to) ALIGN_DOWN(x, to)
#define upper_32_bits(n) ((u32)((u64)(n) >> 32))
#define lower_32_bits(n) ((u32)(n))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define is_power_of_2(n) ((n) != 0 && ((n) & ((n) - 1)) == 0)
#define offsetof(type, member) __builtin_offsetof(type, member)
#define container_of(p, type, member) ((type *)((char *)(p) - offsetof(type, member)))
#define struct_size(p, member, n) (sizeof(*(p)) + sizeof(*(p)->member) * (n))
#define array_size(n, size) ((unsigned long)(n) * (size))
#define array_index_nospec(i, n) ({ unsigned long __i = (i); __i < (n) ? __i : 0; })
#define check_add_overflow(a, b, to) __builtin_add_overflow(a, b, to)
#define check_sub_overflow(a, b, to) __builtin_sub_overflow(a, b, to)
#define check_mul_overflow(a, b, to) __builtin_mul_overflow(a, b, to)

#define BITS_PER_BYTE 8
#define BITS_PER_LONG (__SIZEOF_LONG__ * 8)
#define BITS_PER_LONG_LONG 64
#define BITS_PER_TYPE(type) (sizeof(type) * 8)
#define BITS_TO_LONGS(n) DIV_ROUND_UP(n, BITS_PER_LONG)
#define BIT(n) (1ul << (n))
#define BIT_ULL(n) (1ull << (n))
#define BIT_MASK(n) BIT((n) % BITS_PER_LONG)
#define BIT_WORD(n) ((n) / BITS_PER_LONG)
#define GENMASK(high, low) (((~0ul) << (low)) & (~0ul >> (BITS_PER_LONG - 1 - (high))))
#define GENMASK_ULL(high, low) (((~0ull) << (low)) & (~0ull >> (63 - (high))))
#define hweight32(w) __builtin_popcount(w)
#define hweight64(w) __builtin_popcountll(w)
#define hweight_long(w) __builtin_popcountl(w)

/* bsr of 0 is undefined on x86. Here it is the highest number, which is beyond every slot. */
static inline unsigned long __fls(unsigned long word)
{
	return word ? BITS_PER_LONG - 1 - __builtin_clzl(word) : ~0ul;
}
static inline unsigned long __ffs(unsigned long word)
{
	return __builtin_ctzl(word);
}
#define __ffs64(word) __ffs(word)
#define ffz(word) __ffs(~(word))
static inline int fls(unsigned int word)
{
	return word ? 32 - __builtin_clz(word) : 0;
}
static inline int fls64(u64 word)
{
	return word ? 64 - __builtin_clzll(word) : 0;
}
static inline int ffs(int word)
{
	return __builtin_ffs(word);
}
#define ilog2(n) (fls64(n) - 1)

#define CHAR_BIT 8
#define U8_MAX 0xff
#define U16_MAX 0xffff
#define S16_MAX 0x7fff
#define U32_MAX 0xffffffffu
#define S32_MAX 0x7fffffff
#define U64_MAX (~0ull)
#define S64_MAX ((s64)(U64_MAX >> 1))
#define INT_MAX 0x7fffffff
#define INT_MIN (-INT_MAX - 1)
#define UINT_MAX 0xffffffffu
#define LONG_MAX ((long)(~0ul >> 1))
#define ULONG_MAX (~0ul)
#define ULLONG_MAX (~0ull)

#define EPERM 1
#define ENOENT 2
#define EINTR 4
#define EIO 5
#define E2BIG 7
#define ENXIO 6
#define EAGAIN 11
#define ENOMEM 12
#define EFAULT 14
#define EBUSY 16
#define EEXIST 17
#define ENODEV 19
#define EINVAL 22
#define ENOSPC 28
#define ERANGE 34
#define EOPNOTSUPP 95

#define PAGE_SHIFT 12
#ifndef PAGE_SIZE
#define PAGE_SIZE (1ul << PAGE_SHIFT)
#endif
#define PAGE_MASK (~(PAGE_SIZE - 1))
#define PAGE_ALIGN(x) ALIGN(x, PAGE_SIZE)
#define PMD_SHIFT 21
#define PMD_SIZE (1ul << PMD_SHIFT)
#define offset_in_page(p) ((unsigned long)(p) & ~PAGE_MASK)
