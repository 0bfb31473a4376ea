// Enters: a stage and the jobs it came from. Leaves: how it was made, as an in-toto Statement v1
// with a SLSA provenance v1 predicate (slsa.dev/spec/v1.0/provenance). May touch: the arena.
//
// No time, user or machine is in it: whoever builds the same can write the same.
#include "conf.h"
#include "export.h"
#include "json.h"

#include <string.h>

// `home` names a page, with or without a slash at its end.
static const char *below_home(const struct export *export, const char *path)
{
	const char *home = conf_value(export->jobs->plan->distro, "home");
	return mem_format("%s%s%s", home, text_ends(home, "/") ? "" : "/", path);
}

static void say_digest(struct json *json, const char *kind, const char *digest)
{
	json_object(json, "digest");
	json_text(json, kind, digest);
	json_end(json);
}

// dirHash of in-toto's digests: the hash of what sha256sum says of all files, sorted by name.
static void say_subject(struct json *json, const struct export *export)
{
	json_array(json, "subject");
	json_object(json, NULL);
	json_text(json, "name", export->name);
	say_digest(json, is_folder_format(export) ? "dirHash" : "sha256", export->digest);
	json_end(json);
	json_end(json);
}

static void say_wish(struct json *json, const struct export *export)
{
	json_object(json, "externalParameters");
	json_text(json, "stage", export->stage->name);
	json_text(json, "target", export->jobs->plan->target->name);
	json_text(json, "format", export->format);
	json_bool(json, "hostClang", export->jobs->plan->host_clang);
	json_text(json, "hostCc", export->host_cc);
	json_bool(json, "nativeTools", !export->emulate_all);
	json_end(json);
}

static void say_target(struct json *json, const struct target *target)
{
	json_object(json, "target");
	json_text(json, "triple", target->triple);
	json_text(json, "machine", target->machine);
	json_text(json, "kernel", target->kernel);
	json_text(json, "llvm", target->llvm);
	json_text(json, "cflags", target->cflags);
	json_text(json, "loader", target->loader);
	json_end(json);
}

static void say_builds(struct json *json, const struct export *export)
{
	json_object(json, "internalParameters");
	say_target(json, export->jobs->plan->target);
	json_array(json, "recipes");
	EACH(const struct job, build, export->builds) {
		json_object(json, NULL);
		json_text(json, "name", build->name);
		json_text(json, "key", build->key);
		json_text(json, "output", build->out);
		json_end(json);
	}
	json_end(json);
	json_end(json);
}

static void reach(const struct job *job, bool *seen)
{
	if (seen[job->number])
		return;
	seen[job->number] = true;
	EACH(const struct job, from, job->inputs)
		reach(from, seen);
	EACH(const struct job, from, job->materials)
		reach(from, seen);
}

static void say_file(struct json *json, const char *uri, const char *digest)
{
	json_object(json, NULL);
	json_text(json, "uri", uri);
	say_digest(json, "sha256", digest);
	json_end(json);
}

// No uri: what the checkout was cloned from may be anybody's own.
static void say_commit(struct json *json, const char *commit)
{
	json_object(json, NULL);
	json_text(json, "name", "checkout");
	say_digest(json, "gitCommit", commit);
	json_end(json);
}

// The checkout and the sources of everything that took part, those of the stages that built this one
// among them.
static void say_sources(struct json *json, const struct export *export)
{
	bool *seen = mem_new(export->jobs->all.count * sizeof *seen);
	reach(export->stage, seen);
	json_array(json, "resolvedDependencies");
	if (*export->commit)
		say_commit(json, export->commit);
	EACH(const struct job, job, export->jobs->all) {
		if (job->kind != JOB_FETCH || !seen[job->number])
			continue;
		const struct source *source = job->source;
		if (source->url)
			say_file(json, source->url, source->sha256);
		if (source->debian)
			say_file(json, mem_format("debian:%s", source->debian),
				 source->debian_sha256);
	}
	json_end(json);
}

const char *provenance_text(const struct export *export)
{
	struct json *json = json_new(true);
	json_object(json, NULL);
	json_text(json, "_type", "https://in-toto.io/Statement/v1");
	say_subject(json, export);
	json_text(json, "predicateType", "https://slsa.dev/provenance/v1");
	json_object(json, "predicate");
	json_object(json, "buildDefinition");
	json_text(json, "buildType", below_home(export, "bootstrap/export/v1"));
	say_wish(json, export);
	say_builds(json, export);
	say_sources(json, export);
	json_end(json);
	json_object(json, "runDetails");
	json_object(json, "builder");
	json_text(json, "id", below_home(export, "bootstrap"));
	json_end(json);
	json_end(json);
	json_end(json);
	json_end(json);
	return json_done(json);
}
