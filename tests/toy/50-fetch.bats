#!/usr/bin/env bats
# Sources: pinned, from wherever they come, and harmless.
load common
setup_file() { common_setup_file; }
setup() { common_setup; }

teardown() {
	[ -z "${server_pid:-}" ] || kill "$server_pid"
	common_teardown
}

serve() { # KIND: sets $url
	needs curl
	"$BATS_TEST_DIRNAME/server" "$mirror" "$BATS_TEST_TMPDIR/requests" "$@" 3>&- &
	server_pid=$!
	wait_for test -s "$BATS_TEST_TMPDIR/requests"
	url=http://127.0.0.1:$(head -n 1 "$BATS_TEST_TMPDIR/requests")
}

requests() { sed 1d "$BATS_TEST_TMPDIR/requests"; }

from_url() {
	env no_proxy=127.0.0.1 NO_PROXY=127.0.0.1 timeout 60 "$runner" --root="$world" \
		--store="$store" --mirror="$url" --offline --target "$native" "$@" 3>&-
}

own_mirror() {
	cp -R "$mirror" "$BATS_TEST_TMPDIR/mirror"
	mirror=$BATS_TEST_TMPDIR/mirror
}

part_is_there() { [ -n "$(find "$store/objects" -name '*.part' -size +100k)" ]; }

pin() { # RECIPE FILE
	sed -i "s/^sha256=.*/sha256=$(sha256sum <"$mirror/$2" | cut -c1-64)/" "$world/recipes/$1/recipe"
}

@test "a file with another hash is refused, and both hashes are said" {
	own_mirror
	echo more >>"$mirror/libc-2.1.tar"
	run boot --fetch-only
	ended 1
	says "fetch/libc failed"
	says "$(sed -n 's/^sha256=//p' "$world/recipes/libc/recipe")"
	says "$(sha256sum <"$mirror/libc-2.1.tar" | cut -c1-64)"
	set -- "$store"/objects/*/build/libc-2.1.tar.refused
	says "==> $mirror/libc-2.1.tar"
	says "set aside as $1"
	says "  >     refused: not the file that is pinned"
	says "check its SHA-256 in recipes/libc/recipe"
	silent_on "no location has"
	cmp "$1" "$mirror/libc-2.1.tar"
	equal "fetched" "" "$(outs | grep fetch/libc)"
}

@test "what --offline has kept from being asked is said" {
	own_mirror
	rm "$mirror"/*
	sed -i 's,^sha256=.*,&\ndebian=pool/main/libc_2.1.orig.tar,' "$world/recipes/libc/recipe"
	run boot --fetch-only
	ended 1
	says "==> $mirror/libc-2.1.tar"
	says "    https://toy.invalid/libc/libc-2.1.tar"
	says "    debian:pool/main/libc_2.1.orig.tar"
	says "not asked, because of --offline:"
	says "no location has libc-2.1.tar: give a folder or URL that does with --mirror, or leave --offline out"
}

@test "after a refusal the next location is tried" {
	own_mirror
	cp "$mirror/libc-2.1.tar" "$mirror/libc_2.1.orig.tar"
	echo more >>"$mirror/libc-2.1.tar"
	sed -i 's,^sha256=.*,&\ndebian=pool/main/libc_2.1.orig.tar,' "$world/recipes/libc/recipe"
	run boot --fetch-only
	ended 0
	cmp "$(tree_of fetch/libc build)/libc-2.1.tar" "$mirror/libc_2.1.orig.tar"
}

@test "a mirror may hold one location's file under another's name" {
	own_mirror
	tar -C "$BATS_TEST_TMPDIR" -xf "$mirror/libc-2.1.tar"
	tar -C "$BATS_TEST_TMPDIR" -cf "$mirror/libc-2.1.tar" libc-2.1
	sed -i "s,^sha256=.*,&\ndebian=pool/main/libc_2.1.orig.tar\ndebian_sha256=$(sha256sum <"$mirror/libc-2.1.tar" | cut -c1-64)," \
		"$world/recipes/libc/recipe"
	run boot --fetch-only
	ended 0
	cmp "$(tree_of fetch/libc build)/libc-2.1.tar" "$mirror/libc-2.1.tar"
}

@test "a mended mirror is enough to go on" {
	own_mirror
	mv "$mirror/libc-2.1.tar" "$mirror/aside"
	run boot --fetch-only
	ended 1
	says "not there"
	mv "$mirror/aside" "$mirror/libc-2.1.tar"
	run boot --fetch-only
	ended 0
}

@test "a mirror may be a folder's URL" {
	mirror=file://$mirror run boot --fetch-only
	ended 0
}

@test "a mirror may be a URL" {
	serve
	run from_url --fetch-only
	ended 0
	equal requests "$(lines_of hello-1.0.tar libc-2.1.tar zed_0.3.orig.tar)" "$(requests | sed 's/ .*//' | sort)"
}

@test "a mirror's user and password are used, and neither said nor kept" {
	own_mirror
	serve
	url=http://me:geh@heim@${url#http://}
	bare=http://...@${url##*@}
	mv "$mirror/libc-2.1.tar" "$mirror/aside"
	run from_url --fetch-only --json "$BATS_TEST_TMPDIR/events"
	ended 1
	says "==> $bare/libc-2.1.tar"
	says "--mirror=$bare"
	silent_on heim
	equal "kept in" "" "$(grep -rl heim "$store" "$BATS_TEST_TMPDIR/events")"
	rm -rf "$store"
	export BOOTSTRAP_MIRROR=$url no_proxy=127.0.0.1
	run "$runner" --root="$world" --store="$store" --offline --target "$native" --fetch-only 3>&-
	ended 1
	says "==> $bare/libc-2.1.tar"
	silent_on heim
	run from_url --mirror "$url/more"
	ended 2
	says "twice, with $bare and with $bare/more"
	mv "$mirror/aside" "$mirror/libc-2.1.tar"
	url=${url/@/%40} # as it is right
	run from_url --fetch-only
	ended 0
}

@test "a mirror may be one of Debian's archive" {
	own_mirror
	mkdir -p "$mirror/pool/main/z/zed"
	mv "$mirror/zed_0.3.orig.tar" "$mirror/pool/main/z/zed/"
	boot --fetch-only
	rm -rf "$store"
	serve
	run from_url --fetch-only
	ended 0
}

@test "a download that is cut off goes on in the middle" {
	serve cut
	run from_url --fetch-only
	ended 0
	half=$(($(stat -c %s "$mirror/libc-2.1.tar") / 2))
	equal requests "$(lines_of "libc-2.1.tar " "libc-2.1.tar bytes=$half-")" "$(requests | grep libc)"
}

@test "a download that is cut off many times goes on as long as it grows" {
	own_mirror
	head -c 3000 /dev/zero >>"$mirror/libc-2.1.tar"
	pin libc libc-2.1.tar
	serve drip
	run from_url --only unpack/libc
	ended 0
	[ "$(requests | grep -c libc-2.1.tar)" -gt 9 ]
}

@test "a download that was interrupted goes on in the middle" {
	own_mirror
	# long enough for curl to write some of the first half
	head -c 1000000 /dev/zero >>"$mirror/libc-2.1.tar"
	pin libc libc-2.1.tar
	serve stall
	env no_proxy=127.0.0.1 "$runner" --root="$world" --store="$store" --mirror="$url" --offline \
		--target "$native" --fetch-only 3>&- &
	runner_pid=$!
	wait_for part_is_there
	kill -TERM "$runner_pid"
	wait "$runner_pid" || :
	runner_pid=
	run from_url --fetch-only
	ended 0
	requests | grep -q "libc-2.1.tar bytes=[1-9]"
}

@test "a server that cannot go on in the middle starts over" {
	serve plain
	mirror=/ run boot --fetch-only
	ended 1
	for folder in "$store"/objects/*/build; do
		hash=$(sed -n 's/^sha256=//p' "$world/recipes/libc/recipe")
		echo rubbish >"$folder/$hash.part"
	done
	run from_url --fetch-only
	ended 0
}

@test "half a file of another origin does not survive the hash" {
	serve
	mirror=/ run boot --fetch-only
	ended 1
	for folder in "$store"/objects/*/build; do
		hash=$(sed -n 's/^sha256=//p' "$world/recipes/libc/recipe")
		echo rubbish >"$folder/$hash.part"
	done
	run from_url --fetch-only
	ended 0
}

@test "a server that was busy is asked again" {
	serve busy
	run from_url --fetch-only
	ended 0
	equal requests "$(lines_of "libc-2.1.tar " "libc-2.1.tar ")" "$(requests | grep libc)"
}

@test "a file that the server does not have is asked for once" {
	serve
	mv "$mirror/libc-2.1.tar" "$mirror/aside"
	run from_url --fetch-only
	mv "$mirror/aside" "$mirror/libc-2.1.tar"
	ended 1
	equal requests "libc-2.1.tar " "$(requests | grep libc)"
}

@test "a file that the server does not have is a clear failure" {
	serve
	sed -i s/libc-/libd-/ "$world/recipes/libc/recipe"
	run from_url --fetch-only
	ended 1
	says "404"
	says "no location has libd-2.1.tar"
}

@test "an archive with names that lead out does no harm" {
	own_mirror
	mkdir -p "$BATS_TEST_TMPDIR/evil/libc-2.1"
	cd "$BATS_TEST_TMPDIR/evil"
	cp "$top"/tests/world/sources/libc-2.1/* libc-2.1
	echo out >"$BATS_TEST_TMPDIR/outside"
	ln -s "$world" libc-2.1/away
	tar -c -f "$mirror/libc-2.1.tar" -P libc-2.1 \
		--transform "s,^libc-2.1/libc.h\$,libc-2.1/../../../../../../recipe/libc.h,S"
	tar -r -f "$mirror/libc-2.1.tar" -P "$BATS_TEST_TMPDIR/outside"
	tar -r -f "$mirror/libc-2.1.tar" -P --transform "s,.*,libc-2.1/away/outside," "$BATS_TEST_TMPDIR/outside"
	rm "$BATS_TEST_TMPDIR/outside"
	cd /
	pin libc libc-2.1.tar
	before=$(cd "$world" && find . | sort)
	run boot --only unpack/libc
	says "start    unpack/libc"
	equal world "$before" "$(cd "$world" && find . | sort)"
	[ ! -e "$BATS_TEST_TMPDIR/outside" ]
	[ ! -e "$world/recipes/libc/libc.h" ]
}

@test "owners, special bits and times of an archive are dropped" {
	own_mirror
	mkdir -p "$BATS_TEST_TMPDIR/odd/libc-2.1"
	cd "$BATS_TEST_TMPDIR/odd"
	cp "$top"/tests/world/sources/libc-2.1/* libc-2.1
	chmod 6755 libc-2.1/libc.h
	chmod 1777 libc-2.1
	tar -c -f "$mirror/libc-2.1.tar" --owner=1234 --group=1234 libc-2.1
	cd /
	pin libc libc-2.1.tar
	run boot --only stage1/libc
	ended 0
	tree=$(tree_of unpack/libc build)
	[ "$(stat -c %a "$tree/libc.h")" = 755 ]
	[ "$(stat -c %u "$tree/libc.h")" = "$(id -u)" ]
	[ "$(stat -c %Y "$tree/libc.h")" = 1700000000 ]
}

@test "archives without a top folder, with ./, compressed, unpack alike" {
	own_mirror
	run boot --only stage1/libc
	ended 0
	expected=$(outs | grep unpack/libc)
	cd "$top/tests/world/sources"
	for form in "-c -f - -C libc-2.1 ." "-c -f - ./libc-2.1" "-c -z -f - libc-2.1" "-c -J -f - libc-2.1" "-c -j -f - libc-2.1"; do
		rm -rf "$store"
		# shellcheck disable=SC2086
		tar $form --mode=go=rX,u+rw >"$mirror/libc-2.1.tar"
		pin libc libc-2.1.tar
		run boot --only stage1/libc
		ended 0
		equal "$form" "$expected" "$(outs | grep unpack/libc)"
	done
}

@test "an archive of which a part finds no place is a clear failure" {
	own_mirror
	mkdir -p "$BATS_TEST_TMPDIR/odd/libc-2.1/.unpack/part"
	cd "$BATS_TEST_TMPDIR/odd"
	cp "$top"/tests/world/sources/libc-2.1/* libc-2.1
	tar -c -f "$mirror/libc-2.1.tar" libc-2.1
	cd /
	pin libc libc-2.1.tar
	run boot --only stage1/libc
	ended 1
	says "unpack/libc failed"
}

@test "a patch that does not apply is a clear failure" {
	sed -i 's/zed = wrong/zed = other/' "$world/recipes/zed/fix.patch"
	run boot
	ended 1
	says "unpack/zed failed"
	says "fix.patch"
}

@test "something that is no archive is a clear failure" {
	own_mirror
	echo no archive >"$mirror/libc-2.1.tar"
	pin libc libc-2.1.tar
	run boot
	ended 1
	says "unpack/libc failed"
}

@test "curl is found where doctor finds it: by PATH, in /opt, too" {
	[ -d /opt ] || cannot "there is no /opt"
	cat >"$BATS_TEST_TMPDIR/curl" <<-'C'
		#!/bin/sh
		while [ "$1" != --output ]; do shift; done
		cp "/opt/${3##*/}" "$2" && printf 200
	C
	chmod +x "$BATS_TEST_TMPDIR/curl"
	# shellcheck disable=SC2016
	run unshare -Urm sh -c 'mount -t tmpfs none /opt && cp "$1"/* "$2" /opt &&
		for own in /usr/bin/curl /usr/local/bin/curl; do
			[ ! -e $own ] || mount --bind /dev/null $own || exit
		done && PATH=$PATH:/opt && shift 2 && exec "$@"' sh "$mirror" "$BATS_TEST_TMPDIR/curl" \
		"$runner" --root="$world" --store="$store" --mirror=http://toy.invalid --target "$native" --fetch-only 3>&-
	ended 0
	cmp "$(tree_of fetch/libc build)/libc-2.1.tar" "$mirror/libc-2.1.tar"
}
