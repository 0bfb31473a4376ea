// Enters: a stage's layer, plain and packed. Leaves: an OCI image layout (opencontainers/image-spec
// 1.0). May touch: its own folder, WORK/layout.
#include "conf.h"
#include "export.h"
#include "file.h"
#include "hash.h"
#include "json.h"
#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define MEDIA "application/vnd.oci.image."

struct blob {
	const char *type, *digest;
	long long size;
};

static bool write_blob(const struct export *export, struct blob *blob, const char *text)
{
	blob->digest = hash_text(text);
	blob->size = (long long)strlen(text);
	return file_write(mem_format("%s/layout/blobs/sha256/%s", export->work, blob->digest),
			  text);
}

static bool take_layer(const struct export *export, struct blob *blob)
{
	struct stat info;
	const char *path = mem_format("%s/layer.tar.gz", export->work);
	blob->digest = hash_file(path);
	if (!blob->digest || stat(path, &info) < 0)
		return false;
	blob->size = (long long)info.st_size;
	return !rename(path, mem_format("%s/layout/blobs/sha256/%s", export->work, blob->digest));
}

static void say_label(struct json *json, const char *key, const char *value)
{
	json_text(json, mem_format("org.opencontainers.image.%s", key), value);
}

static void say_settings(struct json *json, const struct export *export)
{
	const struct conf *distro = export->jobs->plan->distro;
	json_object(json, "config");
	json_array(json, "Env");
	json_text(json, NULL, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	json_end(json);
	json_array(json, "Cmd"); // as an Entrypoint it would be given every other command to read
	json_text(json, NULL, "/bin/sh");
	json_end(json);
	json_object(json, "Labels");
	say_label(json, "created", export_time());
	say_label(json, "title", conf_value(distro, "name"));
	say_label(json, "description",
		  mem_format("%s of %s", export->stage->name, conf_value(distro, "name")));
	say_label(json, "vendor", conf_value(distro, "vendor"));
	say_label(json, "version", conf_value(distro, "version"));
	say_label(json, "url", conf_value(distro, "home"));
	json_end(json);
	json_end(json);
}

static void say_platform(struct json *json, const struct export *export)
{
	json_text(json, "architecture", export->jobs->plan->target->oci);
	json_text(json, "os", "linux");
}

static const char *settings_text(const struct export *export, const char *layer)
{
	struct json *json = json_new(true);
	json_object(json, NULL);
	json_text(json, "created", export_time());
	say_platform(json, export);
	say_settings(json, export);
	json_object(json, "rootfs");
	json_text(json, "type", "layers");
	json_array(json, "diff_ids");
	json_text(json, NULL, mem_format("sha256:%s", layer));
	json_end(json);
	json_end(json);
	json_array(json, "history");
	json_object(json, NULL);
	json_text(json, "created", export_time());
	json_text(json, "created_by", mem_format("bootstrap export %s", export->stage->name));
	json_end(json);
	json_end(json);
	json_end(json);
	return json_done(json);
}

static void say_blob(struct json *json, const char *key, const struct blob *blob)
{
	json_object(json, key);
	json_text(json, "mediaType", blob->type);
	json_text(json, "digest", mem_format("sha256:%s", blob->digest));
	json_number(json, "size", blob->size);
}

static const char *manifest_text(const struct blob *settings, const struct blob *layer)
{
	struct json *json = json_new(true);
	json_object(json, NULL);
	json_number(json, "schemaVersion", 2);
	json_text(json, "mediaType", MEDIA "manifest.v1+json");
	say_blob(json, "config", settings);
	json_end(json);
	json_array(json, "layers");
	say_blob(json, NULL, layer);
	json_end(json);
	json_end(json);
	json_end(json);
	return json_done(json);
}

// The name under which `podman load` keeps the image.
static const char *reference(const struct export *export)
{
	const struct conf *distro = export->jobs->plan->distro;
	return mem_format("%s:%s-%s", conf_value(distro, "id"), conf_value(distro, "version"),
			  export->stage->name);
}

static const char *index_text(const struct export *export, const struct blob *manifest)
{
	struct json *json = json_new(true);
	json_object(json, NULL);
	json_number(json, "schemaVersion", 2);
	json_text(json, "mediaType", MEDIA "index.v1+json");
	json_array(json, "manifests");
	say_blob(json, NULL, manifest);
	json_object(json, "platform");
	say_platform(json, export);
	json_end(json);
	json_object(json, "annotations");
	json_text(json, "org.opencontainers.image.ref.name", reference(export));
	json_end(json);
	json_end(json);
	json_end(json);
	json_end(json);
	return json_done(json);
}

bool oci_write(const struct export *export)
{
	struct blob layer = {.type = MEDIA "layer.v1.tar+gzip"};
	struct blob settings = {.type = MEDIA "config.v1+json"};
	struct blob manifest = {.type = MEDIA "manifest.v1+json"};
	const char *layout = mem_format("%s/layout", export->work);
	const char *plain = hash_file(mem_format("%s/layer.tar", export->work));
	return plain && tree_folder(mem_format("%s/blobs/sha256", layout)) &&
	       take_layer(export, &layer) &&
	       write_blob(export, &settings, settings_text(export, plain)) &&
	       write_blob(export, &manifest, manifest_text(&settings, &layer)) &&
	       file_write(mem_format("%s/index.json", layout), index_text(export, &manifest)) &&
	       file_write(mem_format("%s/oci-layout", layout),
			  "{\n  \"imageLayoutVersion\": \"1.0.0\"\n}\n");
}
