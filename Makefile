# make: the runner. make check: every test that takes minutes. make help: the rest.
CC = cc
CFLAGS = -O2 -g
# no -Werror: the next compiler has warnings of its own, and a user wants a runner; tests/lint has it
WARNINGS = -Wall -Wextra -Wpedantic
BUILD = build
PREFIX = /usr/local

sources := $(wildcard src/*.c)
objects := $(sources:src/%.c=$(BUILD)/%.o)

# Each file gets its name when it is whole: several first starts may be making it at once.
$(BUILD)/bootstrap: $(objects)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@.$$$$ $(objects) -lcrypto && mv $@.$$$$ $@

$(BUILD)/%.o: src/%.c
	@mkdir -p $(BUILD)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -MMD -MP -MF $(@:.o=.d) -MT $@ \
		-c -o $@.$$$$ $< && mv $@.$$$$ $@

-include $(objects:.o=.d)
-include tests/tests.mk

# $(BUILD) as seen from anywhere: the shell asks, because a checkout's path may have blanks and quotes.
place = $$(readlink -f $(BUILD))

# Everything that takes minutes: among it a real stage1 for every target, in a store of its own.
check: $(BUILD)/bootstrap units
	BUILD="$(place)" tests/run unit cases toy lint real

# Everything else: all stages from source, their roots tried from inside; runs killed; a third processor; all
# built twice to compare.
check-real: $(BUILD)/bootstrap
	tests/run real/stage2 real/stage3 real/verify real/again real/interrupted real/third real/same-bytes \
		real/both-ways

# A pin whose file is no longer to be had shows here, by name.
check-sources: $(BUILD)/bootstrap
	store=$$(mktemp -d) && $(BUILD)/bootstrap --root=. --store $$store --fetch-only --keep-going; \
	status=$$?; rm -rf $$store; exit $$status

# What the runner itself costs, in ratios measured side by side.
bench: $(BUILD)/bootstrap
	tests/bench/run $(PARTS)

# The checkout is the product: what is installed is a link to it, its pages, and completion for shells.
share = $(DESTDIR)$(PREFIX)/share
completions = bash-completion/completions/bootstrap zsh/site-functions/_bootstrap \
	fish/vendor_completions.d/bootstrap.fish
install: install-share
	mkdir -p "$(DESTDIR)$(PREFIX)/bin"
	ln -sf "$$(pwd -P)/bootstrap" "$(DESTDIR)$(PREFIX)/bin/bootstrap"

install-share: $(BUILD)/bootstrap
	mkdir -p "$(share)/man/man1" "$(share)/man/man5"
	cp docs/bootstrap.1 "$(share)/man/man1/"
	cp docs/bootstrap.5 "$(share)/man/man5/"
	for file in $(completions); do \
		mkdir -p "$(share)/$${file%/*}" && \
		$(BUILD)/bootstrap --root=. completion $${file%%[-/]*} >"$(share)/$$file" || exit; done

clean:
	rm -rf $(BUILD)

help:
	@sed -n 's/^# \(make.*\)/\1/p' $(MAKEFILE_LIST)
	@echo 'make check-fast, check-unit, check-toy, check-cases, check-lint, check-real, asan, fuzz'
	@echo 'make golden, check-sources, bench, install, clean'

.PHONY: check check-real check-sources bench install install-share clean help
.DEFAULT_GOAL := $(BUILD)/bootstrap
