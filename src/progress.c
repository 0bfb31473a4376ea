// Enters: events of a run. Leaves: a display of what is at work; off a terminal the same lines, when
// nothing was said for long. May touch: the terminal, through terminal.h, or stdout and a timer; logs
// and downloads, to see how far they are.
#include "progress.h"
#include "clock.h"
#include "groups.h"
#include "meter.h"
#include "rows.h"
#include "steps.h"
#include "terminal.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
	LOG_END = 4096,
	SHOWN = 64,
	SILENCE = 300, // seconds without a line, off a terminal, until it is said what is at work
	WIDTH = 100,   // of those lines
	ENOUGH = 20,   // parts of all steps, of which one tells the pace
};

struct work { // a job on the display
	const struct job *job;
	const char *log, *build; // file and folder
	double started, since;	 // the phase since then
	char phase[32];
	struct steps steps;
	long long bytes, bytes_before; // of a download
	double rate, measured;
};

static struct {
	bool open;
	bool plain; // no display, and not quiet
	int timer;  // of the plain one
	const struct jobs *jobs;
	double began;
	struct list works; // struct work *
	const char *stopping;
} progress;

static void await_silence(void)
{
	const struct itimerspec times = {.it_value.tv_sec = SILENCE};
	if (progress.plain)
		timerfd_settime(progress.timer, 0, &times, NULL);
}

bool progress_open(const struct jobs *jobs, const struct run_wish *wish)
{
	progress.jobs = jobs;
	progress.began = now();
	progress.open = wish->talk != QUIET && !groups_serve() && terminal_open();
	progress.plain = wish->talk != QUIET && !progress.open;
	if (progress.plain) {
		progress.timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
		progress.plain = progress.timer >= 0;
		await_silence();
	}
	return progress.open;
}

int progress_clock(void)
{
	return progress.open ? terminal_clock() : progress.plain ? progress.timer : -1;
}

// ---- how far a job is ----

static void look_at_log(struct work *work)
{
	static char block[LOG_END];
	struct stat info;
	struct steps steps;
	int fd = open(work->log, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	off_t size = fstat(fd, &info) < 0 ? 0 : info.st_size;
	ssize_t count = pread(fd, block, LOG_END, size > LOG_END ? size - LOG_END : 0);
	close(fd);
	steps_read(block, count > 0 ? (size_t)count : 0, &steps);
	if (*steps.phase || steps.all)
		work->steps = steps; // else a long message hides them just now
}

static long long bytes_in(const char *folder)
{
	long long sum = 0;
	struct stat info;
	DIR *dir = opendir(folder);
	if (!dir)
		return 0;
	for (const struct dirent *entry; (entry = readdir(dir));)
		if (strstr(entry->d_name, ".part") &&
		    !fstatat(dirfd(dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW))
			sum += info.st_size;
	closedir(dir);
	return sum;
}

static void look_at_download(struct work *work, double time)
{
	work->bytes = bytes_in(work->build);
	if (work->measured > 0 && time - work->measured < 1)
		return;
	if (work->measured > 0 && work->bytes >= work->bytes_before)
		work->rate = (double)(work->bytes - work->bytes_before) / (time - work->measured);
	work->bytes_before = work->bytes;
	work->measured = time;
}

static void look(struct work *work, double time)
{
	if (work->job->kind == JOB_FETCH)
		look_at_download(work, time);
	else if (work->job->kind == JOB_BUILD)
		look_at_log(work);
	const struct steps *steps = &work->steps;
	if (steps->all && steps->done * ENOUGH >= steps->all)
		forecast_pace(work->job,
			      (time - work->since) / (double)steps->done *
				      (double)(steps->all - steps->done),
			      time);
}

// ---- drawing ----

static const char *phase_of(const struct work *work)
{
	static const char *const words[] = {"fetch", "unpack", "start", "unite"};
	if (work->job->state == JOB_KEEPING)
		return "keep";
	return *work->phase ? work->phase : words[work->job->kind];
}

static void draw_row(char *to, const struct work *work, double time, int columns)
{
	const struct row row = {
		.name = work->job->name,
		.phase = phase_of(work),
		.done = work->steps.done,
		.all = work->job->state == JOB_KEEPING ? 0 : work->steps.all,
		.bytes = work->bytes,
		.elapsed = time - work->started,
		.estimate = forecast_of(work->job),
	};
	row_text(to, &row, columns);
}

static void draw_total(char *to, double now, int columns)
{
	char end[16] = "";
	const struct meter *meter = meter_read();
	struct tally tally = forecast_tally();
	struct total total = {
		.done = tally.done,
		.all = tally.all,
		.failed = tally.failed,
		.elapsed = now - progress.began,
		.left = forecast_left(now),
		.end = end,
		.busy = meter->busy,
		.processors = progress.jobs->host->processors,
		.memory = meter->memory,
		.memory_all = meter->memory_all,
		.stopping = progress.stopping,
	};
	time_t then = time(NULL) + (time_t)(total.left > 0 ? total.left : 0);
	struct tm clock;
	if (localtime_r(&then, &clock))
		strftime(end, sizeof end, "%H:%M", &clock);
	EACH(const struct work, work, progress.works)
		total.rate += work->rate;
	total_text(to, &total, columns);
}

static char texts[SHOWN + 1][ROW_SIZE];

// At most so many lines, and one of the whole below. Returns how many there are in all.
static size_t draw_lines(size_t most, int columns)
{
	double time = now();
	size_t count = progress.works.count, shown = count;
	if (shown > most || shown > SHOWN - 1)
		shown = most < SHOWN - 1 ? most : SHOWN - 1;
	if (shown < count && shown > 0)
		shown--; // for the line that says so
	for (size_t i = 0; i < count; i++)
		look(progress.works.at[i], time);
	size_t used = 0;
	for (; used < shown; used++)
		draw_row(texts[used], progress.works.at[used], time, columns);
	if (shown < count && most > 0)
		snprintf(texts[used++], ROW_SIZE, "  and %zu more", count - shown);
	draw_total(texts[used++], time, columns);
	return used;
}

static void draw(void)
{
	char total[ROW_SIZE];
	const char *lines[SHOWN + 1];
	size_t most = terminal_lines() > 1 ? (size_t)terminal_lines() - 1 : 0;
	size_t used = draw_lines(most, terminal_columns());
	for (size_t i = 0; i < used; i++)
		lines[i] = texts[i];
	if (terminal_has_colour(STDOUT_FILENO)) {
		snprintf(total, ROW_SIZE, "\033[1m%.*s\033[0m", ROW_SIZE - 16, texts[used - 1]);
		lines[used - 1] = total;
	}
	terminal_draw(lines, used);
}

static void say_lines(void)
{
	size_t used = draw_lines(SHOWN, WIDTH);
	for (size_t i = 0; i < used; i++)
		progress_say(texts[i]);
}

static void draw_if_due(void)
{
	if (progress.open && terminal_is_due())
		draw();
}

void progress_tick(void)
{
	if (progress.open) {
		terminal_tick();
		draw_if_due();
	} else if (progress.plain) {
		say_lines(); // which sets the timer anew
	}
}

// ---- events ----

static struct work *work_of(const struct job *job)
{
	EACH(struct work, work, progress.works)
		if (work->job == job)
			return work;
	return NULL;
}

void progress_start(const struct job *job, const char *log)
{
	if (!progress.open && !progress.plain)
		return;
	struct work *work = mem_new(sizeof *work);
	*work = (struct work){.job = job, .log = log, .started = now(), .since = now()};
	work->build = store_path(progress.jobs->store, "objects/%s/build", job->key);
	list_push(&progress.works, work);
	draw_if_due();
}

void progress_phase(const struct job *job, const char *phase)
{
	struct work *work = work_of(job);
	if (!work)
		return;
	snprintf(work->phase, sizeof work->phase, "%s", phase);
	work->steps = (struct steps){0};
	work->since = now();
	draw_if_due();
}

void progress_end(const struct job *job)
{
	size_t left = 0;
	for (size_t i = 0; i < progress.works.count; i++) {
		struct work *work = progress.works.at[i];
		if (work->job != job)
			progress.works.at[left++] = work;
	}
	progress.works.count = left;
	draw_if_due();
}

void progress_stop(const char *why)
{
	progress.stopping = why;
	draw_if_due();
}

void progress_say(const char *line)
{
	if (!progress.open) {
		puts(line);
		fflush(stdout);
		await_silence();
		return;
	}
	terminal_say(line);
	draw_if_due();
}

void progress_clear(void)
{
	fflush(stdout);
	if (progress.open)
		terminal_clear();
}

void progress_close(void)
{
	if (progress.open)
		terminal_close();
	progress.open = false;
}
