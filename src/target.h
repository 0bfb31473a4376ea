// A processor to build for: what a file of targets/ says.
#ifndef TARGET_H
#define TARGET_H

#include "conf.h"

struct target {
	const char *name, *triple, *machine, *kernel, *llvm, *cflags, *loader, *qemu;
	const char *oci; // the processor as OCI images name it (Go's GOARCH), or NULL
};

// struct target *, by name. A mistake in any of them is fatal.
struct list targets_read(const char *root, const struct conf *distro);
const char *target_names(const struct list *targets); // each with a blank before it
const struct target *target_named(const struct list *targets, const char *name); // or fatal

#endif
