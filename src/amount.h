// Amounts as people write them on the command line.
#ifndef AMOUNT_H
#define AMOUNT_H

// A number above 0 with one of `units` behind it, each `factor` times the one before; without one, of
// the first. Fatal with EXIT_INPUT, naming the option and an example, where `text` is none.
double amount(const char *option, const char *text, const char *units, int factor,
	      const char *example);
// From 1 to 4096. Fatal likewise.
int amount_whole(const char *option, const char *text);

#endif
