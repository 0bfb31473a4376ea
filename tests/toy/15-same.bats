#!/usr/bin/env bats
# The same bytes from any path, user, number of jobs and store.
load common
setup_file() { common_setup_file; make_warm; }
setup() { common_setup; }
teardown() { common_teardown; }

same_as_warm() {
	equal outputs "$(outs "$BATS_FILE_TMPDIR/warm")" "$(outs "$1")"
}

@test "-j 1 gives the same" {
	boot --quiet -j 1
	boot_foreign --quiet -j 1
	same_as_warm "$store"
}

@test "-j 4 gives the same" {
	boot --quiet -j 4
	boot_foreign --quiet -j 4
	same_as_warm "$store"
}

@test "a checkout and a store elsewhere, with strange names, give the same" {
	mkdir "$BATS_TEST_TMPDIR/a b,c:d"
	mv "$world" "$BATS_TEST_TMPDIR/a b,c:d/\$e 'f"
	world="$BATS_TEST_TMPDIR/a b,c:d/\$e 'f"
	store="$store/g h,i:j"
	boot --quiet
	boot_foreign --quiet
	same_as_warm "$store"
}

@test "an ordinary user gets the same" {
	needs_another_user
	cp "$runner" "$BATS_TEST_TMPDIR/runner"
	rm "$world/src/sh" "$world/src/packages"
	cp -R "$top/src/sh" "$top/src/packages" "$world/src/"
	for target in near far; do
		as_nobody "$BATS_TEST_TMPDIR/runner" --root="$world" --mirror="$mirror" --offline \
			--target $target --quiet
	done
	same_as_warm "$BATS_TEST_TMPDIR/home/.cache/bootstrap"
}

@test "another umask, locale and environment give the same" {
	(
		umask 077
		export LC_ALL=C.UTF-8 LANG=C.UTF-8 TZ=Asia/Kolkata CFLAGS=-bad CC=bad MAKEFLAGS=-bad
		export SOURCE_DATE_EPOCH=1 CDPATH=/usr POSIXLY_CORRECT=1 GREP_OPTIONS=-v TAR_OPTIONS=-v
		boot --quiet
		boot_foreign --quiet
	)
	same_as_warm "$store"
}

@test "files that are newer or closed in the checkout give the same" {
	find "$world" -type f -exec touch {} +
	chmod -R go-rwx "$world/recipes"
	boot --quiet
	boot_foreign --quiet
	same_as_warm "$store"
}
