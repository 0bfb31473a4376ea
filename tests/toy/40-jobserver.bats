#!/usr/bin/env bats
# One budget of processes for all that is at work.
load common
setup_file() { common_setup_file; }
setup() { common_setup; }
teardown() { common_teardown; }

# Three recipes whose makes have six things to do each; all note when they were at work.
add_makes() {
	for name in one two three; do
		add stage1 $name for=build <<-'R'
			style=make
			prepare() { :; }
			build() {
				printf '%s\n' 'all: 1 2 3 4 5 6' '1 2 3 4 5 6:' \
					'	@date "+%s.%N 1"; sleep 0.3; date "+%s.%N -1"' >Makefile
				make >times
				printf '%s\n' "$MAKEFLAGS" >flags
			}
			package() { cp times flags "$OUT/"; }
		R
	done
}

most_at_once() {
	for name in one two three; do cat "$(tree_of stage1/$name build)/times"; done |
		sort -n | awk '{n += $2; if (n > most) most = n} END {print most}'
}

@test "with -j 3 three makes have three processes in all" {
	add_makes
	run boot --only one --only two --only three -j 3
	ended 0
	[ "$(grep -c . "$(tree_of stage1/one build)/times")" = 12 ]
	equal "most at once" 3 "$(most_at_once)"
}

@test "with -j 1 there is one" {
	add_makes
	run boot --only one --only two --only three -j 1
	ended 0
	equal "most at once" 1 "$(most_at_once)"
}

@test "a make that is alone has the whole budget" {
	add_makes
	run boot --only one -j 4
	ended 0
	most=$(sort -n "$(tree_of stage1/one build)/times" | awk '{n += $2; if (n > most) most = n} END {print most}')
	equal "most at once" 4 "$most"
}

@test "makes are told of the jobserver" {
	add_makes
	run boot --only one -j 3
	ended 0
	grep -q -e --jobserver-auth= "$(tree_of stage1/one build)/flags"
}

@test "there are as many slots as processors that the run may use" {
	run taskset -c "$(taskset -pc $$ | sed 's/.*[ ,-]//')" "$runner" --root="$world" --store="$store" \
		--mirror="$mirror" --offline --target "$native" --until stage1 --json=-
	ended 0
	says '"slots":1'
}

@test "a make is not told of the form that only a new ninja knows, nor a new ninja of the other" {
	add_makes
	add stage1 other for=build <<-'R'
		tools=ninja
		build() { echo "$MAKEFLAGS" >flags; }
		package() { cp flags "$OUT/"; }
	R
	printf '#!/bin/sh\necho 1.13.2\n' >"$BATS_TEST_TMPDIR/ninja"
	chmod 755 "$BATS_TEST_TMPDIR/ninja"
	run unshare -Urm sh -euc "mount --bind '$BATS_TEST_TMPDIR/ninja' '$(readlink -f "$(command -v ninja)")'
		exec '$runner' --root='$world' --store='$store' --mirror='$mirror' --offline --target '$native' \
			-j 3 --only one --only other" 3>&-
	ended 0
	grep -q -e '--jobserver-auth=3,4$' "$(tree_of stage1/one build)/flags"
	grep -q -e '--jobserver-auth=fifo:' "$(tree_of stage1/other build)/flags"
}

@test "no make complains of a jobserver it cannot reach" {
	add_makes
	run boot --only one -j 3
	ended 0
	if grep -i -e jobserver -e warning "$store"/logs/*; then false; fi
}

@test "a slot that a make gives back is used at once" {
	for name in one two; do
		add stage1 $name for=build <<-'R'
			style=make
			prepare() { :; }
			build() {
				date +%s.%N >times
				sleep 1
				printf + >&4 # as a make does that had more than one
				sleep 5
				date +%s.%N >>times
			}
			package() { cp times "$OUT/"; }
		R
	done
	run boot --only one --only two -j 1
	ended 0
	for name in one two; do xargs <"$(tree_of stage1/$name build)/times"; done |
		sort -n | awk 'NR == 1 {end = $2} END {exit !($1 < end)}'
}

@test "the budget does not change what is made" {
	boot --quiet -j 1
	one=$(outs)
	rm -rf "$store"
	boot --quiet -j 64
	equal outputs "$one" "$(outs)"
}

@test "what takes no slot does not wait behind what waits for one" {
	add stage1 slow <<<'build() { sleep 3; }'
	add stage1 after <<<'needs=slow'
	add stage1 last <<<'needs=after'
	add stage1 other <<<'build() { sleep 1; }'
	add stage1 more <<<'needs=other'
	add stage1 long <<-'R'
		source="https://toy.invalid/hello/hello-1.0.tar"
		sha256=cc584a0fcf561fc7a37796c915f458fc00d67a12fc3d93bea0868315e679584b
	R
	run boot --only stage1/libc
	run boot -j1 --only slow --only after --only last --only other --only more --only long
	ended 0
	equal order "$(lines_of fetch/long stage1/slow)" \
		"$(printf '%s\n' "$output" | awk '$2 == "done" && $3 ~ "/long$|/slow$" {print $3}' | head -n 2)"
}

@test "what a job writes into the pool by mistake makes no slots, nor stops the run" {
	add_makes
	add stage1 noisy for=build <<<'package() { head -c 70000 /dev/zero >&4 & sleep 1; kill $!; }'
	sed -i 's/^licence=.*/&\nneeds=noisy/' "$world/recipes/one/recipe"
	run timeout -k 5 60 "$runner" --root="$world" --store="$store" --mirror="$mirror" --offline \
		--target "$native" --only one -j 3
	ended 0
	equal "most at once" 3 \
		"$(sort -n "$(tree_of stage1/one build)/times" | awk '{n += $2; if (n > most) most = n} END {print most}')"
}

@test "a killed make gives its slots back" {
	add_makes
	add stage1 bad for=build <<-'R'
		style=make
		prepare() { :; }
		build() {
			printf '%s\n' 'all: 1 2 3' '1 2 3:' '	@sleep 0.1; kill -9 $$PPID; sleep 0.1' >Makefile
			make
		}
	R
	add stage1 slow for=build <<<'build() { sleep 3; }'
	sed -i 's/^licence=.*/&\nneeds=slow/' "$world/recipes/one/recipe"
	run timeout 60 "$runner" --root="$world" --store="$store" --mirror="$mirror" --offline \
		--target "$native" --keep-going -j 3 --only bad --only one
	ended 1
	says "stage1/bad failed"
	equal "most at once" 3 \
		"$(sort -n "$(tree_of stage1/one build)/times" | awk '{n += $2; if (n > most) most = n} END {print most}')"
}
