// Headers, start-up code, arguments, environment, printf, exit handlers.
#include "check.h"

#include <locale.h>
#include <string.h>
#include <wchar.h>

static int constructed;

__attribute__((constructor)) static void construct(void)
{
	constructed = 1;
}

static void at_exit(void)
{
	puts("bye");
}

int main(int argc, char **argv)
{
	char text[64];
	wchar_t wide[8];
	CHECK(constructed);
	CHECK(argc >= 1 && argv[argc] == NULL);
	CHECK(atexit(at_exit) == 0);
	CHECK(setlocale(LC_ALL, "C.UTF-8") != NULL);
	CHECK(mbstowcs(wide, "\xc3\xa9t\xc3\xa9", 8) == 3 && wide[0] == 0xe9);
	snprintf(text, sizeof text, "%d %s %.3f %Lg %zx", 42, "hello", 1.5, 2.25L, (size_t)255);
	CHECK(strcmp(text, "42 hello 1.500 2.25 ff") == 0);
	return 0;
}
