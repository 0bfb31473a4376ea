// Enters: the file distro. Leaves: its facts, fit for triples, names of files and os-release(5). May
// touch: that file, to read it.
#include "fail.h"
#include "plan.h"

#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

// os-release is read by sh, with values in double quotes.
static const char quoting[] = "\"$`\\\n";

static void must_be_of(const struct conf *distro, const char *key, const char *characters,
		       const char *wanted)
{
	const struct fact *fact = conf_fact(distro, key);
	if (!*fact->value || fact->value[strspn(fact->value, characters)])
		fail_at(distro->path, fact->line, "%s '%s': only %s will do", key, fact->value,
			wanted);
}

static void must_be_text(const struct conf *distro, const struct fact *fact)
{
	if (!*fact->value || strpbrk(fact->value, quoting))
		fail_at(distro->path, fact->line,
			"%s is empty, or has one of \" $ ` \\ or a line's end in it, which "
			"os-release does not take",
			fact->key);
}

static bool is_address(const char *text)
{
	static const char scheme[] = "mailto:";
	return !strncmp(text, scheme, strlen(scheme)) && strchr(text, '@');
}

static void must_be_url(const struct conf *distro, const char *key, bool or_address)
{
	const struct fact *fact = conf_fact(distro, key);
	if (!fact)
		return;
	bool is_url = strstr(fact->value, "://") || (or_address && is_address(fact->value));
	if (!is_url || strpbrk(fact->value, " \t"))
		fail_at(distro->path, fact->line,
			"%s '%s' is no URL, such as https://example.org/%s", key, fact->value,
			or_address ? " or mailto:help@example.org" : "");
}

const struct conf *distro_read(const char *root)
{
	const struct conf *distro = conf_read(mem_format("%s/distro", root), NULL);
	if (*distro->rest)
		fail_at(distro->path, distro->rest_line, "this file holds facts only: key=value");
	conf_check(distro, "id name vendor version home", "docs support bugs");
	EACH(const struct fact, fact, distro->facts)
		must_be_text(distro, fact);
	must_be_of(distro, "id", LOWER DIGITS "._-", "a-z, 0-9, '.', '_' and '-'");
	must_be_of(distro, "version", LOWER DIGITS "._-", "a-z, 0-9, '.', '_' and '-'");
	must_be_of(distro, "vendor", LOWER DIGITS "_", "a-z, 0-9 and '_' (in a triple)");
	must_be_url(distro, "home", false);
	must_be_url(distro, "docs", false);
	must_be_url(distro, "support", true);
	must_be_url(distro, "bugs", true);
	return distro;
}
