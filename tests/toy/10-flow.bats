#!/usr/bin/env bats
# The whole flow, what a second run does, and the options that choose.
load common
setup_file() { common_setup_file; make_warm; }
setup() { common_setup; }
teardown() { common_teardown; }

@test "a whole flow makes every stage" {
	run boot
	ended 0
	root=$store/roots/$native/stage2
	[ "$(head -n 1 "$root/usr/bin/hello")" = "for $(uname -m) with -O2 -mtoy=$native -Dtoys=yes" ]
	grep -q "^| int libc;" "$root/usr/bin/hello"
	grep -q "WORD=hey" "$root/usr/bin/greet"
	[ "$(cat "$root/usr/lib/name")" = "Toy Linux 1" ]
	[ "$(readlink "$root/bin")" = usr/bin ]
	[ "$(stat -c %a "$root/tmp")" = 1777 ]
	[ "$(find "$root/" ! -type l -printf '%Ts\n' | sort -u)" = 1700000000 ]
	says "stage2: $root"
	equal jobs 20 "$(printf '%s\n' "$output" | grep -c ' done ')"
	equal last "20 done" "${lines[-1]}"
}

@test "every done line says how many of all builds are" {
	run boot
	ended 0
	all=$(printf '%s\n' "$output" | awk '$2 == "done" && $3 ~ "^stage[0-9]/"' | wc -l)
	counts=$(printf '%s\n' "$output" | sed -n 's/.* done .*\[\([0-9]*\/[0-9]*\)\]$/\1/p')
	equal "lines without" "" "$(printf '%s\n' "$output" | awk '$2 == "done" && $3' | grep -v '\[[0-9]*/[0-9]*\]$')"
	equal "in order" "$(seq 0 "$all" | sed "s,$,/$all,")" "$(lines_of "0/$all" "$counts" | uniq)"
	add stage2 slow <<<'build() { sleep 1.2; }'
	run boot
	printf '%s\n' "$output" | grep -qE ' done     stage2/slow \([12] s\) \[1/1\]$'
}

@test "patches are applied, and what is excluded is not unpacked" {
	warm
	grep -q 'zed = right' "$(tree_of unpack/zed build)/zed.toy"
	[ ! -e "$(tree_of unpack/zed build)/zed.toy.orig" ]
	unpacked=$(tree_of unpack/hello build)
	[ -e "$unpacked/hello.toy" ]
	[ ! -e "$unpacked/doc" ]
	[ ! -e "$unpacked/greet/notes.txt" ]
	[ -e "$unpacked/greet/greet.toy" ]
}

@test "values of a line reach the recipe, and the last line of a recipe counts" {
	warm
	run boot --only zed
	ended 0
	[ ! -e "$(tree_of stage2/zed:small)/usr/bin/zed-more" ]
	[ -e "$store/roots/$native/stage2/usr/bin/zed-more" ]
}

@test "a style's own phases build for the build machine, too" {
	add stage1 two for=build <<-'R'
		tools=cc
		style=make
		prepare() { printf 'all:\n\techo for $(FOR) $(CC) $(AR) $(RANLIB)\ninstall:\n' >Makefile; }
	R
	boot --only two
	boot log two | grep -E '^for build (gcc|clang)[^ ]* ar ranlib$'
}

@test "what a foreign target needs comes in another order" {
	run boot_foreign -j 1
	ended 0
	order=$(printf '%s\n' "$output" | awk '$2 == "start" && $3 ~ "^stage1/" {print $3}')
	equal order "$(lines_of stage1/compiler stage1/cross stage1/libc:headers stage1/rt stage1/libc)" "$order"
	root=$store/roots/$foreign/stage2
	grep -q "^for $( (. "$world/targets/$foreign" && echo "$machine") ) " "$root/usr/bin/app"
	[ ! -e "$root/usr/bin/say" ]
}

@test "what is for the build machine is built once, and sources are brought once, for all targets" {
	boot --quiet
	run boot_foreign
	ended 0
	equal jobs "" "$(started | grep -e ^fetch/ -e ^unpack/ -e compiler)"
}

@test "a second run does nothing" {
	warm
	boot --quiet # this checkout is new to the store
	before=$(picture)
	run boot
	ended 0
	equal jobs "" "$(started)"
	equal last "stage2: $store/roots/$native/stage2" "${lines[-1]}"
	equal store "$before" "$(picture)"
}

@test "a run that names no stage says that it found nothing to do" {
	warm
	for option in "--only hello" --fetch-only; do
		# shellcheck disable=SC2086
		run boot $option
		ended 0
		equal "$option" "nothing to do: all of it is in the store" "$output"
	done
	run boot --only hello --quiet
	equal quiet "" "$output"
}

@test "--quiet says nothing when all is well" {
	run boot --quiet
	ended 0
	equal output "" "$output"
	run boot --quiet
	ended 0
	equal output "" "$output"
}

@test "a comment in a recipe builds it again, and nothing else" {
	warm
	before=$(readlink "$store/roots/$native/stage2")
	sed -i '2i# a remark' "$world/recipes/zed/recipe"
	run boot
	ended 0
	equal jobs stage2/zed "$(started)"
	equal root "$before" "$(readlink "$store/roots/$native/stage2")"
}

@test "a comment in a recipe of the first stage stops there too" {
	warm
	echo '# a remark' >>"$world/recipes/cross/recipe"
	run boot
	ended 0
	equal jobs stage1/cross "$(started)"
}

@test "another output builds what needs it, and no more" {
	warm
	sed -i 's/--with-toys//' "$world/recipes/hello/recipe"
	run boot
	ended 0
	equal jobs "$(lines_of stage2 stage2/app stage2/hello)" "$(started)"
	grep -q toys=no "$store/roots/$native/stage2/usr/bin/app"
}

@test "a new value of a line builds that line, and what needs it" {
	warm
	sed -i 's/word=hey/word=hi/' "$world/stages/stage2"
	run boot
	ended 0
	equal jobs "$(lines_of stage2 stage2/app stage2/greet:hi)" "$(started)"
}

@test "a change of the distribution reaches those who ask for it" {
	warm
	sed -i 's/^version=.*/version=2/' "$world/distro"
	run boot
	ended 0
	equal jobs "$(lines_of stage2 stage2/files)" "$(started)"
}

@test "a change back finds everything in the store" {
	warm
	sed -i 's/--with-toys//' "$world/recipes/hello/recipe"
	boot --quiet
	sed -i 's/^args=.*/args="--with-toys"/' "$world/recipes/hello/recipe"
	run boot
	ended 0
	equal jobs "" "$(started)"
	grep -q toys=yes "$store/roots/$native/stage2/usr/bin/app"
}

@test "a flag of one target builds that target only" {
	warm
	sed -i 's/-mtoy=far/-mtoy=farther/' "$world/targets/far"
	sed -i 's/-mtoy=near/-mtoy=nearer/' "$world/targets/near"
	run boot_foreign
	ended 0
	[ "$(started | grep -c ^stage2/)" = 7 ]
	[ "$(started | grep -c -e ^fetch/ -e ^unpack/ -e compiler)" = 0 ]
	cp "$top/tests/world/targets/$native" "$world/targets/"
	run boot
	ended 0
	equal jobs "" "$(started)"
}

@test "--only builds a recipe and what it needs" {
	run boot --only stage1/rt
	ended 0
	equal jobs "$(lines_of fetch/libc stage1/compiler stage1/cross stage1/libc stage1/rt unpack/libc)" "$(started)"
	[ ! -e "$store/roots" ] || [ -z "$(ls "$store/roots")" ]
}

@test "--until stops after a stage" {
	run boot --until stage1
	ended 0
	[ -d "$store/roots/$native/stage1/bin" ]
	[ ! -e "$store/roots/$native/stage2" ]
	equal "jobs of stage2" "" "$(started | grep ^stage2)"
}

@test "--fresh builds one recipe again" {
	warm
	run boot --fresh zed
	ended 0
	started | grep -qx stage2/zed
	equal "other jobs" "" "$(started | grep -v '^stage2/zed')"
}

@test "--fresh alone builds no more than that" {
	run boot --only libc
	ended 0
	run boot --fresh stage1/libc
	ended 0
	equal jobs stage1/libc "$(started)"
	silent_on "stage1: "
	run boot --until stage1 --fresh stage1/libc
	ended 0
	says "stage1: "
}

@test "--fresh builds a whole stage again, and says which output is another one" {
	add stage2 dated <<<'package() { mkdir "$OUT/lib"; date +%N >"$OUT/lib/dated"; }'
	run boot --only stage2
	ended 0
	expected=$(started | grep ^stage2/)
	run boot --fresh stage2
	ended 0
	equal jobs "$expected" "$(started | grep ^stage2/)"
	says "stage2/dated: made again from the same inputs, its output is another one"
	run boot --only stage2
	ended 0
	equal jobs "" "$(started)"
}

@test "--fresh builds once what two stages list alike" {
	printf 'runs=build\ntools=build\n\ncompiler for=build\n' >"$world/stages/tools"
	run boot
	ended 0
	for jobs in 1 4; do
		run boot --fresh compiler -j $jobs
		ended 0
		equal "with -j $jobs" 1 "$(started | grep -c compiler)"
	done
}

@test "--fetch-only brings the sources, and then no mirror is needed" {
	run boot --fetch-only
	ended 0
	equal jobs "$(lines_of fetch/hello fetch/libc fetch/zed)" "$(started)"
	mirror=$BATS_TEST_TMPDIR/empty
	mkdir "$mirror"
	run boot
	ended 0
}

@test "--fetch-only with --only brings what that needs" {
	run boot --fetch-only --only stage2/hello
	ended 0
	equal jobs "$(lines_of fetch/hello fetch/libc)" "$(started)"
	run boot --only stage2/hello
	ended 0
	run boot --fetch-only --only stage1/rt
	ended 0
	equal jobs "" "$(started)"
}

@test "--offline without a mirror says what to do" {
	run "$runner" --root="$world" --store="$store" --target "$native" --offline
	ended 1
	says "fetch/libc failed"
	says "libc-2.1.tar"
	says "--mirror"
}

@test "--keep-going builds what does not need the failed" {
	sed -i 's/^build() {/&\n\tfalse/' "$world/recipes/greet/recipe"
	add stage2 broken <<<'build() { false; }'
	run boot --keep-going
	ended 1
	says "stage2/greet:hey failed in phase build: exit status 1"
	says "stage2/broken failed in phase build: exit status 1"
	says "2 failed"
	[ -d "$(tree_of stage2/hello)" ]
	[ -d "$(tree_of stage2/zed)" ]
	[ ! -e "$store/latest/$native/stage2/app" ]
	[ ! -e "$store/roots/$native/stage2" ]
}

@test "without it nothing new starts after a failure" {
	add stage1 broken for=build <<<'build() { false; }'
	run boot -j 1
	ended 1
	says "1 failed"
	[ ! -e "$store/latest/$native/stage2" ]
}

@test "what a cross-built stage starts from answers needs, and is there to build with" {
	warm
	printf 'runs=target\ntools=stage1\nbase=stage2\n\nprobe\n' >"$world/stages/stage3"
	mkdir "$world/recipes/probe"
	printf '%s\n' '# probe: sees what is below' version=1 licence=0BSD needs=hello \
		'package() { cp "$SYSROOT/usr/bin/hello" "$OUT/"; }' >"$world/recipes/probe/recipe"
	run boot
	ended 0
	[ -e "$(tree_of stage3/probe)/hello" ]
}

@test "--time-limit stops with 75, and the next run goes on where it was" {
	add stage1 slow for=build <<-'R'
		build() {
			[ ! -e half ] || return 0
			: >half
			sleep 60
		}
		package() { cp half "$OUT/half"; }
	R
	# on a slow machine it may not get as far as that at first
	for limit in 1s 4s 16s; do
		run timeout 60 "$runner" --root="$world" --store="$store" --mirror="$mirror" --offline \
			--target "$native" --time-limit $limit --only slow
		ended 75
		says "stopped at the time limit; nothing is lost, to go on: ./bootstrap"
		if [ -n "$(find "$store/objects" -name half)" ]; then break; fi
	done
	run timeout 40 "$runner" --root="$world" --store="$store" --mirror="$mirror" --offline \
		--target "$native" --only slow
	ended 0
}

@test "the runner of the checkout is found through its script" {
	[ -x "$top/bootstrap" ]
	run "$top/bootstrap" plan --target armv8a --build x86_64
	ended 0
	equal plan "$(cat "$top/tests/golden/real-armv8a-x86_64")" "$output"
}
