// Enters: targets/*, or a name. Leaves: struct target. May touch: files it reads.
#include "target.h"
#include "fail.h"
#include "folder.h"
#include "names.h"

#include <string.h>

static struct target *target_read(const char *root, const char *name, const struct conf *distro)
{
	struct target *target = mem_new(sizeof *target);
	const struct conf *conf = conf_read(mem_format("%s/targets/%s", root, name), distro);
	if (*conf->rest)
		fail_at(conf->path, conf->rest_line, "a target holds facts only: key=value");
	conf_check(conf, "triple machine kernel llvm cflags loader qemu", "oci");
	EACH(const struct fact, fact, conf->facts)
		if (!*fact->value && strcmp(fact->key, "cflags") != 0)
			fail_at(conf->path, fact->line, "%s is empty; only cflags may be",
				fact->key);
	*target = (struct target){
		.name = name,
		.triple = conf_value(conf, "triple"),
		.machine = conf_value(conf, "machine"),
		.kernel = conf_value(conf, "kernel"),
		.llvm = conf_value(conf, "llvm"),
		.cflags = conf_value(conf, "cflags"),
		.loader = conf_value(conf, "loader"),
		.qemu = conf_value(conf, "qemu"),
		.oci = conf_value(conf, "oci"),
	};
	return target;
}

struct list targets_read(const char *root, const struct conf *distro)
{
	struct list targets = {0};
	struct list names = folder_texts(mem_format("%s/targets", root));
	EACH(const char, name, names)
		list_push(&targets, target_read(root, name, distro));
	return targets;
}

const char *target_names(const struct list *targets)
{
	const char *names = "";
	EACH(const struct target, target, *targets)
		names = mem_format("%s %s", names, target->name);
	return names;
}

const struct target *target_named(const struct list *targets, const char *name)
{
	struct list names = {0};
	EACH(const struct target, target, *targets) {
		if (!strcmp(target->name, name))
			return target;
		list_push(&names, mem_text(target->name));
	}
	fail(EXIT_INPUT, "there is no target '%s'; known:%s (a new one is a file in targets/)%s",
	     name, target_names(targets), names_hint(name, &names));
}
