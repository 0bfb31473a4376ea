// Says its arguments; with -w writes the second to the file named by the first.
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "-w")) {
		FILE *file = fopen(argv[2], "w");
		return !file || fputs(argv[3], file) < 0 || fclose(file);
	}
	for (int i = 1; i < argc; i++)
		printf("%s%c", argv[i], i + 1 < argc ? ' ' : '\n');
	return 0;
}
