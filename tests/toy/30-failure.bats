#!/usr/bin/env bats
# What a person sees when a recipe fails, and how it goes on.
load common
setup_file() { common_setup_file; make_warm; }
setup() { common_setup; warm; }
teardown() { common_teardown; }

add_broken() {
	add stage2 broken <<-'R'
		configure() { echo configured >>half; }
		build() {
			seq 100
			echo "this goes wrong" >&2
			return 7
		}
	R
}

@test "a failure says the recipe, the phase, the last lines, and what to do" {
	add_broken
	run boot
	ended 1
	says "stage2/broken failed in phase build: exit status 7"
	says "  | 100"
	says "  | this goes wrong"
	silent_on "  | 50"
	log=$(printf '%s\n' "$output" | sed -n 's/^the whole log: *//p')
	grep -qx 50 "$log"
	says "look around:     ./bootstrap shell stage2/broken --target $native"
	says "to go on:        ./bootstrap --store=$store"
}

@test "the shown command opens a room in the failed build" {
	add_broken
	run boot
	ended 1
	shown=$(printf '%s\n' "$output" | sed -n 's/^look around: *//p')
	case $shown in "./bootstrap shell stage2/broken"*) ;; *) false ;; esac
	# as shown, for the same checkout and store
	eval "set -- ${shown#./bootstrap}"
	run "$runner" --root="$world" "$@" -- cat /build/half
	ended 0
	equal half configured "$output"
}

@test "the next run goes on in the same object folder" {
	add stage2 broken <<-'R'
		build() {
			echo again >>count
			[ "$(grep -c . count)" = 3 ]
		}
		package() { cp count "$OUT/count"; }
	R
	run boot
	ended 1
	run boot
	ended 1
	run boot
	ended 0
	equal count "$(lines_of again again again)" "$(cat "$(tree_of stage2/broken)/count")"
}

@test "make does not take half of a file for made after a failure" {
	add stage1 broken for=build <<-'R'
		tools=make
		build() {
			printf 'table:\n\techo half >table\n\t[ -e tried ]\n\techo whole >>table\n' >Makefile
			make || { : >tried; exit 1; }
		}
		package() { cp table "$OUT/table"; }
	R
	run boot --only broken
	ended 1
	run boot --only broken
	ended 0
	equal table "$(lines_of half whole)" "$(cat "$(tree_of stage1/broken build)/table")"
}

@test "of a recipe that was tried before only the last try is shown" {
	add stage2 broken <<-'R'
		build() {
			echo again >>count
			printf 'x.c:1:1: error: of try %s' "$(grep -c . count)"
			return 1
		}
	R
	for try in 1 2 3; do
		run boot
		ended 1
		says "  | x.c:1:1: error: of try $try"
		equal tries 1 "$(printf '%s\n' "$output" | grep -c '^  | x.c')"
		says "  > x.c:1:1: error: of try $try"
	done
	run boot log broken
	equal tries 3 "$(printf '%s\n' "$output" | grep -c '^x.c')"
}

@test "what was unpacked for a failed build serves the next try, and a look around" {
	echo 'build() { return 1; }' >>"$world/recipes/hello/recipe"
	run boot --only stage2/hello
	ended 1
	run boot shell stage2/hello -- ls /src/hello.toy
	ended 0
	run boot --only stage2/hello
	ended 1
	equal started stage2/hello "$(started)"
}

@test "--fresh starts over" {
	add stage2 broken <<-'R'
		build() {
			echo again >>count
			[ "$(grep -c . count)" = 2 ]
		}
	R
	run boot
	ended 1
	run boot --fresh broken
	ended 1
	run boot
	ended 0
}

@test "what a failed job still had at work is killed, and nothing of it gone on with" {
	add stage1 half for=build <<-'R'
		tools=make
		build() {
			printf '%s\n' 'half.o:' '	@{ echo first half; sleep 3; echo second half; } >half.o' >sub.mk
			make -f sub.mk &
			while [ ! -s half.o ]; do sleep 0.1; done
			[ -e /src/flags/gone ] || die "make is gone"
		}
	R
	run boot --only half
	ended 1
	says "stage1/half was killed, and begins anew"
	if ls "$store"/objects/*/paused; then false; fi
	add stage1 whole for=build <<<'build() { echo whole >half.o; die "nothing is at work"; }'
	run boot --only whole
	ended 1
	silent_on "was killed"
	ls "$store"/objects/*/paused
}

@test "a folder deeper than files may be open is removed" {
	add stage1 deep for=build <<-'R'
		build() { i=0; while [ $i -lt 1100 ]; do mkdir d; cd d; i=$((i + 1)); done; die deep; }
	R
	run boot --only deep
	ended 1
	(ulimit -Sn 256; run boot --only deep --fresh deep; ended 1; silent_on "Too many open files")
}

@test "--fresh that failed is gone on with, and can be called off" {
	# shellcheck disable=SC2016
	add stage2 broken <<<'build() { case $MAKEFLAGS in *-j2*) return 1 ;; esac; }'
	run boot -j1
	ended 0
	before=$(outs)
	run boot -j2 --fresh broken
	ended 1
	mark=$(printf '%s
' "$output" | sed -n 's/^to call it off: *remove //p')
	run boot -j2
	ended 1
	says "to call it off:  remove $mark"
	rm "$mark"
	run boot -j2
	ended 0
	equal started "" "$(started)"
	equal outputs "$before" "$(outs)"
	sed -i 's/esac/& || :/' "$world/recipes/broken/recipe"
	run boot -j2
	ended 1
	silent_on "to call it off"
}

@test "--fresh says when the output is another one" {
	# shellcheck disable=SC2016
	add stage2 dated <<<'package() { date +%N >"$OUT/date"; }'
	run boot
	ended 0
	run boot --fresh dated
	says "stage2/dated: made again from the same inputs, its output is another one"
	run boot --fresh hello
	ended 0
	silent_on "another one"
}

@test "the last words count what was done, what failed, and what waits for that" {
	add_broken
	add stage2 well </dev/null
	add stage2 after <<<needs=broken
	add stage2 last <<<needs=after
	run boot --keep-going
	ended 1
	says "1 done, 1 failed: stage2/broken"
	equal last "2 not tried, for want of those: stage2/after stage2/last" "${lines[-1]}"
	for number in $(seq 11); do add stage2 "more$number" <<<'build() { false; }'; done
	run boot --keep-going --quiet
	ended 1
	equal more "0 done, 12 failed: stage2/broken $(seq -s ' ' -f stage2/more%.0f 9) and 2 more" "${lines[-2]}"
}

@test "a mended recipe is built anew" {
	add_broken
	run boot
	ended 1
	sed -i 's/return 7/return 0/' "$world/recipes/broken/recipe"
	run boot
	ended 0
}

@test "a failing function fails its phase, whatever its callers are" {
	add stage2 broken <<-'R'
		inner() { false; echo "went on"; }
		build() { inner; }
	R
	run boot
	ended 1
	silent_on "went on"
}

@test "a phase that ends all is no success" {
	add stage2 short <<-'R'
		configure() { . "$RECIPE/settings"; }
		package() { mkdir "$OUT/usr"; }
	R
	echo 'exit 0' >"$world/recipes/short/settings"
	run boot
	ended 1
	says "stage2/short failed in phase configure: exit status 0, without the phases after it: something called exit"
}

@test "an unset variable, a missing program and a signal fail" {
	# shellcheck disable=SC2016
	for body in 'echo "$nothing"' 'no-such-program' 'kill -9 $$'; do
		rm -rf "$world/recipes/broken"
		sed -i /^broken/d "$world/stages/stage2"
		add stage2 broken <<<"build() { $body; }"
		run boot
		ended 1
		says "stage2/broken failed"
	done
}

@test "functions that sh cannot read are told before anything is built" {
	add stage2 broken <<<'build() { :; }'
	printf 'check() {\n\tif true; then\n\t\techo well\n}\n' >>"$world/recipes/broken/recipe"
	sed -i 's/--with-toys/--without/' "$world/recipes/hello/recipe"
	run boot --keep-going
	ended 2
	says "$world/recipes/broken/recipe: "
	says "the shell part of a recipe cannot be read, as said above; nothing was built"
	silent_on start
	run boot --only hello # which does not need it
	ended 0
}

@test "a tool that is nowhere is told before anything is built" {
	sed -i 's/--with-toys/--without/' "$world/recipes/hello/recipe"
	add stage2 broken <<<'tools="python3 nosuchtool cc"'
	run boot
	ended 3
	says "$world/recipes/broken/recipe:4: broken is built with 'nosuchtool', which this machine lacks; mend the name"
	silent_on start
	run boot --fetch-only
	ended 0
	sed -i 's/nosuchtool/libc rt/' "$world/recipes/broken/recipe" # of the stages themselves
	run boot
	ended 0
}

@test "of a program that is not in the room it is said where to name it" {
	add stage2 broken <<<'build() { no-such-program; }'
	run boot
	ended 1
	says "no-such-program is not in this room; name it in tools= of recipes/broken/recipe"
}

@test "a recipe killed by a signal says which" {
	# shellcheck disable=SC2016
	add stage2 broken <<<'build() { kill -9 $$; }'
	run boot
	ended 1
	says "failed in phase build: exit status 137: a program died of signal 9 (Killed); "
	says "lower -j, or raise memory= in recipes/broken/recipe"
}

@test "a log without an end of line, with strange bytes and long lines is shown" {
	add stage2 broken <<-'R'
		build() {
			head -c 100000 /dev/zero | tr '\0' x
			printf '\n\033[31m\000\377the end'
			return 1
		}
	R
	run boot
	ended 1
	says "the end"
	silent_on "[31m"
	says "the whole log"
}

@test "a failure of nothing but silence is still clear" {
	add stage2 broken <<<'build() { return 1; }'
	run boot
	ended 1
	says "stage2/broken failed in phase build: exit status 1
the last lines:
  | ==> prepare"
}

@test "of a configure that failed its own log is named, too" {
	add stage2 broken <<-'R'
		configure() { mkdir CMakeFiles; : >CMakeFiles/CMakeConfigureLog.yaml; }
		build() { : >config.log; return 1; }
	R
	run boot
	ended 1
	silent_on "configure's log"
	sed -i 's/CMakeFiles.*;/&return 1;/' "$world/recipes/broken/recipe"
	run boot
	ended 1
	log=$(printf '%s\n' "$output" | sed -n "s/^configure's log: *//p")
	equal log CMakeConfigureLog.yaml "${log##*/}"
	[ -e "$log" ]
}

@test "two recipes that install one file differently are named" {
	for name in one two; do
		add stage2 $name <<<"package() { echo $name >\"\$OUT/file\"; }"
	done
	run boot
	ended 1
	says "two recipes, stage2/one and stage2/two, install file with different content; leave it out"
}

@test "two recipes are named where one of them writes by way of another's link" {
	add stage2 one <<<'package() { mkdir -p "$OUT/usr/bin"; echo one >"$OUT/usr/bin/tool"; ln -s usr/bin "$OUT/bin"; }'
	add stage2 two <<<'package() { mkdir "$OUT/bin"; echo two >"$OUT/bin/tool"; }'
	run boot
	ended 1
	says "two recipes, stage2/one and stage2/two, install usr/bin/tool with different content; leave it out"
}

# leads WHERE: one recipe has a link where another one has a folder with a file
leads() {
	add stage2 linked <<-R
		package() { mkdir -p "\$OUT/usr/share/real"; ln -s "$1" "\$OUT/usr/share/other"; }
	R
	add stage2 paged <<<'package() { mkdir -p "$OUT/usr/share/other"; : >"$OUT/usr/share/other/page"; }'
	run boot
}

@test "a link that leads out of the tree is no way for another recipe's files" {
	mkdir "$BATS_TEST_TMPDIR/outside"
	leads "$BATS_TEST_TMPDIR/outside"
	ended 1
	says "usr/share/other: a link leads out of the tree where another recipe has a folder, when stage2/paged is added"
	equal outside "" "$(ls "$BATS_TEST_TMPDIR/outside")"
}

@test "a link that stays in the tree is followed" {
	leads real
	ended 0
	[ -e "$store/roots/$native/stage2/usr/share/real/page" ]
}

@test "two recipes may install the same file alike" {
	for name in one two; do
		add stage2 $name <<<"package() { echo same >\"\$OUT/file\"; }"
	done
	run boot
	ended 0
}

@test "a file where another recipe has a folder is an error, and clear" {
	add stage2 one <<<'package() { mkdir "$OUT/thing"; echo x >"$OUT/thing/x"; }'
	add stage2 two <<<'package() { echo x >"$OUT/thing"; }'
	run boot
	ended 1
	says "thing"
	says "stage2 failed"
}

@test "what is closed to its owner is refused, also of root, who could read it" {
	mkdir "$world/recipes/run"
	for closed in 'chmod 4111 "$OUT/usr/bin/run"' 'chmod 0300 "$OUT/usr/bin"'; do
		printf '%s\n' "# run: made by a test" version=1 licence=0BSD \
			'package() { mkdir -p "$OUT/usr/bin"; : >"$OUT/usr/bin/run"; '"$closed; }" >"$world/recipes/run/recipe"
		grep -qx run "$world/stages/stage2" || echo run >>"$world/stages/stage2"
		run boot --only run
		ended 1
		says " is closed to its owner; let phase package open it: chmod u+rX"
	done
}

@test "a file of a recipe that cannot be read is that job's failure; others are built" {
	add_broken
	ln -s nowhere "$world/recipes/broken/notes"
	add stage2 other <<<'build() { :; }'
	run boot --keep-going
	ended 2
	says "stage2/broken failed: $world/recipes/broken/notes: cannot be read: No such file or directory"
	silent_on "the whole log"
	says "done     stage2/other"
	run boot why broken
	ended 0
	says "stage2/broken: has no key: $world/recipes/broken/notes: cannot be read"
	run boot shell broken -- true
	ended 2
	run boot gc
	ended 2
}

@test "a pipe among a recipe's files is not waited for" {
	add_broken
	mkfifo "$world/recipes/broken/pipe"
	run timeout -s KILL 60 "$runner" --root="$world" --store="$store" --mirror="$mirror" --offline \
		--target "$native" --only broken 3>&-
	ended 2
	says "stage2/broken failed: $world/recipes/broken/pipe: cannot be read: it is no file; remove it"
}

@test "a recipe that is gone when its turn comes stops nothing that is at work" {
	add stage2 slow <<<'build() { echo begun; sleep 1.5; }'
	add stage2 soon needs=slow <<<'needs=slow'
	sed -i '$s/ .*//' "$world/stages/stage2"
	boot_aside -j2
	for _ in $(seq 100); do
		! grep -q 'start *stage2/slow' "$BATS_TEST_TMPDIR/aside" || break
		sleep 0.1
	done
	mv "$world/recipes/soon" "$world/soon"
	wait "$runner_pid" && status=0 || status=$?
	output=$(cat "$BATS_TEST_TMPDIR/aside")
	ended 2
	says "done     stage2/slow"
	says "stage2/soon failed: $world/recipes/soon: cannot be read"
	mv "$world/soon" "$world/recipes/soon"
	run boot
	ended 0
	equal started "$(lines_of stage2 stage2/soon)" "$(started)"
}

aside_began() { grep -q "start *$1" "$BATS_TEST_TMPDIR/aside"; }
aside_ends() { # sets $status and $output
	wait "$runner_pid" && status=0 || status=$?
	runner_pid=
	output=$(cat "$BATS_TEST_TMPDIR/aside")
}

@test "a folder that is gone when its patches are looked for stops nothing that is at work" {
	add stage2 slow <<<'build() { sleep 3; }'
	add stage2 short <<<'build() { sleep 1; }'
	sed -i 's/^needs=.*/needs="libc short"/' "$world/recipes/zed/recipe"
	boot_aside -j3
	wait_for aside_began stage2/slow
	mv "$world/recipes/zed" "$world/zed"
	aside_ends
	ended 2
	says "done     stage2/slow"
	says "zed failed: $world/recipes/zed: cannot be read"
	mv "$world/zed" "$world/recipes/zed"
	run boot
	ended 0
}

@test "facts that are edited during a run are not built with those of before" {
	add stage2 slow <<<'build() { sleep 1.5; }'
	add stage2 late <<-'R'
		needs=slow
		package() {
			echo "x.c:1: error: boom"
			if command -v perl; then echo with >"$OUT/late"; else return 1; fi
		}
	R
	run boot --only late
	ended 1
	says boom
	boot_aside --only late --fresh slow
	wait_for aside_began stage2/slow
	sed -i 's/^licence=.*/&\ntools=perl/' "$world/recipes/late/recipe"
	aside_ends
	ended 2
	says "stage2/late failed: $world/recipes/late/recipe: its facts were edited during this run"
	silent_on boom # of an earlier try
	rm "$world/src/sh" && cp -R "$top/src/sh" "$world/src/"
	boot_aside --only late --fresh slow
	wait_for aside_began stage2/slow
	sed -i '1a tools=perl' "$world/src/sh/style/none"
	aside_ends
	ended 2
	says "stage2/late failed: $world/src/sh/style/none: its facts were edited during this run"
	needs perl
	run boot --only late
	ended 0
}

@test "a base set that is edited during a run is what is built with from then on" {
	rm "$world/src/sh" && cp -R "$top/src/sh" "$world/src/"
	add stage1 slow for=build <<<'build() { sleep 1.5; }'
	add stage1 late for=build <<<$'needs=slow\npackage() { command -v csplit >"$OUT/found" || :; }'
	boot_aside --only late
	wait_for aside_began stage1/slow
	sed -i 's/ yes / csplit&/' "$world/src/sh/base-tools"
	aside_ends
	ended 0
	equal found /host/bin/csplit "$(cat "$(tree_of stage1/late build)/found")"
}

@test "remarks and functions may be edited during a run" {
	add stage2 slow <<<'build() { sleep 1.5; }'
	add stage2 late <<-'R'
		needs=slow
		package() { echo before >"$OUT/late"; }
	R
	boot_aside --only late
	wait_for aside_began stage2/slow
	sed -i '1s/$/, or so/; s/before/after/; $a# a remark' "$world/recipes/late/recipe"
	aside_ends
	ended 0
	equal late after "$(cat "$(tree_of stage2/late)/late")"
}

@test "a file that is back when its recipe's turn comes was never missed" {
	add stage2 slow <<<'build() { sleep 1.5; }'
	add stage2 user <<<'needs=slow'
	add stage2 soon <<<'needs=zed'
	run boot --only stage2/zed
	ended 0
	ln -s nowhere "$world/recipes/soon/notes"
	boot_aside -j1 --only slow --only user --only soon
	wait_for grep -q 'start *stage2/slow' "$BATS_TEST_TMPDIR/aside"
	rm "$world/recipes/soon/notes"
	wait "$runner_pid" && status=0 || status=$?
	output=$(cat "$BATS_TEST_TMPDIR/aside")
	runner_pid=
	ended 0
	says "done     stage2/soon"
}

@test "a recipe that is edited while it is copied is not kept under the key that it had" {
	needs strace
	add stage1 late for=build <<<'package() { cp "$RECIPE/notes" "$OUT/"; }'
	echo before >"$world/recipes/late/notes"
	# read for its key, twice, then copied: that waits
	strace -qq -o "$BATS_TEST_TMPDIR/trace" -P "$world/recipes/late/notes" -e trace=openat \
		-e inject=openat:delay_enter=2000000:when=3 "$runner" --root="$world" --store="$store" \
		--mirror="$mirror" --offline --target "$native" --only late \
		>"$BATS_TEST_TMPDIR/aside" 2>&1 </dev/null 3>&- &
	runner_pid=$!
	wait_for eval "ls $store/objects/*/bootstrap/run >/dev/null 2>&1"
	echo after >"$world/recipes/late/notes"
	wait "$runner_pid"
	runner_pid=
	equal notes after "$(cat "$(tree_of stage1/late build)/notes")"
	echo before >"$world/recipes/late/notes"
	run boot --only late
	ended 0
	equal notes before "$(cat "$(tree_of stage1/late build)/notes")"
}

@test "a configure that was stopped is run again, whatever it left" {
	cat >>"$world/recipes/hello/recipe" <<-'R'
		configure_in() {
			: >config.status
			if [ ! -e begun ]; then
				: >begun
				return 7
			fi
			printf 'all install:\n' >Makefile
		}
	R
	run boot --only stage2/hello
	ended 1
	says "stage2/hello failed in phase configure: exit status 7"
	run boot --only stage2/hello
	ended 0
}
