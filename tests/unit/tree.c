// Trees on disk: what their hash tells apart and what it does not; unions; copies; removal.
#include "tree.h"
#include "hash.h"
#include "mem.h"
#include "unit.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static int entries_until_error = -1; // of folders that are read; below 0: there is none

// In place of the C library's: a disk that errs.
struct dirent *readdir(DIR *dir)
{
	static struct dirent *(*real)(DIR *);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "readdir");
	if (entries_until_error-- != 0)
		return real(dir);
	errno = EIO;
	return NULL;
}

static const char *seal(const char *path)
{
	struct tree_sum sum;
	const char *error = "";
	if (!tree_seal(path, &sum, &error))
		fail_msg("%s", error);
	return sum.digest;
}

// The folder that a script makes.
static const char *made(const char *script)
{
	const char *path = room();
	shell("umask 022; cd %s; %s", path, script);
	return path;
}

static const char *digest(const char *script)
{
	return seal(made(script));
}

static const char plain[] = "mkdir a; echo 1 >a/b; echo 2 >c; ln -s c l; mkdir e";

static void the_same_whatever_the_order_and_the_times(void **state)
{
	(void)state;
	const char *one = digest(plain);
	assert_int_equal(strlen(one), 64);
	assert_string_equal(one, digest("mkdir e; ln -s c l; echo 2 >c; mkdir a; echo 1 >a/b"));
	assert_string_equal(one, digest("mkdir a; echo 1 >a/b; echo 2 >c; ln -s c l; mkdir e;"
					"touch -d @1 a/b c; touch -h -d @2 l; touch -d @3 a e"));
	assert_string_equal(one,
			    digest("mkdir a; echo 2 >c; ln -s c l; mkdir e; echo 1 >x; ln x a/b;"
				   "rm x"));
}

static void twice_the_same(void **state)
{
	(void)state;
	const char *path = made(plain);
	assert_string_equal(seal(path), seal(path));
}

static void any_change_is_seen(void **state)
{
	(void)state;
	static const char *const changes[] = {
		"echo 3 >c",
		"chmod 755 c",
		"chmod 4644 c",
		"mv c d",
		"rm l; ln -s d l",
		"rm l; echo c >l",
		"rmdir e",
		"touch e/f",
		"mkdir e/f",
		"chmod 700 e",
		"rm -r a; echo >a",
		"mv a/b a/c",
		"mv a/b e/b",
		"rm l",
		"printf 2 >c",
		"printf '2\\n\\0' >c",
		"chmod 1755 e",
		"touch .hidden",
		"rm -r a; mkdir a a/b",
		"rm l; ln -s ./c l",
		"echo 2 >a/b; echo 1 >c",
		"touch \"$(printf 'x\\ny')\"",
		"chmod 600 a/b",
		"chmod u-w c",
	};
	const char *seen[1 + sizeof changes / sizeof *changes];
	size_t count = 0;
	seen[count++] = digest(plain);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		const char *now = digest(mem_format("%s; %s", plain, changes[i]));
		for (size_t j = 0; j < count; j++)
			if (!strcmp(seen[j], now))
				fail_msg("not seen: %s", changes[i]);
		seen[count++] = now;
	}
}

static void names_and_contents_do_not_run_together(void **state)
{
	(void)state;
	assert_string_not_equal(digest("mkdir a ab; touch a/bc"), digest("mkdir a ab; touch ab/c"));
	assert_string_not_equal(digest("ln -s b a"), digest("printf b >a; chmod 777 a"));
	assert_string_not_equal(digest("touch a b"), digest("touch \"$(printf 'a\\nb')\""));
}

static void times_are_set(void **state)
{
	(void)state;
	const char *path = made(plain);
	seal(path);
	assert_string_equal(shell("find %s -mindepth 1 -printf '%%Ts\\n' | sort -u", path),
			    mem_format("%d\n", TREE_TIME));
}

static void sums(void **state)
{
	(void)state;
	struct tree_sum sum;
	const char *error;
	assert_true(tree_seal(made("mkdir d; printf 123 >d/a; printf 4567 >b; ln -s b c"), &sum,
			      &error));
	assert_int_equal(sum.bytes, 7);
	assert_int_equal(sum.files, 2);
	assert_true(tree_seal(made(":"), &sum, &error));
	assert_int_equal(sum.bytes, 0);
}

static void other_kinds_are_refused(void **state)
{
	(void)state;
	struct tree_sum sum;
	const char *error = "";
	assert_false(tree_seal(made("mkdir d; mkfifo d/p"), &sum, &error));
	assert_non_null(strstr(error, "d/p is a device, socket or pipe"));
	const char *path = made(":");
	shell("python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"%s/s\")'", path);
	assert_false(tree_seal(path, &sum, &error));
	assert_false(tree_seal(mem_format("%s/none", path), &sum, &error));
	assert_non_null(strstr(error, "No such file"));
}

static void deep_and_wide(void **state)
{
	(void)state;
	struct tree_sum sum;
	const char *error;
	const char *deep =
		made("i=0; while [ $i -lt 100 ]; do mkdir d; cd d; i=$((i + 1)); done; echo x >f");
	assert_true(tree_seal(deep, &sum, &error));
	assert_int_equal(sum.files, 1);
	const char *wide = made("seq 3000 | xargs touch");
	assert_true(tree_seal(wide, &sum, &error));
	assert_int_equal(sum.files, 3000);
	assert_true(tree_remove(deep));
	assert_int_equal(access(deep, F_OK), -1);
}

static void too_deep_is_an_error_not_a_crash(void **state)
{
	(void)state;
	struct tree_sum sum;
	const char *error = "";
	const char *deep = room();
	shell("cd %s && python3 -c 'import os\nfor i in range(30):\n os.mkdir(\"d\" * 200)\n"
	      " os.chdir(\"d\" * 200)'",
	      deep);
	assert_false(tree_seal(deep, &sum, &error));
	assert_non_null(strstr(error, "too long"));
	assert_true(tree_remove(deep));
}

static const char *clash;

static void half_a_folder_is_an_error(void **state)
{
	(void)state;
	struct tree_sum sum;
	const char *error = "", *from = made("touch a b c"), *to = mem_format("%s/union", room());
	entries_until_error = 3;
	assert_false(tree_seal(from, &sum, &error));
	assert_non_null(strstr(error, mem_format("cannot list: %s", strerror(EIO))));
	error = "";
	entries_until_error = 3;
	assert_false(tree_unite(from, to, "", true, &error, &clash));
	assert_non_null(strstr(error, mem_format("cannot list: %s", strerror(EIO))));
}

static bool unite(const char *from, const char *to, bool over, const char **error)
{
	*error = "";
	clash = NULL;
	return tree_unite(from, to, "", over, error, &clash);
}

static void unions(void **state)
{
	(void)state;
	const char *error, *to = mem_format("%s/new/union", room());
	assert_true(unite(made("mkdir a; echo 1 >a/b; ln -s b a/l; mkdir -m 1777 t; touch a/.d"),
			  to, false, &error));
	assert_true(unite(made("mkdir a; echo 2 >a/c; mkdir e"), to, false, &error));
	assert_string_equal(
		shell("cd %s; find . -mindepth 1 -printf '%%P %%y %%m %%l\\n' | sort", to),
		"a d 755 \na/.d f 644 \na/b f 644 \na/c f 644 \na/l l 777 b\ne d 755 \nt d 1777 \n");
}

// A name that is as long as names can be where it is, and too long where it goes to.
static void a_union_that_is_too_deep_is_an_error(void **state)
{
	(void)state;
	const char *error, *to = mem_format("%s/union", room()), *from = room();
	shell("cd %s && python3 -c 'import os\nwhile len(os.getcwd()) < 3880:\n os.mkdir(\"d\" * 200)\n"
	      " os.chdir(\"d\" * 200)\nopen(\"f\" * (4094 - len(os.getcwd())), \"w\")'",
	      from);
	assert_int_equal(strtol(shell("find %s -type f | tr -d '\n' | wc -c", from), NULL, 10),
			 4095);
	assert_false(tree_unite(from, to, "below", true, &error, &clash));
	assert_non_null(strstr(error, "too long"));
	assert_string_equal(shell("find %s -type f", to), "");
	assert_true(tree_remove(from));
	assert_true(tree_remove(to));
}

static void a_deep_union_wants_little_stack(void **state)
{
	(void)state;
	struct rlimit before, little = {.rlim_cur = 2 << 20};
	const char *error, *to = mem_format("%s/union", room());
	const char *from = made("python3 -c 'import os\nos.makedirs(\"/\".join(\"d\" * 600))'");
	assert_return_code(getrlimit(RLIMIT_STACK, &before), errno);
	little.rlim_max = before.rlim_max;
	assert_return_code(setrlimit(RLIMIT_STACK, &little), errno);
	assert_true(unite(from, to, true, &error));
	assert_return_code(setrlimit(RLIMIT_STACK, &before), errno);
}

static void unions_of_what_both_have(void **state)
{
	(void)state;
	const char *error, *to = mem_format("%s/union", room());
	assert_true(unite(made("echo 1 >f; ln -s x l"), to, false, &error));
	assert_true(unite(made("echo 1 >f; ln -s x l"), to, false, &error));
	assert_null(clash);
	assert_false(unite(made("echo 2 >f"), to, false, &error));
	assert_non_null(strstr(error, "two recipes install f "));
	assert_string_equal(clash, "f");
	assert_false(unite(made("ln -s y l"), to, false, &error));
	assert_false(unite(made("echo 1 >f; chmod 755 f"), to, false, &error));
	assert_true(unite(made("echo 2 >f"), to, true, &error));
	assert_string_equal(shell("cat %s/f", to), "2\n");
	assert_false(unite(made("mkdir f"), to, false, &error));
	assert_false(unite(mem_format("%s/none", to), to, false, &error));
}

static void a_union_follows_links_that_stay_inside(void **state)
{
	(void)state;
	const char *error = "", *to = mem_format("%s/union", room());
	const char *links =
		"mkdir -p run usr/bin usr/lib var; ln -s ../run var/run; ln -s usr/lib lib;"
		"ln -s bin usr/sbin; ln -s . usr/self";
	assert_true(unite(made(links), to, true, &error));
	assert_true(unite(made("mkdir -p var/run lib/x usr/sbin usr/self/self;"
			       "touch var/run/a lib/x/b usr/sbin/c usr/self/self/d"),
			  to, true, &error));
	assert_string_equal(shell("cd %s; find . -type f | sort", to),
			    "./run/a\n./usr/bin/c\n./usr/d\n./usr/lib/x/b\n");
	assert_true(tree_unite(made("touch e"), to, "usr/sbin", true, &error, &clash));
	assert_string_equal(shell("ls %s/usr/bin", to), "c\ne\n");
}

// A tree beside it, whose name begins the same, is outside as well.
static void a_union_follows_no_link_out_of_it(void **state)
{
	(void)state;
	const char *error, *outside = mem_format("%s/union.old", room());
	const char *to = mem_copy(outside, strlen(outside) - strlen(".old"));
	shell("mkdir -p %s/deep %s/there", to, outside);
	shell("cd %s; ln -s %s out; ln -s ../union.old up; ln -s ../../.. deep/up; ln -s away lost",
	      to, outside);
	static const char *const names[] = {"out", "up", "deep/up", "out/there"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		assert_false(unite(made(mem_format("mkdir -p %s; touch %s/f", names[i], names[i])),
				   to, true, &error));
		assert_non_null(strstr(error, "a link leads out of the tree"));
		assert_false(tree_unite(made("touch f"), to, names[i], true, &error, &clash));
		assert_non_null(strstr(error, "a link leads out of the tree"));
	}
	assert_false(unite(made("mkdir lost"), to, true, &error));
	assert_string_equal(shell("find %s -name f", outside), "");
}

static void a_union_changes_no_part(void **state)
{
	(void)state;
	const char *one = made("echo 1 >f"), *two = made("echo 2 >f"), *error;
	const char *to = mem_format("%s/union", room());
	assert_true(unite(one, to, true, &error));
	assert_true(unite(two, to, true, &error));
	assert_string_equal(shell("cat %s/f %s/f", one, two), "1\n2\n");
}

static void removes(void **state)
{
	(void)state;
	const char *path = made("mkdir a; touch a/b; ln -s / a/root; ln -s nowhere x");
	assert_true(tree_remove(path));
	assert_true(tree_remove(path));
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(access("/usr", F_OK), 0);
	path = mem_format("%s/file", room());
	write_file(path, "x");
	assert_true(tree_remove(path));
}

enum { NOBODY_THERE = 77 }; // a user namespace may hold a single user

static void remove_as_nobody(const void *path)
{
	if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		_exit(NOBODY_THERE);
	shell("mkdir -p %s/a/b/c/d; touch %s/a/b/c/f; chmod 0 %s/a/b/c %s/a/b %s/a",
	      (const char *)path, (const char *)path, (const char *)path, (const char *)path,
	      (const char *)path);
	_exit(tree_remove(path) && access(path, F_OK) < 0 ? 0 : 1);
}

static void removes_what_is_closed_to_its_owner(void **state)
{
	(void)state;
	const char *words, *path = room();
	chmod(path, 0777);
	int status = outcome(remove_as_nobody, mem_format("%s/tree", path), &words);
	if (status == NOBODY_THERE)
		skip();
	if (status != 0)
		fail_msg("status %d: %s", status, words);
}

static void unite_as_nobody(const void *path)
{
	const char *error = "", *to = mem_format("%s/to", (const char *)path);
	struct tree_sum sum;
	clash = NULL;
	if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		_exit(NOBODY_THERE);
	shell("cd %s; mkdir -p 1/a/e 2/a/e; touch 1/a/b 2/a/c 2/a/e/d; chmod 555 1/a/e 1/a 1; "
	      "chmod 500 2/a",
	      (const char *)path);
	bool done = tree_seal(mem_format("%s/1", (const char *)path), &sum, &error);
	for (int i = 1; done && i <= 2; i++)
		done = tree_unite(mem_format("%s/%d", (const char *)path, i), to, "", false, &error,
				  &clash);
	fputs(error, stderr);
	_exit(!done);
}

static void a_union_of_folders_that_are_closed_to_their_owner(void **state)
{
	(void)state;
	const char *words, *path = room();
	chmod(path, 0777);
	int status = outcome(unite_as_nobody, path, &words);
	if (status == NOBODY_THERE)
		skip();
	if (status != 0)
		fail_msg("status %d: %s", status, words);
	assert_string_equal(
		shell("cd %s; stat -c '%%n %%a' 1; cd to; find . -mindepth 1 -printf '%%P %%m\n' | sort",
		      path),
		"1 755\na 555\na/b 644\na/c 644\na/e 555\na/e/d 644\n");
}

// A copy made later must not look newer: what was built from the first one is still right.
static void copies_with_the_one_time(void **state)
{
	(void)state;
	const char *error = "", *path = room();
	shell("mkdir -p %s/from/folder; echo x >%s/from/folder/file", path, path);
	assert_true(tree_copy(mem_format("%s/from", path), mem_format("%s/to", path), &error));
	assert_string_equal(shell("stat -c %%Y %s/to/folder/file", path),
			    mem_format("%d\n", TREE_TIME));
	assert_false(tree_copy(mem_format("%s/from", path), mem_format("%s/to", path), &error));
	assert_non_null(strstr(error, "File exists"));
}

// What was copied is what the key of a build says: names that are of account, x or no x.
static void copies_what_counts(void **state)
{
	(void)state;
	const char *error = "", *path = room();
	shell("mkdir %s/from; cd %s/from; echo x >text; echo x >run; echo x >.text.swp; "
	      "touch text~ '#text#' text.orig text.rej text.bak text.swp; "
	      "chmod 600 text; chmod 770 run",
	      path, path);
	assert_true(tree_copy(mem_format("%s/from", path), mem_format("%s/to", path), &error));
	assert_string_equal(shell("cd %s/to; stat -c '%%n %%a' *; ls -A", path),
			    "run 755\ntext 644\nrun\ntext\n");
}

// A disk that is full takes a part of what is written first.
static void copy_to_a_full_disk(const void *path)
{
	const char *error = "";
	const struct rlimit limit = {10000, 10000};
	setrlimit(RLIMIT_FSIZE, &limit);
	errno = ENOTDIR;
	bool done = tree_copy(mem_format("%s/from", (const char *)path),
			      mem_format("%s/to", (const char *)path), &error);
	fputs(error, stderr);
	_exit(done);
}

static void a_copy_that_falls_short_is_told_as_that(void **state)
{
	(void)state;
	const char *words, *path = room();
	shell("head -c 30000 /dev/zero >%s/from", path);
	assert_int_equal(outcome(copy_to_a_full_disk, path, &words), 0);
	assert_non_null(strstr(words, "from: cannot copy: No space left on device"));
}

static void makes_folders(void **state)
{
	(void)state;
	const char *path = room(), *deep = mem_format("%s/a/b/c", path);
	assert_true(tree_folder(deep));
	assert_true(tree_folder(deep));
	write_file(mem_format("%s/file", path), "x");
	assert_false(tree_folder(mem_format("%s/file/x", path)));
	assert_true(errno == ENOTDIR || errno == EEXIST);
	char *longest = mem_new(5000);
	memset(longest, 'x', 4999);
	assert_false(tree_folder(longest));
	assert_int_equal(errno, ENAMETOOLONG);
}

static void hashes(void **state)
{
	(void)state;
	assert_string_equal(hash_text(""),
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_string_equal(hash_text("abc"),
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	const char *path = mem_format("%s/file", room());
	shell("head -c 1000000 /dev/zero >%s", path);
	assert_string_equal(mem_format("%s\n", hash_file(path)),
			    shell("sha256sum <%s | cut -c1-64", path));
	struct hash *hash = hash_start();
	hash_add(hash, "a", 1);
	hash_add(hash, "", 0);
	hash_add(hash, "bc", 2);
	assert_string_equal(hash_end(hash), hash_text("abc"));
	assert_null(hash_file(mem_format("%s/none", path)));
	assert_int_equal(errno, ENOTDIR);
	assert_null(hash_file("/"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_whatever_the_order_and_the_times),
		cmocka_unit_test(twice_the_same),
		cmocka_unit_test(any_change_is_seen),
		cmocka_unit_test(names_and_contents_do_not_run_together),
		cmocka_unit_test(times_are_set),
		cmocka_unit_test(sums),
		cmocka_unit_test(other_kinds_are_refused),
		cmocka_unit_test(deep_and_wide),
		cmocka_unit_test(too_deep_is_an_error_not_a_crash),
		cmocka_unit_test(half_a_folder_is_an_error),
		cmocka_unit_test(unions),
		cmocka_unit_test(a_union_that_is_too_deep_is_an_error),
		cmocka_unit_test(a_deep_union_wants_little_stack),
		cmocka_unit_test(unions_of_what_both_have),
		cmocka_unit_test(a_union_follows_links_that_stay_inside),
		cmocka_unit_test(a_union_follows_no_link_out_of_it),
		cmocka_unit_test(a_union_changes_no_part),
		cmocka_unit_test(removes),
		cmocka_unit_test(a_union_of_folders_that_are_closed_to_their_owner),
		cmocka_unit_test(removes_what_is_closed_to_its_owner),
		cmocka_unit_test(copies_with_the_one_time),
		cmocka_unit_test(copies_what_counts),
		cmocka_unit_test(a_copy_that_falls_short_is_told_as_that),
		cmocka_unit_test(makes_folders),
		cmocka_unit_test(hashes),
	};
	return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
