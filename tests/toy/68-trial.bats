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

@test "a loader that is no program fails the job, and names the target's file" {
	: >"$world/recipes/files/head"
	trial <<<'check() { :; }'
	run boot_foreign --keep-going
	ended 3
	says "is no ELF file; is loader=$(sed -n 's/^loader=//p' "$world/targets/$foreign") right in targets/$foreign?"
	says "stage2.5/relies"
}

# On kernels before 6.7 the system's own registration has to serve: here one of a namespace around the runner, which
# is told of an older kernel.
@test "before Linux 6.7 what the system has registered serves, and another one is tried anew" {
	trial <<<'check() { "$RECIPE/end"; }'
	cat >"$BATS_TEST_TMPDIR/old.c" <<-'C'
		#include <string.h>
		#include <sys/syscall.h>
		#include <sys/utsname.h>
		#include <unistd.h>
		int uname(struct utsname *names)
		{
			long answer = syscall(SYS_uname, names);
			strcpy(names->release, "6.1.0-18-amd64");
			return (int)answer;
		}
	C
	cc -shared -fPIC -o "$BATS_TEST_TMPDIR/old.so" "$BATS_TEST_TMPDIR/old.c"
	case $foreign in far) number='\xb7' ;; *) number='\x3e' ;; esac
	registered() { # INTERPRETER FLAGS
		printf '%s' ":$(emulator):M::\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00$number\\x00:" \
			"\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff:$1:$2" >"$BATS_TEST_TMPDIR/line"
		run unshare -Urmpf --mount-proc sh -euc 'mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
			cat "$1" >/proc/sys/fs/binfmt_misc/register
			shift
			exec env LD_PRELOAD="$@"' sh "$BATS_TEST_TMPDIR/line" "$BATS_TEST_TMPDIR/old.so" \
			"$runner" --root="$world" --store="$store" --target "$foreign" --mirror="$mirror" --offline 3>&-
	}
	cp "$(command -v "$(emulator)-static")" "$BATS_TEST_TMPDIR/qemu"
	registered "$BATS_TEST_TMPDIR/qemu" ''
	ended 3
	says "registered, but disabled or without its flag F"
	registered "$BATS_TEST_TMPDIR/qemu" F
	ended 0
	started | grep -qx early/trial
	echo >>"$BATS_TEST_TMPDIR/qemu"
	registered "$BATS_TEST_TMPDIR/qemu" F
	ended 0
	equal jobs early/trial "$(started)"
}
