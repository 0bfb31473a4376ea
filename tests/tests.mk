# The tests. check runs all that need nothing but this checkout; every group alone is check-GROUP.
TESTFLAGS = -std=c11 -D_GNU_SOURCE $(WARNINGS) -Werror $(CFLAGS) -Isrc
units := $(patsubst tests/unit/%.c,$(BUILD)/unit/%.test,$(filter-out tests/unit/unit.c,$(wildcard tests/unit/*.c)))
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
SECONDS = 60

$(BUILD)/unit/runner.a: $(filter-out $(BUILD)/main.o,$(objects))
	@mkdir -p $(@D)
	rm -f $@
	$(AR) rc $@ $^

$(BUILD)/unit/%.test: tests/unit/%.c tests/unit/unit.c tests/unit/unit.h $(BUILD)/unit/runner.a
	$(CC) $(TESTFLAGS) $(LDFLAGS) -o $@ $< tests/unit/unit.c $(BUILD)/unit/runner.a -lcmocka -lcrypto

.PHONY: units check-fast check-unit check-toy check-cases check-lint asan fuzz golden

units: $(units)

# all but what takes the real compilers
check-fast: $(BUILD)/bootstrap units
	BUILD="$(place)" tests/run unit cases toy lint

check-unit: units
	BUILD="$(place)" tests/run unit

check-toy check-cases: check-%: $(BUILD)/bootstrap
	RUNNER="$(place)/bootstrap" tests/run $*

# the plans and help that tests compare with, after a change that is meant
golden: $(BUILD)/bootstrap
	RUNNER="$(place)/bootstrap" tests/golden/update

check-lint:
	tests/run lint

# The same tests, with every access checked. Leaks are not: the arena is never freed.
asan:
	$(MAKE) BUILD=$(BUILD)/asan CC=clang CFLAGS="-O1 -g $(SANITIZE)" LDFLAGS="$(SANITIZE)" asan-check

.PHONY: asan-check
asan-check: $(BUILD)/bootstrap $(units)
	ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 UBSAN_OPTIONS=print_stacktrace=1 \
		BUILD="$(place)" RUNNER="$(place)/bootstrap" tests/run unit cases toy

# The reader of facts, for so many SECONDS, starting from every recipe there is; what it says of refused texts is
# of no interest.
fuzz:
	@mkdir -p $(BUILD)/fuzz/corpus
	clang -g -O1 -std=c11 -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined -Isrc -Dexit=fuzz_exit \
		-o $(BUILD)/fuzz/conf tests/fuzz/conf.c src/conf.c src/fail.c src/file.c
	for file in recipes/*/recipe tests/world/recipes/*/recipe stages/* targets/* src/sh/style/*; do \
		cp "$$file" "$(BUILD)/fuzz/corpus/$$(echo "$$file" | tr / -)"; done
	ASAN_OPTIONS=detect_leaks=0 $(BUILD)/fuzz/conf -max_total_time=$(SECONDS) -max_len=4096 \
		-dict=tests/fuzz/conf.dict -artifact_prefix=$(BUILD)/fuzz/ -print_final_stats=1 -close_fd_mask=2 \
		$(BUILD)/fuzz/corpus
