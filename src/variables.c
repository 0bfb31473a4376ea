// Enters: a build, and what the run grants it. Leaves: its environment variables. May touch: the
// arena.
#include "variables.h"
#include "tree.h"

#include <ctype.h>

void set(struct list *variables, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	list_push(variables, mem_vformat(format, args));
	va_end(args);
}

void set_common(struct list *to)
{
	set(to, "HOME=/tmp");
	set(to, "LC_ALL=C");
	set(to, "TZ=UTC");
	set(to, "SOURCE_DATE_EPOCH=%d", TREE_TIME);
	set(to, "OUT=/out");
	set(to, "BUILD=/build");
	set(to, "RECIPE=/recipe");
}

static void set_target(struct list *to, const struct jobs *jobs)
{
	const struct plan *plan = jobs->plan;
	const struct target *target = plan->target;
	set(to, "TRIPLE=%s", target->triple);
	set(to, "MACHINE=%s", target->machine);
	set(to, "KERNEL_ARCH=%s", target->kernel);
	set(to, "LLVM_BACKEND=%s", target->llvm);
	set(to, "TARGET_CFLAGS=%s", target->cflags);
	set(to, "LOADER=%s", target->loader);
}

// ar and the like, which a style expects wherever it builds.
static void set_binutils(struct list *to, const char *prefix)
{
	static const char *const tools[][2] = {
		{"AR", "ar"},	    {"RANLIB", "ranlib"},   {"NM", "nm"},
		{"STRIP", "strip"}, {"OBJCOPY", "objcopy"}, {"READELF", "readelf"},
	};
	for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
		set(to, "%s=%s%s", tools[i][0], prefix, tools[i][1]);
}

static void set_host_compiler(struct list *to, const struct jobs *jobs)
{
	const struct host *host = jobs->host;
	const char *flags = "-O2";
	set(to, "CC=%s", host->cc);
	set(to, "CXX=%s", host->cxx);
	set_binutils(to, "");
	set(to, "CFLAGS=%s", flags);
	set(to, "CXXFLAGS=%s", flags);
	set(to, "LDFLAGS=");
}

// Prefix maps keep the sandbox's paths out of the result; what is left is the same in every stage.
static void set_target_compiler(struct list *to, const struct jobs *jobs, bool native)
{
	const char *sysroot = native ? "" : " --sysroot=/sysroot";
	const struct target *target = jobs->plan->target;
	const char *flags = mem_format("-O2 %s%s -ffile-prefix-map=/src=. "
				       "-ffile-prefix-map=/build=.",
				       target->cflags, sysroot);
	set(to, "CC=%s-clang", target->triple);
	set(to, "CXX=%s-clang++", target->triple);
	set_binutils(to, "llvm-");
	set(to, "CFLAGS=%s", flags);
	set(to, "CXXFLAGS=%s", flags);
	set(to, "LDFLAGS=%s", native ? "" : "--sysroot=/sysroot");
}

// Where the build machine's program is; by its name alone one of the stage below could be found.
static const char *place_of(const struct item *item, const char *program)
{
	return item->stage->tools ? mem_format("/host/bin/%s", program) : host_path(program);
}

// What a recipe may run while it builds: in the target's own root that is the target's compiler.
static void set_build_compiler(struct list *to, const struct item *item, const struct jobs *jobs)
{
	const char *triple = jobs->plan->target->triple;
	bool native = stage_is_native(item->stage);
	set(to, "BUILD_CC=%s",
	    native ? mem_format("%s-clang", triple) : place_of(item, jobs->host->cc));
	set(to, "BUILD_CXX=%s",
	    native ? mem_format("%s-clang++", triple) : place_of(item, jobs->host->cxx));
}

static void set_places(struct list *to, bool native)
{
	set(to, "SRC=/src");
	if (native) {
		set(to, "PATH=/usr/bin");
		set(to, "TOOLS=/usr");
		set(to, "SYSROOT=/");
		return;
	}
	set(to, "PATH=/tools/bin:/host/bin");
	set(to, "TOOLS=/tools");
	set(to, "SYSROOT=/sysroot");
}

static void set_distro(struct list *to, const struct conf *distro)
{
	EACH(const struct fact, fact, distro->facts) {
		char *name = mem_text(fact->key);
		for (char *at = name; *at; at++)
			*at = (char)toupper((unsigned char)*at);
		set(to, "DISTRO_%s=%s", name, fact->value);
	}
}

void set_for_build(struct list *to, const struct item *item, const struct room_wish *wish)
{
	static const char *const machine[] = {"target", "build", "cross"};
	bool native = stage_is_native(item->stage);
	set_places(to, native);
	set(to, "STYLE=%s", item->recipe->style);
	set(to, "NAME=%s", item->recipe->name);
	set(to, "version=%s", item->recipe->version);
	set(to, "FOR=%s", machine[item->purpose]);
	set(to, "LLVM_BACKENDS=%s", wish->jobs->plan->backends);
	set(to, "JOBS=%d", wish->share);
	set(to, "MEMORY=%ld", wish->memory);
	set(to, "MAKEFLAGS=%s", wish->makeflags);
	set_build_compiler(to, item, wish->jobs);
	if (item->purpose != FOR_BUILD)
		set_target(to, wish->jobs);
	if (item->purpose == FOR_TARGET)
		set_target_compiler(to, wish->jobs, native);
	else
		set_host_compiler(to, wish->jobs);
	if (item->recipe->reads_distro)
		set_distro(to, wish->jobs->plan->distro);
	EACH(const struct fact, value, item->values)
		set(to, "%s=%s", value->key, value->value);
}
