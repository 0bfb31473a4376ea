// Amounts as people write them on the command line.
#ifndef AMOUNT_H
#define AMOUNT_H

// All are fatal with EXIT_INPUT, naming the option and an example, where `text` is no such amount.
double amount_span(const char *option, const char *text); // seconds, of 90s, 30m, 5h or 90
double amount_size(const char *option, const char *text); // bytes, of 20G and the like
// From 1 to 4096.
int amount_whole(const char *option, const char *text);

#endif
