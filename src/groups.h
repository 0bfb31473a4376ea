// Folded groups in the logs of GitHub Actions and GitLab CI.
#ifndef GROUPS_H
#define GROUPS_H

#include <stdbool.h>
#include <stdio.h>

// Jobs run side by side, and groups can neither interleave nor be unfolded one in another. A group
// round every job would have to wait for its end, and would hide ten thousand lines nobody asks for:
// a job that went well is one line. A failed one gets a group with its log, because the machine and
// the file are gone when somebody looks; what is worth reading first stands below it, unfolded.
bool groups_serve(void); // this is one of those systems, and it will fold

// `id` is unique in the run, of letters and digits.
void group_begin(FILE *to, const char *id, const char *title);
void group_end(FILE *to, const char *id);
// An error for the summary of the run, where the system has one.
void group_error(FILE *to, const char *title, const char *message);

#endif
