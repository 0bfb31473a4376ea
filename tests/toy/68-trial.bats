#!/usr/bin/env bats
# The emulator is tried before builds rely on it.
load common
load foreign

setup_file() { common_setup_file; make_warm; }
setup() { common_setup; warm; needs_emulator; foreign_stages; emulator_stage; }
teardown() { common_teardown; }

# A stage of its own, as the real one is, and a build that waits for it. What tells the emulator which programs
# are its own is among stage1's libraries here.
emulator_stage() {
	add stage1 head <<-'R'
		package() { mkdir -p "$OUT/usr/lib"; cp "$RECIPE/head" "$OUT/usr/lib/$LOADER"; }
	R
	cp "$world/recipes/files/head" "$world/recipes/head/head"
	printf 'runs=target\ntools=stage1\nif=foreign\n' >"$world/stages/early"
	add stage2.5 relies <<<'build() { :; }'
}

# trial: the recipe that tries, its functions on stdin
trial() {
	{ echo tools=emulator; cat; } | add early trial
	foreign_program "$world/recipes/trial/end" end
	foreign_program "$world/recipes/trial/crash" crash
}

place() { printf '%s\n' "$output" | grep -n " start    $1$" | cut -d: -f1; }

@test "foreign programs run in its room, and it comes before what is built for hours" {
	trial <<<'check() { "$RECIPE/end"; }'
	rm -rf "$store"
	run boot_foreign -j 1
	ended 0
	equal places "$(printf '%s\n' "$(place early/trial)" "$(place stage2/hello)" "$(place stage2.5/relies)" | sort -n)" \
		"$(place early/trial; place stage2/hello; place stage2.5/relies)"
	run boot_foreign
	ended 0
	equal jobs "" "$(started)"
}

@test "a broken one ends the run with 3, and it is said what is broken and what to do" {
	trial <<-'R'
		check() { echo "fine: fork"; echo "broken: vfork: hangs"; echo "broken: threads: ends early"; "$RECIPE/crash"; }
	R
	echo '# anew' >>"$world/recipes/app/recipe"
	run boot_foreign -j 1
	ended 3
	says "early/trial failed in phase check: $(emulator) version "
	says " cannot be built with: broken are vfork, threads; install a newer $(emulator)-static (7.2 or later)"
	says "  > broken: vfork: hangs"
	silent_on "again "
	silent_on stage2.5/relies
	run boot_foreign -j 1
	ended 3
	equal jobs early/trial "$(started)"
}

@test "with --keep-going what does not rely on it is built" {
	trial <<<'check() { "$RECIPE/crash"; }'
	add stage2 late <<<'build() { :; }'
	run boot_foreign --keep-going
	ended 3
	says "it does not run a program to its end"
	started | grep -qx stage2/late
	equal started "" "$(started | grep relies || :)"
}

@test "a trial that does not compile is a recipe's failure" {
	trial <<<'build() { return 1; }'
	run boot_foreign
	ended 1
	says "early/trial failed in phase build: exit status 1"
}

@test "who builds nothing that relies on it does not wait for it" {
	trial <<<'check() { return 1; }'
	run boot_foreign --until stage2
	ended 0
	silent_on early/trial
	run boot plan
	ended 0
	silent_on early
}

@test "a trial changes the key of nothing; another version of the emulator is tried anew" {
	run boot_foreign
	ended 0
	trial <<<'check() { "$RECIPE/end"; }'
	run boot_foreign
	ended 0
	equal jobs "$(lines_of early early/trial)" "$(started)"
	fakes=$BATS_TEST_TMPDIR/fakes
	mkdir "$fakes"
	LC_ALL=C sed 's/64 version /64 Version /g' "$(command -v "$(emulator)-static")" >"$fakes/$(emulator)-toy"
	chmod 755 "$fakes/$(emulator)-toy"
	sed -i 's/^qemu=.*/&-toy/' "$world/targets/$foreign"
	PATH=$PATH:$fakes run boot_foreign
	ended 0
	equal jobs early/trial "$(started)"
}

@test "an emulator that cannot be registered ends the run with 3, and a remedy" {
	trial <<<'check() { "$RECIPE/end"; }'
	fakes=$BATS_TEST_TMPDIR/fakes
	mkdir -p "$fakes/qemu-toy-static"
	sed -i 's/^qemu=.*/qemu=qemu-toy/' "$world/targets/$foreign"
	PATH=$PATH:$fakes run boot_foreign
	ended 3
	says "early/trial failed: sandbox: cannot register an emulator at /dev/binfmt_misc: "
	says "the kernel must have binfmt_misc, and the emulator be one static program: ./bootstrap doctor tries both"
	silent_on stage2.5/relies
}

@test "an emulator that wants libraries is refused before anything is begun" {
	trial <<<'check() { "$RECIPE/end"; }'
	fakes=$BATS_TEST_TMPDIR/fakes
	mkdir -p "$fakes"
	cp "$runner" "$fakes/qemu-toy"
	sed -i 's/^qemu=.*/qemu=qemu-toy/' "$world/targets/$foreign"
	PATH=$PATH:$fakes run boot_foreign
	ended 3
	says "$foreign programs need qemu-toy-static here, and $fakes/qemu-toy is not static; install it with ./bootstrap --setup"
	equal jobs "" "$(started)"
}

@test "where there is no emulator nothing is begun, unless nothing needs one" {
	trial <<<'check() { "$RECIPE/end"; }'
	echo '# anew' >>"$world/recipes/app/recipe"
	sed -i 's/^qemu=.*/qemu=qemu-nosuch/' "$world/targets/$foreign"
	run boot_foreign
	ended 3
	says "cannot be built: $foreign programs need qemu-nosuch-static here; install it with ./bootstrap --setup"
	equal jobs "" "$(started)"
	run boot_foreign --until stage2
	ended 0
	equal jobs stage2/app "$(started | grep app)"
}
