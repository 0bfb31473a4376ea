#!/usr/bin/env bats
# What the documents say is so: their examples are read, their commands understood, their files there.
load common
setup() {
	common_setup
	checkout=$BATS_TEST_TMPDIR/checkout
	mkdir "$checkout"
	cp -R "$top/targets" "$top/stages" "$top/recipes" "$top/distro" "$top/docs" \
		"$top/LICENSE" "$top/Makefile" "$top/bootstrap" "$checkout"
	ln -s "$top/src" "$checkout/src"
	documents=("$top/README.md" "$top"/docs/*.md)
}
teardown() { common_teardown; }

# block FILE WORD: the first block of code in which a line begins with WORD
block() {
	awk -v word="$2" '/^```/ {if (inside && found) {printf "%s", text; exit} inside = !inside; text = ""; found = 0; next}
		inside {text = text $0 "\n"; if (index($0, word) == 1) found = 1}' "$1"
}

plan() { "$runner" --root="$checkout" plan "$@"; }

@test "docs: the recipe in the README and in package.md is new, read, and built once after what it needs" {
	for file in README.md docs/package.md; do
		rm -rf "$checkout/recipes/dash"
		mkdir "$checkout/recipes/dash"
		block "$top/$file" version= >"$checkout/recipes/dash/recipe"
		grep -q '^# dash: ' "$checkout/recipes/dash/recipe"
		cp "$top/stages/stage2" "$checkout/stages/stage2"
		echo dash >>"$checkout/stages/stage2"
		equal "$file" "dash 0.5.12 after musl" "$(plan --target armv8a | sed -n 's/^ *[0-9]*  \(dash\)/\1/p' | xargs)"
	done
	grep -qF "$(sed -n 's/^source="\(.*\)"/\1/p' "$checkout/recipes/dash/recipe" | sed 's/\$version/0.5.12/')" \
		"$top/docs/package.md"
}

@test "docs: the processor in processor.md is read" {
	block "$top/docs/processor.md" triple= >"$checkout/targets/riscv64"
	"$runner" --root="$checkout" targets | grep -qE '^riscv64 +riscv64-.*-linux-musl'
	run plan --target riscv64
	ended 0
	says "compiler-rt"
	# it is the one that is tried for real
	equal facts "$(grep "=" "$top/tests/real/targets/riscv64")" "$(grep -v '^oci=\|^#' "$checkout/targets/riscv64")"
}

@test "docs: the name in fork.md is read" {
	block "$top/docs/fork.md" id= >"$checkout/distro"
	plan --target x86_64 | grep -q '(x86_64-mine-linux-musl)'
	# what it says of the vendor is what is asked for
	characters=$(sed -n 's/^| vendor .*Only \(.*\) |$/\1/p' "$top/docs/fork.md" | sed "s/\`_\`/'_'/")
	sed -i 's/^vendor=.*/vendor=My-Linux/' "$checkout/distro"
	run plan --target x86_64
	ended 2
	says "only $characters"
}

@test "docs: every how-to that changes plans says how the tests learn of it" {
	mkdir "$checkout/tests"
	cp -R "$top/tests/golden" "$top/tests/world" "$checkout/tests"
	git -C "$checkout" init -q
	git -C "$checkout" add tests
	git -C "$checkout" -c user.name=toy -c user.email=toy@toy.invalid commit -q -m toys
	block "$top/docs/fork.md" id= >"$checkout/distro"
	block "$top/docs/processor.md" triple= >"$checkout/targets/riscv64"
	for file in fork package processor; do grep -q 'make golden' "$top/docs/$file.md"; done
	cp "$checkout/targets/riscv64" "$checkout/targets/riscv64~" # as an editor does
	RUNNER=$runner "$checkout/tests/golden/update"
	plan --target riscv64 --build x86_64 | cmp - "$checkout/tests/golden/real-riscv64-x86_64"
	plan --target x86_64 --build x86_64 | cmp - "$checkout/tests/golden/real-x86_64-x86_64"
	# and git shows it
	(cd "$checkout" && eval "$(grep -o 'git add -N [^`]*' docs/processor.md)")
	git -C "$checkout" diff --name-only | grep -x tests/golden/real-riscv64-x86_64
	# what is said to name processors, does
	# names are words
	# shellcheck disable=SC2013
	for file in $(sed -n '/^Before you commit/,$p' "$top/docs/processor.md" | grep -oE '(ci|tests)/[a-z0-9./]+[a-z0-9]' | grep -v golden); do
		grep -qE 'armv8a.*x86_64|x86_64.*armv8a' "$top/$file" || { echo "$file names none"; return 1; }
	done
}

@test "docs: the chicken and the egg are as stages.md draws them" {
	order() { plan --target armv8a --build "$1" | awk '/^stage1/ {on = 1} /^stage2/ {on = 0} on && $2 ~ /^(musl|compiler-rt)/ {print $2}' | xargs; }
	equal foreign "musl:headers compiler-rt musl" "$(order x86_64)"
	equal native "musl compiler-rt" "$(order armv8a)"
	block "$top/docs/stages.md" musl >"$BATS_TEST_TMPDIR/lines"
	[ "$(grep -c . "$BATS_TEST_TMPDIR/lines")" = 4 ]
	equal lines "$(cat "$BATS_TEST_TMPDIR/lines")" "$(grep -xF -f "$BATS_TEST_TMPDIR/lines" "$top/stages/stage1")"
	for recipe in musl compiler-rt; do
		needs=$(sed -n 's/^needs=//p' "$top/recipes/$recipe/recipe" | tr -d '"')
		grep -qF "needs=\"$needs\"" "$top/docs/stages.md"
	done
}

@test "docs: every command is understood" {
	count=0
	while IFS= read -r line; do
		count=$((count + 1))
		line=${line%%#*}
		line=${line%% -- *}
		case $line in *--setup*) continue ;; esac # the script's own
		eval "set -- ${line#./bootstrap}"
		run "$runner" --root="$checkout" "$@" --help
		[ "$status" = 0 ] || { echo "$line"; echo "$output"; return 1; }
	done < <(grep -hoE '(^|`)\./bootstrap [^`]*' "${documents[@]}" | tr -d '`' | grep -v '[A-Z]\{4\}')
	[ $count -gt 30 ]
}

@test "docs: every make target and every file that is named is there" {
	# names are words
	# shellcheck disable=SC2013
	for name in $(grep -hoE '\bmake [a-z-]+' "${documents[@]}" | awk '{print $2}' | sort -u); do
		case $name in
		check* | bench | install | golden | asan | fuzz)
			make -C "$top" -n "$name" >/dev/null 2>&1 || { echo "make $name"; return 1; } ;;
		esac
	done
	# shellcheck disable=SC2013
	for name in $(grep -hoE '(src|tests|docs|ci|stages|recipes|targets|tests/toy)/[a-zA-Z0-9_./-]*[a-zA-Z0-9]' "${documents[@]}" | sort -u); do
		case $name in
		*NAME* | recipes/dash* | targets/riscv64) continue ;;
		esac
		[ -e "$top/$name" ] || { echo "there is no $name"; return 1; }
	done
}

@test "docs: the pages are sound, and have every option, verb, fact and variable" {
	needs mandoc col
	mandoc -T lint -W warning "$top/docs/bootstrap.1" "$top/docs/bootstrap.5"
	mandoc -T ascii "$top/docs/bootstrap.1" | col -b >"$BATS_TEST_TMPDIR/1"
	mandoc -T ascii "$top/docs/bootstrap.5" | col -b >"$BATS_TEST_TMPDIR/5"
	for word in $("$runner" --help | grep -oE '^  (-[-a-z]+|[a-z]+) ' ); do
		grep -qw -e "$word" "$BATS_TEST_TMPDIR/1" || { echo "bootstrap.1: $word"; return 1; }
	done
	for word in $(sed -n 's/^#define \(PINS\|OWN\|ALWAYS\) "\(.*\)"/\2/p' "$top/src/recipe.c") \
		$(grep -ohE 'conf_check\(.*' "$top/src/target.c" "$top/src/stage.c" "$top/src/distro.c" | grep -oE '"[a-z ]+"' | tr -d '"') \
		$(grep -oE '^	set\(to, "[A-Za-z_]+=' "$top/src/variables.c" | sed 's/.*"//; s/=//' | grep -v '^PATH$\|^DISTRO_'); do
		grep -qw -e "$word" "$BATS_TEST_TMPDIR/5" || { echo "bootstrap.5: $word"; return 1; }
	done
	# what is read of the environment, but for what every program reads, or the script sets
	for word in $(grep -ohE 'getenv\("[A-Z_]+' "$top"/src/*.c | sed 's/.*"//' | grep -vxE 'PATH|TMPDIR|HOME|BOOTSTRAP_CALLED') \
		$(sed -n '/\bpassed\[\] = {/,/};/p' "$top/src/download.c" | grep -oE '"[A-Za-z_]+"' | tr -d '"'); do
		grep -qw -e "$word" "$BATS_TEST_TMPDIR/1" || { echo "bootstrap.1: $word"; return 1; }
	done
}

@test "docs: bootstrap.5 has every function that a recipe may call" {
	needs mandoc col
	mandoc -T ascii "$top/docs/bootstrap.5" | col -b | sed -n '/Functions for recipes/,/^ENVIRONMENT/p' >"$BATS_TEST_TMPDIR/5"
	functions() { sed -n 's/^\([a-z_]*\)() *{.*/\1/p' "$@"; }
	count=0
	# of tidy, which is the runner's own, what recipes call
	for name in $(functions "$top/src/sh/run" "$top"/src/sh/style/* | grep -vxE 'prepare|configure|build|check|package') \
		$(functions "$top/src/sh/tidy" | while read -r name; do
			if grep -qwh "$name" "$top"/recipes/*/recipe; then echo "$name"; fi
		done); do
		count=$((count + 1))
		grep -qw "$name" "$BATS_TEST_TMPDIR/5" || { echo "bootstrap.5: $name"; return 1; }
	done
	[ $count -gt 12 ]
}

@test "docs: the first example of bootstrap.1 does what it says" {
	common_setup_file
	cd "$BATS_TEST_TMPDIR"
	while read -r line; do
		case $line in *--setup*) continue ;; esac # builds nothing
		eval "set -- ${line#./bootstrap}"
		boot "$@"
	done < <(sed -n '/^Build all stages/,/^A cross/s/^\.Dl \$ //p' "$top/docs/bootstrap.1")
	ls ./*-stage2-*.tar.zst
}
