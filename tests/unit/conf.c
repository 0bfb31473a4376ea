// The reader of facts, compared with what sh reads from the same text.
#include "conf.h"
#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *top; // the checkout

// What sh has in each of these variables after it read the file, an "KEY=<VALUE>" a line.
static const char *sh_reads(const char *path, const struct list *keys)
{
	const char *names = "";
	EACH(const char, key, *keys)
		names = mem_format("%s %s", names, key);
	return shell(
		"env -i PATH=\"$PATH\" sh -c '. \"$1\"; shift; for key; do "
		"eval \"value=\\${$key-}\"; printf \"%%s=<%%s>\\n\" \"$key\" \"$value\"; done' "
		"sh '%s' %s",
		path, names);
}

static const char *c_reads(const struct conf *conf, const struct list *keys)
{
	const char *text = "";
	EACH(const char, key, *keys) {
		const char *value = conf_value(conf, key);
		text = mem_format("%s%s=<%s>\n", text, key, value ? value : "");
	}
	return text;
}

static void assert_read_alike(const char *path, const struct conf *conf, const struct list *keys)
{
	assert_string_equal(c_reads(conf, keys), sh_reads(path, keys));
}

static const char *const texts[] = {
	"a=word\n",
	"a=\n",
	"a=\"\"\n",
	"a=''\n",
	"a=word",
	"# only a comment\n",
	"",
	"\n\n\n",
	"a=1 # a comment\n",
	"a=1\t# a comment with \"quotes' in it\nb=2\n",
	"a=1#nocomment\n",
	"a=\"1#no comment\"\n",
	"a=\"two words\"\n",
	"a='two words'\n",
	"a=\"  spaces  kept  \"\n",
	"a=\"over\nthree\n\tlines\"\nb=after\n",
	"a='over\ntwo'\nb=after\n",
	"a=\"joined \\\nlines\"\nb=after\n",
	"a='not \\\njoined'\n",
	"a='back\\slash'\n",
	"a='$a ${a} `date` $(date) \"'\n",
	"a=\"it's\"\n",
	"a=1.2.3\nb=$a\n",
	"a=1.2.3\nb=\"x-$a.tar\"\n",
	"a=1.2.3\nb=x-${a}y\n",
	"a=1.2.3\nb=\"${a}y\"\n",
	"a=1\nb=$a$a\n",
	"a=1\nb=\"$a-${a}-$a\"\nc=$b\n",
	"a='$b'\nb=$a\n",
	"a=\"two words\"\nb=$a\n",
	"a='a  b\tc'\nb=$a\nc=\"$a\"\n",
	"a='*'\nb=$a\n",
	"a='#'\nb=$a\n",
	"a=https://x.invalid/a-b_c+d%20,@:=!^{}/e\n",
	"a=x=y\n",
	"a==\n",
	"_a1=x\nA=y\n",
	"a=\xc3\xa9\n",
	"a=\"\xff\xfe\"\n",
	"a=x   \n",
	"a=x\n# c\n\n# d\nb=y\n",
};

static void parse(const void *text)
{
	conf_parse("conf", text, NULL);
}

static void reads_what_sh_reads(void **state)
{
	(void)state;
	const char *path = mem_format("%s/conf", room());
	struct list keys = words("a b c _a1 A");
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const char *words;
		if (outcome(parse, texts[i], &words) != 0)
			fail_msg("refused: %s%s", texts[i], words);
		write_file(path, texts[i]);
		const struct conf *conf = conf_read(path, NULL);
		assert_string_equal(conf->rest, "");
		assert_read_alike(path, conf, &keys);
	}
}

static void refuses(void **state)
{
	(void)state;
	static const char *const bad[][2] = {
		{"a=\"open\n\n", "conf:1: "},
		{"\na='open\n\n", "conf:2: "},
		{"a=`date`\n", "conf:1: "},
		{"a=\"`date`\"\n", "conf:1: "},
		{"a=$(date)\n", "conf:1: "},
		{"a=\"$(date)\"\n", "conf:1: "},
		{"a=$b\n", "conf:1: $b is not set"},
		{"a=$a\n", "conf:1: $a is not set"},
		{"a=1\nb=${a\n", "conf:2: "},
		{"a=1\nb=${a:-2}\n", "conf:2: "},
		{"a=1\nb=${#a}\n", "conf:2: "},
		{"a=1\nb=$\n", "conf:2: "},
		{"a=1\nb=$1\n", "conf:2: "},
		{"a=1\nb=\"$\"\n", "conf:2: "},
		{"a=1 b=2\n", "conf:1: "},
		{"a=1 date\n", "conf:1: "},
		{"a=1;b=2\n", "conf:1: "},
		{"a=1&\n", "conf:1: "},
		{"a=1|b\n", "conf:1: "},
		{"a=<b\n", "conf:1: "},
		{"a=b>c\n", "conf:1: "},
		{"a=(b)\n", "conf:1: "},
		{"a=*\n", "conf:1: "},
		{"a=?\n", "conf:1: "},
		{"a=[x]\n", "conf:1: "},
		{"a=~\n", "conf:1: "},
		{"a=b\\c\n", "conf:1: "},
		{"a=\"b\\\"c\"\n", "conf:1: "},
		{"a=\"b\\nc\"\n", "conf:1: "},
		{"a=\"b\"c\n", "conf:1: "},
		{"a=\"b\"'c'\n", "conf:1: "},
		{"a=b\"c\"\n", "conf:1: "},
		{"a=b'c'\n", "conf:1: "},
		{"a=\"b\"# x\n", "conf:1: "},
		{"a=1\r\n", "conf:1: "},
		{"a=1\n\na=2\n", "conf:3: a is set already in line 1"},
		{"a=\"1\n2\n3\"\na=4\n", "conf:4: a is set already in line 1"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_fatal(parse, bad[i][0], 2, bad[i][1]);
}

static void stops_at_what_is_no_fact(void **state)
{
	(void)state;
	const struct conf *conf = conf_parse("conf", "# c\na=\"1\n2\"\n\nbuild() {\n}\nb=2\n",
					     NULL);
	assert_string_equal(conf->rest, "build() {\n}\nb=2\n");
	assert_int_equal(conf->rest_line, 5);
	assert_int_equal(conf_fact(conf, "a")->line, 2);
	assert_null(conf_fact(conf, "b"));
	assert_string_equal(conf_parse("conf", " a=1\n", NULL)->rest, " a=1\n");
	assert_string_equal(conf_parse("conf", "1a=1\n", NULL)->rest, "1a=1\n");
	assert_string_equal(conf_parse("conf", "=1\n", NULL)->rest, "=1\n");
}

static void knows_the_names_of_a_seed(void **state)
{
	(void)state;
	const struct conf *seed = conf_parse("seed", "vendor=toy\na=seed\n", NULL);
	const struct conf *conf = conf_parse("conf", "b=$a\na=x-$vendor\nc=$a\n", seed);
	assert_string_equal(conf_value(conf, "b"), "seed");
	assert_string_equal(conf_value(conf, "a"), "x-toy");
	assert_string_equal(conf_value(conf, "c"), "x-toy");
	assert_null(conf_value(conf, "vendor"));
}

static void check_unknown(const void *text)
{
	conf_check(conf_parse("conf", text, NULL), "a b", "c");
}

static void checks_keys(void **state)
{
	(void)state;
	check_unknown("a=1\nb=2\n");
	check_unknown("a=1\nb=2\nc=\n");
	assert_fatal(check_unknown, "a=1\nb=2\nd=3\n", 2, "conf:3: unknown key 'd'");
	assert_fatal(check_unknown, "a=1\n", 2, "the key 'b' is missing");
	assert_fatal(check_unknown, "a=1\nb=2\nab=3\n", 2, "unknown key 'ab'");
}

static void read_path(const void *path)
{
	conf_read(path, NULL);
}

static void reads_files_strictly(void **state)
{
	(void)state;
	const char *folder = room(), *path = mem_format("%s/nul", folder);
	assert_fatal(read_path, folder, 2, "Is a directory");
	assert_fatal(read_path, mem_format("%s/none", folder), 2, "No such file");
	assert_fatal(read_path, mem_format("%s/nul/x", folder), 2, "cannot be read");
	shell("printf 'a=1\\000\\n' >%s", path);
	assert_fatal(read_path, path, 2, "NUL");
	char *big = mem_new(3 << 20);
	memset(big, 'x', (3 << 20) - 1);
	memcpy(big, "a=", 2);
	write_file(path, big);
	assert_int_equal(strlen(conf_value(conf_read(path, NULL), "a")), (3 << 20) - 3);
}

// Texts made of the pieces that matter, by a fixed seed: whatever is taken means the same to sh.
static void agrees_with_sh_on_random_texts(void **state)
{
	(void)state;
	static const char *const pieces[] = {
		"a",	   "b=",   "c",	   "$a", "${b}", "$",  "{",	  "}",	"\"",	"'",
		"\"x y\"", "'$z'", "\\\n", "#",	 " ",	 "\t", "\n",	  "\n", "\nb=", "\nc=",
		"=",	   "-",	   "!",	   "%",	 "^",	 ",",  "\"$a \"", "''", ":",
	};
	struct list keys = words("a b c");
	const char *path = mem_format("%s/conf", room());
	int taken = 0;
	srand(1);
	for (int round = 0; round < 3000; round++) {
		const char *text = "a=", *said;
		for (int left = 1 + rand() % 9; left > 0; left--)
			text = mem_format(
				"%s%s", text,
				pieces[(size_t)rand() % (sizeof pieces / sizeof *pieces)]);
		// a fork for each: what is refused ends the process
		if (round % 3 && strpbrk(text, "$\"'\\"))
			continue;
		if (outcome(parse, text, &said) != 0 || *conf_parse("conf", text, NULL)->rest)
			continue;
		write_file(path, text);
		assert_read_alike(path, conf_read(path, NULL), &keys);
		taken++;
		if (taken == 150)
			break;
	}
	assert_true(taken > 50);
}

static void reads_heads_of(const char *below, const char *file)
{
	struct list keys = words(
		"version source sha256 debian debian_sha256 source_of exclude licence "
		"tools needs style dir args memory facts");
	const char *path = mem_format("%s/%s", top, below);
	DIR *folder = opendir(path);
	int count = 0;
	assert_non_null(folder);
	for (struct dirent *entry; (entry = readdir(folder));) {
		const char *recipe = mem_format("%s/%s%s", path, entry->d_name, file);
		if (*entry->d_name == '.' || access(recipe, R_OK) < 0)
			continue;
		assert_read_alike(recipe, conf_read(recipe, NULL), &keys);
		count++;
	}
	closedir(folder);
	assert_true(count > 2);
}

static void reads_every_head_like_sh(void **state)
{
	(void)state;
	reads_heads_of("recipes", "/recipe");
	reads_heads_of("tests/world/recipes", "/recipe");
	reads_heads_of("src/sh/style", "");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_sh_reads),
		cmocka_unit_test(refuses),
		cmocka_unit_test(stops_at_what_is_no_fact),
		cmocka_unit_test(knows_the_names_of_a_seed),
		cmocka_unit_test(checks_keys),
		cmocka_unit_test(reads_files_strictly),
		cmocka_unit_test(agrees_with_sh_on_random_texts),
		cmocka_unit_test(reads_every_head_like_sh),
	};
	top = argc > 1 ? argv[1] : ".";
	return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
