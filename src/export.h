// A stage on its way out of the store, and the papers that go with it.
#ifndef EXPORT_H
#define EXPORT_H

#include "job.h"

// TREE_TIME as RFC 3339 writes it: no paper tells when it was made.
const char *export_time(void);

// The form of a version 8 UUID (RFC 9562), whose bits are ours: the same for the same digest.
const char *uuid_of(const char *digest);

// All that --format takes, as words.
const char *export_formats(void);

struct export
{
	const struct jobs *jobs;
	const struct job *stage; // JOB_COMPOSE, its tree in the store
	const char *format;	 // as --format names it
	const char *name;	 // of the result, without its folder
	const char *work;	 // a folder of our own beside it
	const char *host_cc;	 // as --host-cc names it, or NULL
	bool emulate_all;	 // --no-native-tools
	const char *commit;	 // the checkout's, "" where it has none or is another
	const char *digest;	 // SHA-256 of the result; of its list of files when it is a folder
	struct list builds;	 // struct job *, whose output is in the tree, base stages' first
};

bool is_folder_format(const struct export *export);

// A bill of materials: CycloneDX 1.5 in JSON.
const char *sbom_text(const struct export *export);
// How it was made: an in-toto statement with SLSA provenance, version 1.
const char *provenance_text(const struct export *export);

// Packs WORK/layer.tar.gz, whose unpacked form is WORK/layer.tar, into an OCI image layout,
// WORK/layout. False: errno tells.
bool oci_write(const struct export *export);

#endif
