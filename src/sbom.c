// Enters: a stage and its recipes. Leaves: a bill of materials. May touch: recipes' patches, which
// it reads.
//
// CycloneDX 1.5 and not SPDX 2.3: it has a place for patches with their text (pedigree) and for the
// hash of a source beside its address, which SPDX keeps in free text; and every common scanner
// reads it.
#include "export.h"
#include "file.h"
#include "hash.h"
#include "json.h"

#include <openssl/evp.h>
#include <string.h>

// A name that no other content has.
static const char *serial_number(const struct export *export)
{
	const char *content = mem_format("bill of %s %s", export->stage->name, export->digest);
	return mem_format("urn:uuid:%s", uuid_of(hash_text(content)));
}

static const char *base64(const char *path)
{
	const char *text = file_text(path);
	size_t length = strlen(text);
	unsigned char *to = mem_new(length / 3 * 4 + 5);
	EVP_EncodeBlock(to, (const unsigned char *)text, (int)length);
	return (const char *)to;
}

static void say_hash(struct json *json, const char *digest)
{
	json_array(json, "hashes");
	json_object(json, NULL);
	json_text(json, "alg", "SHA-256");
	json_text(json, "content", digest);
	json_end(json);
	json_end(json);
}

static void say_origin(struct json *json, const char *url, const char *digest)
{
	json_object(json, NULL);
	json_text(json, "type", "distribution");
	json_text(json, "url", url);
	say_hash(json, digest);
	json_end(json);
}

static void say_origins(struct json *json, const struct source *source)
{
	if (!source_is_pinned(source))
		return;
	json_array(json, "externalReferences");
	if (source->url)
		say_origin(json, source->url, source->sha256);
	if (source->debian)
		say_origin(json, mem_format("debian:%s", source->debian), source->debian_sha256);
	json_end(json);
}

static void say_patch(struct json *json, const struct source *source, const char *name)
{
	json_object(json, NULL);
	json_text(json, "type", "unofficial");
	json_object(json, "diff");
	json_object(json, "text");
	json_text(json, "contentType", "text/x-diff");
	json_text(json, "encoding", "base64");
	json_text(json, "content", base64(mem_format("%s/%s", source->dir, name)));
	json_end(json);
	json_text(json, "url", mem_format("recipes/%s/%s", source->owner, name));
	json_end(json);
	json_end(json);
}

static void say_patches(struct json *json, const struct source *source)
{
	struct list names = folder_texts(source->dir), patches = {0};
	EACH(char, name, names)
		if (text_ends(name, ".patch"))
			list_push(&patches, name);
	if (!patches.count)
		return;
	json_object(json, "pedigree");
	json_array(json, "patches");
	EACH(const char, name, patches)
		say_patch(json, source, name);
	json_end(json);
	json_end(json);
}

// Everything but letters, digits and -._~ is written by its number in a package URL.
static const char *percent(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-._~";
	const char *to = "";
	for (; *text; text++)
		to = strchr(plain, *text) ? mem_format("%s%c", to, *text)
					  : mem_format("%s%%%02X", to, (unsigned char)*text);
	return to;
}

static void say_licence(struct json *json, const char *licence)
{
	json_array(json, "licenses");
	json_object(json, NULL);
	json_text(json, "expression", licence);
	json_end(json);
	json_end(json);
}

static void say_fact(struct json *json, const char *key, const char *value)
{
	json_object(json, NULL);
	json_text(json, "name", mem_format("bootstrap:%s", key));
	json_text(json, "value", value);
	json_end(json);
}

static void say_component(struct json *json, const struct job *build)
{
	const struct recipe *recipe = build->item->recipe;
	const struct source *source = recipe->source;
	json_object(json, NULL);
	json_text(json, "type", "library"); // CycloneDX's word for what is not told apart
	json_text(json, "bom-ref", build->name);
	json_text(json, "name", recipe->name);
	json_text(json, "version", source->version);
	say_licence(json, source->licence);
	json_text(json, "purl",
		  mem_format("pkg:generic/%s@%s", percent(recipe->name), percent(source->version)));
	say_origins(json, source);
	say_patches(json, source);
	json_array(json, "properties");
	say_fact(json, "recipe", mem_format("recipes/%s/recipe", recipe->name));
	say_fact(json, "key", build->key);
	say_fact(json, "output", build->out);
	json_end(json);
	json_end(json);
}

static void say_whole(struct json *json, const struct export *export)
{
	const struct conf *distro = export->jobs->plan->distro;
	bool tools = export->stage->stage->on_build_machine;
	json_object(json, "component");
	json_text(json, "type", tools ? "application" : "operating-system");
	json_text(json, "bom-ref", export->stage->name);
	json_text(json, "name", mem_format("%s-%s", conf_value(distro, "id"), export->stage->name));
	json_text(json, "version", conf_value(distro, "version"));
	json_text(json, "description",
		  mem_format("%s, %s for %s", conf_value(distro, "name"), export->stage->name,
			     export->jobs->plan->target->triple));
	if (!is_folder_format(export))
		say_hash(json, export->digest);
	json_end(json);
}

static void say_metadata(struct json *json, const struct export *export)
{
	json_object(json, "metadata");
	json_text(json, "timestamp", export_time());
	json_object(json, "tools");
	json_array(json, "components");
	json_object(json, NULL);
	json_text(json, "type", "application");
	json_text(json, "name", "bootstrap");
	json_end(json);
	json_end(json);
	json_end(json);
	say_whole(json, export);
	json_end(json);
}

static const struct job *build_of(const struct export *export, const struct item *item)
{
	EACH(const struct job, build, export->builds)
		if (build->item->recipe == item->recipe && build->item->purpose == item->purpose)
			return build;
	return NULL;
}

// A recipe's two lines answer each other's needs; in the stage they are one.
static void say_needs(struct json *json, const struct export *export, const struct job *build)
{
	struct list said = {0};
	json_object(json, NULL);
	json_text(json, "ref", build->name);
	json_array(json, "dependsOn");
	EACH(const struct item, need, build->item->needs) {
		const struct job *found = build_of(export, need);
		if (!found || found == build || has_word(&said, found->name))
			continue;
		list_push(&said, mem_text(found->name));
		json_text(json, NULL, found->name);
	}
	json_end(json);
	json_end(json);
}

static void say_dependencies(struct json *json, const struct export *export)
{
	json_array(json, "dependencies");
	json_object(json, NULL);
	json_text(json, "ref", export->stage->name);
	json_array(json, "dependsOn");
	EACH(const struct job, build, export->builds)
		json_text(json, NULL, build->name);
	json_end(json);
	json_end(json);
	EACH(const struct job, build, export->builds)
		say_needs(json, export, build);
	json_end(json);
}

const char *sbom_text(const struct export *export)
{
	struct json *json = json_new(true);
	json_object(json, NULL);
	json_text(json, "$schema", "http://cyclonedx.org/schema/bom-1.5.schema.json");
	json_text(json, "bomFormat", "CycloneDX");
	json_text(json, "specVersion", "1.5");
	json_text(json, "serialNumber", serial_number(export));
	json_number(json, "version", 1);
	say_metadata(json, export);
	json_array(json, "components");
	EACH(const struct job, build, export->builds)
		say_component(json, build);
	json_end(json);
	say_dependencies(json, export);
	json_end(json);
	return json_done(json);
}
