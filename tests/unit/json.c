// The JSON writer: what comes out is what python's reader, a strict one, understands.
#include "json.h"
#include "unit.h"

#include <math.h>
#include <string.h>

static const char *text_of(const char *value)
{
	struct json *json = json_new(true);
	json_text(json, NULL, value);
	const char *text = json_done(json);
	size_t length = strlen(text);
	assert_true(length >= 3 && text[0] == '"' && !strcmp(text + length - 2, "\"\n"));
	return mem_copy(text + 1, length - 3);
}

static void texts_are_escaped(void **state)
{
	(void)state;
	static const char *const table[][2] = {
		{"", ""},
		{"plain / text", "plain / text"},
		{"</script><!--", "\\u003c/script>\\u003c!--"},
		{"a\"b\\c", "a\\\"b\\\\c"},
		{"\b\f\n\r\t", "\\b\\f\\n\\r\\t"},
		{"\x01\x1f\x7f", "\\u0001\\u001f\x7f"},
		{"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7",
		 "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7"},
		// Latin-1, overlong, surrogate, beyond the last, cut off, a stray byte
		{"\xe9t\xe9", "\\ufffdt\\ufffd"},
		{"\xc0\xaf", "\\ufffd\\ufffd"},
		{"\xe0\x80\xaf", "\\ufffd\\ufffd\\ufffd"},
		{"\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd"},
		{"\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"},
		{"x\xe2\x82", "x\\ufffd\\ufffd"},
		{"\xf0\x9f", "\\ufffd\\ufffd"},
		{"\x80", "\\ufffd"},
		{"\xff", "\\ufffd"},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_string_equal(text_of(table[i][0]), table[i][1]);
}

static const char *sample(void)
{
	struct json *json = json_new(true);
	json_object(json, NULL);
	json_text(json, "a \"key\"", "value");
	json_text(json, "left out", NULL);
	json_array(json, "empty");
	json_end(json);
	json_object(json, "none");
	json_end(json);
	json_array(json, "list");
	json_text(json, NULL, "one");
	json_number(json, NULL, -1700000000.25);
	json_number(json, NULL, NAN);
	json_bool(json, NULL, false);
	json_object(json, NULL);
	json_bool(json, "yes", true);
	json_end(json);
	json_end(json);
	json_end(json);
	return json_done(json);
}

static void structure_is_laid_out(void **state)
{
	(void)state;
	assert_string_equal(sample(), "{\n"
				      "  \"a \\\"key\\\"\": \"value\",\n"
				      "  \"empty\": [],\n"
				      "  \"none\": {},\n"
				      "  \"list\": [\n"
				      "    \"one\",\n"
				      "    -1700000000.25,\n"
				      "    null,\n"
				      "    false,\n"
				      "    {\n"
				      "      \"yes\": true\n"
				      "    }\n"
				      "  ]\n"
				      "}\n");
}

static void another_reader_agrees(void **state)
{
	(void)state;
	const char *path = mem_format("%s/sample.json", room());
	struct json *json = json_new(true);
	json_array(json, NULL);
	for (int byte = 1; byte < 128; byte++)
		json_text(json, NULL, mem_format("<%c>", byte));
	json_text(json, NULL, "\xf0\x9f\x90\xa7");
	json_end(json);
	write_file(path, json_done(json));
	assert_string_equal(shell("python3 -c 'import json, sys\n"
				  "found = json.load(open(sys.argv[1], encoding=\"utf-8\"))\n"
				  "print(found == [f\"<{chr(i)}>\" for i in range(1, 128)]"
				  " + [chr(0x1f427)])' %s",
				  path),
			    "True\n");
}

static void one_line_will_do(void **state)
{
	(void)state;
	struct json *json = json_new(false);
	for (int i = 0; i < 2; i++) {
		json_clear(json);
		json_object(json, NULL);
		json_number(json, "one", 1);
		json_array(json, "two");
		json_bool(json, NULL, true);
		json_end(json);
		json_end(json);
		assert_string_equal(json_done(json), "{\"one\":1,\"two\":[true]}\n");
	}
}

static void long_texts_fit(void **state)
{
	(void)state;
	struct json *json = json_new(true);
	json_array(json, NULL);
	for (int i = 0; i < 20000; i++)
		json_number(json, NULL, i);
	json_end(json);
	const char *text = json_done(json);
	assert_true(strstr(text, "\n  0,\n  1,\n") == text + 1);
	assert_string_equal(strstr(text, "19999"), "19999\n]\n");
}

static void nest(const void *depth)
{
	struct json *json = json_new(true);
	for (int i = 0; i < *(const int *)depth; i++)
		json_array(json, NULL);
}

static void depth_has_an_end(void **state)
{
	(void)state;
	const int deep = 40;
	assert_fatal(nest, &deep, 3, "nested too deeply");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_escaped),	 cmocka_unit_test(structure_is_laid_out),
		cmocka_unit_test(another_reader_agrees), cmocka_unit_test(long_texts_fit),
		cmocka_unit_test(one_line_will_do),	 cmocka_unit_test(depth_has_an_end),
	};
	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
