// What is left of a run: jobs to be made, and the time they may take. Times come from the records of
// earlier runs; on a first run from src/costs, scaled by what the jobs of this run really took.
#ifndef FORECAST_H
#define FORECAST_H

#include "run.h"

struct tally {
	size_t done, all, failed, skipped; // jobs that were to be made when the run began
};

// Sets every job's estimate and path, if there is work; and notes what is to be made.
void forecast_start(const struct wants *wants);
// A build has ended: what it took tells how fast this machine is.
void forecast_learn(const struct job *job, const struct record *record);

// Seconds a job takes in all, less those of tries it goes on from; 0: there is nothing to tell it from.
double forecast_of(const struct job *job);
// The steps of a job at work let expect so many seconds more, at `time` (monotonic). Believed where the
// estimate is far too short: tries that were paused, or had a busy machine, tell little.
void forecast_pace(const struct job *job, double left, double time);
struct tally forecast_tally(void);
// Seconds until everything is made, at `time` (monotonic); below 0: there is nothing to tell it from.
double forecast_left(double time);

#endif
