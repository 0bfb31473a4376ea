// Jobs: what the plan comes to when it is run. Four kinds, one graph.
#ifndef JOB_H
#define JOB_H

#include "host.h"
#include "stage.h"
#include "store.h"

struct part { // of a union of trees
	struct job *job;
	const char *below; // the folder it goes to, "" for the top
};

struct job {
	enum job_kind {
		JOB_FETCH,   // one file from the network, or a mirror
		JOB_UNPACK,  // a source tree, shared by every build that uses it
		JOB_BUILD,   // one line of a stage
		JOB_COMPOSE, // a union of trees: a stage, or the libraries or tools of one build
	} kind;
	const char *name;	     // "stage1/musl:headers", unique in the run
	const struct item *item;     // JOB_BUILD
	const struct source *source; // JOB_FETCH, JOB_UNPACK
	const struct stage *stage;   // JOB_COMPOSE of a whole stage
	struct job *sped_up;	     // that, with programs of the build machine in it; or NULL
	struct list parts;	     // JOB_COMPOSE: struct part *, later ones over earlier ones
	bool over;		     // JOB_COMPOSE: a later part may replace a file

	struct list inputs;    // struct job *: their outputs are part of the key
	struct list materials; // struct job *: must be in the store before this can run
	struct list waiters;   // struct job *: look again when this one changes
	// Those of the above that a room is made of; in a native stage the sysroot is the root itself.
	struct job *fetch, *unpack, *sysroot, *tools;

	const char *manifest, *key; // set once the inputs' outputs are known
	const char *trouble;	    // why there is no key: a file that cannot be read; else NULL
	const char *out;	    // its output's hash; NULL as long as it is not known
	bool looked;		    // the store was asked for the key
	bool present;		    // the output is in the store
	bool wanted;		    // its output has to be known
	bool demanded;		    // its output has to be there
	bool fresh;		    // to be made again from nothing
	bool trial;		    // tries the emulator, before builds rely on it
	bool retried;		    // tried a second time, or about to be
	bool awaited;		    // it was said that another run has it at work
	const char *before;	    // the output that the store had, when it is made again
	enum {
		JOB_IDLE,    // waits for others, or for nobody to want it
		JOB_READY,   // waits for its turn
		JOB_RUNNING, // in its sandbox
		JOB_KEEPING, // its output is being sealed, by a worker
		JOB_FAILED,
		JOB_SKIPPED, // something it needs failed
	} state;
	// forecast.c: what it takes in seconds, and of processors' seconds; from where that is known
	double estimate, work;
	enum { GUESSED, COSTED, RECORDED, PACED } basis;
	size_t number;	   // its place in jobs->all
	bool begun, made;  // by this run; begun: there is a log of it
	bool lost;	   // this run killed it, and the next one cannot go on with what it left
	double path;	   // seconds from its start to the end of the last job that waits for it
	struct task *task; // while it runs; the scheduler's
};

// Lines that the manifests of many jobs have in common, by what they are about: read once.
struct shared {
	struct names files, styles, tools;
};

struct jobs {
	const struct plan *plan;
	const struct store *store;
	const struct host *host;
	struct list all;    // struct job *, in the order of the plan
	struct list builds; // struct job *, JOB_BUILD, by the number of their item
	struct list stages; // struct job *, JOB_COMPOSE, one for each stage
	struct shared *shared;
};

struct jobs *jobs_make(const struct plan *plan, const struct store *store, const struct host *host);
// What brings the source of a build: its unpack, and before that the fetch; NULL: nothing more.
struct job *job_before(const struct job *job);
// Whether a person means this job: "musl", "stage1/musl:headers", "unpack/musl".
bool job_is_named(const struct job *job, const char *name);
// What a record calls the target of a job: its target's name, or "build" when it serves all.
const char *job_target(const struct jobs *jobs, const struct job *job);

// Sets manifest and key; every input's `out` must be known. False: see job->trouble.
bool job_set_key(const struct jobs *jobs, struct job *job);
// Sets them again from the files as they are now: between then and now somebody may have edited.
bool job_renew_key(const struct jobs *jobs, struct job *job);
// A name for the file that a fetch brings, from its first location.
const char *source_file(const struct source *source);

#endif
