// Enters: a job's name. Leaves: its last try. May touch: the notes in the store's object folders.
#include "tries.h"
#include "file.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *note_of(const char *target, const char *job)
{
	return mem_format("%s %s\n", target, job);
}

void tries_note(const struct store *store, const char *key, const char *target, const char *job)
{
	// Without it log knows the try by its key alone.
	file_write(store_path(store, "objects/%s/job", key), note_of(target, job));
}

static bool is_of(const struct store *store, const char *key, const char *note)
{
	const char *text = file_try(store_path(store, "objects/%s/job", key));
	return text && !strcmp(text, note);
}

void tries_spend(const struct store *store, const struct record *record)
{
	const char *note = mem_format("%.3f %.3f\n%s\n", record->seconds, record->cpu,
				      record->phases);
	// Without it the record tells of the last try alone.
	file_write(store_path(store, "objects/%s/spent", record->key), note);
}

void tries_spent(const struct store *store, struct record *record)
{
	char phases[4096] = "";
	double seconds = 0, cpu = 0;
	FILE *from = fopen(store_path(store, "objects/%s/spent", record->key), "re");
	if (!from)
		return;
	if (fscanf(from, "%lf %lf%*1[\n]%4095[^\n]", &seconds, &cpu, phases) >= 2) {
		record->seconds = record->earlier = seconds;
		record->cpu = cpu;
		record->phases = mem_text(phases);
	}
	fclose(from);
}

double tries_time(const struct store *store, const char *key)
{
	struct stat info;
	if (stat(store_path(store, "objects/%s/log", key), &info) < 0)
		return 0;
	return (double)info.st_mtim.tv_sec + (double)info.st_mtim.tv_nsec / 1e9;
}

bool tries_has(const struct store *store, const char *key, const char *target, const char *job)
{
	return tries_time(store, key) > 0 && is_of(store, key, note_of(target, job));
}

const char *tries_latest(const struct store *store, const char *target, const char *job)
{
	const char *found = NULL, *note = note_of(target, job);
	double newest = 0;
	DIR *dir = opendir(store_path(store, "objects"));
	if (!dir)
		return NULL;
	for (const struct dirent *entry; (entry = readdir(dir));) {
		double time = strchr(entry->d_name, '.') ? 0 : tries_time(store, entry->d_name);
		if (time <= newest || !is_of(store, entry->d_name, note))
			continue;
		found = mem_text(entry->d_name);
		newest = time;
	}
	closedir(dir);
	return found;
}
