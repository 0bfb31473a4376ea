// Opens a shared library by name at run time (only where programs are dynamic).
// with: plugged.c
// only: dynamic lto
#include "check.h"

#include <dlfcn.h>

int plugged(int value);

int main(void)
{
	void *program = dlopen(NULL, RTLD_NOW);
	CHECK(program);
	int (*found)(int) = (int (*)(int))dlsym(program, "plugged");
	CHECK(found && found(1) == 2 && found == plugged);
	Dl_info info;
	CHECK(dladdr((void *)found, &info) && info.dli_sname);
	CHECK(dlopen("/no/such/library.so", RTLD_NOW) == NULL && dlerror());
	return 0;
}
