// Enters: what the kernel refused. Leaves: the setting behind it, and the remedy. May touch:
// /proc/sys, to read it.
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	int forbids, allows;
} settings[] = {
	{"kernel.apparmor_restrict_unprivileged_userns", 1, 0},
	{"kernel.unprivileged_userns_clone", 0, 1},
	{"user.max_user_namespaces", 0, 10000},
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

const char *namespace_remedy(int error)
{
	struct namespace_setting setting;
	for (size_t i = 0; namespace_setting(i, &setting); i++)
		if (setting.remedy)
			return setting.remedy;
	if (error == ENOSYS || error == EINVAL)
		return "Linux 5.12 or newer is needed, with user namespaces";
	return "user namespaces are refused, and no setting says why; in a container, allow them "
	       "(its seccomp or AppArmor profile), or run outside of it";
}
