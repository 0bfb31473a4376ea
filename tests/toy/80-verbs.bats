#!/usr/bin/env bats
# What one asks beside building.
load common
setup_file() { common_setup_file; make_warm; }
setup() { common_setup; warm; }
teardown() { common_teardown; }

@test "why: up to date" {
	run boot why zed
	ended 0
	says "stage2/zed: is up to date: $(tree_of stage2/zed)"
}

@test "why: never built" {
	add stage2 new </dev/null
	run boot why new
	ended 0
	says "stage2/new: was never built for $native"
}

@test "why: what changed, old and new" {
	sed -i 's/--with-toys/--without/' "$world/recipes/hello/recipe"
	run boot why hello
	ended 0
	says "stage2/hello: since the last build these changed:"
	says "- file recipes/hello/recipe"
	says "+ file recipes/hello/recipe"
	[ "$(printf '%s\n' "$output" | grep -c '^    [-+] ')" = 2 ]
}

@test "why: a flag of the target" {
	sed -i "s/-mtoy=$native/-mtoy=other/" "$world/targets/$native"
	run boot why stage1/cross
	ended 0
	says "- cflags -mtoy=$native"
	says "+ cflags -mtoy=other"
}

@test "why: not known before something else is built" {
	sed -i 's/--with-toys/--without/' "$world/recipes/hello/recipe"
	run boot why app
	ended 0
	says "stage2/app: its key is not known before these are built: stage2/hello"
}

@test "why: the output is gone" {
	rm -rf "$(tree_of stage2/zed)"
	run boot why zed
	ended 0
	says "stage2/zed: its output is gone from the store"
}

@test "why: all that is to be built" {
	run boot why
	ended 0
	equal output "nothing is to be built: all of it is in the store" "$output"
	echo '# edited' >>"$world/recipes/libc/recipe"
	run boot why
	ended 0
	says "stage1/libc: since the last build these changed:"
	equal first "stage1/libc: since the last build these changed:" "${lines[0]}"
	output=${lines[-1]}
	equal "at once" 1 "${output%% to build; * that need those may be then}"
}

@test "why: changes nothing" {
	sed -i 's/--with-toys/--without/' "$world/recipes/hello/recipe"
	before=$(picture)
	run boot why app
	run boot why libc
	equal store "$before" "$(picture)"
}

@test "log: of a build that went well, of every line of a recipe" {
	run boot log zed
	ended 0
	says "==> stage2/zed:small: "
	says "==> stage2/zed: "
	says "-clang -O2"
}

@test "log: of what was never built there is none" {
	add stage2 new </dev/null
	run boot log new
	ended 1
	equal output "==> stage2/new: there is no log of it" "$output"
	# one of a recipe's two lines has one
	echo "zed mode=more" >>"$world/stages/stage2"
	run boot log zed
	ended 0
	says "==> stage2/zed:more: there is no log of it"
}

@test "log: of a failed build" {
	add stage2 broken <<<'build() { echo "this went wrong"; false; }'
	run boot
	ended 1
	run boot log broken
	ended 0
	says "this went wrong"
}

@test "log: of a failed try, although the recipe was edited since" {
	add stage2 broken <<<'build() { echo "this went wrong"; false; }'
	run boot
	ended 1
	sed -i 's/false/true/' "$world/recipes/broken/recipe"
	run boot log broken
	ended 0
	says "==> stage2/broken: a try that did not end well: $store/objects/"
	says "this went wrong"
	boot --quiet
	run boot log broken
	silent_on "did not end well"
}

@test "log: of a failed try, and where the last good one lies" {
	echo 'check() { echo "not this time"; false; }' >>"$world/recipes/zed/recipe"
	run boot
	ended 1
	run boot log stage2/zed
	says "==> stage2/zed: the last time it went well: $store/logs/$(cat "$store/latest/$native/stage2/zed")"
	says "not this time"
}

@test "log: an older try than the last that went well is forgotten" {
	add stage2 twice <<<'build() { echo "this went wrong"; false; }'
	run boot
	ended 1
	sed -i s/false/true/ "$world/recipes/twice/recipe"
	boot --quiet
	sed -i s/true/:/ "$world/recipes/twice/recipe"
	run boot log twice
	ended 0
	silent_on "did not end well"
}

@test "log: of a failed try, although the clock was set back" {
	echo 'check() { echo "not this time"; false; }' >>"$world/recipes/zed/recipe"
	touch -d '+1 hour' "$store"/logs/*
	run boot
	ended 1
	run boot log stage2/zed
	ended 0
	says "==> stage2/zed: a try that did not end well: $store/objects/"
	says "not this time"
	# and although an older one, of another recipe, has a time to come
	touch -d '+2 hours' "$store"/objects/*/log
	sed -i 's/not this time/nor now/' "$world/recipes/zed/recipe"
	run boot
	ended 1
	run boot log stage2/zed
	says "nor now"
	silent_on "not this time"
}

break_patch() { sed -i 's/zed = wrong/zed = other/' "$world/recipes/zed/fix.patch"; }

@test "log: of a patch that failed, by the names of what waits for it and its own" {
	break_patch
	run boot
	ended 1
	says "look around:     ./bootstrap shell unpack/zed --target $native"
	for name in unpack/zed stage2/zed zed; do
		run boot log $name
		ended 0
		says "==> unpack/zed: a try that did not end well: $store/objects/"
		equal $name 1 "$(printf '%s\n' "$output" | grep -c 'saving rejects')"
	done
	cp "$top/tests/world/recipes/zed/fix.patch" "$world/recipes/zed/fix.patch"
	run boot log stage2/zed
	ended 0
	silent_on "did not end well"
}

@test "log: of a download that failed" {
	rm -rf "$store"
	mirror=/ run boot --fetch-only --keep-going
	ended 1
	says "look around:     ./bootstrap shell fetch/hello --target $native"
	for name in fetch/hello unpack/hello stage2/hello; do
		run boot log $name
		ended 0
		says "==> fetch/hello: a try that did not end well: $store/objects/"
		says "no location has hello-1.0.tar"
	done
	run boot log fetch/nosuch
	ended 2
	says "no stage lists a recipe 'fetch/nosuch'"
}

@test "log: of a try at work" {
	add stage2 slow <<<'build() { echo "so far so good"; : >half; sleep 600; }'
	boot_aside
	at_work() { ls "$store"/objects/*/build/half >/dev/null 2>&1; }
	wait_for at_work
	run boot log slow
	ended 0
	says "==> stage2/slow: a try that is at work: $store/objects/"
	says "so far so good"
}

@test "shell: a command in a stage that runs on the build machine" {
	cd /
	run boot shell stage1 -- sh -c 'command -v toycc; id -u; pwd'
	ended 0
	equal output "$(lines_of /tools/bin/toycc 0 /tmp)" "$output"
}

@test "shell: of a toolchain, with the current folder" {
	mkdir -p "$BATS_TEST_TMPDIR/own work"
	cd "$BATS_TEST_TMPDIR/own work"
	run boot shell stage1 -- sh -c 'pwd; echo made >made; touch /usr/made'
	ended 1
	says "$BATS_TEST_TMPDIR/own work"
	says "touch: "
	equal file made "$(cat made)"
	cd /usr/bin
	run boot shell stage1 -- pwd
	equal folder /tmp "$output"
}

@test "shell: its exit status is the command's" {
	run boot shell stage1 -- sh -c 'exit 42'
	ended 42
	status=0
	output=$(boot shell stage1 -- no-such-program 2>&1) || status=$?
	ended 127
	says no-such-program
	# a text for toys, which nobody may run
	status=0
	output=$(boot shell stage2 -- hello 2>&1) || status=$?
	ended 127
	equal told "bootstrap: sandbox: cannot start hello: Permission denied" "$output"
}

@test "shell: a program in the target's own root, which stays as it was" {
	run boot shell stage2 -- /usr/bin/say hello there
	ended 0
	equal output "hello there" "$output"
	run boot shell stage2 -- /usr/bin/say -w /usr/bin/hello changed
	ended 0
	grep -q toys=yes "$store/roots/$native/stage2/usr/bin/hello"
	run boot shell stage2 -- /usr/bin/say -w /written x
	ended 0
	[ ! -e "$store/roots/$native/stage2/written" ]
}

@test "shell: says what an old kernel cannot do" {
	add stage2 broken <<<'build() { false; }'
	run boot --only broken
	ended 1
	old="setarch --uname-2.6 $runner --root=$world --store=$store --target $native shell broken"
	run $old <<<exit
	says "bootstrap: on Linux 2.6."
	says "a folder that is there already cannot be removed in this shell"
	run $old -- sh -c 'echo hello'
	equal said hello "$output"
}

@test "shell: of several rooms of a recipe the one that was tried last" {
	echo 'build() { false; }' >>"$world/recipes/zed/recipe"
	for line in zed:small stage2/zed zed:small; do
		run boot --only $line
		ended 1
		run boot shell zed -- sh -c 'echo ${mode:-none}'
		case $line in
		*small) equal room small "$output" ;;
		*) equal room none "$output" ;;
		esac
	done
}

@test "a line of a stage goes by the name that plan prints" {
	run boot --fresh zed:small --only zed:small
	ended 0
	equal jobs stage2/zed:small "$(started | grep zed)"
	run boot why zed:small
	says "stage2/zed:small: is up to date"
}

@test "shell: as an ordinary user" {
	needs_another_user
	cp "$runner" "$BATS_TEST_TMPDIR/runner"
	rm "$world/src/sh" "$world/src/packages"
	cp -R "$top/src/sh" "$top/src/packages" "$world/src/"
	set -- "$BATS_TEST_TMPDIR/runner" --root="$world" --target "$native"
	as_nobody "$@" --mirror="$mirror" --offline --quiet
	run as_nobody "$@" shell stage2 -- /usr/bin/say hello
	ended 0
	equal output hello "$output"
}

@test "shell: where a patch was tried, and the way there" {
	break_patch
	run boot
	ended 1
	run boot shell stage2/zed -- true
	ended 2
	says "unpack/zed failed, which stage2/zed needs; look at ./bootstrap log unpack/zed --target $native"
	says "./bootstrap shell unpack/zed --target $native"
	run boot shell unpack/zed -- sh -c 'echo *.rej'
	ended 0
	equal rejects zed.toy.rej "$output"
	run boot shell fetch/zed -- true
	ended 0
	run boot --fresh fetch/zed --only fetch/zed
	ended 0
	equal started fetch/zed "$(started)"
}

@test "shell: a stage that was built before an edit is shown as it was" {
	echo '# edited' >>"$world/recipes/hello/recipe"
	run boot shell stage2 -- /usr/bin/say hello
	ended 0
	says "this is what there is: stage2 was built before "
	says "./bootstrap why "
	run boot export stage2 --format tar.xz --output "$BATS_TEST_TMPDIR/x.tar.xz"
	ended 2
	says "stage2 was built before "
	says "or run: ./bootstrap --target $native --store $store --until stage2"
}

@test "export: a stage is to be put together of what --only built" {
	add stage2 alone <<<'package() { mkdir "$OUT/lib"; echo first >"$OUT/lib/alone"; }'
	boot --quiet
	sed -i s/first/second/ "$world/recipes/alone/recipe"
	boot --quiet --only alone
	run boot export stage2 --format tar.zst
	ended 2
	says "stage2 is not put together yet of what was built since; or run: ./bootstrap --target"
	boot --quiet --until stage2
	run boot export stage2 --format tar.zst --output "$BATS_TEST_TMPDIR/x.tar.zst"
	ended 0
}

@test "shell: the room of a recipe that is built, which builds by hand" {
	run boot shell hello -- sh -c 'ls /build; sh /bootstrap/run >log && cat log && ls /out/usr/bin'
	ended 0
	says "==> package"
	says hello
	run boot why hello
	says "is up to date"
	run boot
	equal jobs "" "$(started)"
}

@test "shell: what is tried in the room of a recipe does not get into what is built of it" {
	add stage1 flaky for=build <<-'R'
		tools=make
		build() {
			printf 'data:\n\techo clean >data\n' >Makefile
			make && [ -e begun ] || { : >begun; exit 1; }
		}
		package() { cp data "$OUT/data"; }
	R
	run boot --only flaky
	ended 1
	run boot shell flaky -- sh -c 'cat data && echo tried >data && cat data && mv Makefile other && : >/out/tried'
	ended 0
	equal data "$(lines_of clean tried)" "$output"
	run boot --only flaky
	ended 0
	equal data clean "$(cat "$(tree_of stage1/flaky build)"/*)"
}

@test "shell: what a recipe was built of is gone" {
	run boot shell hello -- true
	ended 0
	rm -rf "$store"/trees/"$(. "$store/records/$(cat "$store/latest/build/unpack/hello")" && echo "$out")"
	run boot shell hello -- true
	ended 2
	says "hello is built, and what it was built of is gone from the store; to build it again: ./bootstrap --target"
	run boot --only stage2/hello --fresh stage2/hello
	ended 0
	run boot shell hello -- true
	ended 0
}

@test "shell: a stage that is not built says how to build it" {
	rm -rf "$store"
	mkdir -p "$store/trees"
	run boot shell stage2 -- true
	ended 2
	says "--until stage2"
}

@test "shell: what is piped in is run" {
	run sh -c "echo 'echo from \$((1 + 1))' | '$runner' --root='$world' --store='$store' --target $native shell stage1 -- sh"
	ended 0
	equal output "from 2" "$output"
}

@test "shell: its prompt says where one is" {
	cd /
	run sh -c "echo 'cd /usr' | '$runner' --root='$world' --store='$store' --target $native shell stage1"
	ended 0
	says 'stage1:/tmp $ '
	says 'stage1:/usr $ '
}

@test "targets: every file of targets/, and which is this machine's" {
	run boot targets
	ended 0
	[ "${#lines[@]}" = 2 ]
	printf '%s\n' "$output" | grep -q "^$native .*this machine$"
}

@test "what only reads makes no store, and says where there is none" {
	for verb in why "why hello" "log hello" "shell stage2" "shell hello" "export stage2 --format dir" report gc; do
		for place in "$BATS_TEST_TMPDIR/nowhere" "$BATS_TEST_TMPDIR/empty"; do
			mkdir -p "$BATS_TEST_TMPDIR/empty"
			# shellcheck disable=SC2086 # words
			store=$place run boot $verb
			ended 2
			says "there is no store at $place; name another with --store, or first run: ./bootstrap --target $native --store $place"
			equal made "" "$(ls -A "$place" 2>/dev/null)"
		done
	done
	[ ! -e "$BATS_TEST_TMPDIR/nowhere" ]
}

@test "targets, gc: with several of this machine's, and with none" {
	sed "s/^triple=.*/&x/" "$world/targets/$native" >"$world/targets/again"
	all() { "$runner" --root="$world" --store="$store" "$@" 3>&-; }
	run all
	ended 2
	says "several targets describe this machine; say which with --target:"
	run all targets
	ended 0
	equal own "$(lines_of again "$native" | sort)" \
		"$(printf '%s\n' "$output" | sed -n 's/ .*this machine$//p')"
	trees=$(ls "$store/trees")
	run all gc
	ended 0
	equal trees "$trees" "$(ls "$store/trees")"
	rm "$world/targets/again"
	sed -i 's/^machine=.*/machine=other/' "$world/targets/$native"
	run all
	ended 2
	run all targets
	ended 0
	silent_on "this machine"
	[ "${#lines[@]}" = 2 ]
}

@test "what cannot be printed is a failure" {
	for words in plan targets "completion bash --root=$top" --help --version; do
		# shellcheck disable=SC2086 # words
		output=$(boot $words 2>&1 >/dev/full) && status=0 || status=$?
		ended 3
		equal words "bootstrap: what was printed is not whole; is there space for it?" "$output"
	done
}

@test "plan: the same twice, and nothing is written" {
	before=$(picture)
	one=$(boot plan)
	two=$(boot plan)
	equal plan "$one" "$two"
	equal store "$before" "$(picture)"
}
