/*
 * Performs the operations of a finding on KVM, once a round. It is the first process of a machine
 * in QEMU. A thread of its own stands for each actor, on a processor of its own. A debugger outside
 * of the machine stops threads at the functions before_… and at functions of the kernel, and
 * resumes them in the order of a schedule. It makes the guest write through a mailbox.
 *
 * The file /program says what is done, see program.ts. Each line of output is a JSON object.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
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
#define PAGES_MAX 64
#define RING_BYTES 65536u
#define DATA_AT 0x20000u /* guest physical; slot 1, which is logged */
#define CODE_PAGES 16
#define CODE_AT 0x1000
#define MAILBOX_AT 0x3000

/*
 * The mailbox of the guest. A command is written to `command`, and the guest clears it when it is
 * done: 1 makes a writable translation without a change, 2 increments a byte, 3 halts.
 */
struct mailbox {
	uint8_t command, pad[3];
	uint32_t page;
	uint8_t ready, pad2[3];
	uint8_t go;
	uint8_t writes, pages[16]; /* without a schedule: userspace makes the guest write these at its end */
};

/* A read of a page would make it writable, and be recorded. So the guest waits without one. */
asm(".pushsection .rodata\n"
    ".code32\n"
    "guest_start:\n"
    "	movb $1, 0x3008\n"
    "guest_loop:\n"
    "	movb 0x3000, %al\n"
    "	cmpb $1, %al\n"
    "	jb guest_loop\n"
    "	movl 0x3004, %ebx\n"
    "	je guest_touch\n"
    "	cmpb $2, %al\n"
    "	jne guest_halt\n"
    "	incb (%ebx)\n"
    "	jmp guest_clear\n"
    "guest_touch:\n"
    "	orb $0, (%ebx)\n"
    "guest_clear:\n"
    "	movb $0, 0x3000\n"
    "guest_done:\n"
    "	jmp guest_loop\n"
    "guest_halt:\n"
    "	movb $0, 0x3000\n"
    "	hlt\n"
    "	jmp guest_start\n"
    "guest_end:\n"
    ".code64\n"
    ".popsection\n");
extern const uint8_t guest_start[], guest_done[], guest_end[];

static int kvm, vm, vcpu, trace;
static struct kvm_run *run;
static struct kvm_dirty_gfn *ring;
static uint8_t *code, *data, copy[PAGES_MAX];
static volatile struct mailbox *mailbox;
static uint32_t fetch, base; /* next entry to harvest, free-running; the same at the begin of a round */
static unsigned pages;
static char userspace_ops[256], second_ops[256]; /* names with a comma between them */
static volatile unsigned go_vcpu, go_second, second_done, vcpu_done;
static volatile int signalled, second_result, userspace_result, harvested;
static pthread_t userspace_thread;

static void say(const char *format, ...)
{
	static char text[1 << 16];
	va_list args;

	va_start(args, format);
	int length = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	for (int i = 0; i < length; i++) outb(text[i], DEBUG_PORT);
}

static void give_up(const char *what)
{
	say("{\"failed\":\"%s\",\"errno\":%d}\n", what, errno);
	reboot(RB_AUTOBOOT);
	for (;;) pause();
}

/* Where the debugger stops a thread. Each has an instruction of its own, so that none is merged. */
#define STOP(name, n) __attribute__((noinline)) static void name(void) { asm volatile("testl $" #n ", %%eax" ::: "cc", "memory"); }
STOP(before_harvest, 1)
STOP(before_reset, 2)
STOP(before_copy, 3)
STOP(before_signal, 4)
STOP(after_all, 5)
STOP(before_slot, 6)

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof set, &set) < 0) give_up("sched_setaffinity");
}

#include "../conformance/guest.h"

static void start(void)
{
	struct utsname name;

	if (iopl(3) < 0) _exit(1);
	uname(&name);
	say("{\"kernel\":\"%s\",\"build\":\"%s\"}\n", name.release, name.version);
	mkdir("/dev", 0755);
	mkdir("/proc", 0755);
	mkdir("/trace", 0755);
	mount("dev", "/dev", "devtmpfs", 0, 0);
	mount("proc", "/proc", "proc", 0, 0);
	load_module("/irqbypass.ko");
	load_module("/kvm.ko");
	load_module("/kvm-amd.ko");
	if (mount("trace", "/trace", "tracefs", 0, 0) < 0) give_up("mount tracefs");
	write_file("/trace/trace_clock", "counter"); /* the others differ between processors */
	write_file("/trace/events/kvm/kvm_dirty_ring_push/enable", "1");
	write_file("/trace/events/kvm/kvm_dirty_ring_reset/enable", "1");
	trace = open("/trace/trace_pipe", O_RDONLY | O_NONBLOCK);
	if (trace < 0) give_up("open trace_pipe");
	kvm = open("/dev/kvm", O_RDWR);
	if (kvm < 0) give_up("open /dev/kvm");
}

/* The addresses of the kernel's functions in /symbols, and of our own places. */
static void say_symbols(void)
{
	static char wanted[4096], line[512], name[256];
	unsigned long long address;
	FILE *file = fopen("/symbols", "r");
	size_t length = file ? fread(wanted + 1, 1, sizeof wanted - 2, file) : 0;

	wanted[0] = '\n';
	wanted[length + 1] = 0;
	if (file) fclose(file);
	file = fopen("/proc/kallsyms", "r");
	if (!file) give_up("open /proc/kallsyms");
	say("{\"symbols\":{\"before_harvest\":\"%p\",\"before_reset\":\"%p\",\"before_copy\":\"%p\",\"before_signal\":\"%p\",\"before_slot\":\"%p\",\"after_all\":\"%p\",\"guest_done\":\"0x%x\"",
	    before_harvest, before_reset, before_copy, before_signal, before_slot, after_all, (unsigned)(CODE_AT + (guest_done - guest_start)));
	while (fgets(line, sizeof line, file)) {
		char pattern[260];

		if (sscanf(line, "%llx %*c %250s", &address, name) != 2) continue;
		snprintf(pattern, sizeof pattern, "\n%s\n", name);
		if (strstr(wanted, pattern)) say(",\"%s\":\"0x%llx\"", name, address);
	}
	fclose(file);
	say("},");
}

static uint64_t physical(const volatile void *at)
{
	uint64_t entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (fd < 0 || pread(fd, &entry, 8, (uintptr_t)at / PAGE * 8) != 8) give_up("read pagemap");
	close(fd);
	return (entry & ((1ull << 55) - 1)) * PAGE + (uintptr_t)at % PAGE;
}

static void set_slot(uint32_t slot, uint64_t at, uint64_t size, uint8_t *memory, uint32_t flags)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot, .flags = flags, .guest_phys_addr = at, .memory_size = size * PAGE, .userspace_addr = (uintptr_t)memory,
	};

	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) < 0) give_up("KVM_SET_USER_MEMORY_REGION");
}

static void make_vm(void)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_DIRTY_LOG_RING, .args = { RING_BYTES } };
	struct kvm_sregs sregs;

	code = mmap(0, CODE_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	data = mmap(0, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memcpy(code + CODE_AT, guest_start, guest_end - guest_start);
	memset(data, 0, pages * PAGE); /* the host has every page, so that no fault is the host's */
	mailbox = (volatile struct mailbox *)(code + MAILBOX_AT);
	if (mlockall(MCL_CURRENT | MCL_FUTURE) < 0) give_up("mlockall");
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0 || ioctl(vm, KVM_SET_TSS_ADDR, 0xfffbd000) < 0) give_up("KVM_CREATE_VM");
	if (ioctl(vm, KVM_ENABLE_CAP, &cap) < 0) give_up("KVM_CAP_DIRTY_LOG_RING");
	set_slot(0, 0, CODE_PAGES, code, 0);
	set_slot(1, DATA_AT, pages, data, KVM_MEM_LOG_DIRTY_PAGES);
	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	if (vcpu < 0) give_up("KVM_CREATE_VCPU");
	run = mmap(0, ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	ring = mmap(0, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, KVM_DIRTY_LOG_PAGE_OFFSET * PAGE);
	if (run == MAP_FAILED || ring == MAP_FAILED) give_up("mmap of the vCPU");
	ioctl(vcpu, KVM_GET_SREGS, &sregs);
	sregs.cs = (struct kvm_segment){ .limit = ~0u, .selector = 8, .type = 11, .present = 1, .db = 1, .s = 1, .g = 1 };
	sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss =
		(struct kvm_segment){ .limit = ~0u, .selector = 16, .type = 3, .present = 1, .db = 1, .s = 1, .g = 1 };
	sregs.cr0 |= 1; /* protected mode */
	if (ioctl(vcpu, KVM_SET_SREGS, &sregs) < 0) give_up("KVM_SET_SREGS");
}

/* Userspace's half of the protocol. Entries that it takes are noted in `taken`. */
static unsigned harvest(uint32_t *taken, unsigned max)
{
	unsigned count = 0;

	for (; count < max; count++, fetch++) {
		struct kvm_dirty_gfn *gfn = &ring[fetch & (RING_BYTES / sizeof *ring - 1)];

		if (__atomic_load_n(&gfn->flags, __ATOMIC_ACQUIRE) != KVM_DIRTY_GFN_F_DIRTY) break;
		taken[count] = gfn->offset;
		__atomic_store_n(&gfn->flags, KVM_DIRTY_GFN_F_RESET, __ATOMIC_RELEASE);
	}
	return count;
}

/* Resets until no signal has ended it. */
static int reset_all(void)
{
	int sum = 0, result;

	do {
		__atomic_store_n(&signalled, 0, __ATOMIC_SEQ_CST);
		before_reset();
		result = ioctl(vm, KVM_RESET_DIRTY_RINGS, 0);
		if (result > 0) sum += result;
	} while ((result < 0 && errno == EINTR) || __atomic_load_n(&signalled, __ATOMIC_SEQ_CST));
	return sum;
}

static void command(uint8_t number, uint32_t page)
{
	mailbox->page = DATA_AT + page * PAGE;
	__atomic_store_n(&mailbox->command, number, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&mailbox->command, __ATOMIC_SEQ_CST)) ;
}

static void collect(void)
{
	uint32_t taken[PAGES_MAX * 2];

	before_harvest();
	unsigned count = harvest(taken, PAGES_MAX * 2);
	harvested += count;
	userspace_result += reset_all();
	if (count == 0) return;
	before_copy();
	for (unsigned i = 0; i < count; i++)
		if (taken[i] < pages) copy[taken[i]] = *(volatile uint8_t *)&data[taken[i] * PAGE];
}

static void on_signal(int number)
{
	(void)number;
	__atomic_store_n(&signalled, 1, __ATOMIC_SEQ_CST);
}

/* The slot gets another size: what the old one has recorded is collected first, the new one copied. */
static void change_slot(unsigned size)
{
	collect();
	before_slot();
	set_slot(1, DATA_AT, 0, data, 0);
	if (size == 0) return;
	set_slot(1, DATA_AT, size, data, KVM_MEM_LOG_DIRTY_PAGES);
	for (unsigned i = 0; i < size; i++) copy[i] = *(volatile uint8_t *)&data[i * PAGE];
}

static void perform(const char *operations)
{
	char list[256], *rest;
	unsigned size;

	strcpy(list, operations);
	for (char *op = strtok_r(list, ",", &rest); op; op = strtok_r(0, ",", &rest)) {
		if (strcmp(op, "collect") == 0) collect();
		else if (strcmp(op, "reset") == 0) second_result += reset_all();
		else if (sscanf(op, "set-slot:%u", &size) == 1) change_slot(size);
		else if (strcmp(op, "signal") == 0) {
			before_signal();
			pthread_kill(userspace_thread, SIGUSR1);
		}
	}
}

static void *second_main(void *unused)
{
	(void)unused;
	pin(1);
	for (unsigned round = 1;; round++) {
		while (go_second < round) usleep(200);
		perform(second_ops);
		after_all();
		second_done = round;
	}
	return 0;
}

static void *vcpu_main(void *unused)
{
	(void)unused;
	pin(2);
	for (unsigned round = 1;; round++) {
		while (go_vcpu < round) usleep(200);
		do {
			if (ioctl(vcpu, KVM_RUN, 0) < 0 && errno != EINTR) give_up("KVM_RUN");
		} while (run->exit_reason != KVM_EXIT_HLT);
		vcpu_done = round;
	}
	return 0;
}

/* The pages that entries name which were not harvested yet, as a bit mask. */
static uint64_t named(void)
{
	uint64_t mask = 0;

	for (uint32_t i = fetch; i < fetch + PAGES_MAX * 4; i++) {
		struct kvm_dirty_gfn *gfn = &ring[i & (RING_BYTES / sizeof *ring - 1)];

		if (__atomic_load_n(&gfn->flags, __ATOMIC_ACQUIRE) != KVM_DIRTY_GFN_F_DIRTY) break;
		if (gfn->offset < PAGES_MAX) mask |= 1ull << gfn->offset;
	}
	return mask;
}

/* Memory, copy, and the pages that entries name: [[memory, copy, named], …]. */
static void say_pages(const char *when)
{
	uint64_t mask = named();

	say(",\"%s\":[", when);
	for (unsigned i = 0; i < pages; i++)
		say("%s[%u,%u,%u]", i ? "," : "", *(volatile uint8_t *)&data[i * PAGE], copy[i], (unsigned)(mask >> i & 1));
	say("]");
}

static void say_trace(void)
{
	static char text[1 << 16];
	size_t length = 0;
	ssize_t more;
	const char *comma = "";

	while (length < sizeof text - 1 && (more = read(trace, text + length, sizeof text - 1 - length)) > 0) length += more;
	text[length] = 0;
	say(",\"trace\":[");
	for (char *line = strtok(text, "\n"); line; line = strtok(0, "\n")) {
		char *event = strstr(line, ": kvm_");

		say("%s\"%s\"", comma, event ? event + 2 : line);
		comma = ",";
	}
	say("]");
}

/* Drops the records of the end of a round. */
static void drain_trace(void)
{
	static char text[1 << 12];

	while (read(trace, text, sizeof text) > 0) ;
}

static void begin_round(unsigned round)
{
	struct kvm_regs regs = { .rip = CODE_AT, .rflags = 2 };

	memset((void *)mailbox, 0, sizeof *mailbox);
	mailbox->page = DATA_AT;
	memset(data, 0, pages * PAGE);
	memset(copy, 0, sizeof copy);
	base = fetch;
	second_result = userspace_result = signalled = harvested = 0;
	if (ioctl(vcpu, KVM_SET_REGS, &regs) < 0) give_up("KVM_SET_REGS");
	go_vcpu = round;
	while (!mailbox->ready) usleep(100);
	usleep(round == 1 ? 1500000 : 20000); /* the vCPU's processor is tickless from now on */
	go_second = round;
}

/* Says what is in memory, copy and ring. Then each page is written again: that must be recorded. */
static void end_round(unsigned round)
{
	uint32_t rest[PAGES_MAX * 2];

	while (second_done < round) usleep(200);
	say("{\"round\":%u,\"base\":%u,\"harvested\":%d,\"reset\":[%d,%d]", round, base, harvested, userspace_result,
	    second_result);
	say_trace();
	say_pages("pages");
	for (unsigned i = 0; i < pages; i++) command(2, i);
	say_pages("again");
	say("}\n");
	command(3, 0);
	while (vcpu_done < round) usleep(200);
	while (harvest(rest, PAGES_MAX * 2)) ;
	ioctl(vm, KVM_RESET_DIRTY_RINGS, 0);
	/* A round may have left a page writable, or another slot. */
	set_slot(1, DATA_AT, 0, data, 0);
	set_slot(1, DATA_AT, pages, data, KVM_MEM_LOG_DIRTY_PAGES);
	drain_trace();
}

int main(void)
{
	pthread_t thread;
	struct sigaction action = { .sa_handler = on_signal };

	pin(0);
	start();
	FILE *program = fopen("/program", "r");
	if (!program || fscanf(program, "pages %u userspace %250s second %250s", &pages, userspace_ops, second_ops) != 3)
		give_up("read /program");
	make_vm();
	sigaction(SIGUSR1, &action, 0);
	userspace_thread = pthread_self();
	pthread_create(&thread, 0, second_main, 0);
	pthread_create(&thread, 0, vcpu_main, 0);
	say_symbols();
	say("\"mailbox\":\"0x%llx\"}\n", (unsigned long long)physical(mailbox));
	while (!mailbox->go) usleep(1000); /* the debugger is there */
	for (unsigned round = 1;; round++) {
		begin_round(round);
		perform(userspace_ops);
		for (unsigned i = 0; i < mailbox->writes; i++) command(2, mailbox->pages[i]);
		after_all();
		end_round(round);
	}
}
