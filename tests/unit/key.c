// Which facts change which key. Every input's output is taken as given, so what changes here is
// what would be run again by that fact alone: the rest is early cutoff.
#include "hash.h"
#include "job.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const char *top;

struct keys {
	struct list names, values;
};

static const char *new_world(void)
{
	const char *path = room();
	shell("cp -R %s/tests/world/. %s && rm %s/src/* && cp -R %s/src/sh %s/src/", top, path,
	      path, top, path);
	return path;
}

static const struct jobs *jobs_of(const char *root, const char *target, const char *machine)
{
	struct host *host = mem_new(sizeof *host);
	const struct store *store = store_open(mem_format("%s/store", room()));
	*host = (struct host){
		.machine = machine, .processors = 1, .memory = 1000, .cc = "sh", .cxx = "sh"};
	const struct plan_wish wish = {.root = root, .target = target, .machine = machine};
	return jobs_make(plan_make(&wish), store, host);
}

static struct keys keys_of(const struct jobs *jobs)
{
	struct keys keys = {0};
	EACH(struct job, job, jobs->all)
		job->out = hash_text(job->name);
	EACH(struct job, job, jobs->all) {
		job_set_key(jobs, job);
		list_push(&keys.names, mem_text(job->name));
		list_push(&keys.values, mem_text(job->key));
	}
	return keys;
}

static const char *value(const struct keys *keys, const char *name)
{
	EACH(const char, known, keys->names)
		if (!strcmp(known, name))
			return keys->values.at[known_i];
	return "";
}

// Names of builds, unpacks and fetches whose keys differ, in the order of the plan. Unions are left
// out: they are told by their parts.
static const char *differences(const struct keys *one, const struct keys *two)
{
	const char *text = "";
	EACH(const char, name, two->names)
		if (strchr(name, '/') && !strchr(name, ' ') &&
		    strcmp(value(one, name), value(two, name)) != 0)
			text = mem_format("%s%s%s", text, *text ? " " : "", name);
	return text;
}

// What a change to the files changes for a target, seen from a machine of the kind of `near`.
static const char *changed_by(const char *target, const char *script)
{
	const char *root = new_world();
	struct keys before = keys_of(jobs_of(root, target, "x86_64"));
	shell("cd %s && %s", root, script);
	struct keys after = keys_of(jobs_of(root, target, "x86_64"));
	return differences(&before, &after);
}

// Editors and patch(1) leave files of which nobody means that they be built, or built again for.
static void what_is_left_beside_a_file_changes_nothing(void **state)
{
	(void)state;
	assert_string_equal(
		changed_by("near",
			   "for end in '~' .orig .rej .bak .swp; do "
			   "for file in targets/near stages/stage2 recipes/hello/recipe; do "
			   "cp $file $file$end; echo '# edited' >>$file$end; done; done; "
			   "cp targets/near targets/#near#; touch recipes/zed/#recipe#"),
		"");
}

static void nothing_changes_nothing(void **state)
{
	(void)state;
	assert_string_equal(changed_by("near", "find . -exec touch {} +"), "");
	assert_string_equal(changed_by("near", "chmod -R go-rwx ."), "");
	assert_string_equal(changed_by("near", "mv targets/far targets/zfar"), "");
	assert_string_equal(changed_by("near", "mkdir recipes/other; echo >recipes/other/recipe"),
			    "");
	assert_string_equal(changed_by("near",
				       "echo '# a remark' >>targets/near; sed -i '1i# a remark' "
				       "stages/stage2"),
			    "");
	assert_string_equal(changed_by("near", "echo x >src/sh/setup; echo x >>src/sh/fetch"), "");
}

static void a_recipe_changes_its_own(void **state)
{
	(void)state;
	assert_string_equal(changed_by("near", "echo '# a remark' >>recipes/app/recipe"),
			    "stage2/app");
	assert_string_equal(changed_by("near", "echo '# a remark' >>recipes/zed/recipe"),
			    "stage2/zed:small stage2/zed");
	assert_string_equal(changed_by("near", "echo more >recipes/program/other"),
			    "stage2/program");
	assert_string_equal(changed_by("near", "chmod 755 recipes/program/say.c"),
			    "stage2/program");
	assert_string_equal(changed_by("near", "mkdir recipes/app/d; echo x >recipes/app/d/e"),
			    "stage2/app");
	assert_string_equal(changed_by("near", "mkdir recipes/app/d"), "stage2/app");
	assert_string_equal(changed_by("near", "echo '# a remark' >>recipes/rt/recipe"),
			    "stage1/rt stage2/rt");
}

static void a_patch_changes_the_source(void **state)
{
	(void)state;
	assert_string_equal(changed_by("near", "echo >>recipes/zed/fix.patch"),
			    "unpack/zed stage2/zed:small stage2/zed");
	assert_string_equal(
		changed_by("near", "echo >>src/sh/unpack"),
		"unpack/libc stage1/libc stage2/libc unpack/hello stage2/hello stage2/greet:hey "
		"unpack/zed stage2/zed:small stage2/zed");
	assert_string_equal(
		changed_by("near", "sed -i 's/^exclude=.*/exclude=doc/' recipes/hello/recipe"),
		"unpack/hello stage2/hello stage2/greet:hey");
}

static void a_pin_changes_the_fetch(void **state)
{
	(void)state;
	const char *pin = "sed -i 's/^sha256=..../sha256=0000/' recipes/hello/recipe";
	assert_string_equal(changed_by("near", pin),
			    "fetch/hello unpack/hello stage2/hello stage2/greet:hey");
	// where it comes from is no matter, what it is is
	assert_string_equal(changed_by("near",
				       "sed -i 's,^source=.*,source=\"https://b.invalid/hello-"
				       "$version.tar\",' recipes/hello/recipe"),
			    "stage2/hello");
}

static void styles_change_theirs(void **state)
{
	(void)state;
	assert_string_equal(changed_by("near", "echo >>src/sh/style/configure"), "stage2/hello");
	assert_string_equal(changed_by("near", "echo >>src/sh/style/configure.site"),
			    "stage2/hello");
	assert_string_equal(changed_by("near", "echo >>src/sh/style/cmake"), "");
	assert_string_equal(changed_by("near", "echo >>src/sh/style/make"),
			    "stage1/libc stage2/libc stage2/greet:hey stage2/zed:small stage2/zed");
	assert_string_equal(
		changed_by("near", "echo >>src/sh/run"),
		"stage1/compiler stage1/cross stage1/libc stage1/rt stage2/files stage2/libc "
		"stage2/rt stage2/hello stage2/greet:hey stage2/zed:small stage2/zed "
		"stage2/program stage2/app");
	// what is for the build machine is not tidied
	assert_string_equal(
		changed_by("near", "echo >>src/sh/tidy"),
		"stage1/libc stage1/rt stage2/files stage2/libc stage2/rt stage2/hello "
		"stage2/greet:hey stage2/zed:small stage2/zed stage2/program stage2/app");
}

static void a_value_changes_its_line(void **state)
{
	(void)state;
	assert_string_equal(changed_by("near", "sed -i 's/word=hey/word=hi/' stages/stage2"),
			    "stage2/greet:hi stage2/app");
}

static void the_distribution_changes_who_asks(void **state)
{
	(void)state;
	assert_string_equal(changed_by("near", "sed -i 's/^version=.*/version=9/' distro"),
			    "stage2/files");
}

static void a_flag_changes_its_target(void **state)
{
	(void)state;
	assert_string_equal(changed_by("near", "sed -i s/mtoy=far/mtoy=x/ targets/far"), "");
	assert_string_equal(
		changed_by("far", "sed -i s/mtoy=far/mtoy=x/ targets/far"),
		"stage1/cross stage1/libc:headers stage1/rt stage1/libc stage2/files stage2/libc "
		"stage2/rt stage2/hello stage2/greet:hey stage2/zed:small stage2/zed stage2/app");
}

static void targets_share_what_is_for_the_build_machine(void **state)
{
	(void)state;
	const char *root = new_world();
	struct keys near = keys_of(jobs_of(root, "near", "x86_64"));
	struct keys far = keys_of(jobs_of(root, "far", "x86_64"));
	static const char *const shared[] = {"fetch/libc",     "fetch/hello",  "fetch/zed",
					     "unpack/libc",    "unpack/hello", "unpack/zed",
					     "stage1/compiler"};
	for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
		if (strcmp(value(&near, shared[i]), value(&far, shared[i])) != 0)
			fail_msg("%s differs", shared[i]);
	assert_string_not_equal(value(&near, "stage2/app"), value(&far, "stage2/app"));
}

static void checkouts_share_all(void **state)
{
	(void)state;
	struct keys one = keys_of(jobs_of(new_world(), "far", "x86_64"));
	struct keys two = keys_of(jobs_of(new_world(), "far", "x86_64"));
	assert_string_equal(differences(&one, &two), "");
}

static void an_input_changes_who_reads_it(void **state)
{
	(void)state;
	const char *root = new_world();
	struct keys before = keys_of(jobs_of(root, "near", "x86_64"));
	const struct jobs *jobs = jobs_of(root, "near", "x86_64");
	EACH(struct job, job, jobs->all)
		job->out = hash_text(!strcmp(job->name, "stage2/hello") ? "other" : job->name);
	struct keys after = {0};
	EACH(struct job, job, jobs->all) {
		job_set_key(jobs, job);
		list_push(&after.names, mem_text(job->name));
		list_push(&after.values, mem_text(job->key));
	}
	assert_string_equal(differences(&before, &after), "stage2/app");
	assert_string_not_equal(value(&before, "stage2"), value(&after, "stage2"));
	assert_string_equal(value(&before, "stage1"), value(&after, "stage1"));
}

// Those that an earlier runner made lack what is installed under names that begin with a dot.
static void a_union_has_another_key_than_one_without_dot_files(void **state)
{
	(void)state;
	const struct jobs *jobs = jobs_of(new_world(), "near", "x86_64");
	keys_of(jobs);
	EACH(const struct job, stage, jobs->stages)
		assert_non_null(strstr(stage->manifest, "\ncompose all side by side\n"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_changes_nothing),
		cmocka_unit_test(what_is_left_beside_a_file_changes_nothing),
		cmocka_unit_test(a_recipe_changes_its_own),
		cmocka_unit_test(a_patch_changes_the_source),
		cmocka_unit_test(a_pin_changes_the_fetch),
		cmocka_unit_test(styles_change_theirs),
		cmocka_unit_test(a_value_changes_its_line),
		cmocka_unit_test(the_distribution_changes_who_asks),
		cmocka_unit_test(a_flag_changes_its_target),
		cmocka_unit_test(targets_share_what_is_for_the_build_machine),
		cmocka_unit_test(checkouts_share_all),
		cmocka_unit_test(an_input_changes_who_reads_it),
		cmocka_unit_test(a_union_has_another_key_than_one_without_dot_files),
	};
	top = argc > 1 ? argv[1] : ".";
	return cmocka_run_group_tests_name("key", tests, NULL, NULL);
}
