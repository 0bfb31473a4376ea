#!/usr/bin/env bats
# System calls that fail, wherever they are made: by the runner, in a sandbox, by a recipe. No crash, no
# hang, a status that is documented, and a store in which the next run finds nothing wrong.
load common
setup_file() { common_setup_file; make_warm; }
setup() {
	common_setup
	needs strace
}
teardown() { common_teardown; }

faults() { # ERROR CALL...
	local error=$1 call when
	for call in "${@:2}"; do
		for when in 1 2 5; do
			rm -rf "$store"
			status=0
			output=$(timeout 120 strace -f -qq -o "$BATS_TEST_TMPDIR/trace" -e "trace=$call" \
				-e "inject=$call:error=$error:when=$when" \
				"$runner" --root="$world" --store="$store" --mirror="$mirror" --offline \
				--target "$native" --only stage1/libc 2>&1 3>&-) || status=$?
			case $status in
			0 | 1 | 2 | 3) ;;
			*) echo "$call:$error:$when: status $status"; printf '%s\n' "$output"; return 1 ;;
			esac
			if [ $status != 0 ] && [ -z "$output" ]; then
				echo "$call:$error:$when: not a word"
				return 1
			fi
			no_strays
			run boot --only stage1/libc
			[ "$status" = 0 ] || echo "after $call:$error:$when"
			ended 0
			outs | while read -r line; do
				outs "$BATS_FILE_TMPDIR/warm" | grep -qxF "$line" ||
					{ echo "after $call:$error:$when: $line"; return 1; }
			done
		done
	done
}

keeping() { # FAULT: with that, what is to be kept
	add stage1 quick for=build <<<'build() { :; }'
	add stage1 slow for=build <<<'build() { sleep 2; }'
	cp -a "$BATS_FILE_TMPDIR/warm" "$store"
	run strace -qq -o "$BATS_TEST_TMPDIR/trace" -e "trace=${1%%:*}" -e "inject=$1" "$runner" \
		--root="$world" --store="$store" --mirror="$mirror" --offline --target "$native" --only quick \
		--only slow -j 1 --keep-going 3>&-
}

@test "no process to keep an output with" {
	keeping clone3:error=EAGAIN:when=2 # the first is the sandbox's
	ended 3
	says "failed: no process to keep its output: Resource temporarily unavailable"
	says "1 done, 1 failed"
	equal kept 1 "$(outs | grep -c 'stage1/quick\|stage1/slow')"
}

@test "what keeps an output is never out of sight" {
	keeping pidfd_open:error=EPERM
	equal kept "$(printf '%s\n' "$output" | grep -c 'done .*stage1/')" \
		"$(outs | grep -c 'stage1/quick\|stage1/slow')"
	ended 0
}

@test "what cannot start leaves no file open" {
	for number in $(seq 60); do
		add stage1 "p$number" for=build <<<'build() { :; }'
	done
	for fault in clone3:error=EAGAIN pipe2:error=EAGAIN:when=2+; do # the first pipe is the jobserver's
		rm -rf "$store"
		cp -a "$BATS_FILE_TMPDIR/warm" "$store"
		run bash -c 'ulimit -n 64; exec "$@"' bash strace -qq -o "$BATS_TEST_TMPDIR/trace" \
			-e "trace=${fault%%:*}" -e "inject=$fault" "$runner" --root="$world" --store="$store" \
			--mirror="$mirror" --offline --target "$native" --keep-going 3>&-
		ended 3
		says "stage1/p60 failed: no "
		says "stage1/p1 failed: no "
		silent_on "$(words_of EMFILE)"
	done
}

no_sandbox() { # ERROR: of the call that makes it
	rm -rf "$store"
	cp -a "$BATS_FILE_TMPDIR/warm" "$store"
	run strace -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=clone3 -e "inject=clone3:error=$1" "$runner" \
		--root="$world" --store="$store" --mirror="$mirror" --offline --target "$native" --only hello 3>&-
	ended 3
}

@test "what keeps a sandbox from being made is told from namespaces that are forbidden" {
	echo '# a remark' >>"$world/recipes/hello/recipe"
	no_sandbox ENOSYS
	says "no sandbox: Function not implemented; this kernel could, so an emulator or a seccomp profile keeps clone3(2) away"
	no_sandbox EAGAIN
	says "no sandbox: Resource temporarily unavailable; there are too many processes: raise ulimit -u"
	no_sandbox ENOMEM
	says "no sandbox: Cannot allocate memory; there is no memory for it: lower -j"
	no_sandbox EMFILE
	says "no sandbox: $(words_of EMFILE); raise ulimit -n, or lower -j"
}

without_locks() { # ARGUMENT...
	rm -rf "$store"
	cp -a "$BATS_FILE_TMPDIR/warm" "$store"
	cd "$BATS_TEST_TMPDIR" || return
	run strace -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=flock -e "inject=flock:error=$1" "$runner" \
		--root="$world" --store="$store" --target "$native" "${@:2}" 3>&-
	ended 3
	silent_on "try again"
	silent_on "another run"
}

@test "a file system that cannot lock is told from one that is in use" {
	without_locks ENOSYS
	says "$store: its file system cannot lock: Function not implemented; choose another with --store"
	without_locks ENOLCK gc
	says "$store: its file system cannot lock: No locks available; choose another with --store"
	without_locks ENOSYS:when=2 export stage2 --output here --format tar.zst
	says ".here.part: its file system cannot lock: Function not implemented; choose another --output"
	[ ! -e .here.part ]
}

@test "no space" { faults ENOSPC mkdir rename write; }
@test "a disk that errs" { faults EIO fsync syncfs linkat utimensat copy_file_range; }
@test "no memory, no processes" { faults ENOMEM clone3; faults EAGAIN fork,vfork,clone,clone3; }
@test "no files" { faults EMFILE pipe2 epoll_create1 signalfd4 openat; }
@test "namespaces that are not allowed" { faults EPERM mount pivot_root sethostname mount_setattr; }
@test "locks and links that do not work" { faults ENOLCK flock; faults EPERM linkat symlink; }
