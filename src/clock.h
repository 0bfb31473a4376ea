// Clocks, in seconds.
#ifndef CLOCK_H
#define CLOCK_H

double clock_date(void);   // since 1970
double clock_steady(void); // since the machine started; nobody sets it
// The same, without those in which the run was stopped: what all that a job may take goes by.
double now(void);
void clock_skip(double stopped); // in which it was

#endif
