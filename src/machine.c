// Enters: the machine and a store. Leaves: for each thing a build depends on, what was found and what
// is wrong with it. May touch: two files in the store; sandboxes, to try them.
#include "machine.h"
#include "binfmt.h"
#include "folder.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Of the disk: for all stages of a target, and for one LLVM more, with its sources and objects.
enum { DISK_GIB = 30, LLVM_GIB = 4, MEMORY_MIB = 4096, CLOCK_SECONDS = 5 };

static struct finding fine(const char *fact)
{
	return (struct finding){.fact = fact};
}

__attribute__((format(printf, 1, 2))) static struct finding wrong(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct finding finding = {.trouble = mem_vformat(format, args)};
	va_end(args);
	return finding;
}

struct finding machine_kernel(void)
{
	struct utsname names;
	if (uname(&names) < 0)
		return wrong("uname does not answer");
	if (version_at_least(names.release, 5, 12))
		return fine(mem_text(names.release));
	return wrong("%s is too old; sandboxes want Linux 5.12 or newer", names.release);
}

static const char *date(time_t time)
{
	char text[sizeof "2000-01-01 00:00"];
	struct tm parts;
	strftime(text, sizeof text, "%Y-%m-%d %H:%M", gmtime_r(&time, &parts));
	return mem_text(text);
}

// make and ninja go by files' times: the clock must not lie before what there already is, nor may
// the store's file system have another one.
struct finding machine_clock(const struct store *store)
{
	struct stat built, now;
	const char *file = store_path(store, "clock.%d", (int)getpid());
	time_t time_here = time(NULL);
	if (!stat("/proc/self/exe", &built) && built.st_mtime > time_here + CLOCK_SECONDS)
		return wrong("it says %s, but this program was built %s; set it as root with date "
			     "-s, or let an NTP service do so",
			     date(time_here), date(built.st_mtime));
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	bool same = fd < 0 || fstat(fd, &now) < 0 ||
		    llabs((long long)(now.st_mtime - time(NULL))) <= CLOCK_SECONDS;
	if (fd >= 0)
		close(fd);
	unlink(file);
	if (same)
		return fine(mem_format("%s UTC", date(time_here)));
	return wrong("%s is on a machine whose clock differs; let NTP set both, or choose another "
		     "--store",
		     store->path);
}

struct finding machine_memory(const struct host *host)
{
	const char *fact = mem_format("%.1f GiB free", (double)host->memory / 1024);
	if (host->memory >= MEMORY_MIB)
		return fine(fact);
	return wrong("%s; linking LLVM wants %d: end something, or add swap", fact,
		     MEMORY_MIB / 1024);
}

// LLVM, the largest part of a full build, is in every first stage.
static bool has_a_stage(const struct store *store)
{
	struct list targets = folder_names(store_path(store, "roots"));
	EACH(const char, target, targets)
		if (folder_names(store_path(store, "roots/%s", target)).count)
			return true;
	return false;
}

const char *machine_noexec(const struct store *store)
{
	struct statvfs info;
	if (statvfs(store->path, &info) < 0 || !(info.f_flag & ST_NOEXEC))
		return NULL;
	return mem_format("no program may be run from %s (noexec); choose another place with "
			  "--store",
			  store->path);
}

struct finding machine_disk(const struct store *store)
{
	struct statvfs info;
	const char *noexec = machine_noexec(store);
	if (noexec)
		return wrong("%s", noexec);
	if (statvfs(store->path, &info) < 0)
		return wrong("%s", strerror(errno));
	unsigned long long gib = ((unsigned long long)info.f_bavail * info.f_frsize) >> 30;
	const char *fact = mem_format("%llu GiB free at %s", gib, store->path);
	if (gib >= DISK_GIB)
		return fine(fact);
	bool built = has_a_stage(store);
	if (built && gib >= LLVM_GIB)
		return fine(
			mem_format("%s, beside stages that are built; from nothing, all want %d",
				   fact, DISK_GIB));
	return wrong("%s; %s wants %d: choose another place with --store, or make room with gc",
		     fact, built ? "LLVM alone" : "a full build", built ? LLVM_GIB : DISK_GIB);
}

// Sources have files whose names differ in case only: Linux itself, and perl.
struct finding machine_file_names(const struct store *store)
{
	struct stat one, other;
	const char *file = store_path(store, "case"), *twin = store_path(store, "CASE");
	int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return wrong("%s: %s; choose another place with --store", file, strerror(errno));
	bool same = !fstat(fd, &one) && !stat(twin, &other) && one.st_ino == other.st_ino;
	close(fd);
	unlink(file);
	if (!same)
		return fine("case counts");
	return wrong("%s takes 'case' and 'CASE' for one file; choose a file system that does not, "
		     "with --store",
		     store->path);
}

// Runs it, its words unseen; NULL, or why it did not end well.
static const char *attempt(struct sandbox *sandbox)
{
	static char *const environment[] = {NULL};
	struct child child;
	int status, null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		sandbox_fd(sandbox, null, fd);
	sandbox->environment = environment;
	bool started = spawn(sandbox, &child);
	const char *trouble = started ? NULL : namespace_remedy(errno);
	close(null);
	if (!started)
		return trouble;
	waitpid(child.pid, &status, 0);
	trouble = spawn_trouble(sandbox, &child);
	if (!trouble && status)
		trouble = mem_format("%s does not work in a sandbox", sandbox->argv[0]);
	close(child.trouble);
	close(child.pidfd);
	return trouble;
}

struct finding machine_sandbox(const struct store *store)
{
	static char *const argv[] = {"/bin/sh", "-c", ":", NULL};
	struct sandbox *sandbox = sandbox_new(store_path(store, "root"), NULL);
	sandbox_base(sandbox);
	for (size_t i = 0; host_folders[i]; i++) {
		const char *path = mem_format("/%s", host_folders[i]);
		sandbox_try(sandbox, STEP_BIND, path, path);
	}
	sandbox->argv = argv;
	return (struct finding){.trouble = attempt(sandbox)};
}

// Alone in there a qemu that is not static does not even start, as it would not in a target's root.
struct finding machine_emulator(const struct store *store, const struct target *target)
{
	static char *const argv[] = {"/qemu", "--version", NULL};
	struct finding finding = {.trouble = binfmt_trouble(target)};
	const char *line = binfmt_trial(target);
	if (finding.trouble || !line)
		return finding;
	finding.fact = binfmt_interpreter(target);
	struct sandbox *sandbox = sandbox_new(store_path(store, "root"), NULL);
	sandbox_base(sandbox);
	sandbox_step(sandbox, STEP_BINFMT, line, BINFMT_FOLDER);
	sandbox_step(sandbox, STEP_BIND, finding.fact, argv[0]);
	sandbox->argv = argv;
	const char *trouble = attempt(sandbox);
	if (trouble)
		finding.trouble = mem_format("%s cannot be used: %s; a static one is wanted "
					     "(./bootstrap --setup), and a kernel with binfmt_misc",
					     finding.fact, trouble);
	return finding;
}
