// Enters: nothing but the machine itself. Leaves: facts on it. May touch: PATH's programs, which it
// asks for their versions, and the store's notes of those.
#include "host.h"
#include "fail.h"
#include "hash.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

const char *host_machine(void)
{
	struct utsname names;
	if (uname(&names) < 0)
		fail(EXIT_HOST, "uname does not answer");
	return mem_text(names.machine);
}

static const char *search(const char *path, const char *program)
{
	for (;;) {
		size_t length = strcspn(path, ":");
		const char *file = mem_format("%.*s/%s", (int)length, path, program);
		if (length && !access(file, X_OK))
			return file;
		if (!path[length])
			return NULL;
		path += length + 1;
	}
}

// The system's own folders come before the user's PATH: a sandbox shows those, and no home.
const char *host_path(const char *program)
{
	const char *path = getenv("PATH");
	const char *file = search("/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin", program);
	return file || !path ? file : search(path, program);
}

static const char *ask_version(const char *path)
{
	char line[256] = "";
	FILE *answer = popen(mem_format("'%s' --version 2>&1 </dev/null", path), "re");
	if (!answer)
		return "";
	if (!fgets(line, sizeof line, answer))
		line[0] = '\0';
	while (getc(answer) != EOF)
		;
	pclose(answer);
	line[strcspn(line, "\n")] = '\0';
	return mem_text(line);
}

static char *read_note(const char *path)
{
	char text[1024];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	ssize_t count = read(fd, text, sizeof text);
	close(fd);
	return count < 0 ? NULL : mem_copy(text, (size_t)count);
}

static void write_note(const char *path, const char *text)
{
	const char *aside = mem_format("%s.%d", path, (int)getpid());
	FILE *file = fopen(aside, "we");
	if (!file)
		return; // asked again next time, that is all
	fputs(text, file);
	if (fclose(file) || rename(aside, path) < 0)
		unlink(aside);
}

const char *host_version(const struct store *store, const char *program)
{
	struct stat info;
	char real[PATH_MAX];
	const char *path = host_path(program);
	if (!path || !realpath(path, real) || stat(real, &info) < 0)
		return NULL;
	const char *stamp = mem_format("%s %lld %lld.%ld\n", real, (long long)info.st_size,
				       (long long)info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
	const char *note = store_path(store, "versions/%s", hash_text(path));
	const char *known = read_note(note);
	if (known && !strncmp(known, stamp, strlen(stamp)))
		return known + strlen(stamp);
	const char *version = ask_version(path);
	write_note(note, mem_format("%s%s", stamp, version));
	return version;
}

bool version_at_least(const char *text, int major, int minor)
{
	int found[2] = {0, 0};
	text += strcspn(text, "0123456789");
	if (sscanf(text, "%d.%d", &found[0], &found[1]) < 1)
		return false;
	return found[0] > major || (found[0] == major && found[1] >= minor);
}

// Before 18 clang cannot share precompiled headers, and before 19 it cannot build libc++ 22; gcc
// comes after every usable clang, because it builds LLVM in twice the time.
enum { CLANG_FOR_LLVM = 18, CLANG_FOR_TARGETS = 19, CLANG_NEWEST = 40 };

static const char *find_compiler(const struct store *store, int oldest)
{
	for (int major = CLANG_NEWEST; major >= oldest; major--) {
		const char *name = mem_format("clang-%d", major);
		if (host_path(name) && host_path(mem_format("clang++-%d", major)))
			return name;
	}
	const char *plain = host_version(store, "clang");
	if (plain && version_at_least(plain, oldest, 0) && host_path("clang++"))
		return "clang";
	return NULL;
}

bool host_has_clang(const struct store *store)
{
	return find_compiler(store, CLANG_FOR_TARGETS);
}

static const char *cxx_of(const char *cc)
{
	if (!strncmp(cc, "clang", 5))
		return mem_format("clang++%s", cc + 5);
	return "g++";
}

static void find_compilers(struct host *host, const struct store *store, bool want_clang)
{
	host->cc = find_compiler(store, want_clang ? CLANG_FOR_TARGETS : CLANG_FOR_LLVM);
	if (!host->cc && want_clang)
		fail(EXIT_HOST, "--host-clang needs clang 19 or newer in PATH; install it with "
				"./bootstrap --setup, or leave --host-clang out");
	if (!host->cc && host_path("gcc") && host_path("g++"))
		host->cc = "gcc";
	if (!host->cc)
		fail(EXIT_HOST, "no C and C++ compiler in PATH; install them with "
				"./bootstrap --setup");
	host->cxx = cxx_of(host->cc);
}

static long free_memory(void)
{
	char line[128];
	long kibibytes = 0;
	FILE *file = fopen("/proc/meminfo", "re");
	while (file && !kibibytes && fgets(line, sizeof line, file))
		sscanf(line, "MemAvailable: %ld", &kibibytes);
	if (file)
		fclose(file);
	return kibibytes ? kibibytes / 1024 : 2048;
}

const struct host *host_look(const struct store *store, bool want_clang)
{
	struct host *host = mem_new(sizeof *host);
	host->machine = host_machine();
	host->processors = (int)sysconf(_SC_NPROCESSORS_ONLN);
	host->memory = free_memory();
	find_compilers(host, store, want_clang);
	const char *ninja = host_version(store, "ninja");
	host->ninja_joins = ninja && version_at_least(ninja, 1, 13);
	return host;
}
