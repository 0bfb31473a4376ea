// Enters: a download that may start. Leaves: its room, with the network, and what names and certificates
// are looked up in. May touch: the arena; it looks at the environment and the build machine's folders.
#include "file.h"
#include "furnish.h"
#include "locations.h"
#include "variables.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

// Where a link leads that is neither in the system's folders nor below /run: on WSL resolv.conf does.
static void show_led_to(struct room *room, const char *path)
{
	char real[PATH_MAX];
	if (path && realpath(path, real) && !host_shows(real) && !is_below(real, "/run"))
		sandbox_try(room->sandbox, STEP_BIND, mem_text(real), mem_text(real));
}

// What names and certificates are looked up in.
static void show_network(struct room *room)
{
	sandbox_try(room->sandbox, STEP_BIND, "/run", "/run"); // resolv.conf often leads there
	sandbox_step(room->sandbox, STEP_LINK, "/run", "/var/run");
	show_led_to(room, "/etc/resolv.conf");
	show_led_to(room, "/etc/ssl/certs"); // openSUSE has them in /var/lib
	show_led_to(room, "/etc/ssl/ca-bundle.pem");
	show_led_to(room, getenv("SSL_CERT_FILE"));
	show_led_to(room, getenv("CURL_CA_BUNDLE"));
}

// A file by its path without links, by which the room has it.
static void pass(struct room *room, const char *name)
{
	char real[PATH_MAX];
	const char *value = getenv(name);
	bool file = !strcmp(name, "CURL_CA_BUNDLE") || !strcmp(name, "SSL_CERT_FILE");
	if (value)
		set(&room->variables, "%s=%s", name, file && realpath(value, real) ? real : value);
}

void room_for_download(struct room *room)
{
	static const char *const passed[] = {
		"http_proxy",  "https_proxy", "ftp_proxy", "all_proxy",	     "no_proxy",
		"HTTPS_PROXY", "ALL_PROXY",   "NO_PROXY",  "CURL_CA_BUNDLE", "SSL_CERT_FILE"};
	struct list arguments = {0};
	const struct source *source = room->job->source;
	const char *mirror = room->wish->mirror;
	list_push(&arguments, mem_text(source_file(source)));
	if (mirror && *mirror == '/') {
		room_show(room, mirror, "/mirror");
		set(&room->variables, "MIRROR=%s", mirror);
		mirror = "/mirror";
	}
	if (mirror)
		locations_of_mirror(&arguments, source, mirror);
	if (room->wish->offline)
		set(&room->variables, "UNASKED=%s", locations_unasked(source));
	else
		locations_of_recipe(&arguments, source);
	room_show_host(room);
	room_link_base(room);
	room_link_tool(room, "curl");
	show_network(room);
	room_show_workplace(room);
	set(&room->variables, "PATH=/host/bin:/usr/bin:/bin:/usr/local/bin");
	set(&room->variables, "OWNER=%s", source->owner);
	set(&room->variables, "ASIDE=%s", room_object(room, "build"));
	for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
		pass(room, passed[i]);
	room->sandbox->network = true;
	room_program(room, "/bootstrap/fetch", &arguments);
}
