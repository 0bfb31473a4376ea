// Enters: recipes/NAME/recipe. Leaves: its head as struct recipe. May touch: files it reads; it
// never runs the shell part.
#include "fail.h"
#include "file.h"
#include "functions.h"
#include "hash.h"
#include "licence.h"
#include "plan.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PINS "source sha256 debian debian_sha256 exclude"
#define OWN "version licence"
#define ALWAYS "tools needs style dir args memory facts checkout"

bool recipe_is_fact(const char *key)
{
	struct list known = words(PINS " source_of " OWN " " ALWAYS);
	return has_word(&known, key);
}

bool is_name(const char *text)
{
	return *text && *text != '.' && !strchr(text, '/');
}

static void check_first_line(const char *path, const char *name, const char *text)
{
	const char *start = mem_format("# %s: ", name);
	size_t length = strlen(start);
	if (strncmp(text, start, length) != 0 || text[length] == '\n' || !text[length])
		fail_at(path, 1, "the first line has to be: # %s: what it is", name);
}

static void check_hash(const struct conf *head, const char *key)
{
	const struct fact *hash = conf_fact(head, key);
	if (hash && (strlen(hash->value) != HASH_DIGITS ||
		     strspn(hash->value, "0123456789abcdef") != HASH_DIGITS))
		fail_at(head->path, hash->line,
			"%s must be 64 lower-case hex digits, as sha256sum prints", key);
}

static void check_file(const struct conf *head, const char *key)
{
	const struct fact *at = conf_fact(head, key);
	if (at && !is_name(base_name(at->value)))
		fail_at(head->path, at->line, "%s ends in no file's name; say which file it is",
			key);
}

static void check_debian(const struct conf *head)
{
	const struct fact *at = conf_fact(head, "debian");
	if (at && (*at->value == '/' || strstr(at->value, "://") || strstr(at->value, "..")))
		fail_at(head->path, at->line,
			"debian '%s': say where it is below a mirror's root, such as pool/main/m/musl/...",
			at->value);
}

// Of what is unpacked: where there is nothing of that, somebody forgot to say where it is.
static void check_unused(const struct conf *head)
{
	static const char *const keys[] = {"sha256", "debian_sha256", "exclude"};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const struct fact *fact = conf_fact(head, keys[i]);
		if (fact)
			fail_at(head->path, fact->line,
				"%s= speaks of a source, and there is none; add source= or "
				"debian=, or remove it",
				fact->key);
	}
}

static void check_pins(const struct conf *head)
{
	const struct fact *url = conf_fact(head, "source"), *debian = conf_fact(head, "debian");
	if (!url && !debian)
		check_unused(head);
	check_file(head, "source");
	check_file(head, "debian");
	check_debian(head);
	check_hash(head, "sha256");
	check_hash(head, "debian_sha256");
	if (url && !conf_fact(head, "sha256"))
		fail_at(head->path, url->line, "a source needs its hash; add sha256=...");
	if (debian && !conf_fact(head, "sha256") && !conf_fact(head, "debian_sha256"))
		fail_at(head->path, debian->line, "a source needs its hash; add debian_sha256=...");
}

static void check_own(const struct conf *head)
{
	struct list keys = words(OWN);
	EACH(const char, key, keys) {
		const struct fact *fact = conf_fact(head, key);
		if (!*fact->value)
			fail_at(head->path, fact->line, "%s is empty; say what it is", key);
	}
	const struct fact *licence = conf_fact(head, "licence");
	if (!licence_is_expression(licence->value))
		fail_at(head->path, licence->line,
			"licence \"%s\" is no SPDX expression, such as MIT, or \"MIT AND (Zlib OR "
			"0BSD)\"",
			licence->value);
}

bool source_is_pinned(const struct source *source)
{
	return source->url || source->debian;
}

static const struct source *own_source(const struct conf *head, const char *name, const char *dir)
{
	struct source *source = mem_new(sizeof *source);
	const char *exclude = conf_value(head, "exclude"), *own = conf_value(head, "debian_sha256");
	*source = (struct source){
		.owner = name,
		.dir = dir,
		.version = conf_value(head, "version"),
		.licence = conf_value(head, "licence"),
		.url = conf_value(head, "source"),
		.sha256 = conf_value(head, "sha256"),
		.debian = conf_value(head, "debian"),
		.debian_sha256 = own ? own : conf_value(head, "sha256"),
		.exclude = exclude ? exclude : "",
	};
	return source;
}

// The pins of another recipe. It may not share in turn, also not with this one: then every source has one owner.
static const struct source *shared_source(struct plan *plan, const struct conf *head,
					  const struct fact *shared)
{
	const char *name = shared->value;
	const struct recipe *owner = recipe_read(plan, name, head->path, shared->line);
	if (!owner->source || strcmp(owner->source->owner, name) != 0)
		fail_at(head->path, shared->line,
			"%s has source_of itself; name the recipe that pins the files", name);
	if (!source_is_pinned(owner->source))
		fail_at(head->path, shared->line, "%s pins no files; name the recipe that does",
			name);
	return owner->source;
}

static const struct source *source_read(struct plan *plan, const struct conf *head,
					const char *name, const char *dir)
{
	const struct fact *shared = conf_fact(head, "source_of");
	conf_check(head, shared ? "source_of" : OWN, shared ? ALWAYS : PINS " " ALWAYS);
	if (shared)
		return shared_source(plan, head, shared);
	check_own(head);
	check_pins(head);
	return own_source(head, name, dir);
}

// Patches are of whom the source is.
static void check_patches(const struct recipe *recipe)
{
	const struct source *source = recipe->source;
	bool owns = source->dir == recipe->dir && source_is_pinned(source);
	struct list names = folder_texts(recipe->dir);
	EACH(const char, name, names)
		if (!owns && text_ends(name, ".patch"))
			fail_at(mem_format("%s/%s", recipe->dir, name), 0,
				"nothing applies this patch: the recipe pins no files; move it to "
				"the one that does");
}

static const char *style_read(const struct plan *plan, const struct conf *head)
{
	const struct fact *style = conf_fact(head, "style");
	if (!style && !strstr(mem_format("\n%s", head->rest), "\npackage()"))
		fail_at(head->path, 1,
			"it would make nothing, and that without an error; add style=... or package()");
	if (!style)
		return "none";
	const char *path = mem_format("%s/src/sh/style/%s", plan->root, style->value);
	// What has a dot in it is there for a style to read.
	if (!is_name(style->value) || strchr(style->value, '.') || access(path, R_OK) != 0)
		fail_at(head->path, style->line, "there is no style '%s' in src/sh/style",
			style->value);
	return style->value;
}

// A style runs programs of its own (cmake needs ninja): they come first.
static struct list tools_read(const struct conf *style_head, const struct conf *head)
{
	const char *common = conf_value(style_head, "tools"), *own = conf_value(head, "tools");
	return words(mem_format("%s %s", common ? common : "", own ? own : ""));
}

// Where there may be no answer, a slip of the pen would never show.
static struct list needs_read(const struct plan *plan, const struct conf *head)
{
	const struct fact *fact = conf_fact(head, "needs");
	if (!fact)
		return (struct list){0};
	struct list needs = words(fact->value);
	EACH(const char, need, needs) {
		const char *name = mem_copy(need, strcspn(need, ":?"));
		if (is_name(name) && !access(mem_format("%s/recipes/%s", plan->root, name), F_OK))
			continue;
		struct list known = folder_texts(mem_format("%s/recipes", plan->root));
		fail_at(head->path, fact->line, "there is no recipe '%s' to need%s", name,
			names_hint(name, &known));
	}
	return needs;
}

static bool distro_wanted(const struct conf *head)
{
	const struct fact *facts = conf_fact(head, "facts");
	if (facts && strcmp(facts->value, "distro") != 0)
		fail_at(head->path, facts->line, "the only facts to ask for are 'distro'");
	return facts;
}

// Parts of the checkout itself, in the place of a source from elsewhere.
static struct list checkout_read(const struct plan *plan, const struct conf *head)
{
	const struct fact *fact = conf_fact(head, "checkout");
	if (!fact)
		return (struct list){0};
	struct list parts = words(fact->value);
	if (conf_fact(head, "source_of") || conf_fact(head, "source") || conf_fact(head, "debian"))
		fail_at(head->path, fact->line, "a recipe has a source or checkout=, not both");
	EACH(const char, part, parts)
		if (!is_name(part) || access(mem_format("%s/%s", plan->root, part), R_OK) != 0)
			fail_at(head->path, fact->line,
				"there is no '%s' at the top of the checkout", part);
	return parts;
}

static long memory_read(const struct conf *head)
{
	const struct fact *memory = conf_fact(head, "memory");
	char *end = "";
	long mebibytes = memory ? strtol(memory->value, &end, 10) : 0;
	if (memory && (*end || mebibytes <= 0))
		fail_at(head->path, memory->line, "memory is a number of MiB, for example 4096");
	return mebibytes;
}

const struct recipe *recipe_read(struct plan *plan, const char *name, const char *asker, int line)
{
	struct list known = names_find(&plan->recipes, name);
	if (known.count)
		return known.at[0];
	struct recipe *recipe = mem_new(sizeof *recipe);
	recipe->name = name;
	recipe->dir = mem_format("%s/recipes/%s", plan->root, name);
	recipe->path = mem_format("%s/recipe", recipe->dir);
	if (!is_name(name) || access(recipe->dir, F_OK) != 0)
		fail_at(asker, line, "there is no recipe '%s'; write recipes/%s/recipe", name,
			name);
	// By now: it is to be found where source_of= goes round in a circle.
	names_add(&plan->recipes, name, recipe);
	const char *text = file_text(recipe->path);
	const struct conf *head = recipe->head = conf_parse(recipe->path, text, NULL);
	check_first_line(recipe->path, name, text);
	functions_check(head);
	recipe->source = source_read(plan, head, name, recipe->dir);
	check_patches(recipe);
	recipe->version = recipe->source->version;
	recipe->style = style_read(plan, head);
	recipe->style_head = conf_read(mem_format("%s/src/sh/style/%s", plan->root, recipe->style),
				       NULL);
	recipe->tools = tools_read(recipe->style_head, head);
	recipe->needs_fact = conf_fact(head, "needs");
	recipe->needs = needs_read(plan, head);
	recipe->memory = memory_read(head);
	recipe->reads_distro = distro_wanted(head);
	recipe->checkout = checkout_read(plan, head);
	return recipe;
}

static bool has_name(const char *text, const char *name)
{
	size_t length = strlen(name);
	for (const char *at = text; (at = strstr(at, name)); at++)
		if ((at == text || !strchr(FUNCTION_LETTERS, at[-1])) &&
		    (!at[length] || !strchr(FUNCTION_LETTERS, at[length])))
			return true;
	return false;
}

bool recipe_reads(const struct plan *plan, const struct recipe *recipe, const char *value)
{
	const char *style = mem_format("%s/src/sh/style/%s", plan->root, recipe->style);
	return has_name(recipe->head->rest, value) || has_name(file_text(style), value);
}

// The next line that says something, and its length; 0 at the end.
static const char *next_line(const char *at, size_t *length)
{
	while (*at == '#' || *at == '\n')
		at += *at == '#' ? strcspn(at, "\n") : 1;
	*length = strcspn(at, "\n");
	return at;
}

// Line by line, up to the first that is no fact any more: the same one, a function's, or none.
static bool holds(const struct conf *head)
{
	const char *old = head->text, *new = file_try(head->path);
	size_t length, other;
	while (new) {
		old = next_line(old, &length);
		new = next_line(new, &other);
		bool same = length == other && !strncmp(old, new, length);
		if (old >= head->rest)
			return same || !other ||
			       !strncmp(new + strspn(new, FUNCTION_LETTERS), "()", 2);
		if (!same)
			return false;
		old += length;
		new += length;
	}
	return true;
}

const char *recipe_edited(const struct recipe *recipe)
{
	const struct conf *heads[] = {recipe->head, recipe->style_head};
	for (int i = 0; i < 2; i++)
		if (!holds(heads[i]))
			return heads[i]->path;
	return NULL;
}

bool recipe_has_tool(const struct recipe *recipe, const char *tool)
{
	return has_word(&recipe->tools, tool);
}
