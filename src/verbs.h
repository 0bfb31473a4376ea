// The verbs beside building: each prints, or opens a shell, and gives the exit status.
#ifndef VERBS_H
#define VERBS_H

#include "options.h"

enum exit_status verb_why(const struct jobs *jobs, const struct options *options);
enum exit_status verb_log(const struct jobs *jobs, const struct options *options);
enum exit_status verb_shell(const struct jobs *jobs, const struct options *options);
enum exit_status verb_gc(const struct jobs *jobs, const struct options *options);
// After a stage was built by itself (plan->again): what came out otherwise.
enum exit_status verify_report(const struct jobs *jobs, const struct stage *again);
// The stage that the operand names. Fatal when it is not built; when it is, but not as it would be now,
// too, unless `as_it_was`: then with a warning and the last root's hash.
const struct job *built_stage(const struct jobs *jobs, const struct options *options,
			      bool as_it_was);
// Whether the store has that stage with --host-clang where these jobs are without, or the other way.
bool stage_is_built_otherwise(const struct jobs *jobs, const struct options *options,
			      const char *name);
enum exit_status verb_export(const struct jobs *jobs, const struct options *options);
// Dies of a wrong operand or option of export, before anything is made.
void export_check(const struct options *options, const struct plan *plan);
enum exit_status verb_report(const struct jobs *jobs, const struct options *options);
enum exit_status verb_completion(const struct options *options);
#define NO_STORE "HOME is not set, or no absolute path; say where to keep things with --store DIR"
// What this machine lacks, for a checkout and the store at `path`; NULL: nobody says where it is.
enum exit_status verb_doctor(const struct options *options, const char *path);

#endif
