# What the tests of the toy world share. Every test gets a world of its own to change, and a store of
# its own whose name nobody else has: that name finds stray processes and mounts afterwards.
# shellcheck shell=bash disable=SC2154 # bats sets BATS_*, status, output, lines

top=$(readlink -f "$BATS_TEST_DIRNAME/../..")
runner=${RUNNER:-${BUILD:-$top/build}/bootstrap}
mirror=$BATS_FILE_TMPDIR/mirror
world=$BATS_TEST_TMPDIR/world
stamp=${BATS_TEST_TMPDIR#"${BATS_RUN_TMPDIR%/*}"/}
store=$BATS_TEST_TMPDIR/keep-$(printf %s "$stamp" | tr / -)

# The target that is this machine's own, and one that is not.
case $(uname -m) in
aarch64) native=far foreign=near ;;
*) native=near foreign=far ;;
esac

new_world() { # FOLDER
	cp -R "$top/tests/world" "$1"
	rm "$1"/src/*
	ln -s "$top/src/sh" "$top/src/packages" "$top/src/report" "$1/src/"
}

# Where sources come from, for those who bring some: sets $from.
look_for_sources() { # ARGUMENT...
	local word
	from=(--mirror="$mirror" --offline)
	for word; do
		case $word in
		--) break ;;
		plan | why | log | report | shell | export | targets | doctor | gc | completion) from=() ;;
		esac
	done
}

boot() {
	look_for_sources "$@"
	"$runner" --root="$world" --store="$store" "${from[@]}" --target "$native" "$@" 3>&-
}

boot_foreign() { native=$foreign boot "$@"; }

# The same in the background, as the only thing there is: $runner_pid.
boot_aside() {
	look_for_sources "$@"
	"$runner" --root="$world" --store="$store" "${from[@]}" --target "$native" "$@" \
		>"$BATS_TEST_TMPDIR/aside" 2>&1 </dev/null 3>&- &
	runner_pid=$!
}

common_setup_file() {
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR"
	"$top/tests/world/pack" "$mirror"
}

# A store that has everything of both targets, made once for a file of tests, by way of this one.
make_warm() {
	new_world "$BATS_FILE_TMPDIR/world"
	for target in near far; do
		"$runner" --root="$BATS_FILE_TMPDIR/world" --store="$BATS_FILE_TMPDIR/warm" --quiet \
			--mirror="$mirror" --offline --target $target 3>&-
	done
	rm -r "$BATS_FILE_TMPDIR/warm/checkouts" # tests have checkouts of their own
}

warm() { cp -a "$BATS_FILE_TMPDIR/warm" "$store"; }

common_setup() {
	chmod a+rx "$BATS_TEST_TMPDIR"
	new_world "$world"
	# what a make above these tests has set is not meant for what they run
	unset BOOTSTRAP_CALLED BOOTSTRAP_MIRROR BOOTSTRAP_STORE MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
}

common_teardown() {
	if [ -n "${runner_pid:-}" ]; then
		kill -9 "$runner_pid" 2>/dev/null || :
		wait "$runner_pid" 2>/dev/null || :
	fi
	local left=0
	no_strays || left=1 # bats does not stop at what fails in here
	# bats would keep it to the end of all tests, in memory as like as not
	chmod -R u+rwX "$BATS_TEST_TMPDIR"
	rm -rf "${BATS_TEST_TMPDIR:?}"/*
	return $left
}

# Processes of a sandbox have mounts that come from the store; a runner has it among its arguments.
strays() {
	# the name by way of a file: grep has arguments too
	printf '%s\n' "${store##*/}" >"$BATS_TEST_TMPDIR/name"
	grep -lsF -f "$BATS_TEST_TMPDIR/name" /proc/[0-9]*/mountinfo /proc/[0-9]*/cmdline |
		cut -d/ -f3 | sort -u
}

no_strays() {
	local found tries
	for tries in $(seq 50); do
		found=$(strays)
		[ -n "$found" ] || return 0
		sleep 0.1
	done
	echo "still there: $found"
	ps -o pid,ppid,stat,args -p "$(printf '%s' "$found" | tr '\n' ,)"
	return 1
}

# add STAGE NAME [VALUE]...: a new recipe, its file on stdin, as a stage's last line
add() {
	mkdir -p "$world/recipes/$2"
	{ printf '# %s: made by a test\nversion=1\nlicence=0BSD\n' "$2"; cat; } >"$world/recipes/$2/recipe"
	grep -q -e ^style= -e '^package()' "$world/recipes/$2/recipe" ||
		echo 'package() { :; }' >>"$world/recipes/$2/recipe"
	echo "${@:2}" >>"$world/stages/$1"
}

# What boot_aside began, at once and without a chance to clear up.
kill_aside() {
	kill -9 "$runner_pid"
	wait "$runner_pid" || :
	runner_pid=
	no_strays
}

# What was started, a name a line, sorted: from $output
started() { printf '%s\n' "$output" | awk '$2 == "start" {print $3}' | sort; }

# Outputs of a store, "TARGET JOB HASH" a line
outs() { # [STORE]
	for record in "${1:-$store}"/records/*; do
		# shellcheck disable=SC1090 # facts
		(. "$record" && echo "$target $job $out")
	done | sort -u
}

# all of a store that a run without work must leave as it is
picture() { (cd "$store" && find . -printf '%P %y %m %s %l\n' | sort && sha256sum records/*); }

tree_of() { # JOB [TARGET]: the folder that a job made
	local record
	record=$store/records/$(cat "$store/latest/${2:-$native}/$1")
	# shellcheck disable=SC1090
	(. "$record" && echo "$store/trees/$out")
}

equal() { # WHAT EXPECTED FOUND
	if [ "$2" != "$3" ]; then
		printf '%s:\n--- expected\n%s\n--- found\n%s\n' "$1" "$2" "$3"
		return 1
	fi
}

says() { # TEXT: $output has it
	case $output in *"$1"*) return 0 ;; esac
	printf 'not said: %s\n--- said\n%s\n' "$1" "$output"
	return 1
}

silent_on() { # TEXT
	case $output in *"$1"*) printf 'said: %s\n--- all\n%s\n' "$1" "$output"; return 1 ;; esac
}

ended() { # STATUS
	[ "$status" = "$1" ] || { printf 'status %s, not %s:\n%s\n' "$status" "$1" "$output"; return 1; }
}

lines_of() { printf '%s\n' "$@"; }

wait_for() { # COMMAND...: until it is true, ten seconds at most
	local tries
	for tries in $(seq 200); do
		if "$@"; then return 0; fi
		sleep 0.05
	done
	echo "waited in vain for: $*"
	return 1
}

# skip, but only where nobody counts on it
cannot() {
	if [ "${CI:-}" = true ]; then
		echo "skips are failures here: $1"
		return 1
	fi
	skip "$1"
}

# needs PROGRAM...: skips what tries them, or is tried by them, where they are not
needs() {
	local program
	for program; do command -v "$program" >/dev/null || cannot "$program is missing: ./bootstrap --setup=test"; done
}

# What this machine's C library calls an error: two say it differently.
words_of() { python3 -c 'import errno, os, sys; print(os.strerror(getattr(errno, sys.argv[1])))' "$1"; }

needs_another_user() {
	[ "$(id -u)" != 0 ] || setpriv --reuid=65534 --regid=65534 --clear-groups true 2>/dev/null ||
		cannot "no other user can be had here"
}

# npm_install PACKAGE@VERSION...: for a file of tests; the registry is the one that npm is set up with
npm_install() {
	npm install --prefix "$BATS_FILE_TMPDIR/npm" --no-audit --no-fund --ignore-scripts --prefer-offline \
		"$@" >"$BATS_FILE_TMPDIR/npm.log" 2>&1 3>&- || { cat "$BATS_FILE_TMPDIR/npm.log" >&2; return 1; }
}

as_nobody() { # COMMAND...: with a home of its own
	mkdir -p "$BATS_TEST_TMPDIR/home"
	if [ "$(id -u)" = 0 ]; then
		chown 65534:65534 "$BATS_TEST_TMPDIR/home"
		setpriv --reuid=65534 --regid=65534 --clear-groups \
			env HOME="$BATS_TEST_TMPDIR/home" "$@" 3>&-
	else
		env HOME="$BATS_TEST_TMPDIR/home" "$@" 3>&-
	fi
}
