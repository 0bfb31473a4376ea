// Enters: a sandbox's list, in a child that has its namespaces. Leaves: the child in its new root.
// May touch: mounts of its own namespace, its stack; never the heap or stdio.
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// linux/mount.h has struct mount_attr under every libc, but cannot be included beside sys/mount.h.
#define MNT_DETACH 2
int mount(const char *, const char *, const char *, unsigned long, const void *);
int umount2(const char *, int);

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t length = (ssize_t)strlen(text), count = write(fd, text, (size_t)length);
	int error = errno;
	close(fd);
	errno = error;
	return count == length ? 0 : -1;
}

// user_namespaces(7): a process may map its own id, once, after it gave up setgroups.
static int map_ids(uid_t uid, gid_t gid)
{
	char line[64];
	if (write_file("/proc/self/setgroups", "deny") < 0)
		return -1;
	snprintf(line, sizeof line, "0 %u 1", (unsigned)uid);
	if (write_file("/proc/self/uid_map", line) < 0)
		return -1;
	snprintf(line, sizeof line, "0 %u 1", (unsigned)gid);
	return write_file("/proc/self/gid_map", line);
}

static int make_folders(const char *path, size_t from)
{
	char buffer[PATH_MAX];
	size_t length = strlen(path);
	if (length >= sizeof buffer) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(buffer, path, length + 1);
	for (size_t i = from + 1; i <= length; i++) {
		if (buffer[i] != '/' && i != length)
			continue;
		buffer[i] = '\0';
		if (mkdir(buffer, 0755) < 0 && errno != EEXIST)
			return -1;
		buffer[i] = i == length ? '\0' : '/';
	}
	return 0;
}

static int make_parent(const char *path, size_t from)
{
	char buffer[PATH_MAX];
	const char *slash = strrchr(path, '/');
	if ((size_t)(slash - path) >= sizeof buffer) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(buffer, path, (size_t)(slash - path));
	buffer[slash - path] = '\0';
	return make_folders(buffer, from);
}

// A mount point of the kind that `from` is.
static int make_point(const struct step *step, size_t from)
{
	struct stat info;
	if (stat(step->from, &info) < 0)
		return -1;
	if (S_ISDIR(info.st_mode))
		return make_folders(step->path, from);
	if (make_parent(step->path, from) < 0)
		return -1;
	return mknod(step->path, S_IFREG | 0644, 0) < 0 && errno != EEXIST ? -1 : 0;
}

// Below a mount that came from outside, flags such as nosuid are locked; mount_setattr(2) keeps
// them by itself and reaches every mount below, which MS_REMOUNT does not.
static int bind_mount(const struct step *step, size_t from)
{
	struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
	if (make_point(step, from) < 0)
		return -1;
	if (mount(step->from, step->path, NULL, MS_BIND | MS_REC, NULL) < 0)
		return -1;
	if (step->kind == STEP_BIND_WRITE)
		return 0;
	return (int)syscall(SYS_mount_setattr, AT_FDCWD, step->path, AT_RECURSIVE, &attributes,
			    sizeof attributes);
}

static int mount_new(const char *type, const char *path, size_t from, unsigned long flags,
		     const char *options)
{
	if (make_folders(path, from) < 0)
		return -1;
	return mount(type, path, type, flags, options);
}

// Since Linux 6.7 a user namespace has a binfmt_misc of its own. Flag F of the line makes the
// kernel open the interpreter now, by its path on the build machine.
static int register_binfmt(const struct step *step, size_t from)
{
	char file[PATH_MAX];
	if (mount_new("binfmt_misc", step->path, from, MS_NOSUID | MS_NODEV, NULL) < 0)
		return -1;
	snprintf(file, sizeof file, "%s/register", step->path);
	return write_file(file, step->from);
}

// The tree below, a folder in memory above: writes go to memory and vanish with the namespace.
// Paths go through /proc/self/fd, because commas and colons in them would end an option.
static int mount_overlay(const char *memory, const char *tree, const char *point)
{
	static const char *const names[] = {"/upper", "/work"};
	char path[PATH_MAX], options[256];
	int fds[3];
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s%s", memory, i < 2 ? names[i] : "");
		if (i < 2 && mkdir(path, 0755) < 0)
			return -1;
		fds[i] = open(i < 2 ? path : tree, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fds[i] < 0)
			return -1;
	}
	snprintf(options, sizeof options,
		 "upperdir=/proc/self/fd/%d,workdir=/proc/self/fd/%d,lowerdir=/proc/self/fd/%d,"
		 "userxattr",
		 fds[0], fds[1], fds[2]);
	int done = mount("overlay", point, "overlay", 0, options);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	return done;
}

// The overlay hides the memory that it writes to.
static int mount_scratch(const struct step *step, size_t from)
{
	if (mount_new("tmpfs", step->path, from, MS_NOSUID | MS_NODEV, "mode=755") < 0)
		return -1;
	return mount_overlay(step->path, step->from, step->path);
}

static int take(const struct step *step, size_t from)
{
	struct stat info;
	if (step->optional && stat(step->from, &info) < 0)
		return 0;
	switch (step->kind) {
	case STEP_BIND:
	case STEP_BIND_WRITE:
		return bind_mount(step, from);
	case STEP_OVERLAY:
		return mount_scratch(step, from);
	case STEP_TMPFS:
		return mount_new("tmpfs", step->path, from, MS_NOSUID | MS_NODEV, "mode=755");
	case STEP_LINK:
		if (make_parent(step->path, from) < 0)
			return -1;
		return symlink(step->from, step->path) < 0 && errno != EEXIST ? -1 : 0;
	case STEP_PROC:
		return mount_new("proc", step->path, from, MS_NOSUID | MS_NODEV, NULL);
	case STEP_DEVPTS:
		return mount_new("devpts", step->path, from, MS_NOSUID,
				 "newinstance,ptmxmode=0666,mode=620");
	case STEP_BINFMT:
		return register_binfmt(step, from);
	}
	errno = EINVAL;
	return -1;
}

static int make_root(const struct sandbox *sandbox)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -1;
	if (mount("tmpfs", sandbox->root, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") < 0)
		return -1;
	if (!sandbox->tree)
		return 0;
	char point[PATH_MAX];
	snprintf(point, sizeof point, "%s/tree", sandbox->root);
	return mkdir(point, 0755) < 0 ? -1 : mount_overlay(sandbox->root, sandbox->tree, point);
}

// pivot_root(2): with "." twice the old root ends up above the new one, ready to be let go.
static int change_root(const struct sandbox *sandbox)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s%s", sandbox->root, sandbox->tree ? "/tree" : "");
	if (chdir(path) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return -1;
	if (sandbox->tree)
		return 0;
	return mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV,
		     NULL);
}

static int loopback_up(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno == EAFNOSUPPORT ? 0 : -1;
	int done = ioctl(fd, SIOCSIFFLAGS, &request);
	close(fd);
	return done;
}

// This process itself stays on as the room's first: a recipe, which may trace it, is not to mount by its hands.
static int drop_own_rights(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
	if (syscall(SYS_capget, &head, sets) < 0)
		return -1;
	sets[0].effective &= ~CAP_TO_MASK(CAP_SYS_ADMIN);
	sets[0].permitted &= ~CAP_TO_MASK(CAP_SYS_ADMIN);
	return (int)syscall(SYS_capset, &head, sets);
}

// A recipe is uid 0 of its namespace; without this it could remount what is read-only.
static int drop_rights(void)
{
	if (prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN, 0, 0, 0) < 0 || drop_own_rights() < 0)
		return -1;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int sandbox_enter(const struct sandbox *sandbox, uid_t uid, gid_t gid, int *step)
{
	static const char host[] = "bootstrap";
	size_t from = strlen(sandbox->root) + (sandbox->tree ? strlen("/tree") : 0);
	*step = STEP_OF_ROOT;
	if (map_ids(uid, gid) < 0 || make_root(sandbox) < 0 ||
	    sethostname(host, sizeof host - 1) < 0)
		return -1;
	for (size_t i = 0; i < sandbox->steps.count; i++) {
		*step = (int)i;
		if (take(sandbox->steps.at[i], from) < 0)
			return -1;
	}
	*step = STEP_OF_ROOT;
	if (change_root(sandbox) < 0 || (!sandbox->network && loopback_up() < 0))
		return -1;
	return sandbox->interactive ? 0 : drop_rights();
}
