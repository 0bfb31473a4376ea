#!/usr/bin/env bats
# What a machine lacks, said by doctor and installed by setup: machines that lack something are made here.
load common
setup_file() { common_setup_file; }
teardown() { common_teardown; }

# A place for the store with room enough, whatever there is here; fakes come first in PATH.
setup() {
	common_setup
	fakes=$BATS_TEST_TMPDIR/fakes
	mkdir "$fakes" "$store"
	cat >"$BATS_TEST_TMPDIR/doctor" <<-D
		#!/bin/sh
		exec "$runner" --root="$world" --store="$store" --target "$native" doctor
	D
	chmod 755 "$BATS_TEST_TMPDIR/doctor"
	ask=$BATS_TEST_TMPDIR/doctor
	place="mount -t tmpfs -o size=40g none '$store'"
}

# on_machine SCRIPT: what doctor says where SCRIPT has changed the machine, for it alone
on_machine() { run unshare -Urm sh -ec "$1; exec '$ask'" 3>&-; }

line() { printf '%s\n' "$output" | grep "^[ !] $1 " || { echo "no line '$1':"; echo "$output"; return 1; }; }
fine() { line "$1" | grep -q "^  $1  *fine" || { line "$1"; return 1; }; }
sick() { line "$1" | grep "^!" | grep -F -- "$2" || { line "$1"; return 1; }; } # LINE REMEDY

# part PURPOSE: the lines below that heading
part() { printf '%s\n' "$output" | sed -n "/^to $1:\$/,/^\$/p" | sed '1d; $d'; }

# As many as the last line says there are, and the exit status goes by those that building has.
counted() {
	local purpose counts=
	for purpose in build export test; do
		counts="$counts, $(part $purpose | grep -c '^!' || :) to $purpose"
	done
	equal verdict "problems:${counts#,}" "${lines[-1]}"
	case ${lines[-1]} in "problems: 0 to build"*) ended 0 ;; *) ended 3 ;; esac
}
packages() { rm "$world/src/packages"; cat >"$world/src/packages"; }

fake() { # NAME: its script comes on stdin
	{ echo '#!/bin/sh'; cat; } >"$fakes/$1"
	chmod 755 "$fakes/$1"
}

@test "doctor: all is fine here, with versions" {
	needs "$(sed -n 's/^qemu=//p' "$world/targets/$foreign")-static"
	export BOOTSTRAP_MIRROR=$mirror # where there is no apt
	on_machine "$place"
	for name in cc make cmake python3 kernel "sandbox without root" user.max_user_namespaces disk "file names" \
		clock downloads compiler "programs for $foreign"; do fine "$name"; done
	line make | grep -q "fine: $(make --version | grep -oE '[0-9.]+' | head -n 1)$"
	line kernel | grep -qF "$(uname -r)"
	# what else is there is a matter of memory
	counted
	equal troubles "" "$(part build | grep '^!' | grep -v '^! memory ')"
	for group in export test; do
		equal $group "$(awk -v group=$group '$1 == group && $2 != "-" {print $2}' "$top/src/packages")" \
			"$(part $group | awk '{print $(1 + /^!/)}')"
	done
}

@test "doctor: where there is no apt, a mirror has to be named" {
	needs curl
	# shellcheck disable=SC2016 # the inner shell's
	set -- unshare -rm sh -c '[ ! -d /usr/lib/apt ] || mount -t tmpfs none /usr/lib/apt; exec "$@"' sh \
		"$runner" --root="$world" --store="$store" doctor
	run env -u BOOTSTRAP_MIRROR "$@"
	sick downloads "name one with --mirror URL, or in BOOTSTRAP_MIRROR"
	run env BOOTSTRAP_MIRROR=http://127.0.0.1 "$@"
	fine downloads
}

@test "doctor: where apt knows another archive, a mirror of Debian's has to be named" {
	{ command -v apt-get && command -v curl; } || skip "this is for machines with apt and curl"
	unset BOOTSTRAP_MIRROR
	export APT_CONFIG=$BATS_TEST_TMPDIR/apt.conf
	printf 'Dir::Etc::%s;\n' "SourceList \"$BATS_TEST_TMPDIR/sources\"" 'SourceParts "/none"' >"$APT_CONFIG"
	printf 'ID=%s\n' ubuntu 'ID_LIKE=debian' >"$BATS_TEST_TMPDIR/os-release"
	other="$place; mount --bind '$BATS_TEST_TMPDIR/os-release' /etc/os-release"
	echo 'deb http://127.0.0.1/ubuntu noble main universe' >"$BATS_TEST_TMPDIR/sources"
	on_machine "$other"
	sick downloads "apt here does not know a mirror of Debian's archive"
	sick downloads "name one with --mirror URL, or in BOOTSTRAP_MIRROR"
	ended 3
	BOOTSTRAP_MIRROR=http://127.0.0.1 on_machine "$other"
	fine downloads
	echo 'deb http://127.0.0.1/debian trixie main' >>"$BATS_TEST_TMPDIR/sources"
	on_machine "$other"
	fine downloads
}

@test "doctor: a program that is missing, and whether building needs it" {
	packages <<<"test nosuch nosuch nosuch nosuch nosuch"
	on_machine "$place"
	sick nosuch "missing; install it with ./bootstrap --setup=test"
	counted
	part test | grep -q nosuch
	without=$status
	packages <<<"run nosuch nosuch nosuch nosuch nosuch"
	on_machine "$place"
	sick nosuch "missing; install it with ./bootstrap --setup"
	ended 3
	counted
	part build | grep -q nosuch
	packages </dev/null
	on_machine "$place"
	ended "$without"
}

@test "doctor: a program that is too old" {
	fake old <<<'echo cmake version 3.10.2'
	on_machine "$place; mount --bind '$fakes/old' \$(command -v cmake)"
	sick cmake "$(readlink -f "$(command -v cmake)") is 3.10.2, LLVM wants 3.20 or newer; replace it, or put a newer one into /usr/local/bin"
	ended 3
}

@test "doctor: namespaces that a setting forbids" {
	on_machine 'echo 0 >/proc/sys/user/max_user_namespaces'
	sick "sandbox without root" "as root run: sysctl user.max_user_namespaces=10000"
	sick user.max_user_namespaces "as root run: sysctl user.max_user_namespaces=10000"
	on_machine 'for kind in net ipc; do echo 0 >/proc/sys/user/max_${kind}_namespaces; done'
	sick "sandbox without root" "as root run: sysctl user.max_net_namespaces=10000 user.max_ipc_namespaces=10000"
	ended 3
}

# in_group GROUP FILE TEXT...: doctor in a control group, whose files those are
in_group() {
	local group=$1 make="$place; umount -R /sys/fs/cgroup || :; mount -t tmpfs none /sys/fs/cgroup; mkdir -p"
	shift
	printf '%s\n' "$group" >"$BATS_TEST_TMPDIR/group"
	make="$make '/sys/fs/cgroup/${1%/*}'"
	while [ $# -gt 0 ]; do
		make="$make; echo '$2' >'/sys/fs/cgroup/$1'"
		shift 2
	done
	on_machine "$make; mount --bind '$BATS_TEST_TMPDIR/group' /proc/\$\$/cgroup"
}

@test "doctor: a container's memory, of either version of control groups" {
	in_group 0::/of/ours of/memory.max 1073741824 of/memory.current 536870912 of/memory.stat "inactive_file 134217728"
	sick memory "0.6 GiB free"
	in_group 4:memory:/ours memory/memory.limit_in_bytes 1073741824 memory/memory.usage_in_bytes 536870912 \
		memory/memory.stat "inactive_file 134217728"
	sick memory "0.6 GiB free"
	in_group 0::/of/ours of/memory.max max of/memory.current 1
	line memory
	silent_on " 0.0 GiB free"
}

@test "doctor: a container's share of the processors, of either version of control groups" {
	in_group 0::/of/ours of/cpu.max "50000 100000"
	line processors | grep -q ': 1$'
	in_group 3:cpu,cpuacct:/ours cpu/cpu.cfs_quota_us 50000 cpu/cpu.cfs_period_us 100000
	line processors | grep -q ': 1$'
	in_group 0::/of/ours of/cpu.max "max 100000"
	line processors | grep -q ": $(nproc)\$"
	in_group 3:cpu,cpuacct:/ours cpu/cpu.cfs_quota_us -1 cpu/cpu.cfs_period_us 100000
	line processors | grep -q ": $(nproc)\$"
}

@test "doctor: a container that hides parts of /proc" {
	on_machine 'mount -t tmpfs none /proc/tty'
	sick "sandbox without root" "systempaths=unconfined"
	ended 3
}

@test "doctor: little room, and room where nothing may be run" {
	on_machine "mount -t tmpfs -o size=2g none '$store'"
	sick disk "a full build wants 30"
	ended 3
	on_machine "mount -t tmpfs -o size=40g,noexec none '$store'"
	sick disk "(noexec)"
	ended 3
}

@test "doctor: little room, but stages that are built" {
	mkdir -p "$BATS_TEST_TMPDIR/built/roots/$native"
	ln -s nowhere "$BATS_TEST_TMPDIR/built/roots/$native/stage1"
	on_machine "mount -t tmpfs -o size=5g none '$store'; cp -R '$BATS_TEST_TMPDIR/built/roots' '$store'; mkdir '$store/trees'"
	fine disk
	line disk | grep -q "[45] GiB free at $store, beside stages that are built"
	on_machine "mount -t tmpfs -o size=1g none '$store'; cp -R '$BATS_TEST_TMPDIR/built/roots' '$store'; mkdir '$store/trees'"
	sick disk "LLVM alone wants 4: choose another place with --store, or make room with gc"
	counted
}

@test "doctor: nowhere to keep a store, and the rest is looked at even so" {
	unset HOME XDG_CACHE_HOME
	sed -i 's,--store="[^"]*",,' "$ask"
	mkdir "$BATS_TEST_TMPDIR/empty"
	export TMPDIR=$BATS_TEST_TMPDIR/empty
	run "$ask"
	ended 3
	sick store "HOME is not set, or no absolute path; say where to keep things with --store DIR"
	counted
	for name in cc kernel "sandbox without root" compiler; do fine "$name"; done
	[ "$(part export)" ]
	equal left "" "$(ls -A "$TMPDIR")"
	HOME='' run "$ask"
	sick store "HOME is not set"
}

@test "doctor: a clock that is behind" {
	cp "$runner" "$fakes/runner"
	touch -d '+2 days' "$fakes/runner"
	sed -i "s,^exec \"[^\"]*\",exec '$fakes/runner'," "$ask"
	on_machine "$place"
	sick clock "but this program was built"
	ended 3
}

# One name leads to the other's file, as on a file system to which both are the same.
@test "doctor: a file system that does not know case" {
	mkdir "$store/trees" # a store that is known as one
	ln -s case "$store/CASE"
	run "$ask"
	sick "file names" "takes 'case' and 'CASE' for one file"
	ended 3
}

@test "doctor: no qemu, and one that is not static" {
	sed -i 's/^qemu=.*/qemu=qemu-toy/' "$world/targets/$foreign"
	run "$ask"
	sick "programs for $foreign" "qemu-toy-static here; install it with ./bootstrap --setup"
	cp "$(command -v env)" "$fakes/qemu-toy"
	PATH=$PATH:$fakes run "$ask"
	sick "programs for $foreign" "qemu-toy-static here, and $fakes/qemu-toy is not static; install it with ./bootstrap --setup"
	ended 3
	printf '#!/bin/sh\n' >"$fakes/qemu-toy" # what a kernel takes, and cannot start without a shell
	PATH=$PATH:$fakes run "$ask"
	sick "programs for $foreign" "a static one is wanted"
	ended 3
}

@test "doctor: a store that cannot be made, and the rest is looked at even so" {
	sed -i "s,--store=\"[^\"]*\",--store=/proc/no," "$ask"
	mkdir "$BATS_TEST_TMPDIR/empty"
	export TMPDIR=$BATS_TEST_TMPDIR/empty
	run "$ask"
	ended 3
	sick store "/proc/no: the store cannot be made: No such file or directory; choose another with --store"
	counted
	for name in cc kernel "sandbox without root" compiler; do fine "$name"; done
	[ "$(part export)" ]
	equal left "" "$(ls -A "$TMPDIR")"
}

# setup_on ID [GROUP]...: what setup would install where os-release says ID
setup_on() {
	printf 'ID=%s\n' "$1" >"$BATS_TEST_TMPDIR/os-release"
	run unshare -Urm sh -ec "mount --bind '$BATS_TEST_TMPDIR/os-release' $(ls /etc/os-release 2>/dev/null || echo /usr/lib/os-release)
		PATH='$fakes':\$PATH; exec '$top/src/sh/setup' ${*:2}"
}

# The families whose tools are not here: every package of their column, once, and nothing else.
column() { # NUMBER GROUP...
	for group in "${@:2}"; do
		awk -v group="$group" -v column="$1" '$1 == group && $column != "-" {print $2, $column}' "$top/src/packages"
	done | while read -r program name; do
		case $name in *'?') if command -v "$program" >/dev/null; then continue; fi ;; esac
		echo "${name%\?}"
	done | sort -u | xargs
}

@test "setup: every family's own packages, by its own tool" {
	for tool in dnf apk pacman zypper; do fake $tool <<<"echo $tool \"\$@\""; done
	setup_on fedora
	equal fedora "dnf install -y $(column 4 run)" "$output"
	setup_on alpine
	equal alpine "apk add $(column 5 run) $(sed -n 's/^qemu=//p' "$top"/targets/* | sort -u | xargs)" "$output"
	setup_on arch export
	equal arch "pacman -Sy
pacman -S --needed --noconfirm $(column 6 run export)" "$output"
	setup_on opensuse-tumbleweed test
	equal opensuse "zypper --non-interactive install --no-recommends $(column 7 run test export)" "$output"
	setup_on '"slackware"'
	ended 3
	says "setup knows Debian, Fedora, Alpine, Arch and openSUSE"
}

@test "setup: an old system goes without the compiler it does not have" {
	fake dpkg-query <<<'[ "${4%-dev}" != "$4" ] && echo "install ok installed"'
	fake apt-cache <<<'case $2 in clang-*) echo "  Candidate: (none)" ;; lld-*) ;; *) echo "  Candidate: 1" ;; esac'
	fake apt-get <<<'echo apt-get "$@"'
	setup_on debian
	ended 0
	says "setup: goes without clang-19, which this system does not have"
	says "setup: goes without lld-19, which this system does not have"
	equal asked "$(column 3 run | tr ' ' '\n' | tr -d '~' | grep -vE -e '-dev$|^(clang|lld)-' | xargs)" \
		"$(sed -n 's/^apt-get install .*--no-install-recommends //p' <<<"$output")"
}

@test "setup: what a package manager cannot do is this machine's trouble" {
	fake apk <<<'echo no such package; exit 99'
	setup_on alpine
	ended 3
	says "not all that src/packages lists could be installed; the reason is above"
}

@test "setup: the list has a word in every column" {
	equal odd "" "$(grep -v '^#' "$top/src/packages" | awk 'NF != 7')"
}
