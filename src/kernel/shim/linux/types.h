/* The kernel's integer types that trackers need. */
#pragma once
typedef unsigned char u8, __u8;
typedef signed char s8, __s8;
typedef unsigned short u16, __u16;
typedef short s16, __s16;
typedef unsigned int u32, __u32;
typedef int s32, __s32;
typedef unsigned long long u64, __u64;
typedef long long s64, __s64;
typedef __u16 __le16, __be16;
typedef __u32 __le32, __be32;
typedef __u64 __le64, __be64;
#define __aligned_u64 __u64 __attribute__((aligned(8)))
typedef _Bool bool;
#define true 1
#define false 0
#define NULL ((void *)0)
typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ssize_t;
typedef __UINTPTR_TYPE__ uintptr_t;
typedef unsigned gfp_t;
typedef u64 gfn_t, gpa_t, hpa_t, kvm_pfn_t;
typedef unsigned long hva_t, gva_t;
typedef unsigned char u_char;
typedef unsigned int uint;
typedef u8 uint8_t;
typedef u16 uint16_t;
typedef u32 uint32_t;
typedef u64 uint64_t;
typedef s32 int32_t;
typedef s64 int64_t;
typedef u64 hfn_t, phys_addr_t;
typedef long long loff_t;
typedef unsigned long pgoff_t;
typedef int pid_t;
struct list_head { struct list_head *next, *prev; };
struct hlist_node { struct hlist_node *next, **pprev; };
struct rcu_head { void *next, *func; };
