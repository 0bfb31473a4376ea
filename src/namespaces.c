// Enters: what the kernel refused. Leaves: the setting behind it, and the remedy. May touch:
// /proc/sys, to read it.
#include "host.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { NAMESPACES = 10000 }; // enough of each kind

static const struct {
	const char *name;
	int forbids, allows;
} settings[] = {
	{"kernel.apparmor_restrict_unprivileged_userns", 1, 0},
	{"kernel.unprivileged_userns_clone", 0, 1},
	{"user.max_user_namespaces", 0, NAMESPACES},
};

static const char *value_of(const char *name)
{
	char text[16] = "";
	char *path = mem_format("/proc/sys/%s", name);
	for (char *at = path; (at = strchr(at, '.'));)
		*at = '/';
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	ssize_t count = read(fd, text, sizeof text - 1);
	close(fd);
	return count > 0 ? mem_copy(text, strcspn(text, "\n")) : NULL;
}

bool namespace_setting(size_t number, struct namespace_setting *found)
{
	if (number >= sizeof settings / sizeof *settings)
		return false;
	const char *name = settings[number].name, *value = value_of(name);
	bool forbids = value && strtol(value, NULL, 10) == settings[number].forbids;
	*found = (struct namespace_setting){
		.name = name,
		.value = value,
		.remedy = forbids ? mem_format("this machine forbids user namespaces; as root run: "
					       "sysctl %s=%d",
					       name, settings[number].allows)
				  : NULL,
	};
	return true;
}

static const char too_old[] = "Linux 5.12 or newer is needed, with user namespaces";

// A kernel that is new enough has the call: then something keeps it away. A container's profile says that it is
// unknown, so that programs use an older one; to qemu's user emulation it is.
static const char *unknown_call(void)
{
	struct utsname names;
	if (uname(&names) < 0 || !version_at_least(names.release, 5, 12))
		return too_old;
	return "this kernel could, so an emulator or a seccomp profile keeps clone3(2) away; run outside of "
	       "it, or start the container with --security-opt seccomp=unconfined";
}

// user_namespaces(7): how many there may be of each kind, in this namespace and in all that it lies in; where the
// limit itself is not 0, those that are there count.
static const char *limit_reached(void)
{
	static const char *const kinds[] = {"user", "mnt", "pid", "net", "ipc", "uts"};
	const char *names = "";
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const char *name = mem_format("user.max_%s_namespaces", kinds[i]);
		const char *value = value_of(name);
		if (value && !strcmp(value, "0"))
			names = mem_format("%s %s=%d", names, name, NAMESPACES);
	}
	if (*names)
		return mem_format("this machine forbids a kind of namespace; as root run: sysctl%s",
				  names);
	return "the limit of a kind of namespace is reached; lower -j, or raise user.max_*_namespaces with sysctl";
}

// What would refuse any process. NULL: it is about namespaces.
static const char *shortage(int error)
{
	if (error == EMFILE || error == ENFILE)
		return "raise ulimit -n, or lower -j";
	if (error == EAGAIN)
		return "there are too many processes: raise ulimit -u or the container's limit, or lower "
		       "-j";
	if (error == ENOSPC)
		return limit_reached();
	return error == ENOMEM ? "there is no memory for it: lower -j" : NULL;
}

const char *namespace_remedy(int error)
{
	struct namespace_setting setting;
	const char *remedy = shortage(error);
	if (remedy)
		return remedy;
	// by a container's filter: the settings that it shows are its host's, and would not help
	if (error == ENOSYS)
		return unknown_call();
	for (size_t i = 0; namespace_setting(i, &setting); i++)
		if (setting.remedy)
			return setting.remedy;
	if (error == EINVAL)
		return too_old;
	return "user namespaces are refused, and no setting says why; in a container, allow them "
	       "(its seccomp or AppArmor profile), or run outside of it; in a chroot nobody may have any";
}
