#!/usr/bin/env bats
# What emulated programs see, and what becomes of jobs whose emulator crashes or hangs.
load common
load foreign

setup_file() { common_setup_file; make_warm; }
setup() { common_setup; warm; needs_emulator; foreign_stages; events=$BATS_TEST_TMPDIR/events; }
teardown() { common_teardown; }

# victim: a recipe of stage2.5 with two programs beside it, and the functions on stdin
victim() {
	add stage2.5 victim
	foreign_program "$world/recipes/victim/crash" crash
	foreign_program "$world/recipes/victim/hang" hang
}

@test "an emulated program knows the name it was started by" {
	victim <<<'package() { (exec -a other "$RECIPE/name") >"$OUT/said"; }'
	foreign_program "$world/recipes/victim/name" name
	run boot_foreign
	ended 0
	equal name other "$(cat "$(tree_of stage2.5/victim "$foreign")/said")"
}

@test "a crash of the emulator is told, and tried again once, where it was" {
	victim <<-'R'
		build() {
			echo once >>count
			[ "$(grep -c . count)" = 2 ] || "$RECIPE/crash"
		}
		package() { cp count "$OUT/count"; }
	R
	run boot_foreign --json "$events"
	ended 0
	says "again    stage2.5/victim (exit status 132: crash, run by $(emulator), died of signal 4 (Illegal instruction) ("
	equal count "$(lines_of once once)" "$(cat "$(tree_of stage2.5/victim "$foreign")/count")"
	python3 "$top/tests/events" "$top/docs/events.md" "$events"
	grep -q '"event":"retry".*"job":"stage2.5/victim","phase":"build","why":"exit status 132: crash, ' "$events"
	equal starts 2 "$(grep -c '"event":"start".*"job":"stage2.5/victim"' "$events")"
}

@test "a second crash is final, and both are in the log" {
	victim <<<'build() { "$RECIPE/crash"; }'
	run boot_foreign
	ended 1
	says "again    stage2.5/victim"
	says "stage2.5/victim failed in phase build: exit status 132: crash, run by $(emulator), died of signal 4 ("
	says "; tried twice"
	log=$(printf '%s\n' "$output" | sed -n 's/^the whole log: *//p')
	equal crashes 2 "$(grep -c 'uncaught target signal 4' "$log")"
	run boot_foreign
	ended 1
	says "again    stage2.5/victim"
}

@test "of a crash that is not told in the log the exit status speaks" {
	victim <<<'build() { "$RECIPE/crash" 2>/dev/null; }'
	run boot_foreign
	ended 1
	says "exit status 132: crash, run by $(emulator), died of signal 4 (Illegal instruction); tried twice"
}

@test "a program that is made to die is not why another one fails" {
	victim <<-'R'
		build() {
			"$RECIPE/crash" 2>/dev/null || :
			return 7
		}
	R
	run boot_foreign
	ended 1
	says "stage2.5/victim failed in phase build: exit status 7"
	silent_on "died of"
	silent_on "again "
}

@test "nor is one of an earlier phase" {
	victim <<-'R'
		configure() { "$RECIPE/crash" || :; }
		build() { return 7; }
	R
	run boot_foreign
	ended 1
	says "stage2.5/victim failed in phase build: exit status 7"
	silent_on "again "
}

@test "a job that hangs under the emulator is ended and tried again once" {
	victim <<-'R'
		build() {
			[ -e once ] || { : >once; "$RECIPE/hang"; }
		}
	R
	run boot_foreign --hang-limit 2s
	ended 0
	says "again    stage2.5/victim (hung: for "
	says "still there: sh, hang ($(emulator)))"
	no_strays
	sed -i 's/ -e once / -e twice /' "$world/recipes/victim/recipe"
	run boot_foreign --hang-limit 2s
	ended 1
	says "stage2.5/victim failed in phase build: hung: for "
	says "; tried twice"
	no_strays
}

@test "--fresh starts over once, not for the second try" {
	victim <<-'R'
		build() {
			echo once >>count
			[ "$(grep -c . count)" != 1 ] || "$RECIPE/crash"
		}
		package() { cp count "$OUT/count"; }
	R
	for fresh in '' '--fresh victim'; do
		# shellcheck disable=SC2086 # an option or none
		run boot_foreign $fresh
		ended 0
		equal count "$(lines_of once once)" "$(cat "$(tree_of stage2.5/victim "$foreign")/count")"
	done
}

@test "a job of the machine's own kind is not tried again" {
	add stage2 victim <<<'build() { kill -ILL $$; }'
	run boot_foreign
	ended 1
	says "stage2/victim failed in phase build: exit status 132"
	silent_on "again "
}

@test "a native program that stands in is not the emulator's business" {
	needs busybox
	victim <<<'build() { kill -ILL $$; }'
	run boot_foreign
	ended 1
	says "stage2.5/victim failed in phase build: exit status 132"
	silent_on "run by"
	silent_on "again "
	sed -i 's/^build() { /&"$RECIPE\/crash" 2>\/dev\/null || :; kill -SEGV $$; /' "$world/recipes/victim/recipe"
	run boot_foreign
	ended 1
	says "stage2.5/victim failed in phase build: exit status 139"
	silent_on "run by"
	silent_on "again "
}

@test "after another failure nothing is tried again" {
	victim <<-'R'
		build() { sleep 2; "$RECIPE/crash"; }
	R
	add stage2.5 broken <<<'build() { return 1; }'
	run boot_foreign -j 2
	ended 1
	says "stage2.5/victim failed in phase build: exit status 132: crash, "
	silent_on "again "
}
