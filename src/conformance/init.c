/*
 * Runs lists of operations on KVM's dirty rings, and reports the observable state after each. It is
 * the first process of a machine in QEMU. It reads operations from the file /lists, one per line,
 * in the format of operations.ts. It writes observations as one JSON object per line to QEMU's
 * debug port, where no output of the kernel interferes. Each list has a VM of its own.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define DEBUG_PORT 0xe9
#define PAGE 4096ull
#define VCPUS 2
#define SLOTS 3
#define RING_PAGE KVM_DIRTY_LOG_PAGE_OFFSET

/* mov [eax],bl; add eax,edx; dec ecx; jnz start; then hlt forever: ecx writes, edx bytes apart. */
static const uint8_t CODE[] = { 0x88, 0x18, 0x01, 0xd0, 0x49, 0x75, 0xf9, 0xf4, 0xeb, 0xfd };
#define CODE_AT 0x1000
#define HLT_AT (CODE_AT + 7)
#define CODE_PAGES 16
#define DATA_PAGES 4096

struct slot { uint64_t gfn, pages; };
static struct slot slots[SLOTS];
struct vcpu {
	int fd;
	struct kvm_run *run;
	struct kvm_dirty_gfn *ring, *seen; /* mapped; as it was last reported */
	uint32_t fetch;                    /* next entry to harvest, free-running */
};
static struct vcpu vcpus[VCPUS];
static int kvm, vm = -1, trace;
static uint32_t ring_bytes, run_bytes;
static uint8_t *code, *data;

static void say(const char *format, ...)
{
	static char text[1 << 16];
	va_list args;

	va_start(args, format);
	int length = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	outsb(DEBUG_PORT, text, length);
}

static void give_up(const char *what)
{
	say("{\"failed\":\"%s\",\"errno\":%d}\n", what, errno);
	reboot(RB_AUTOBOOT); /* which QEMU, told not to reboot, takes for the end */
	for (;;) pause();
}

/* The result of a system call, with a negative errno instead of -1. */
static int answer(int result) { return result < 0 ? -errno : result; }

#include "guest.h"

static void start(void)
{
	struct utsname name;

	if (ioperm(DEBUG_PORT, 1, 1) < 0) _exit(1);
	uname(&name);
	say("{\"kernel\":\"%s\",\"build\":\"%s\"}\n", name.release, name.version);
	mkdir("/dev", 0755);
	mkdir("/trace", 0755);
	mount("dev", "/dev", "devtmpfs", 0, 0);
	load_module("/irqbypass.ko");
	load_module("/kvm.ko");
	load_module("/kvm-amd.ko");
	if (mount("trace", "/trace", "tracefs", 0, 0) < 0) give_up("mount tracefs");
	write_file("/trace/events/kvm/kvm_dirty_ring_push/enable", "1");
	write_file("/trace/events/kvm/kvm_dirty_ring_reset/enable", "1");
	write_file("/trace/events/kvm/kvm_dirty_ring_exit/enable", "1");
	trace = open("/trace/trace_pipe", O_RDONLY | O_NONBLOCK);
	if (trace < 0) give_up("open trace_pipe");
	kvm = open("/dev/kvm", O_RDWR);
	if (kvm < 0) give_up("open /dev/kvm");
	run_bytes = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	code = mmap(0, CODE_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	data = mmap(0, DATA_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memcpy(code + CODE_AT, CODE, sizeof CODE);
	memset(data, 0, DATA_PAGES * PAGE); /* the host has every page, so that no fault is the host's */
}

/* Creates the VM of a list, with the slot of the guest's code, which is not logged. */
static void begin_list(void)
{
	for (int v = 0; v < VCPUS; v++) {
		if (!vcpus[v].run) continue;
		munmap(vcpus[v].run, run_bytes);
		munmap(vcpus[v].ring, ring_bytes);
		free(vcpus[v].seen);
		close(vcpus[v].fd);
	}
	if (vm >= 0) close(vm);
	memset(vcpus, 0, sizeof vcpus);
	memset(slots, 0, sizeof slots);
	ring_bytes = 0;
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0 || ioctl(vm, KVM_SET_TSS_ADDR, 0xfffbd000) < 0) give_up("KVM_CREATE_VM");
	struct kvm_userspace_memory_region region = { .memory_size = CODE_PAGES * PAGE, .userspace_addr = (uintptr_t)code };
	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) < 0) give_up("the code's slot");
}

static int enable(uint32_t cap, uint64_t bytes)
{
	struct kvm_enable_cap args = { .cap = cap, .args = { bytes } };
	int result = answer(ioctl(vm, KVM_ENABLE_CAP, &args));

	if (result == 0) ring_bytes = bytes;
	return result;
}

static int make_slot(uint32_t id, uint64_t gfn, uint64_t pages)
{
	struct kvm_userspace_memory_region region = {
		.slot = id, .flags = KVM_MEM_LOG_DIRTY_PAGES, .guest_phys_addr = gfn * PAGE,
		.memory_size = pages * PAGE, .userspace_addr = (uintptr_t)data + gfn * PAGE,
	};

	slots[id] = (struct slot){ gfn, pages };
	return answer(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region));
}

/* Flat 32-bit segments without paging: guest addresses are physical addresses. */
static int set_registers(int v, uint64_t rip, uint64_t rax, uint64_t rcx, uint64_t rdx)
{
	struct kvm_regs regs = { .rip = rip, .rflags = 2, .rax = rax, .rbx = 1, .rcx = rcx, .rdx = rdx };

	return ioctl(vcpus[v].fd, KVM_SET_REGS, &regs);
}

static int make_vcpus(void)
{
	for (int v = 0; v < VCPUS; v++) {
		struct vcpu *vcpu = &vcpus[v];
		struct kvm_sregs sregs;

		vcpu->fd = ioctl(vm, KVM_CREATE_VCPU, v);
		if (vcpu->fd < 0) return answer(-1);
		vcpu->run = mmap(0, run_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
		vcpu->ring = mmap(0, ring_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, RING_PAGE * PAGE);
		if (vcpu->run == MAP_FAILED || vcpu->ring == MAP_FAILED) give_up("mmap of a vCPU");
		vcpu->seen = calloc(1, ring_bytes);
		ioctl(vcpu->fd, KVM_GET_SREGS, &sregs);
		sregs.cs = (struct kvm_segment){ .limit = ~0u, .selector = 8, .type = 11, .present = 1, .db = 1, .s = 1, .g = 1 };
		sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss =
			(struct kvm_segment){ .limit = ~0u, .selector = 16, .type = 3, .present = 1, .db = 1, .s = 1, .g = 1 };
		sregs.cr0 |= 1; /* protected mode */
		if (ioctl(vcpu->fd, KVM_SET_SREGS, &sregs) < 0 || set_registers(v, HLT_AT, 0, 0, 0) < 0) give_up("registers");
	}
	return 0;
}

/* Runs a vCPU until it exits to userspace, and returns why. */
static int run(int v) { return ioctl(vcpus[v].fd, KVM_RUN, 0) < 0 ? answer(-1) : (int)vcpus[v].run->exit_reason; }

static uint64_t left(int v)
{
	struct kvm_regs regs;

	ioctl(vcpus[v].fd, KVM_GET_REGS, &regs);
	return (uint32_t)regs.rcx;
}

static struct kvm_dirty_gfn *entry(int v, uint32_t index)
{
	return &vcpus[v].ring[index & (ring_bytes / sizeof(struct kvm_dirty_gfn) - 1)];
}

/* Userspace's half of the protocol. */
static int harvest(int v, int max)
{
	int taken = 0;

	for (; taken < max; taken++) {
		struct kvm_dirty_gfn *gfn = entry(v, vcpus[v].fetch);

		if (__atomic_load_n(&gfn->flags, __ATOMIC_ACQUIRE) != KVM_DIRTY_GFN_F_DIRTY) break;
		__atomic_store_n(&gfn->flags, KVM_DIRTY_GFN_F_RESET, __ATOMIC_RELEASE);
		vcpus[v].fetch++;
	}
	return taken;
}

/*
 * Hostile userspace: writes one word of `count` entries, from `first` after the next to harvest on.
 */
static int poke(int v, uint32_t first, uint32_t count, const char *word, uint64_t value)
{
	for (uint32_t i = 0; i < count; i++) {
		struct kvm_dirty_gfn *gfn = entry(v, vcpus[v].fetch + first + i);

		if (strcmp(word, "flags") == 0) __atomic_store_n(&gfn->flags, (uint32_t)value, __ATOMIC_RELEASE);
		else if (strcmp(word, "slot") == 0) gfn->slot = (uint32_t)value;
		else gfn->offset = value;
	}
	return 0;
}

static int map(int v, const char *protection, const char *sharing, uint64_t first, uint64_t pages)
{
	int prot = (strchr(protection, 'r') ? PROT_READ : 0) | (strchr(protection, 'w') ? PROT_WRITE : 0) |
		   (strchr(protection, 'x') ? PROT_EXEC : 0);
	void *at = mmap(0, pages * PAGE, prot, strcmp(sharing, "shared") ? MAP_PRIVATE : MAP_SHARED, vcpus[v].fd, first * PAGE);

	if (at == MAP_FAILED) return answer(-1);
	munmap(at, pages * PAGE);
	return 0;
}

static int get_log(uint32_t slot)
{
	static uint64_t bitmap[DATA_PAGES / 64];
	struct kvm_dirty_log log = { .slot = slot, .dirty_bitmap = bitmap };

	return answer(ioctl(vm, KVM_GET_DIRTY_LOG, &log));
}

/*
 * Reports the entries that have changed since the last report: [vCPU, index, flags, slot,
 * "offset"].
 */
static void say_entries(void)
{
	const char *comma = "";

	for (int v = 0; v < VCPUS; v++) {
		if (!vcpus[v].ring) continue;
		for (uint32_t i = 0; i < ring_bytes / sizeof(struct kvm_dirty_gfn); i++) {
			struct kvm_dirty_gfn *now = &vcpus[v].ring[i], *seen = &vcpus[v].seen[i];

			if (memcmp(now, seen, sizeof *now) == 0) continue;
			*seen = *now;
			say("%s[%d,%u,%u,%u,\"%llu\"]", comma, v, i, now->flags, now->slot, (unsigned long long)now->offset);
			comma = ",";
		}
	}
}

/* Reports the trace records since the last report, from the name of the event on. */
static void say_trace(void)
{
	static char text[1 << 20];
	size_t length = 0;
	ssize_t more;
	const char *comma = "";

	while (length < sizeof text - 1 && (more = read(trace, text + length, sizeof text - 1 - length)) > 0) length += more;
	text[length] = 0;
	for (char *line = strtok(text, "\n"); line; line = strtok(0, "\n")) {
		char *event = strstr(line, ": kvm_");

		say("%s\"%s\"", comma, event ? event + 2 : line);
		comma = ",";
	}
}

static int perform(char *line, uint64_t *pending)
{
	char word[16], second[16];
	unsigned a, b, c;
	int step;
	unsigned long long x, y;

	if (sscanf(line, "enable ring %llu", &x) == 1) return enable(KVM_CAP_DIRTY_LOG_RING, x);
	if (sscanf(line, "enable acq-rel %llu", &x) == 1) return enable(KVM_CAP_DIRTY_LOG_RING_ACQ_REL, x);
	if (sscanf(line, "slot %u %llu %llu", &a, &x, &y) == 3) return make_slot(a, x, y);
	if (strcmp(line, "vcpus") == 0) return make_vcpus();
	if (strcmp(line, "reset") == 0) return answer(ioctl(vm, KVM_RESET_DIRTY_RINGS, 0));
	if (sscanf(line, "get-log %u", &a) == 1) return get_log(a);
	if (sscanf(line, "map %u %15s %15s %llu %llu", &a, word, second, &x, &y) == 5) return map(a, word, second, x, y);
	if (sscanf(line, "harvest %u %u", &a, &b) == 2) return harvest(a, b);
	if (sscanf(line, "poke %u %u %u %15s %llu", &a, &b, &c, word, &x) == 5) return poke(a, b, c, word, x);
	if (sscanf(line, "write %u %u %llu %llu %d", &a, &b, &x, &y, &step) == 5)
		set_registers(a, CODE_AT, (slots[b].gfn + x) * PAGE, y, (uint32_t)(step * (int)PAGE));
	else if (sscanf(line, "run %u", &a) != 1)
		give_up("a line of the lists that is no operation");
	int result = run(a);
	*pending = left(a);
	return result;
}

int main(void)
{
	static char line[256];

	start();
	FILE *lists = fopen("/lists", "r");
	if (!lists) give_up("open /lists");
	while (fgets(line, sizeof line, lists)) {
		uint64_t pending = 0;

		line[strcspn(line, "\n")] = 0;
		if (strcmp(line, "list") == 0) {
			begin_list();
			say("{\"list\":true}\n");
			continue;
		}
		int returned = perform(line, &pending);
		say("{\"returned\":%d,\"left\":%llu,\"size\":%zu,\"entries\":[", returned, (unsigned long long)pending,
		    vcpus[0].ring ? ring_bytes / sizeof(struct kvm_dirty_gfn) : 0);
		say_entries();
		say("],\"trace\":[");
		say_trace();
		say("]}\n");
	}
	say("{\"end\":true}\n");
	reboot(RB_AUTOBOOT);
	return 0;
}
