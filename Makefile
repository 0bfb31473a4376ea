# make: the runner. make check: every test. make help: the rest.
CC = cc
CFLAGS = -O2 -g
WARNINGS = -Wall -Wextra -Wpedantic -Werror
BUILD = build
sources := $(wildcard src/*.c)
objects := $(sources:src/%.c=$(BUILD)/%.o)

$(BUILD)/bootstrap: $(objects)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(objects) -lcrypto

$(BUILD)/%.o: src/%.c
	@mkdir -p $(BUILD)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(objects:.o=.d)
