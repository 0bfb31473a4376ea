#!/usr/bin/env bats
# Stages that are built inside a root of the target's own.
load common

setup_file() { common_setup_file; make_warm; }
setup() { needs busybox; common_setup; warm; native_stages; }
teardown() { common_teardown; }

# stage2 gets programs to live with; a stage on top of it has makers; another is made with those.
native_stages() {
	sed -i '/^program/d' "$world/stages/stage2"
	add stage2 shell <<-'R'
		tools=busybox
		package() {
			mkdir -p "$OUT/usr/bin"
			cp "$(readlink -f "$(command -v busybox)")" "$OUT/usr/bin/busybox"
			for name in sh cat chmod cp false find grep ls mkdir rm; do
				ln -s busybox "$OUT/usr/bin/$name"
			done
			echo '#!/bin/sh' >"$OUT/usr/bin/llvm-strip"
			chmod 755 "$OUT/usr/bin/llvm-strip"
		}
	R
	printf 'runs=target\ntools=stage2\nbase=stage2\n' >"$world/stages/stage2.5"
	add stage2.5 grammar <<<'package() { mkdir -p "$OUT/usr/share"; echo rules >"$OUT/usr/share/grammar"; }'
	add stage2.5 maker <<-'R'
		needs=grammar
		package() {
			mkdir -p "$OUT/usr/bin"
			printf '%s\n' '#!/bin/sh' 'cat /usr/share/grammar' >"$OUT/usr/bin/maker"
			chmod 755 "$OUT/usr/bin/maker"
		}
	R
	add stage2.5 other <<<'package() { mkdir -p "$OUT/usr/bin"; echo >"$OUT/usr/bin/other"; }'
	printf 'runs=target\ntools=stage2.5\n' >"$world/stages/stage3"
	add stage3 base <<<'package() { mkdir -p "$OUT/usr/lib"; echo newer >"$OUT/usr/lib/name"; }'
}

# probe [HEAD]...: a recipe of stage3 whose report is what the script on stdin prints
probe() {
	{
		printf '%s\n' "$@" 'build() {'
		cat
		# shellcheck disable=SC2016
		printf '%s\n' '}' 'package() { cp report "$OUT/report"; }'
	} | sed 's/^build() {$/&\n\texec 6>report/' >"$BATS_TEST_TMPDIR/probe"
	add stage3 probe <"$BATS_TEST_TMPDIR/probe"
	run boot --until stage3
	ended 0
	report=$(cat "$(tree_of stage3/probe)/report")
}

@test "the root is the target's own, with what the base has" {
	probe <<-'R'
		cat /usr/lib/name >&6
		ls / >&6
		for gone in /host /tools /sysroot /lib64 /etc/passwd /usr/bin/cc; do
			if [ -e $gone ]; then echo $gone; fi
		done >&6
	R
	equal report "$(lines_of "Toy Linux 1" bin bootstrap build dev etc out proc recipe tmp usr)" "$report"
}

@test "SYSROOT is /, no flag names another, and the tools lie in it" {
	probe <<-'R'
		# spelt otherwise: what a package has of such flags is taken out of it
		IFS==
		set -- $CFLAGS
		IFS=:
		echo "$SYSROOT ${TOOLS-none} $PATH $*|$LDFLAGS|$BUILD_CC" >&6
	R
	# shellcheck disable=SC1090,SC1091
	triple=$(. "$world/distro" && . "$world/targets/$native" && echo "$triple")
	equal variables "/ /usr /usr/bin -O2 -mtoy:$native -ffile-prefix-map:/src:. -ffile-prefix-map:/build:.||$triple-clang" \
		"$report"
}

@test "the root cannot be written to" {
	probe <<-'R'
		(echo >/usr/lib/name) 2>/dev/null || echo refused >&6
		(echo >/usr/bin/more) 2>/dev/null || echo refused >&6
	R
	equal report "$(lines_of refused refused)" "$report"
}

@test "a tool of the stage below is seen by who names it, with what it needs" {
	probe tools=maker <<-'R'
		maker >&6
		if [ -e /usr/bin/other ]; then echo other >&6; fi
	R
	equal report rules "$report"
}

@test "a tool that no stage lists is told before anything is built" {
	add stage3 wrong <<<'tools="maker makre"'
	run boot
	ended 2
	says "$world/recipes/wrong/recipe:4: wrong is built with 'makre', a recipe that no stage lists; mend the name"
	silent_on start
	sed -i s/makre/bats/ "$world/recipes/wrong/recipe" # the build machine has it, the root has not
	run boot
	ended 2
	says "wrong is built with 'bats', a recipe that no stage lists; mend the name"
}

@test "a tool that is not named is not there" {
	probe <<-'R'
		if command -v maker; then maker >&6; fi
		ls /usr/share 2>/dev/null >&6 || :
	R
	equal report "" "$report"
}

@test "what the stage has itself takes the place of the base's" {
	probe needs=base <<<'cat /usr/lib/name >&6'
	equal report newer "$report"
	run boot shell stage2 -- cat /usr/lib/name
	equal "stage2" "Toy Linux 1" "$output"
}

@test "a stage with a base is that base and more; a stage without one is only its own" {
	run boot
	ended 0
	[ -e "$store/roots/$native/stage2.5/usr/bin/hello" ]
	[ -e "$store/roots/$native/stage2.5/usr/bin/maker" ]
	[ ! -e "$store/roots/$native/stage2/usr/bin/maker" ]
	equal stage3 usr/lib/name "$(cd "$store/roots/$native/stage3/" && find . -type f | sed 's,^\./,,')"
	run boot shell stage2.5 -- maker
	equal maker rules "$output"
}

@test "another package beside the tools that are used changes nothing" {
	probe tools=maker <<<'maker >&6'
	add stage2.5 late <<<'package() { echo >"$OUT/late"; }'
	echo '# a remark' >>"$world/recipes/other/recipe"
	run boot
	ended 0
	equal jobs "$(lines_of stage2.5 stage2.5/late stage2.5/other)" "$(started)"
}

@test "another output of a tool builds those again that use it" {
	probe tools=maker <<<'maker >&6'
	sed -i 's/echo rules/echo laws/' "$world/recipes/grammar/recipe"
	run boot
	ended 0
	equal jobs "$(lines_of stage2.5 stage2.5/grammar stage2.5/maker stage3 stage3/probe)" "$(started)"
	equal report laws "$(cat "$(tree_of stage3/probe)/report")"
}

@test "what only the stage below has is no library of this one" {
	add stage3 wrong <<<'needs=grammar'
	run boot
	ended 2
	says "wrong needs 'grammar', which neither stage3 nor a stage below it lists"
}

@test "a shell in the room of a build that failed is in the same root" {
	add stage3 bad <<<'build() { false; }'
	run boot
	ended 1
	run boot shell stage3/bad -- cat /usr/lib/name
	equal name "Toy Linux 1" "$output"
}

# What a stage must have to build itself.
self_sufficient() {
	add stage3 shell-again <<-'R'
		package() {
			mkdir -p "$OUT/usr"
			cp -R /usr/bin "$OUT/usr/"
			rm -f "$OUT/usr/bin/app" "$OUT/usr/bin/hello"
			ln -s usr/bin "$OUT/bin"
		}
	R
}

@test "verify builds a stage once more, by itself, and all is the same" {
	self_sufficient
	run boot verify stage3
	ended 0
	says "2 of 2 recipes came out the same when stage3 built itself"
	run boot verify stage3
	equal jobs "" "$(started)"
}

@test "verify passes over a line whose output nobody sees" {
	self_sufficient
	echo 'check() { echo "${mode:-}"; }' >>"$world/recipes/base/recipe"
	sed -i 's/^base$/base mode=small/' "$world/stages/stage3"
	echo base >>"$world/stages/stage3"
	run boot verify stage3
	ended 0
	says "2 of 2 recipes came out the same when stage3 built itself"
}

@test "verify lists what came out otherwise" {
	self_sufficient
	add stage3 odd <<-'R'
		package() {
			mkdir -p "$OUT/usr/share"
			if [ -e /usr/share/odd ]; then echo again; else echo first; fi >"$OUT/usr/share/odd"
			if [ -e /usr/share/odd ]; then ln -s nowhere "$OUT/more"; fi
			echo always >"$OUT/usr/share/even"
		}
	R
	run boot verify stage3
	ended 1
	says "differs  stage3/odd: 2 files"
	says "           usr/share/odd"
	says "           more"
	silent_on "usr/share/even"
	says "2 of 3 recipes came out the same"
}

@test "verify tells programs what came out otherwise, and ends with its own status" {
	self_sufficient
	add stage3 odd <<-'R'
		package() {
			mkdir -p "$OUT/usr/share"
			again=
			[ ! -e /usr/share/odd00 ] || again=again
			for ten in 0 1 2; do
				for one in 0 1 2 3 4 5 6 7 8 9; do echo "$again" >"$OUT/usr/share/odd$ten$one"; done
			done
		}
	R
	events=$BATS_TEST_TMPDIR/events
	run boot verify stage3 --json "$events"
	ended 1
	python3 "$top/tests/events" "$top/docs/events.md" "$events"
	before=$(tree_of stage3/odd) out=$(tree_of verify/odd)
	equal differs "\"job\":\"verify/odd\",\"before\":\"${before##*/}\",\"out\":\"${out##*/}\",\"files\":30" \
		"$(sed -n 's/.*"event":"differs".*\("job":.*\),"names":\["usr.share.odd00",.*"usr.share.odd19"\]}$/\1/p' "$events")"
	grep -q '"event":"end".*"status":1,' "$events"
	equal "in the journal" 1 "$(sed -n 's/^end .* //p' "$store"/runs/* | tail -n 1)"
	run boot verify stage3 --only base --json "$events"
	ended 0
	equal differs 0 "$(grep -c '"event":"differs"' "$events")"
	grep -q '"event":"end".*"status":0,' "$events"
}

@test "verify --only builds and compares just that" {
	self_sufficient
	add stage3 odd <<-'R'
		package() {
			mkdir -p "$OUT/usr/share"
			if [ -e /usr/share/odd ]; then echo again; else echo first; fi >"$OUT/usr/share/odd"
		}
	R
	run boot verify stage3 --only base
	ended 0
	says "1 of 1 recipes came out the same"
	silent_on verify/odd
	run boot verify stage3 --only odd
	ended 1
	says "0 of 1 recipes came out the same"
	for name in stage3/odd verify/odd; do
		run boot verify stage3 --only $name
		ended 1
		says "0 of 1 recipes came out the same"
	done
}

@test "verify --only refuses what would not be compared, before anything is built" {
	self_sufficient
	echo 'check() { echo "${mode:-}"; }' >>"$world/recipes/base/recipe"
	sed -i 's/^base$/base mode=small/' "$world/stages/stage3"
	echo base >>"$world/stages/stage3"
	for name in maker stage2/libc stage2.5/maker unpack/libc verify/base:small; do
		run boot verify stage3 --only base --only $name
		ended 2
		says "--only $name: stage3 has no such line to compare; see ./bootstrap plan"
		equal jobs "" "$(started)"
	done
	run boot verify stage3 --only base:small
	ended 0
	says "1 of 1 recipes came out the same"
}

@test "what failed when a stage was verified can be looked into" {
	self_sufficient
	add stage3 odd <<-'R'
		build() { [ ! -e /usr/share/odd ]; }
		package() {
			mkdir -p "$OUT/usr/share"
			echo here >"$OUT/usr/share/odd"
		}
	R
	run boot verify stage3
	ended 1
	says "verify/odd failed in phase build"
	run boot log verify/odd
	ended 0
	says "==> build"
	run boot shell verify/odd -- cat /usr/share/odd
	ended 0
	equal output here "$output"
}

@test "verify refuses what cannot build itself" {
	run boot verify stage2
	ended 2
	says "stage2 cannot be verified: only a stage that is built natively, from nothing"
	for name in stage9 verify; do
		rm -f "$world/stages/stage3"
		run boot verify $name
		ended 2
		says "there is no stage '$name'"
	done
}

@test "of a program that is not in a native room it is said that a recipe brings it" {
	add stage3 broken <<<'build() { other; }'
	run boot
	ended 1
	says "other is not in this room; name the recipe that brings it in tools= of recipes/broken/recipe"
}
