#include "unit.h"
#include "mem.h"
#include "tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;
static pid_t owner;

static void remove_folder(void)
{
	if (folder && getpid() == owner)
		tree_remove(folder);
}

const char *room(void)
{
	static int count;
	const char *temporary = getenv("TMPDIR");
	if (!folder) {
		folder = mem_format("%s/unit.XXXXXX", temporary ? temporary : "/tmp");
		owner = getpid();
		assert_non_null(mkdtemp(folder));
		chmod(folder, 0755);
		atexit(remove_folder);
	}
	const char *made = mem_format("%s/%d", folder, count++);
	assert_true(tree_folder(made));
	return made;
}

void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static char *read_all(FILE *file)
{
	static char text[1 << 16];
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	return mem_text(text);
}

const char *shell(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	const char *command = mem_vformat(format, args);
	va_end(args);
	FILE *pipe = popen(command, "re");
	assert_non_null(pipe);
	const char *text = read_all(pipe);
	if (pclose(pipe) != 0)
		fail_msg("this failed: %s", command);
	return text;
}

int outcome(void (*act)(const void *), const void *with, const char **words)
{
	FILE *said = tmpfile();
	int status;
	assert_non_null(said);
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(fileno(said), STDERR_FILENO);
		act(with);
		fflush(NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	rewind(said);
	*words = read_all(said);
	fclose(said);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void assert_fatal(void (*act)(const void *), const void *with, int status, const char *text)
{
	const char *words;
	int found = outcome(act, with, &words);
	if (found != status || !strstr(words, text))
		fail_msg("status %d, and \"%s\" wanted; status %d, and \"%s\" found", status, text,
			 found, words);
}
