#!/usr/bin/env bats
# ./bootstrap itself: builds the runner, and finds its checkout from anywhere.
load common
setup() { common_setup; }
teardown() { common_teardown; }

@test "from another folder, by a link, with arguments of any kind" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$top/bootstrap" "$BATS_TEST_TMPDIR/bin/bootstrap"
	cd /
	run "$BATS_TEST_TMPDIR/bin/bootstrap" --version
	ended 0
	case $output in "bootstrap "*) ;; *) false ;; esac
	run "$BATS_TEST_TMPDIR/bin/bootstrap" targets
	ended 0
	says armv8a
	run "$BATS_TEST_TMPDIR/bin/bootstrap" "a b" --target 'c d'
	ended 2
	says "'a b' is no verb"
}

# A checkout whose runner and setup only say what they are given.
say_words() {
	mkdir -p "$BATS_TEST_TMPDIR/copy/src/sh" "$BATS_TEST_TMPDIR/copy/build" "$BATS_TEST_TMPDIR/bin"
	cp "$top/bootstrap" "$BATS_TEST_TMPDIR/copy/"
	printf '#!/bin/sh\necho "setup: $*"\n' >"$BATS_TEST_TMPDIR/copy/src/sh/setup"
	printf '#!/bin/sh\nshift\necho "runner: $*"\n' >"$BATS_TEST_TMPDIR/copy/build/bootstrap"
	printf '#!/bin/sh\n' >"$BATS_TEST_TMPDIR/bin/make"
	chmod 755 "$BATS_TEST_TMPDIR/copy/src/sh/setup" "$BATS_TEST_TMPDIR/copy/build/bootstrap" "$BATS_TEST_TMPDIR/bin/make"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

@test "--setup: its own words are taken out, none behind --, and --help installs nothing" {
	say_words
	said() { equal "${*:2}" "$1" "$("$BATS_TEST_TMPDIR/copy/bootstrap" "${@:2}" | xargs)"; }
	said "setup: run" --setup
	said "setup: export runner: plan --target x" plan --setup=export --target x
	setup='a b' said "runner: plan" plan
	said "runner: shell stage2 -- say a --setup b --help" shell stage2 -- say a --setup b --help
	said "setup: run runner: shell stage2 -- --help" --setup shell stage2 -- --help
	said "runner: --help" --setup --help
	said "runner: -h" -h --setup=test
}

@test "--setup: a group that is not known is told, and nothing is installed" {
	for group in bogus '' 'test export' Test; do
		run "$top/bootstrap" "--setup=$group"
		ended 2
		equal said "bootstrap: --setup=$group: there is no such group; known: run, export, test" "$output"
	done
}

@test "--setup: without root or sudo it says what root has to run" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	for tool in sh readlink dirname awk sort grep; do ln -s "$(command -v $tool)" "$BATS_TEST_TMPDIR/bin/$tool"; done
	ln -s "$(command -v false)" "$BATS_TEST_TMPDIR/bin/dpkg-query"
	printf '#!/bin/sh\necho 1000\n' >"$BATS_TEST_TMPDIR/bin/id"
	chmod 755 "$BATS_TEST_TMPDIR/bin/id"
	for group in '' =export =test; do
		PATH=$BATS_TEST_TMPDIR/bin run "$top/bootstrap" "--setup$group"
		case $output in *"setup knows"*) cannot "setup does not know this system" ;; esac
		ended 3
		equal said "bootstrap: root is needed to install packages; run this as root: ./bootstrap --setup$group" \
			"${lines[-1]}"
	done
}

@test "without make it says what to do" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	for tool in sh readlink dirname; do
		ln -s "$(command -v $tool)" "$BATS_TEST_TMPDIR/bin/$tool"
	done
	PATH=$BATS_TEST_TMPDIR/bin run "$top/bootstrap" plan
	ended 3
	says "--setup"
}

@test "a compiler that fails is the host's trouble" {
	mkdir "$BATS_TEST_TMPDIR/copy"
	cp -R "$top/Makefile" "$top/bootstrap" "$top/src" "$BATS_TEST_TMPDIR/copy/"
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho no compiler >&2\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/cc"
	chmod 755 "$BATS_TEST_TMPDIR/bin/cc"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run "$BATS_TEST_TMPDIR/copy/bootstrap" plan
	ended 3
	says "no compiler"
}

@test "what it advises to type is what was typed" {
	mkdir "$BATS_TEST_TMPDIR/the bin"
	ln -s "$top/bootstrap" "$BATS_TEST_TMPDIR/the bin/renamed"
	cd "$BATS_TEST_TMPDIR"
	run "the bin/renamed" --store new export stage1 --format tar.xz
	ended 2
	says "first run: 'the bin/renamed' --target "
	PATH="$PWD/the bin:$PATH"
	run renamed --store new export stage1 --format tar.xz
	says "first run: '$PWD/the bin/renamed' --target "
}

# A checkout of nobody's, without a runner.
copy_checkout() {
	copy=$BATS_TEST_TMPDIR/copy
	mkdir -p "$copy/tests"
	cp -R "$top/bootstrap" "$top/Makefile" "$top/src" "$top/targets" "$top/stages" "$top/recipes" "$top/distro" \
		"$copy/"
	cp "$top/tests/tests.mk" "$copy/tests/"
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test"
	chmod -R a+rX "$copy"
}

# The runner that is in HOME, once made and once found there.
runs_from_home() {
	for time in first second; do
		run as_nobody env -u XDG_CACHE_HOME "$@" "$copy/bootstrap" --version
		ended 0
		case $output in "bootstrap "*) ;; *) echo "$time: $output"; false ;; esac
	done
}

@test "in a checkout that cannot be written to, the runner is built elsewhere" {
	needs_another_user
	copy_checkout
	chmod -R a-w "$copy"
	runs_from_home
	ls "$BATS_TEST_TMPDIR"/home/.cache/bootstrap-runner/*/build/bootstrap
	# where names have blanks, too
	mkdir "$BATS_TEST_TMPDIR/ho me"
	chmod 777 "$BATS_TEST_TMPDIR/ho me"
	runs_from_home HOME="$BATS_TEST_TMPDIR/ho me"
	ls "$BATS_TEST_TMPDIR/ho me"/.cache/bootstrap-runner/*/build/bootstrap
	# and nothing from a place that is anybody's
	for home in '' /nowhere; do
		run as_nobody env -u XDG_CACHE_HOME HOME="$home" "$copy/bootstrap" --version
		ended 3
		silent_on "--setup"
	done
	run as_nobody env -u XDG_CACHE_HOME -u HOME "$copy/bootstrap" --version
	ended 3
	equal said "bootstrap: HOME is not set, and $copy cannot be written to; set HOME, or XDG_CACHE_HOME" "$output"
	chmod -R u+w "$copy"
}

@test "a build/ that is somebody else's does not matter, once a source is newer" {
	needs_another_user
	copy_checkout
	mkdir "$copy/build"
	if [ "$(id -u)" = 0 ]; then chown -R 65534:65534 "$copy"; fi
	chown "$(id -u)" "$copy/build"
	chmod 555 "$copy/build"
	runs_from_home
	equal "in build/" "" "$(ls "$copy/build")"
}

# A checkout that is made in no time: the compiler's programs are their sources.
small_checkout() {
	copy=$BATS_TEST_TMPDIR/copy
	mkdir -p "$copy/src" "$copy/tests" "$BATS_TEST_TMPDIR/bin"
	cp "$top/bootstrap" "$top/Makefile" "$copy/"
	: >"$copy/tests/tests.mk"
	cat >"$BATS_TEST_TMPDIR/bin/cc" <<-'R'
		#!/bin/sh
		for word; do
			case $word in *.[co]) from=$word ;; */bootstrap.* | *.o.*) to=$word ;; esac
		done
		cp "$from" "$to"
		chmod 755 "$to"
	R
	chmod 755 "$BATS_TEST_TMPDIR/bin/cc"
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test"
}

@test "in a checkout that cannot be written to, an older source is a newer runner, too" {
	needs_another_user
	small_checkout
	for version in one two; do
		printf '#!/bin/sh\necho %s\n' $version >"$copy/src/main.c"
		touch -d 2001-01-01 "$copy/src/main.c"
		chmod -R a+rX,a-w "$copy"
		run as_nobody env -u XDG_CACHE_HOME PATH="$BATS_TEST_TMPDIR/bin:$PATH" "$copy/bootstrap"
		equal version $version "$output"
		chmod -R u+w "$copy"
	done
}

@test "in a checkout that cannot be written to, two first starts at once" {
	needs_another_user
	small_checkout
	printf '#!/bin/sh\necho here\n' >"$copy/src/main.c"
	chmod -R a+rX,a-w "$copy"
	# both have seen that there is no link before one is made
	printf '#!/bin/sh\nsleep 1\nexec %s "$@"\n' "$(command -v ln)" >"$BATS_TEST_TMPDIR/bin/ln"
	chmod 755 "$BATS_TEST_TMPDIR/bin/ln"
	start() { as_nobody env -u XDG_CACHE_HOME PATH="$BATS_TEST_TMPDIR/bin:$PATH" "$copy/bootstrap"; }
	start >"$BATS_TEST_TMPDIR/first" 2>&1 &
	run start
	wait $! || :
	equal second here "$output"
	equal first here "$(cat "$BATS_TEST_TMPDIR/first")"
	chmod -R u+w "$copy"
}

@test "on a disk that is read-only, the runner is built elsewhere for root, too, in every sh" {
	small_checkout
	printf '#!/bin/sh\necho here\n' >"$copy/src/main.c"
	rights=-m
	[ "$(id -u)" = 0 ] || rights=-rm
	for sh in sh bash dash "busybox sh"; do
		command -v "${sh%% *}" >/dev/null || continue
		rm -rf "${BATS_TEST_TMPDIR:?}/home"
		# shellcheck disable=SC2016 # the inner shell's
		HOME=$BATS_TEST_TMPDIR/home PATH=$BATS_TEST_TMPDIR/bin:$PATH run env -u XDG_CACHE_HOME unshare $rights sh -c \
			'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && exec $2 "$1/bootstrap"' sh "$copy" "$sh"
		equal "in $sh" here "$output"
	done
}

@test "two first starts at once: each runs a runner that is whole" {
	mkdir -p "$BATS_TEST_TMPDIR/copy/src" "$BATS_TEST_TMPDIR/copy/tests" "$BATS_TEST_TMPDIR/bin"
	cp "$top/bootstrap" "$top/Makefile" "$BATS_TEST_TMPDIR/copy/"
	: >"$BATS_TEST_TMPDIR/copy/src/main.c"
	: >"$BATS_TEST_TMPDIR/copy/tests/tests.mk"
	# A compiler that takes its time and writes a script.
	cat >"$BATS_TEST_TMPDIR/bin/cc" <<-'R'
		#!/bin/sh
		while [ "$1" != -o ]; do shift; done
		echo '#!/bin/sh' >"$2"
		chmod 755 "$2"
		sleep 1
		echo 'echo whole' >>"$2"
	R
	chmod 755 "$BATS_TEST_TMPDIR/bin/cc"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
	"$BATS_TEST_TMPDIR/copy/bootstrap" >"$BATS_TEST_TMPDIR/first" 3>&- &
	sleep 1.5 # the first one links
	run "$BATS_TEST_TMPDIR/copy/bootstrap"
	wait $!
	equal second whole "$output"
	equal first whole "$(cat "$BATS_TEST_TMPDIR/first")"
}

@test "installed, it is a link that works" {
	make -s -C "$top" install DESTDIR="$BATS_TEST_TMPDIR/root" PREFIX=/usr >/dev/null
	run "$BATS_TEST_TMPDIR/root/usr/bin/bootstrap" --version
	ended 0
	[ -f "$BATS_TEST_TMPDIR/root/usr/share/man/man1/bootstrap.1" ]
}

@test "make finds its way in a checkout, and to a folder, with blanks and quotes in the path" {
	local odd="$BATS_TEST_TMPDIR/o'd \"d" root="$BATS_TEST_TMPDIR/ro ot"
	mkdir -p "$odd/tests/golden"
	cp -a "$top/src" "$top/docs" "$top/stages" "$top/Makefile" "$top/bootstrap" "$odd" # older than what was built of it
	cp "$top/tests/tests.mk" "$odd/tests"
	ln -s "$(dirname "$runner")" "$odd/build"
	make -s -C "$odd" install DESTDIR="$root" PREFIX=/usr
	equal link "$odd/bootstrap" "$(readlink "$root/usr/bin/bootstrap")"
	cmp "$root/usr/share/zsh/site-functions/_bootstrap" <("$runner" --root="$top" completion zsh)
	# shellcheck disable=SC2016 # the script's own
	printf '#!/bin/sh\n%s\n' '[ ! "${BUILD:-}" ] || RUNNER=$BUILD/bootstrap; cmp "$RUNNER" build/bootstrap' |
		tee "$odd/tests/run" >"$odd/tests/golden/update"
	chmod +x "$odd/tests/run" "$odd/tests/golden/update"
	for name in check check-fast check-unit check-toy check-cases golden; do make -s -C "$odd" "$name"; done
}

@test "its own recipe installs what make install does, and the names to complete" {
	local names file
	read -ra names < <(sed -n 's/^checkout="\(.*\)"/\1/p' "$top/recipes/bootstrap/recipe")
	export SRC=$BATS_TEST_TMPDIR/src BUILD=$BATS_TEST_TMPDIR/build OUT=$BATS_TEST_TMPDIR/out
	mkdir "$SRC" "$BUILD" "$OUT"
	(cd "$top" && cp -Rp "${names[@]}" "$SRC")
	cp -Rp "$(dirname "$runner")"/bootstrap "$(dirname "$runner")"/*.o "$BUILD" # later than its sources
	(cd "$BUILD" && FOR=target sh -euc '. "$SRC/recipes/bootstrap/recipe"; package')
	(cd "$BUILD" && FOR=build OUT=$OUT/below sh -euc '. "$SRC/recipes/bootstrap/recipe"; package')
	cmp "$OUT/below/lib/bootstrap/runner" "$OUT/usr/lib/bootstrap/runner"
	make -s -C "$top" install BUILD="$(dirname "$runner")" DESTDIR="$BATS_TEST_TMPDIR/root" PREFIX=/usr
	(cd "$BATS_TEST_TMPDIR/root/usr/share" && find . -type f) | while read -r file; do
		cmp "$BATS_TEST_TMPDIR/root/usr/share/$file" "$OUT/usr/share/$file"
	done
	[ -f "$(dirname "$(readlink -f "$OUT/usr/bin/bootstrap")")/recipes/musl/recipe" ]
	# its advice is for who calls it so: there is no checkout to stand in
	sed -i "s,/usr/,$OUT/usr/,g" "$OUT/usr/bin/bootstrap"
	run "$OUT/usr/bin/bootstrap" --only nosuch
	ended 2
	says "see bootstrap plan"
}

@test "every target and group of the Makefile that help names is there" {
	run make -s -C "$top" help
	ended 0
	for name in check check-fast check-unit check-toy check-cases check-lint asan fuzz golden bench install clean; do
		says "$name"
		make -n -C "$top" "$name" DESTDIR="$BATS_TEST_TMPDIR" >/dev/null
	done
	# and it names all that are called by name
	# shellcheck disable=SC2013 # names are words
	for name in $(sed -n 's/^\.PHONY://p' "$top/Makefile" "$top/tests/tests.mk"); do
		case $name in units | asan-check | install-share | help) continue ;; esac
		says "$name"
	done
}
