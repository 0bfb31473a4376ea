// Enters: nothing but the machine itself. Leaves: facts on it. May touch: PATH's programs, which it
// asks for their versions, and the store's notes of those.
#include "host.h"
#include "capacity.h"
#include "fail.h"
#include "file.h"
#include "hash.h"

#include <errno.h>
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

const char *const host_folders[] = {"bin", "sbin", "lib", "lib32", "lib64", "libx32",
				    "usr", "etc",  "opt", "nix",   "gnu",   NULL};

bool is_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);
	return !strncmp(path, folder, length) && (!path[length] || path[length] == '/');
}

static bool is_below_any(const char *path)
{
	for (size_t i = 0; host_folders[i]; i++)
		if (is_below(path, mem_format("/%s", host_folders[i])))
			return true;
	return false;
}

bool host_shows(const char *path)
{
	char real[PATH_MAX];
	return is_below_any(path) && realpath(path, real) && is_below_any(real);
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

// The system's own folders come before the user's PATH: a sandbox shows those, and no home. What the administrator
// installed beside the distribution's comes first, as usual.
const char *host_path(const char *program)
{
	const char *path = getenv("PATH");
	const char *file = search("/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
				  program);
	return file || !path ? file : search(path, program);
}

// As in a sandbox: nothing of the caller's environment, nor of what it has programs complain about, gets into a key.
#define ASK "env -i LC_ALL=C PATH=\"$PATH\" sh -c 'exec \"$0\" --version 2>&1' '%s' </dev/null"

// What a program says of its version is in keys: no answer, for want of memory, must not be taken for one.
static const char *ask_version(const char *path)
{
	char line[256] = "\n";
	FILE *answer = popen(mem_format("exec " ASK, path), "re");
	if (!answer)
		fail(EXIT_HOST, "%s cannot be asked for its version: %s", path, strerror(errno));
	while (*line == '\n' && fgets(line, sizeof line, answer))
		; // perl's first line is empty
	while (getc(answer) != EOF)
		;
	int status = pclose(answer);
	if (WIFSIGNALED(status))
		fail(EXIT_HOST,
		     "%s --version was ended by signal %d; is the machine short of memory?", path,
		     WTERMSIG(status));
	line[strcspn(line, "\n")] = '\0';
	return mem_text(line);
}

static bool is_script(const char *path)
{
	char start[2] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool script = fd >= 0 && read(fd, start, 2) == 2 && !memcmp(start, "#!", 2);
	if (fd >= 0)
		close(fd);
	return script;
}

// A script may start another program, unless it has its version in itself, and so may what has another name, such as
// ccache: they stay as they are when the one behind them changes.
static bool stands_for_another(const char *program, const char *real, const char *version)
{
	if (!is_script(real))
		return !strstr(base_name(real), mem_copy(program, strcspn(program, "-")));
	const char *text = file_try(real);
	return !text || !strstr(text, version);
}

static const char *remembered(const char *note, const char *stamp)
{
	const char *known = file_try(note);
	size_t length = strlen(stamp);
	return known && !strncmp(known, stamp, length) ? known + length : NULL;
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
	const char *note = store_path(store, "versions/%s", hash_text(mem_format(ASK, path)));
	const char *version = remembered(note, stamp);
	if (version && !stands_for_another(program, real, version))
		return version;
	version = ask_version(path);
	file_replace(note,
		     mem_format("%s%s", stamp, version)); // else it is asked again, that is all
	return version;
}

const char *host_misfit(const struct store *store, const char *program)
{
	static const struct {
		const char *program, *said, *name;
	} makes[] = {{"tar", "GNU tar", "GNU tar"},
		     {"xz", "XZ Utils", "that of XZ Utils"},
		     {"gzip", "gzip 1", "GNU gzip"},
		     {"stat", "GNU coreutils", "that of GNU coreutils"}};
	const char *version = host_version(store, program);
	for (size_t i = 0; version && i < sizeof makes / sizeof *makes; i++)
		if (!strcmp(makes[i].program, program) && !strstr(version, makes[i].said))
			return makes[i].name;
	return NULL;
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

// Whether there is a pair, and rooms see it: one in somebody's home is of no use.
static bool is_usable(const char *cc, const char *cxx)
{
	return host_path(cc) && host_shows(host_path(cc)) && host_path(cxx) &&
	       host_shows(host_path(cxx));
}

static const char *find_compiler(const struct store *store, int oldest)
{
	for (int major = CLANG_NEWEST; major >= oldest; major--) {
		const char *name = mem_format("clang-%d", major);
		if (is_usable(name, mem_format("clang++-%d", major)))
			return name;
	}
	const char *plain = host_version(store, "clang");
	if (plain && version_at_least(plain, oldest, 0) && is_usable("clang", "clang++"))
		return "clang";
	return NULL;
}

bool host_has_clang(const struct store *store)
{
	return find_compiler(store, CLANG_FOR_TARGETS);
}

// "clang++-19" for "clang-19", "g++" for "gcc"; NULL for the name of neither compiler.
static const char *cxx_of(const char *cc)
{
	static const char *const names[][2] = {{"clang", "clang++"}, {"gcc", "g++"}};
	for (int i = 0; i < 2; i++) {
		size_t length = strlen(names[i][0]);
		if (!strncmp(cc, names[i][0], length) && (!cc[length] || cc[length] == '-'))
			return mem_format("%s%s", names[i][1], cc + length);
	}
	return NULL;
}

// What the user asked for, or no compiler at all.
static const char *asked_compiler(const struct store *store, const char *name, int oldest)
{
	const char *cxx = cxx_of(name);
	const char *newest = strcmp(name, "clang") ? NULL : find_compiler(store, oldest);
	if (newest)
		return newest;
	if (!cxx)
		fail(EXIT_INPUT,
		     "--host-cc %s is neither clang nor gcc; write a name such as clang-19 "
		     "or gcc-12",
		     name);
	if (!host_path(name) || !host_path(cxx))
		fail(EXIT_HOST, "--host-cc %s: PATH has no %s; install it, or leave --host-cc out",
		     name, host_path(name) ? cxx : name);
	bool clang = *cxx == 'c';
	if (clang && !version_at_least(host_version(store, name), oldest, 0))
		fail(EXIT_HOST, "--host-cc %s is older than clang %d, which this needs", name,
		     oldest);
	if (!clang && oldest == CLANG_FOR_TARGETS)
		fail(EXIT_INPUT,
		     "--host-cc %s is no clang, and --host-clang asks for one; leave one "
		     "of the two out",
		     name);
	if (!is_usable(name, cxx))
		fail(EXIT_HOST,
		     "--host-cc %s: it is at %s, where no sandbox sees it; install it for all "
		     "users, or leave --host-cc out",
		     name, host_path(host_shows(host_path(name)) ? cxx : name));
	return name;
}

static void find_compilers(struct host *host, const struct store *store,
			   const struct host_wish *wish)
{
	int oldest = wish->clang ? CLANG_FOR_TARGETS : CLANG_FOR_LLVM;
	host->cc = wish->cc ? asked_compiler(store, wish->cc, oldest)
			    : find_compiler(store, oldest);
	if (!host->cc && wish->clang)
		fail(EXIT_HOST, "--host-clang needs clang 19 or newer in PATH; install it with "
				"./bootstrap --setup, or leave --host-clang out");
	if (!host->cc && is_usable("gcc", "g++"))
		host->cc = "gcc";
	if (!host->cc)
		fail(EXIT_HOST, "no C and C++ compiler in PATH; install them with "
				"./bootstrap --setup");
	host->cxx = cxx_of(host->cc);
}

const struct host *host_look(const struct store *store, const struct host_wish *wish)
{
	struct host *host = mem_new(sizeof *host);
	host->machine = host_machine();
	host->processors = capacity_processors();
	host->memory = capacity_memory();
	find_compilers(host, store, wish);
	const char *ninja = host_version(store, "ninja");
	host->ninja_joins = ninja && version_at_least(ninja, 1, 13);
	return host;
}
