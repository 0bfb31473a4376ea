// Enters: a title, an error. Leaves: the words by which a CI system folds or lists it. May touch: the
// environment, to read; a stream.
#include "groups.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool is_true(const char *name)
{
	const char *value = getenv(name);
	return value && !strcmp(value, "true");
}

static bool is_github(void)
{
	return is_true("GITHUB_ACTIONS");
}

bool groups_serve(void)
{
	return is_github() || is_true("GITLAB_CI");
}

// As GitHub's own toolkit does it: a property ends at ':' or ',', a message at the end of the line.
static void put_escaped(FILE *to, const char *text, const char *special)
{
	for (; *text; text++)
		if (strchr(special, *text))
			fprintf(to, "%%%02X", (unsigned char)*text);
		else
			fputc(*text, to);
}

// A log may hold what looks like a command, and must not be obeyed: up to `id` none is.
void group_begin(FILE *to, const char *id, const char *title)
{
	if (is_github())
		fprintf(to, "::group::%s\n::stop-commands::%s\n", title, id);
	else if (groups_serve())
		fprintf(to, "\033[0Ksection_start:%lld:%s[collapsed=true]\r\033[0K%s\n",
			(long long)time(NULL), id, title);
}

void group_end(FILE *to, const char *id)
{
	if (is_github())
		fprintf(to, "::%s::\n::endgroup::\n", id);
	else if (groups_serve())
		fprintf(to, "\033[0Ksection_end:%lld:%s\r\033[0K\n", (long long)time(NULL), id);
}

void group_error(FILE *to, const char *title, const char *message)
{
	if (!is_github())
		return;
	fputs("::error title=", to);
	put_escaped(to, title, "%\r\n:,");
	fputs("::", to);
	put_escaped(to, message, "%\r\n");
	fputc('\n', to);
}
