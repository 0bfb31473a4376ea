#!/usr/bin/env bats
# What a recipe can see and touch.
load common

setup_file() {
	common_setup_file
	make_warm
}
setup() { common_setup; warm; }
teardown() { common_teardown; }

# probe [STAGE [VALUE]...]: a recipe whose $OUT/report is what the script on stdin prints
probe() {
	local stage=${1:-stage2}
	{
		[ -z "${head:-}" ] || printf '%s\n' "$head"
		echo 'build() {'
		cat
		# shellcheck disable=SC2016
		printf '%s\n' '}' 'package() { cp report "$OUT/report"; }'
	} >"$BATS_TEST_TMPDIR/probe"
	sed -i 's/^build() {$/&\n\texec 6>report/' "$BATS_TEST_TMPDIR/probe"
	add "$stage" probe "${@:2}" <"$BATS_TEST_TMPDIR/probe"
	run boot --only probe
}

report() {
	ended 0
	case ${1:-stage2} in stage1) cat "$(tree_of stage1/probe build)/report" ;; *) cat "$(tree_of stage2/probe)/report" ;; esac
}

@test "the environment is what is listed, the same whatever the caller's" {
	export LEAK=1 LD_PRELOAD_X=1
	probe <<-'R'
		env | sed 's/=.*//' | sort >&6
	R
	equal environment "$(lines_of AR BUILD BUILD_CC BUILD_CXX CC CFLAGS CXX CXXFLAGS FOR HOME \
		JOBS KERNEL_ARCH LC_ALL LDFLAGS LLVM_BACKEND LLVM_BACKENDS LOADER MACHINE MAKEFLAGS MEMORY NAME \
		NM OBJCOPY OUT PATH PWD RANLIB READELF RECIPE SOURCE_DATE_EPOCH SRC STRIP STYLE SYSROOT TARGET_CFLAGS \
		TOOLS TRIPLE TZ version | sort)" "$(report | grep -vx -e OLDPWD -e _ -e SHLVL)"
}

@test "fixed user, host name, umask, paths and processes" {
	probe <<-'R'
		{ id -u; hostname; umask; pwd; ps -e -o pid= 2>/dev/null | head -n 1 | tr -d ' '; } >&6
	R
	equal facts "$(lines_of 0 bootstrap 0022 /build 1)" "$(report | sed 's/^022$/0022/')"
}

@test "nothing of the machine's users and services is there" {
	probe <<-R
		for path in /home /root /var /run /srv /mnt /media /boot /sys $world $store $top; do
			if [ -e \$path ]; then echo \$path; fi
		done >&6
	R
	equal "to be seen" "" "$(report)"
}

@test "an undeclared tool is not found, a declared one is" {
	probe <<<'python3 -V >&6'
	ended 1
	says "python3:"
	says "not found"
	sed -i 's/^licence=.*/&\ntools=python3/' "$world/recipes/probe/recipe"
	run boot --only probe
	ended 0
}

@test "a program of the build machine sees its libraries, and theirs" {
	add stage1 deep for=build <<<'package() { mkdir "$OUT/lib"; touch "$OUT/lib/deep"; }'
	add stage1 shallow for=build <<<$'needs=deep\npackage() { mkdir "$OUT/lib"; touch "$OUT/lib/shallow"; }'
	head=needs=shallow probe stage1 for=build <<<'ls "$TOOLS/lib" >&6'
	equal libraries "$(lines_of deep shallow)" "$(report stage1)"
}

@test "a tool in a folder that no room shows ends the run before anything is built" {
	mkdir "$BATS_TEST_TMPDIR/own"
	printf '#!/bin/sh\n' >"$BATS_TEST_TMPDIR/own/onlyhere"
	chmod 755 "$BATS_TEST_TMPDIR/own/onlyhere"
	head=tools=onlyhere PATH=$PATH:$BATS_TEST_TMPDIR/own probe stage1 for=build <<<':'
	ended 3
	says "recipes/probe/recipe:4: probe is built with 'onlyhere', which is at $BATS_TEST_TMPDIR/own/onlyhere, where no sandbox sees it; install it for all users"
	equal jobs "" "$(started)"
}

@test "compilers and headers of the machine are not there, but for tools=cc" {
	probe <<-'R'
		for tool in cc gcc clang ld as; do
			if command -v $tool >/dev/null; then echo $tool; fi
		done >&6
		ls /usr/include >&6
	R
	equal "to be seen" "" "$(report)"
}

@test "above the first stage the machine's compiler has to be named, whatever it builds" {
	printf 'runs=build\ntools=stage1\n' >"$world/stages/between"
	probe between for=build <<-'R'
		for tool in "$CC" as ld ar; do
			if command -v "$tool"; then :; fi
		done >&6
	R
	ended 0
	equal found "" "$(cat "$(tree_of between/probe build)/report")"
}

@test "what is the build machine's finds its compiler in PATH, and no tool that is not named" {
	probe stage1 for=build <<-'R'
		for tool in "$CC" "$CXX" "$AR" "$RANLIB" "$NM" "$STRIP" "$OBJCOPY" "$READELF" as ld; do
			command -v "$tool" | grep -q ^/host/bin/ || echo "no $tool"
		done >&6
		for tool in make csplit ldd perl; do
			if command -v $tool; then :; fi
		done >&6
	R
	equal "not as it should be" "" "$(report stage1)"
}

@test "only /build, /out and what lies in memory can be written" {
	probe <<-'R'
		for folder in / /src /recipe /bootstrap /tools /sysroot /usr /etc /bin /proc /host /host/bin; do
			if (: >$folder/written) 2>/dev/null; then echo $folder; fi
		done >&6
		: >/tmp/written
		: >"$OUT/written"
	R
	equal "can be written" "" "$(report)"
}

@test "nothing of the machine's own can be set through /proc, not even by root" {
	probe <<-'R'
		for file in vm/swappiness kernel/core_pattern kernel/hostname; do
			value=$(cat /proc/sys/$file)
			if (echo "$value" >/proc/sys/$file) 2>/dev/null; then echo $file; fi
		done >&6
		if (: >>/proc/sysrq-trigger) 2>/dev/null; then echo sysrq-trigger; fi >&6
		for part in acpi bus fs irq scsi sys sysrq-trigger; do
			[ ! -e /proc/$part ] || grep -q " /proc/$part ro" /proc/self/mountinfo || echo $part
		done >&6
	R
	equal "can be written" "" "$(report)"
}

@test "the files of the machine's own devices stay harmless" {
	probe <<-'R'
		for device in null zero full random urandom tty shm pts ptmx fd stdin stdout stderr; do
			if [ ! -e /dev/$device ] && [ ! -L /dev/$device ]; then echo "no $device"; fi
		done >&6
		ls /dev | grep -v -x -e null -e zero -e full -e random -e urandom -e tty -e shm -e pts \
			-e ptmx -e fd -e stdin -e stdout -e stderr >&6 || :
	R
	equal devices "" "$(report)"
}

@test "what is read-only cannot be mounted anew, nor anything else" {
	head='tools="mount unshare umount"' probe <<-'R'
		if mount -o remount,rw /recipe 2>/dev/null; then echo remounted; fi >&6
		if umount /recipe 2>/dev/null; then echo unmounted; fi >&6
		if mount -t tmpfs tmpfs /tmp 2>/dev/null; then echo mounted; fi >&6
		if unshare -Urm mount -o remount,bind,rw /recipe 2>/dev/null; then echo escaped; fi >&6
	R
	equal "was done" "" "$(report)"
}

@test "nor by the hands of the room's first process" {
	probe <<-'R'
		sed -n 's/^Cap\(Prm\|Eff\):[^0-9a-f]*//p' /proc/1/status | while read -r rights; do
			echo $((0x$rights >> 21 & 1)) # CAP_SYS_ADMIN
		done >&6
	R
	equal "may mount" "$(lines_of 0 0)" "$(report)"
}

@test "nor does that one show what the caller was told: a token, a mirror's password" {
	export TOKEN=dragon
	probe <<-'R'
		for file in environ cmdline; do
			tr '\0' '\n' </proc/1/$file 2>/dev/null | grep -e dragon -e "$HOME/nowhere" >&6 || :
		done
		cat /proc/1/cmdline >words
	R
	equal seen "" "$(report)"
	printf 'build() { cat /proc/1/cmdline >words; ! grep -q tiger words; }\npackage() { :; }\n' >>"$world/recipes/probe/recipe"
	run "$runner" --root="$world" --store="$store" --mirror=http://joe:tiger@toy.invalid --target "$native" --only probe 3>&-
	ended 0
}

@test "limits are the same whatever the caller's" {
	add stage2 limits <<<'package() { { ulimit -s; ulimit -n; getconf ARG_MAX || :; } >"$OUT/limits" 2>&1; }'
	run boot --only limits
	ended 0
	before=$(tree_of stage2/limits)
	(ulimit -Ss 4096 -Sn 512; boot --fresh limits --only limits)
	equal output "$before" "$(tree_of stage2/limits)"
}

@test "the machine's devices are not the recipe's to change" {
	probe <<-'R'
		if chmod 600 /dev/null 2>/dev/null; then echo changed; chmod 666 /dev/null; fi >&6
		echo lost >/dev/null
		if echo full 2>/dev/null >/dev/full; then echo written; fi >&6
		head -c 3 /dev/zero | wc -c | tr -d ' ' >&6
	R
	equal devices 3 "$(report)"
}

@test "there is no network" {
	"$BATS_TEST_DIRNAME/server" "$mirror" "$BATS_TEST_TMPDIR/requests" 3>&- &
	server=$!
	wait_for test -s "$BATS_TEST_TMPDIR/requests"
	port=$(head -n 1 "$BATS_TEST_TMPDIR/requests")
	head='tools=python3' probe <<-R
		sed 1,2d /proc/net/dev | cut -d: -f1 | tr -d ' ' >&6
		if python3 -c 'import socket; socket.create_connection(("127.0.0.1", $port), 2)' 2>/dev/null
		then echo connected >&6; fi
	R
	kill "$server"
	equal network lo "$(report)"
}

@test "nothing a recipe leaves running survives it" {
	head='tools=setsid' probe <<-'R'
		sleep 601 &
		setsid sleep 602 &
		(trap '' TERM HUP; sleep 603) &
	R
	ended 0
	no_strays
}

@test "a process that keeps the log open does not hold the run up" {
	began=$(date +%s)
	probe <<<'sleep 60 & echo started >&6'
	ended 0
	[ $(($(date +%s) - began)) -lt 20 ]
}

@test "a job has no terminal, and nothing on stdin" {
	probe <<-'R'
		cat >&6
		if (: </dev/tty) 2>/dev/null; then echo terminal; fi >&6
	R
	equal input "" "$(report)"
}

@test "no file of the runner's is open but what is documented" {
	probe <<-'R'
		for fd in /proc/$$/fd/*; do
			# the one that the list was read by is closed again
			if [ -e "$fd" ]; then echo "${fd##*/}" >&6; fi
		done
	R
	# 6 is the test's, 10 and more the shell's own
	equal fds "0 1 2 3 4 6 8 9" "$(report | sort -n | awk '$1 < 10' | xargs)"
}

@test "libraries are those that were asked for" {
	probe <<<'ls /sysroot/usr/bin >&6 2>/dev/null || :'
	equal programs "" "$(report)"
}

@test "a fifo or a socket in the output is refused" {
	probe <<<': >&6'
	# shellcheck disable=SC2016
	printf 'package() { mkfifo "$OUT/pipe"; }\n' >>"$world/recipes/probe/recipe"
	run boot --only probe
	ended 1
	says "pipe is a device, socket or pipe"
}

@test "links, strange names, empty folders and modes are kept" {
	add stage2 odd <<-'R'
		package() {
			cd "$OUT"
			ln -s /nowhere away
			ln -s .. up
			mkdir -m 711 empty
			: >'a b'
			: >"$(printf 'c\nd')"
			: >-f
			ln -- -f hard
			: >set
			chmod 4711 set
			mkdir -m 1777 sticky
		}
	R
	run boot
	ended 0
	root=$store/roots/$native/stage2
	[ "$(readlink "$root/away")" = /nowhere ]
	[ -f "$root/$(printf 'c\nd')" ]
	[ "$(stat -c %a "$root/empty" "$root/set" "$root/sticky" | xargs)" = "711 4711 1777" ]
}

@test "a folder that is closed to its owner does not get stuck in the store" {
	add stage2 closed <<-'R'
		build() { mkdir -p a/b; : >a/b/c; chmod 0 a/b a; }
		package() { mkdir "$OUT/a"; : >"$OUT/a/b"; chmod 500 "$OUT/a"; }
	R
	run boot --only closed
	ended 0
	equal "object folders" "" "$(ls "$store/objects")"
	run boot --fresh closed --only closed
	ended 0
}

@test "an ordinary user can build against a folder that is closed to its owner" {
	needs_another_user
	cp "$runner" "$BATS_TEST_TMPDIR/runner"
	add stage1 closed <<-'R'
		package() { mkdir -p "$OUT/lib"; : >"$OUT/lib/a"; chmod 555 "$OUT/lib" "$OUT"; }
	R
	add stage1 user <<-'R'
		needs=closed
		build() { [ -e "$SYSROOT/lib/a" ]; [ "$(stat -c %a "$SYSROOT/lib")" = 555 ]; }
	R
	run as_nobody "$BATS_TEST_TMPDIR/runner" --root="$world" --store="$BATS_TEST_TMPDIR/home/store" \
		--mirror="$mirror" --offline --target "$native" --until stage1
	ended 0
}

@test "\$OUT is empty at every try to package" {
	add stage2 twice <<-'R'
		package() {
			: >"$OUT/.hidden$(ls -A "$OUT" | wc -l)"
			[ -e /build/again ] || { : >/build/again; return 1; }
		}
	R
	run boot --only twice
	ended 1
	run boot --only twice
	ended 0
	equal files .hidden0 "$(ls -A "$(tree_of stage2/twice)")"
}

@test "in the first stage the machine is there, but cannot be changed" {
	probe stage1 for=build <<-'R'
		[ -x /usr/bin/make ]
		command -v "$CC" >/dev/null
		for folder in / /usr /usr/bin /etc; do
			if (: >$folder/written) 2>/dev/null; then echo $folder; fi
		done >&6
	R
	equal "can be written" "" "$(report stage1)"
}

@test "the build machine's compiler is itself, also where the stage below has one of its name" {
	add stage1 impostor for=build <<-'R'
		package() {
			mkdir "$OUT/bin"
			printf '#!/bin/sh\necho impostor\n' >"$OUT/bin/${BUILD_CC##*/}"
			chmod 755 "$OUT/bin/${BUILD_CC##*/}"
		}
	R
	# shellcheck disable=SC2016
	head='tools=cc' probe <<<'"$BUILD_CC" -dumpmachine >&6; "${BUILD_CC##*/}" >&6'
	equal by-name impostor "$(report | tail -n 1)"
	equal by-variable "$(cc -dumpmachine | cut -d- -f1)" "$(report | head -n 1 | cut -d- -f1)"
}

@test "--host-cc: the compiler of that name, and the C++ one that goes with it" {
	# shellcheck disable=SC2016
	probe stage1 for=build <<<'echo "$CC $CXX" >&6; "$CC" --version | head -n 1 >&6'
	if command -v gcc >/dev/null; then cc=gcc; else cc=clang; fi
	run boot --host-cc $cc --only probe
	ended 0
	output=$(report stage1)
	case $cc in
	gcc) equal compiler "$(lines_of "gcc g++" "$(gcc --version | head -n 1)")" "$output" ;;
	*) says "clang++" ;;
	esac
}

@test "--host-cc: names that will not do" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
	for name in clang-17 clang++-17 gcc-99 gcc g++ gcc-97 g++-97 clang-40 clang++-40; do
		printf '#!/bin/sh\necho "version %s.0.6"\n' "${name##*[-+]}" >"$BATS_TEST_TMPDIR/bin/$name"
		chmod 755 "$BATS_TEST_TMPDIR/bin/$name"
	done
	run boot --host-cc tcc why program
	ended 2
	says "--host-cc tcc is neither clang nor gcc; write a name such as clang-19 or gcc-12"
	run boot --host-cc gcc-98 why program
	ended 3
	says "--host-cc gcc-98: PATH has no gcc-98; install it, or leave --host-cc out"
	run boot --host-cc gcc-99 why program
	ended 3
	says "--host-cc gcc-99: PATH has no g++-99;"
	run boot --host-cc clang-17 why program
	ended 3
	says "--host-cc clang-17 is older than clang 18, which this needs"
	run boot --host-cc gcc-97 why program
	ended 3
	says "--host-cc gcc-97: it is at $BATS_TEST_TMPDIR/bin/gcc-97, where no sandbox sees it; install it for all users"
	run boot doctor
	silent_on clang-40 # which is found, but by no room
	run boot --host-clang --host-cc gcc why program
	ended 2
	says "--host-cc gcc is no clang, and --host-clang asks for one"
}

@test "a recipe may be built from parts of the checkout, and is built again when they change" {
	head='checkout="distro targets"' probe <<<'ls /src >&6; . /src/distro; echo "$id" >&6'
	# shellcheck disable=SC1090,SC1091
	equal files "$(lines_of distro targets "$(. "$world/distro" && echo "$id")")" "$(report)"
	run boot --only probe
	equal jobs "" "$(started)"
	echo '# more' >>"$world/targets/$foreign"
	run boot --only probe
	equal jobs stage2/probe "$(started)"
}
