// Enters: a process that will be a room's pid 1. Leaves: answers to those who ask in that room, and
// note of who died. May touch: the memory that those who ask have pointed at; /proc, to read; its
// own stack.
#include "asked.h"
#include "census.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// Every linker puts this symbol at the start of the program.
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

// A number means another call under another processor's rules (audit.h: how they are named).
static unsigned own_architecture(void)
{
	unsigned name = __ehdr_start.e_machine;
	if (__ehdr_start.e_ident[EI_CLASS] == ELFCLASS64)
		name |= __AUDIT_ARCH_64BIT;
	if (__ehdr_start.e_ident[EI_DATA] == ELFDATA2LSB)
		name |= __AUDIT_ARCH_LE;
	return name;
}

// Where the lower half of an argument lies.
#define ARGUMENT(n)                                                                                \
	(offsetof(struct seccomp_data, args[n]) +                                                  \
	 (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? sizeof(uint32_t) : 0))
#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define UNLESS(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip)
#define IF(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, skip, 0)

// This process could not answer itself, so it asks the kernel for its own names before.
bool asked_listen(struct asked *asked, const char *machine, const char *emulator)
{
	const unsigned never = ~0U; // no call has that number
	struct sock_filter filter[] = {
		LOAD(offsetof(struct seccomp_data, arch)),
		UNLESS(own_architecture(), 14),
		LOAD(offsetof(struct seccomp_data, nr)),
		IF(machine ? SYS_uname : never, 11),
		IF(emulator ? SYS_tgkill : never, 3),
		UNLESS(emulator ? SYS_kill : never, 10),
		LOAD(ARGUMENT(1)),
		BPF_STMT(BPF_JMP | BPF_JA, 1),
		LOAD(ARGUMENT(2)),
		IF(SIGILL, 5),
		IF(SIGTRAP, 4),
		IF(SIGABRT, 3),
		IF(SIGBUS, 2),
		IF(SIGFPE, 1),
		UNLESS(SIGSEGV, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
	*asked = (struct asked){.fd = -1, .emulator = emulator};
	if (uname(&asked->names) < 0)
		return false;
	if (machine) {
		memset(asked->names.machine, 0, sizeof asked->names.machine);
		strncpy(asked->names.machine, machine, sizeof asked->names.machine - 1);
	}
	asked->fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
				 SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
	return asked->fd >= 0;
}

// 0, or -1 with errno set: the one who asked may have given a bad address, or be gone.
static int tell(const struct seccomp_notif *question, const struct utsname *names)
{
	struct iovec from = {(void *)names, sizeof *names};
	struct iovec to = {(void *)(uintptr_t)question->data.args[0], sizeof *names};
	ssize_t count = process_vm_writev((pid_t)question->pid, &from, 1, &to, 1, 0);
	if (count >= 0 && count != (ssize_t)sizeof *names)
		errno = EFAULT;
	return count == (ssize_t)sizeof *names ? 0 : -1;
}

// Under its emulator a process is called what its program is called.
static void read_name(int pid, char *name, size_t size)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/comm", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t count = fd < 0 ? 0 : read(fd, name, size - 1);
	name[count > 0 ? count : 0] = '\0';
	name[strcspn(name, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

// Who asks may be any thread of the process; what it does to others is no death.
static void note_death(struct asked *asked, const struct seccomp_notif *question)
{
	char path[64];
	int pid = (int)question->data.args[0];
	bool one_thread = question->data.nr == SYS_tgkill;
	snprintf(path, sizeof path, "/proc/%d/task/%u", pid, question->pid);
	if (access(path, F_OK) < 0 || !census_runs(pid, asked->emulator))
		return;
	asked->death.signal = (int)question->data.args[one_thread ? 2 : 1];
	read_name(pid, asked->death.program, sizeof asked->death.program);
}

void asked_answer(struct asked *asked)
{
	struct seccomp_notif question = {0};
	struct seccomp_notif_resp answer = {0};
	// musl's ioctl has the request as an int, which POSIX says
	if (ioctl(asked->fd, (int)SECCOMP_IOCTL_NOTIF_RECV, &question) < 0)
		return;
	answer.id = question.id;
	if (question.data.nr != SYS_uname) {
		note_death(asked, &question);
		answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	} else if (tell(&question, &asked->names) < 0) {
		answer.error = -errno;
	}
	ioctl(asked->fd, (int)SECCOMP_IOCTL_NOTIF_SEND, &answer);
}
