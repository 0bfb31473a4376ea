#!/usr/bin/env bats
# tests/run and tests/cases/run themselves: a failure is never lost on the way.
load common
setup() {
	common_setup
	mkdir "$BATS_TEST_TMPDIR/tests"
	cp "$top/tests/run" "$BATS_TEST_TMPDIR/tests/"
}
teardown() { common_teardown; }

group() { # NAME: a group of tests, its script on stdin
	{ echo '#!/bin/sh'; cat; } >"$BATS_TEST_TMPDIR/tests/$1"
	chmod 755 "$BATS_TEST_TMPDIR/tests/$1"
}

driver() { # STATUS LAST GROUP...
	run "$BATS_TEST_TMPDIR/tests/run" "${@:3}"
	ended "$1"
	equal "last line" "$2" "${lines[-1]}"
}

@test "passes and failures of all groups are counted" {
	group good <<<'echo 1..2; echo ok 1 a; echo ok 2 b'
	group bad <<<'echo 1..2; echo not ok 1 a; echo ok 2 b; exit 1'
	CI='' driver 0 "2 passed, 0 failed" good
	CI='' driver 1 "3 passed, 1 failed" good bad
	CI='' driver 1 "3 passed, 1 failed" bad good
}

@test "a group that ends early, dies, is silent or is not there has failed" {
	group early <<<'echo 1..3; echo ok 1 a'
	group dies <<<'echo ok 1 a; exit 3'
	group silent <<<':'
	driver 1 "1 passed, 1 failed" early
	driver 1 "1 passed, 1 failed" dies
	driver 1 "0 passed, 1 failed" silent
	driver 1 "0 passed, 1 failed" nosuch
	driver 1 "0 passed, 0 failed"
}

@test "real builds are on disk, unless it is said where" {
	mkdir "$BATS_TEST_TMPDIR/tests/real"
	group toys <<<'echo 1..1; echo ok 1 "in $TMPDIR"'
	group real/stage <<<'echo 1..1; echo ok 1 "on $TMPDIR"'
	CI='' TMPDIR='' driver 0 "2 passed, 0 failed" toys real/stage
	says "on /var/tmp"
	silent_on "in /var/tmp"
	CI='' TMPDIR=$BATS_TEST_TMPDIR driver 0 "2 passed, 0 failed" real/stage toys
	says "on $BATS_TEST_TMPDIR"
	says "in $BATS_TEST_TMPDIR"
	# by themselves, too; but for what runs inside a root
	equal "not on disk" "posix projects self-hosting" "$(cd "$top/tests/real" && grep -l -d skip 'TMPDIR:-/tmp' -- * | xargs)"
}

@test "skips are said, and are failures where CI is true" {
	group skips <<<'echo 1..2; echo ok 1 a; echo "ok 2 b # skip no reason"'
	CI='' driver 0 "1 passed, 0 failed" skips
	says "1 skipped"
	CI=true driver 1 "1 passed, 1 failed" skips
	group only <<<'echo 1..1; echo "ok 1 a # SKIP no reason"'
	CI='' driver 1 "0 passed, 0 failed" only
}

# failing_case NAME TEXT: a case that must fail
failing_case() {
	printf '%s\n' "# $1" "${@:2}" >"$BATS_TEST_TMPDIR/$1.case"
	run "$top/tests/cases/run" "$BATS_TEST_TMPDIR/$1.case"
	ended 1
	says "not ok 1 $1"
}

@test "a case fails on another status, other words, more words, fewer words" {
	failing_case status 'run --version' 'status 1' 'out bootstrap ...'
	failing_case words 'run --version' 'status 0' 'out shoelace ...'
	failing_case more 'run --version' 'status 0'
	failing_case fewer 'run --version' 'status 0' 'out bootstrap ...' 'out again'
	failing_case stderr 'run --no' 'status 2'
	failing_case golden 'run --version' 'status 0' 'golden help'
	failing_case pattern 'run --no' 'status 2' 'err bootstrap: .--no. is no option; see *'
}

@test "a case fails when a store was made where the input was wrong, or the world changed" {
	cat >"$BATS_TEST_TMPDIR/runner" <<-'R'
		#!/bin/sh
		mkdir "$BOOTSTRAP_STORE"
		exit 2
	R
	chmod 755 "$BATS_TEST_TMPDIR/runner"
	RUNNER=$BATS_TEST_TMPDIR/runner failing_case store 'run plan' 'status 2'
	says "a store was made"
	printf '#!/bin/sh\n: >"${1#--root=}/new"\nexit 2\n' >"$BATS_TEST_TMPDIR/runner"
	RUNNER=$BATS_TEST_TMPDIR/runner failing_case world 'run plan' 'status 2'
	says "the world was changed"
}

@test "bench: cores tells for how many processors it is" {
	needs python3
	mkdir -p "$BATS_TEST_TMPDIR/root/build" "$BATS_TEST_TMPDIR/root/tests"
	ln -s "$top/tests/bench" "$BATS_TEST_TMPDIR/root/tests/"
	printf '#!/bin/sh\nexec sleep 0.1\n' >"$BATS_TEST_TMPDIR/root/build/bootstrap"
	chmod 755 "$BATS_TEST_TMPDIR/root/build/bootstrap"
	run "$top/tests/bench/cores" "$BATS_TEST_TMPDIR/root" "$BATS_TEST_TMPDIR"
	ended 0
	says "0 s, $(nproc) processors busy for 0."
}
