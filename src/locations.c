// Enters: a recipe's source. Leaves: where its file may be, as words for src/sh/fetch: a hash, then a place, and so
// on. May touch: nothing.
#include "locations.h"

static char *debian_of(const struct source *source)
{
	return mem_format("debian:%s", source->debian);
}

static void location(struct list *arguments, const char *hash, char *from)
{
	list_push(arguments, mem_text(hash));
	list_push(arguments, from);
}

// A mirror is asked by file name, under the name of either location, and as one of Debian's archive:
// machines of other distributions know none.
void locations_of_mirror(struct list *arguments, const struct source *source, const char *mirror)
{
	if (source->url)
		location(arguments, source->sha256,
			 mem_format("%s/%s", mirror, base_name(source->url)));
	if (!source->debian)
		return;
	location(arguments, source->debian_sha256,
		 mem_format("%s/%s", mirror, base_name(source->debian)));
	location(arguments, source->debian_sha256, mem_format("%s/%s", mirror, source->debian));
}

void locations_of_recipe(struct list *arguments, const struct source *source)
{
	if (source->url)
		location(arguments, source->sha256, mem_text(source->url));
	if (source->debian)
		location(arguments, source->debian_sha256, debian_of(source));
}

const char *locations_unasked(const struct source *source)
{
	return mem_format("%s %s", source->url ? source->url : "",
			  source->debian ? debian_of(source) : "");
}
