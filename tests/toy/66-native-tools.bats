#!/usr/bin/env bats
# Programs of the build machine in rooms of a foreign target.
load common
load foreign

setup_file() { common_setup_file; make_warm; }
setup() { needs busybox; common_setup; warm; foreign_stages; }
teardown() { common_teardown; }

# probe: a recipe of stage2.5 whose report is what the script on stdin prints
probe() {
	{
		printf 'build() {\n\texec 6>report\n'
		cat
		# shellcheck disable=SC2016
		printf '%s\n' '}' 'package() { cp report "$OUT/report"; }'
	} >"$BATS_TEST_TMPDIR/probe"
	add stage2.5 probe <"$BATS_TEST_TMPDIR/probe"
	run boot_foreign
	ended 0
	report=$(cat "$(tree_of stage2.5/probe "$foreign")/report")
}

@test "a program of the build machine takes the place of the emulated one" {
	probe <<<'sh -c "echo done" >&6'
	equal report "done" "$report"
}

@test "it asks for its machine, and hears the target's" {
	probe <<<'{ uname -m; uname -n; sh -c "uname -m"; } >&6'
	# shellcheck disable=SC1090,SC1091
	machine=$(. "$world/distro" && . "$world/targets/$foreign" && echo "$machine")
	equal report "$(lines_of "$machine" bootstrap "$machine")" "$report"
}

@test "only what the room has is replaced; what is for the target comes along" {
	probe <<-'R'
		head=$(cat /usr/bin/odd)
		case $head in *ELF*) echo emulated >&6 ;; esac
		cat /usr/bin/target >&6
	R
	# shellcheck disable=SC1090,SC1091
	triple=$(. "$world/distro" && . "$world/targets/$foreign" && echo "$triple")
	equal report "$(lines_of emulated "$triple")" "$report"
}

@test "what comes later in the room lies over both" {
	add stage2.5 finder <<-'R'
		package() { mkdir -p "$OUT/usr/bin"; printf '#!/bin/sh\necho found\n' >"$OUT/usr/bin/find"; chmod 755 "$OUT/usr/bin/find"; }
	R
	probe <<<'/usr/bin/find . >&6' # that shell has one of its own
	[ "$report" != found ]
	sed -i 's/^version=1/&\nneeds=finder/' "$world/recipes/probe/recipe"
	run boot_foreign
	ended 0
	equal report found "$(cat "$(tree_of stage2.5/probe "$foreign")/report")"
}

@test "two that stand in for different packages may have the same program" {
	add quick other for=build <<-'R'
		package() { mkdir -p "$OUT/bin"; echo other >"$OUT/bin/grep"; }
	R
	run boot_foreign
	ended 0
	equal grep other "$(cat "$store/roots/$foreign/quick/bin/grep")"
}

@test "a line with other values is another thing" {
	sed -i 's/^shell for=build/odd for=build\n&/' "$world/stages/quick"
	echo 'check() { echo "${part:-}"; }' >>"$world/recipes/odd/recipe"
	sed -i 's/^odd$/odd part=few/' "$world/stages/stage2"
	probe <<<'head=$(cat /usr/bin/odd); case $head in *ELF*) echo "${#head}" >&6 ;; esac'
	[ "$report" -lt 30 ]
}

@test "what another of them is built with is none of them" {
	sed -i 's/^version=1/&\nneeds="odd?"/' "$world/recipes/shell/recipe"
	sed -i 's/^shell for=build/odd for=build\n&/' "$world/stages/quick"
	probe <<<'head=$(cat /usr/bin/odd); case $head in *ELF*) echo "${#head}" >&6 ;; esac'
	[ "$report" -lt 30 ]
	[ -e "$(tree_of quick/odd build)/bin/odd" ]
}

@test "a shell has them when it is told to, and hears of the target's machine" {
	run boot_foreign
	ended 0
	# shellcheck disable=SC1090,SC1091
	machine=$(. "$world/distro" && . "$world/targets/$foreign" && echo "$machine")
	for again in first second; do
		run boot_foreign shell stage2.5 --native-tools -- \
			sh -euc 'uname -m; [ -s /usr/bin/target ]; echo >/usr/bin/new'
		ended 0
		equal $again "$machine" "$output"
	done
	[ ! -e "$store/roots/$foreign/stage2.5/usr/bin/target" ]
	run boot_foreign shell stage1 --native-tools -- uname -m
	ended 0
	equal toolchain "$(uname -m)" "$output"
}

@test "a shell tells of programs of the build machine that are not there" {
	run boot_foreign
	ended 0
	rm "$store/records/$(cat "$store/latest/build/quick/shell")"
	run boot_foreign shell stage2.5 --native-tools -- sh
	ended 2
	says "quick is not built yet; first run: "
	says " --until stage2.5"
}

@test "where system calls are watched already it is said what to do" {
	probe <<<':'
	# a container's manager, such as LXD: the only listener that a process may have
	cat >"$BATS_TEST_TMPDIR/watched" <<-'P'
		import ctypes, os, platform, struct, sys
		allow = struct.pack("<HBBI", 6, 0, 0, 0x7fff0000)
		code = ctypes.create_string_buffer(allow)
		class Program(ctypes.Structure):
		    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
		program = Program(1, ctypes.addressof(code))
		libc = ctypes.CDLL(None, use_errno=True)
		assert libc.prctl(38, 1, 0, 0, 0) == 0  # PR_SET_NO_NEW_PRIVS
		number = {"x86_64": 317, "aarch64": 277}[platform.machine()]
		listener = libc.syscall(number, 1, 8, ctypes.byref(program))  # SECCOMP_FILTER_FLAG_NEW_LISTENER
		assert listener >= 0, os.strerror(ctypes.get_errno())
		os.set_inheritable(listener, True)
		os.execv(sys.argv[1], sys.argv[1:])
	P
	echo '# anew' >>"$world/recipes/probe/recipe"
	run python3 "$BATS_TEST_TMPDIR/watched" "$runner" --root="$world" --store="$store" --mirror="$mirror" --offline \
		--target "$foreign"
	ended 3
	says "sandbox: cannot answer uname(2) for the target: $(words_of EBUSY)"
	says "run outside of it, or with --no-native-tools"
}

@test "verify tells that a stage's own compiler had no part in it" {
	printf 'runs=target\ntools=stage2.5\nnative=quick\nfiles\nshell\nplain\n' >"$world/stages/whole"
	mkdir "$world/recipes/plain"
	printf '# plain: made by a test\nversion=1\nlicence=0BSD\nstyle=none\n' >"$world/recipes/plain/recipe"
	run boot_foreign verify whole
	ended 0
	says "recipes came out the same when whole built itself; the build machine's programs (quick) stood in for"
}

@test "nothing of it is left in the result" {
	probe <<<':'
	for stage in stage2 stage2.5; do
		[ ! -e "$store/roots/$foreign/$stage/usr/bin/target" ]
		[ "$(stat -c %s "$store/roots/$foreign/$stage/usr/bin/shell")" = 20 ]
	done
}

@test "--no-native-tools emulates everything, and builds none" {
	add stage2.5 probe <<<'build() { :; }'
	run boot_foreign --no-native-tools
	ended 1
	silent_on quick/
	says "stage2.5/probe"
}

@test "gc keeps what was begun with native tools, and without" {
	add stage2.5 probe <<<'build() { echo at work; false; }'
	for option in --quiet --no-native-tools; do
		run boot_foreign $option --only probe
		ended 1
	done
	objects=$(ls "$store/objects")
	equal objects 2 "$(grep -vc lock <<<"$objects")"
	run boot_foreign gc
	ended 0
	equal objects "$objects" "$(ls "$store/objects")"
}

@test "a target of the machine's own kind has no such stage" {
	run boot plan
	ended 0
	silent_on quick
	run boot shell quick
	ended 2
	says "no stage lists a recipe 'quick'"
}

@test "another program of the build machine builds again what it was used for" {
	probe <<<'echo word >&6'
	sed -i 's/^version=1/version=2/' "$world/recipes/told/recipe"
	run boot_foreign
	ended 0
	equal jobs "$(lines_of quick/told)" "$(started)"
	sed -i 's/echo "$TRIPLE"/echo other/' "$world/recipes/told/recipe"
	run boot_foreign
	ended 0
	equal jobs "$(lines_of quick quick/told stage2.5/probe)" "$(started)"
}

@test "native= is refused where it means nothing" {
	printf 'runs=target\ntools=stage1\nnative=quick\n' >"$world/stages/stage4"
	run boot_foreign plan
	ended 2
	says "stages/stage4:3: native= is for a stage built with tools= of one that runs on the target"
	printf 'runs=target\ntools=stage2\nnative=stage2\n' >"$world/stages/stage4"
	run boot_foreign plan
	ended 2
	says "stages/stage4:3: native=stage2: its programs run on the target; name a stage with runs=build"
}
