// Enters: targets/*, or a name. Leaves: struct target. May touch: files it reads.
#include "target.h"
#include "fail.h"
#include "folder.h"
#include "names.h"

#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-"

// Words of command lines and names of files.
static bool is_plain(const char *text)
{
	return *text != '-' && text[strspn(text, LETTERS)] == '\0';
}

static void check_facts(const struct conf *conf)
{
	EACH(const struct fact, fact, conf->facts) {
		bool flags = !strcmp(fact->key, "cflags");
		if (!*fact->value && !flags)
			fail_at(conf->path, fact->line, "%s is empty; only cflags may be",
				fact->key);
		if (!flags && !is_plain(fact->value))
			fail_at(conf->path, fact->line,
				"%s '%s': only letters, digits, '.', '_', '+' and '-' will do",
				fact->key, fact->value);
		if (strchr(fact->value, '\n'))
			fail_at(conf->path, fact->line,
				"%s goes on in another line, which makefiles do not take; join them",
				fact->key);
	}
}

static struct target *target_read(const char *root, const char *name, const struct conf *distro)
{
	struct target *target = mem_new(sizeof *target);
	const char *path = mem_format("%s/targets/%s", root, name);
	if (!is_plain(name))
		fail_at(path, 0, "a target's name is letters, digits, '.', '_', '+' and '-'");
	const struct conf *conf = conf_read(path, distro);
	if (*conf->rest)
		fail_at(conf->path, conf->rest_line, "a target holds facts only: key=value");
	conf_check(conf, "triple machine kernel llvm cflags loader qemu", "oci");
	check_facts(conf);
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
