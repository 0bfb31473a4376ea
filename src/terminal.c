// Enters: lines. Leaves: a terminal that shows them. May touch: stdout's terminal, a timer, and the
// signals of its size.
#include "terminal.h"
#include "cells.h"
#include "clock.h"
#include "fail.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
	TICK = 250,	   // ms between drawings when nothing happens
	SHORTEST = 100,	   // ms between drawings at least
	PATIENCE = 1000,   // ms for a terminal that is slow
	MOST_LINES = 64,   // of the block
	PENDING = 1 << 14, // bytes of lines that wait for the next drawing
	FRAME = PENDING + (1 << 16),
};

static struct {
	pid_t owner; // 0: nothing is drawn. The runner forks workers: they must not draw
	int out;     // an open file of its own: not to block is not asked of who shares stdout
	int clock, timer, signals;
	int columns, columns_drawn, rows, rows_drawn;
	bool synchronized;
	int widths[MOST_LINES]; // of the lines of the block that stands there
	size_t count;
	int lost;     // rows of it that a lower terminal has pushed out above
	double drawn; // when
	char pending[PENDING], frame[FRAME];
} terminal;

static void look_at_size(void)
{
	struct winsize size = {0};
	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	terminal.columns = size.ws_col ? size.ws_col : 80;
	terminal.rows = size.ws_row ? size.ws_row : 24;
}

static bool can_draw(int fd, const char *term)
{
	return isatty(fd) && term && *term && strcmp(term, "dumb") != 0;
}

// "?2026" holds a frame back until it is whole. Who does not know it takes no notice; the families
// that are asked are those where that is sure.
static bool knows_synchronized(const char *term)
{
	static const char *const families[] = {"xterm", "tmux",	   "screen",  "foot",
					       "kitty", "wezterm", "contour", "alacritty"};
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (!strncmp(term, families[i], strlen(families[i])))
			return true;
	return false;
}

static void add_to_clock(int fd)
{
	struct epoll_event event = {.events = EPOLLIN};
	if (fd < 0 || epoll_ctl(terminal.clock, EPOLL_CTL_ADD, fd, &event) < 0)
		fail(EXIT_HOST, "no timer for the display: %s; --quiet does without",
		     strerror(errno));
}

static void open_clock(void)
{
	const struct timespec tick = {0, TICK * 1000000L};
	const struct itimerspec times = {tick, tick};
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGCONT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	terminal.clock = epoll_create1(EPOLL_CLOEXEC);
	terminal.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	terminal.timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	add_to_clock(terminal.signals);
	add_to_clock(terminal.timer);
	timerfd_settime(terminal.timer, 0, &times, NULL);
}

bool terminal_open(void)
{
	const char *term = getenv("TERM");
	if (!can_draw(STDOUT_FILENO, term))
		return false;
	terminal.out = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (terminal.out < 0)
		terminal.out = STDOUT_FILENO;
	terminal.synchronized = knows_synchronized(term);
	open_clock();
	look_at_size();
	fflush(stdout);
	terminal.owner = getpid();
	fail_clear(terminal_clear);
	atexit(terminal_close);
	return true;
}

int terminal_clock(void)
{
	return terminal.clock;
}

static void forget_block(void)
{
	terminal.count = 0;
	terminal.lost = 0;
}

// Not after Ctrl-S, or when nobody reads what a frozen window or connection is sent.
static bool takes_output(int patience)
{
	struct pollfd out = {.fd = terminal.out, .events = POLLOUT};
	return poll(&out, 1, patience) == 1;
}

// A run goes by its clock and signals, whatever its terminal does.
static void write_all(const char *text, size_t count)
{
	while (count) {
		ssize_t done = write(terminal.out, text, count);
		if (done > 0) {
			text += done;
			count -= (size_t)done;
		} else if (errno != EINTR && (errno != EAGAIN || !takes_output(PATIENCE))) {
			forget_block();
			return; // or it is gone, and SIGHUP on its way
		}
	}
}

void terminal_tick(void)
{
	unsigned long long expired;
	struct signalfd_siginfo info;
	ssize_t ignored = read(terminal.timer, &expired, sizeof expired);
	(void)ignored;
	while (read(terminal.signals, &info, sizeof info) == (ssize_t)sizeof info)
		if (info.ssi_signo == SIGCONT)
			forget_block(); // others wrote below what stood there
	look_at_size();
}

int terminal_columns(void)
{
	return terminal.columns - 1; // a line that fills its row leaves the cursor in between
}

int terminal_lines(void)
{
	int lines = terminal.rows - 2; // one for the cursor, and one that scrolls
	return lines > MOST_LINES ? MOST_LINES : lines;
}

bool terminal_has_colour(int fd)
{
	const char *no = getenv("NO_COLOR"); // of no-color.org
	return can_draw(fd, getenv("TERM")) && (!no || !*no);
}

static bool is_mine(void)
{
	return terminal.owner && terminal.owner == getpid();
}

static void add(const char *text)
{
	text_add(terminal.frame, FRAME, "%s", text);
}

// Terminals break lines anew when they become narrower: what was one row may be three.
static int rows_of_line(size_t line)
{
	int width = terminal.widths[line];
	return width > terminal.columns ? (width + terminal.columns - 1) / terminal.columns : 1;
}

// From where the block begins. What of it a lower terminal has pushed out above, many take back when
// there is room again, as many rows as they grow. Others begin at the top then, and nobody gets past that.
static int rows_above(void)
{
	int rows = 0, room = terminal.rows - 1, back = terminal.rows - terminal.rows_drawn;
	size_t line = terminal.count;
	while (line && rows + rows_of_line(line - 1) <= room)
		rows += rows_of_line(--line);
	back = back < 0 ? 0 : back < terminal.lost ? back : terminal.lost;
	terminal.lost += (int)line - back; // a row for each line at least
	return line ? room : rows + back;
}

// Row for row: to some terminals, told to empty the screen from its first row on, that is a page to keep
// among what one scrolls back to.
static void add_way_up(bool emptied)
{
	int rows = rows_above();
	add("\r");
	if (rows)
		text_add(terminal.frame, FRAME, "\033[%dA", rows);
	if (rows && emptied)
		add("\033[K\033[B\033[J\033[A");
	if (*terminal.pending)
		terminal.lost = 0; // from now on others' lines are in between
	add(terminal.pending);
	terminal.pending[0] = '\0';
}

// After a change of size rows have to be emptied: some terminals remember that one was the first half
// of a line, and would join it to the next when there is room again.
static bool has_changed(void)
{
	return terminal.columns != terminal.columns_drawn || terminal.rows != terminal.rows_drawn;
}

// A line may begin and end with colours, which take no room.
static int width_of(const char *line)
{
	int width = cells_count(line);
	for (const char *at = line; (at = strchr(at, '\033')); at++)
		width -= (int)strcspn(at, "m") + 1;
	return width;
}

static void draw(const char *const *lines, size_t count)
{
	terminal.frame[0] = '\0';
	add(terminal.synchronized ? "\033[?2026h" : "");
	add_way_up(!count || *terminal.pending || has_changed());
	terminal.count = count > MOST_LINES ? MOST_LINES : count;
	for (size_t i = 0; i < terminal.count; i++) {
		add(lines[i]);
		add("\033[K\n");
		terminal.widths[i] = width_of(lines[i]);
	}
	if (count)
		add("\033[J");
	add(terminal.synchronized ? "\033[?2026l" : "");
	write_all(terminal.frame, strlen(terminal.frame));
	terminal.drawn = clock_steady();
	terminal.columns_drawn = terminal.columns;
	terminal.rows_drawn = terminal.rows;
}

void terminal_say(const char *line)
{
	if (strlen(terminal.pending) + strlen(line) + 2 > PENDING)
		terminal_clear();
	text_add(terminal.pending, PENDING, "%s\n", line);
}

bool terminal_is_due(void)
{
	return clock_steady() - terminal.drawn >= SHORTEST / 1e3;
}

static void show(const char *const *lines, size_t count, int patience)
{
	if (!is_mine() || !takes_output(patience))
		return;
	pid_t front = tcgetpgrp(STDOUT_FILENO);
	if (front < 0 || front == getpgrp()) {
		draw(lines, count);
		return;
	}
	forget_block(); // what a shell in front of us wrote since is none of our business
	write_all(terminal.pending, strlen(terminal.pending));
	terminal.pending[0] = '\0';
}

void terminal_draw(const char *const *lines, size_t count)
{
	show(lines, count, 0);
}

void terminal_clear(void)
{
	if (is_mine() && (terminal.count || *terminal.pending))
		show(NULL, 0, PATIENCE);
}

void terminal_close(void)
{
	terminal_clear();
	terminal.owner = 0;
}
