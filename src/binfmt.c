// Enters: a target, and a program of it. Leaves: a line for binfmt_misc. May touch: files it reads.
#include "binfmt.h"
#include "fail.h"
#include "file.h"
#include "host.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { HEADER = 20 }; // e_ident, e_type, e_machine: what tells one processor's ELF from another's

static bool read_header(const char *path, unsigned char *header)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t count = fd < 0 ? -1 : read(fd, header, HEADER);
	if (fd >= 0)
		close(fd);
	return count == HEADER && !memcmp(header, ELFMAG, SELFMAG);
}

const char *binfmt_unlike(const struct target *target, const char *sample)
{
	unsigned char header[HEADER];
	if (read_header(sample, header))
		return NULL;
	return mem_format("%s is no ELF file; is loader=%s right in targets/%s?", sample,
			  target->loader, target->name);
}

static const char *hex(const unsigned char *bytes)
{
	const char *text = "";
	for (int i = 0; i < HEADER; i++)
		text = mem_format("%s\\x%02x", text, bytes[i]);
	return text;
}

// F: the emulator is opened here and now, so that no room has to have it; P: a program is told the name it was
// started by, not only where its file is, as on a machine of its own (Linux: admin-guide/binfmt-misc.rst).
#define FLAGS "PF"

// Any OS ABI, fixed and position-independent programs alike; everything else as in the sample.
static const char *line(const unsigned char *sample, const char *interpreter)
{
	unsigned char magic[HEADER], mask[HEADER];
	bool little = sample[EI_DATA] == ELFDATA2LSB;
	memcpy(magic, sample, HEADER);
	memset(mask, 0xff, HEADER);
	magic[EI_OSABI] = mask[EI_OSABI] = 0;
	magic[little ? 16 : 17] = ET_EXEC;
	mask[little ? 16 : 17] = 0xfe; // ET_EXEC is 2, ET_DYN 3
	return mem_format(":bootstrap:M:0:%s:%s:%s:" FLAGS, hex(magic), hex(mask), interpreter);
}

static bool private_mounts(void)
{
	struct utsname names;
	return !uname(&names) && version_at_least(names.release, 6, 7);
}

// Without F the kernel looks for the emulator in the room, when a program starts there.
bool binfmt_serves(const char *registration)
{
	const char *flags = strstr(registration, "\nflags:");
	if (strncmp(registration, "enabled\n", strlen("enabled\n")) != 0 || !flags)
		return false;
	flags++;
	return memchr(flags + strlen("flags:"), 'F', strcspn(flags, "\n") - strlen("flags:"));
}

static const char *of_system(const char *qemu)
{
	return file_try(mem_format("/proc/sys/fs/binfmt_misc/%s", qemu));
}

static const char *system_trouble(const char *qemu)
{
	const char *text = of_system(qemu);
	if (text && binfmt_serves(text))
		return NULL;
	return mem_format(
		"this kernel is older than 6.7, and %s is %s; as root install and enable qemu-user-static "
		"with binfmt support",
		qemu, text ? "registered, but disabled or without its flag F" : "not registered");
}

// One that wants a loader and libraries would find the target's, or none.
static bool is_static(const char *path)
{
	Elf64_Ehdr head;
	Elf64_Phdr part;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool whole = fd >= 0 && read(fd, &head, sizeof head) == (ssize_t)sizeof head &&
		     !memcmp(head.e_ident, ELFMAG, SELFMAG) && head.e_ident[EI_CLASS] == ELFCLASS64;
	bool asks = false;
	for (int i = 0; whole && i < head.e_phnum; i++) {
		off_t at = (off_t)(head.e_phoff + (Elf64_Off)i * sizeof part);
		asks |= pread(fd, &part, sizeof part, at) == (ssize_t)sizeof part &&
			part.p_type == PT_INTERP;
	}
	if (fd >= 0)
		close(fd);
	return !asks;
}

const char *binfmt_interpreter(const struct target *target)
{
	const char *fixed = host_path(mem_format("%s-static", target->qemu));
	return fixed ? fixed : host_path(target->qemu);
}

const char *binfmt_trouble(const struct target *target)
{
	if (!private_mounts())
		return system_trouble(target->qemu);
	const char *path = binfmt_interpreter(target);
	if (path && is_static(path))
		return NULL;
	return mem_format("%s programs need %s-static here%s; install it with ./bootstrap --setup",
			  target->name, target->qemu,
			  path ? mem_format(", and %s is not static", path) : "");
}

const char *binfmt_line(const struct target *target, const char *sample)
{
	unsigned char header[HEADER] = {0};
	const char *trouble = binfmt_trouble(target);
	if (trouble)
		fail(EXIT_HOST, "%s", trouble);
	if (!private_mounts())
		return NULL;
	trouble = binfmt_unlike(target, sample);
	if (trouble)
		fail(EXIT_HOST, "%s", trouble);
	read_header(sample, header);
	return line(header, binfmt_interpreter(target));
}

const char *binfmt_registered(const struct target *target)
{
	static const char mark[] = "\ninterpreter ";
	const char *text = private_mounts() ? NULL : of_system(target->qemu);
	const char *found = text ? strstr(text, mark) : NULL;
	if (!found)
		return NULL;
	found += strlen(mark);
	return mem_copy(found, strcspn(found, "\n"));
}

const char *binfmt_trial(const struct target *target)
{
	const char *interpreter = binfmt_interpreter(target);
	if (!private_mounts() || !interpreter)
		return NULL;
	return mem_format(":bootstrap:M::bootstrap's trial::%s:" FLAGS, interpreter);
}
