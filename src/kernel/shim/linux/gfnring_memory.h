/* Allocation, and copies of memory. clang makes a copy or a fill an instruction, which is hooked. */
#pragma once
#include <linux/types.h>

#define memset(p, c, n) __builtin_memset(p, c, n)
#define memcpy(to, from, n) __builtin_memcpy(to, from, n)
#define memmove(to, from, n) __builtin_memmove(to, from, n)
#define memzero_explicit(p, n) memset(p, 0, n)

#define GFP_KERNEL 0
#define GFP_ATOMIC 0
#define GFP_NOWAIT 0
#define GFP_KERNEL_ACCOUNT 0
#define __GFP_ZERO 0
#define __GFP_ACCOUNT 0
#define __GFP_NOWARN 0

struct page;
void *vzalloc(unsigned long size);
void vfree(const void *p);
struct page *vmalloc_to_page(const void *p);
#define vmalloc(size) vzalloc(size)
#define __vmalloc(size, flags) vzalloc(size)
#define vcalloc(n, size) vzalloc((unsigned long)(n) * (size))
#define vmalloc_array(n, size) vcalloc(n, size)
#define kvzalloc(size, flags) vzalloc(size)
#define kvmalloc(size, flags) vzalloc(size)
#define kvcalloc(n, size, flags) vcalloc(n, size)
#define kvmalloc_array(n, size, flags) vcalloc(n, size)
#define kzalloc(size, flags) vzalloc(size)
#define kmalloc(size, flags) vzalloc(size)
#define kcalloc(n, size, flags) vcalloc(n, size)
#define kmalloc_array(n, size, flags) vcalloc(n, size)
#define kvfree(p) vfree(p)
#define kfree(p) vfree(p)
