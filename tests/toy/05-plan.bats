#!/usr/bin/env bats
# The plan of the real tree. After a change of stages/ or recipes/: tests/golden/update, and read the diff.
load common
setup() { common_setup; }
teardown() { common_teardown; }

plan() { "$runner" --root="$top" plan "$@"; }
targets() { "$runner" --root="$top" targets | awk '{print $1}'; }

@test "the real plan for every target, seen from every kind of machine, is what it was" {
	[ "$(targets)" ]
	for target in $(targets); do
		for build in $(targets); do
			for clang in "" --host-clang; do
				run plan --target "$target" --build "$build" $clang
				ended 0
				name=real-$target-$build$clang
				equal "$name" "$(cat "$top/tests/golden/$name")" "$output"
			done
		done
	done
}

@test "a plan does not depend on the folder, the user or the environment" {
	expected=$(plan --target armv8a --build x86_64)
	cd /
	equal "from /" "$expected" "$(env -i "$runner" --root="$top" plan --target armv8a --build x86_64)"
	cd "$top"
	equal "from ." "$expected" "$("$runner" plan --target armv8a --build x86_64)"
	equal "another locale" "$expected" "$(LC_ALL=C.UTF-8 COLUMNS=20 HOME=/nonexistent plan --target armv8a --build x86_64)"
}

@test "every recipe of recipes/ reads, and a stage or recipe uses it" {
	used=$(for target in $(targets); do
		for clang in "" --host-clang; do
			plan --target "$target" --build x86_64 $clang
		done
	done | awk '$1 ~ /^[0-9]+$/ {sub(/:.*/, "", $2); print $2}'
		sed -n 's/^source_of=//p' "$top"/recipes/*/recipe)
	for recipe in "$top"/recipes/*/; do
		printf '%s\n' "$used" | grep -qx "$(basename "$recipe")" || { echo "unused: $recipe"; false; }
	done
}

@test "planning makes no process, opens nothing for writing, and reads no clock" {
	needs strace
	strace -f -o "$BATS_TEST_TMPDIR/trace" "$runner" --root="$top" plan --target armv8a --build x86_64 >/dev/null
	# the sanitizers' own library asks for the time
	if grep -q __asan_init "$runner"; then sed -i /clock_gettime/d "$BATS_TEST_TMPDIR/trace"; fi
	# the first call starts the runner itself; a path may have any word in it
	if tail -n +2 "$BATS_TEST_TMPDIR/trace" | sed 's/"[^"]*"/""/g' |
		grep -E 'fork|clone|vfork|execve|O_WRONLY|O_RDWR|O_CREAT|mkdir|unlink|rename|clock_gettime'; then
		false
	fi
}
