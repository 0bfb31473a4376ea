#!/usr/bin/env bats
# Programs of the build machine in rooms of a foreign target.
load common

setup_file() { common_setup_file; make_warm; }
setup() { needs busybox; common_setup; warm; foreign_stages; }
teardown() { common_teardown; }

# The root's own shell is but the head of a program of the other processor; another recipe of the same
# name gives a real one for the build machine.
foreign_stages() {
	# the number of its processor in an ELF header
	case $foreign in far) number='\267' ;; *) number='\076' ;; esac
	for name in shell odd; do
		add stage2 "$name" <<-R
			tools=busybox
			package() {
				if [ "\$FOR" = build ]; then bin=\$OUT/bin; else bin=\$OUT/usr/bin; fi
				mkdir -p "\$bin"
				if [ "\$FOR" = build ]; then
					cp "\$(readlink -f "\$(command -v busybox)")" "\$bin/$name"
				else
					printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0$number\0' >"\$bin/$name"
				fi
				chmod 755 "\$bin/$name"
				[ $name = shell ] || return 0
				for link in sh cat chmod cp false find grep ls mkdir rm uname; do
					ln -s shell "\$bin/\$link"
				done
				printf '#!/bin/sh\n' >"\$bin/llvm-strip"
				chmod 755 "\$bin/llvm-strip"
			}
		R
	done
	# what the emulator is told by
	sed -i 's,: >"$OUT/usr/lib/$LOADER",cp "$RECIPE/head" "$OUT/usr/lib/$LOADER",' \
		"$world/recipes/files/recipe"
	printf '%b' "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0$number\0" >"$world/recipes/files/head"
	printf 'runs=build\ntools=build\nif=native-tools\nshell for=build\n' >"$world/stages/quick"
	add quick told for=cross <<-'R'
		package() { mkdir -p "$OUT/bin"; echo "$TRIPLE" >"$OUT/bin/target"; }
	R
	printf 'runs=target\ntools=stage2\nbase=stage2\nnative=quick\n' >"$world/stages/stage2.5"
}

# probe: a recipe of stage2.5 whose report is what the script on stdin prints
probe() {
	{
		printf 'build() {\n\texec 6>report\n'
		cat
		# shellcheck disable=SC2016
		printf '%s\n' '}' 'package() { cp report "$OUT/report"; }'
	} >"$BATS_TEST_TMPDIR/probe"
	add stage2.5 probe <"$BATS_TEST_TMPDIR/probe"
	run boot_foreign
	ended 0
	report=$(cat "$(tree_of stage2.5/probe "$foreign")/report")
}

@test "a program of the build machine takes the place of the emulated one" {
	probe <<<'sh -c "echo done" >&6'
	equal report "done" "$report"
}

@test "it asks for its machine, and hears the target's" {
	probe <<<'{ uname -m; uname -n; sh -c "uname -m"; } >&6'
	# shellcheck disable=SC1090,SC1091
	machine=$(. "$world/distro" && . "$world/targets/$foreign" && echo "$machine")
	equal report "$(lines_of "$machine" bootstrap "$machine")" "$report"
}

@test "only what the room has is replaced; what is for the target comes along" {
	probe <<-'R'
		head=$(cat /usr/bin/odd)
		case $head in *ELF*) echo emulated >&6 ;; esac
		cat /usr/bin/target >&6
	R
	# shellcheck disable=SC1090,SC1091
	triple=$(. "$world/distro" && . "$world/targets/$foreign" && echo "$triple")
	equal report "$(lines_of emulated "$triple")" "$report"
}

@test "nothing of it is left in the result" {
	probe <<<':'
	for stage in stage2 stage2.5; do
		[ ! -e "$store/roots/$foreign/$stage/usr/bin/target" ]
		[ "$(stat -c %s "$store/roots/$foreign/$stage/usr/bin/shell")" = 20 ]
	done
}

@test "--no-native-tools emulates everything, and builds none" {
	add stage2.5 probe <<<'build() { :; }'
	run boot_foreign --no-native-tools
	ended 1
	silent_on quick/
	says "stage2.5/probe"
}

@test "a target of the machine's own kind has no such stage" {
	run boot plan
	ended 0
	silent_on quick
	run boot shell quick
	ended 2
	says "no stage lists a recipe 'quick'"
}

@test "another program of the build machine builds again what it was used for" {
	probe <<<'echo word >&6'
	sed -i 's/^version=1/version=2/' "$world/recipes/told/recipe"
	run boot_foreign
	ended 0
	equal jobs "$(lines_of quick/told)" "$(started)"
	sed -i 's/echo "$TRIPLE"/echo other/' "$world/recipes/told/recipe"
	run boot_foreign
	ended 0
	equal jobs "$(lines_of quick quick/told stage2.5/probe)" "$(started)"
}

@test "native= is refused where it means nothing" {
	printf 'runs=target\ntools=stage1\nnative=quick\n' >"$world/stages/stage4"
	run boot_foreign plan
	ended 2
	says "stages/stage4:3: native= is for a stage built with tools= of one that runs on the target"
	printf 'runs=target\ntools=stage2\nnative=stage2\n' >"$world/stages/stage4"
	run boot_foreign plan
	ended 2
	says "stages/stage4:3: native=stage2: its programs run on the target; name a stage with runs=build"
}
