#!/usr/bin/env bats
# The store when things go wrong around it, and when it is tidied up.
load common
setup_file() { common_setup_file; make_warm; }
setup() { common_setup; }
teardown() { common_teardown; }

# alone COMMAND...: with mounts of one's own, as root or as root of a namespace
alone() {
	if [ "$(id -u)" = 0 ]; then unshare -m "$@" 3>&-; else unshare -Urm "$@" 3>&-; fi
}

small_store() { # KIB SCRIPT: a store with so much space, of 8 MiB; give_space gives the rest
	mkdir -p "$store"
	# shellcheck disable=SC2016
	alone sh -c 'mount -t tmpfs -o "size=8m$4" tmpfs "$2" && mkdir "$2/trees" &&
		head -c "$(((8192 - $1) * 1024))" /dev/zero >"$2/ballast" &&
		give_space() { rm "$store/ballast"; } && store=$2 && eval "$3"' sh "$1" "$store" "$2" "${limits:-}"
}

a_look() { printf "'%s' --root='%s' --store='%s' --target '%s'" "$runner" "$world" "$store" "$native"; }
the_run() { a_look && printf " --mirror='%s' --offline" "$mirror"; }

@test "a full disk in a build is a clear failure" {
	add stage1 big for=build <<<'build() { head -c 8000000 /dev/zero >big; }'
	run small_store 2048 "$(the_run) --only big"
	ended 1
	says "No space left on device"
	says "stage1/big failed in phase build: exit status 1; the store's file system is full, but for 0 MiB: ./bootstrap gc --store $store makes room, --store names another place"
}

@test "a disk that has no room for the message is told, too" {
	add stage1 big for=build <<-'R'
		build() {
			! cat /dev/zero >big 2>/dev/null
			return 1
		}
	R
	run small_store 2048 "$(the_run) --only big"
	ended 1
	says "stage1/big failed in phase build: exit status 1; the store's file system is full"
}

@test "a disk that takes no more files is told" {
	# shellcheck disable=SC2016
	add stage1 big for=build <<<'build() { for number in $(seq 3000); do : >"$number"; done; }'
	limits=,nr_inodes=3000 run small_store 2048 "$(the_run) --only big"
	ended 1
	says "; the store's file system takes no more files: ./bootstrap gc --store $store makes room"
}

@test "a full disk when the output is kept is a clear failure, and more space is enough" {
	add stage1 big for=build <<-'R'
		package() { head -c 1500000 /dev/zero >"$OUT/big"; }
	R
	run small_store 1400 "$(the_run) --only stage1/big; echo status \$?; give_space; $(the_run) --until stage1"
	ended 0
	says "No space left on device"
	says "status 1"
	printf '%s\n' "$output" | grep -qx '[0-9]* done'
}

@test "a disk that is full at whatever moment: never a wrong status, never a broken store" {
	for size in 40 80 120 200 300 400 600; do
		run small_store $size "$(the_run); status=\$?
			[ \$status = 1 ] || [ \$status = 3 ] || [ \$status = 0 ] || { echo odd status \$status; exit 99; }
			give_space; $(the_run) || exit 98"
		ended 0
		silent_on "Segmentation"
	done
}

@test "a disk that is full for a while fails what starts then, and ends nothing that is at work" {
	add stage1 hog <<-'R'
		tools=truncate
		build() { sleep 0.5; cat /dev/zero >big 2>/dev/null || truncate -s -64K big; sleep 4; rm big; }
	R
	add stage1 short <<<'build() { sleep 1.5; }'
	add stage1 late <<<'needs=short'
	head -c 300000 /dev/zero >"$world/recipes/late/big"
	run small_store 4096 "$(the_run) --only cross
		$(the_run) -j2 --keep-going --only hog --only short --only late; echo status \$?; $(the_run) --only late"
	ended 0
	says "stage1/late failed: "
	says "cannot copy: No space left on device"
	says "done     stage1/hog"
	says "status 3"
}

@test "a store that cannot be made is the host's trouble, with a remedy" {
	: >"$store"
	run boot
	ended 3
	says "--store"
}

@test "no write permission is the host's trouble, with a remedy" {
	needs_another_user
	cp "$runner" "$BATS_TEST_TMPDIR/runner"
	mkdir -m 755 "$BATS_TEST_TMPDIR/closed"
	[ "$(id -u)" = 0 ] || chmod 555 "$BATS_TEST_TMPDIR/closed"
	run as_nobody "$BATS_TEST_TMPDIR/runner" --root="$world" --store="$BATS_TEST_TMPDIR/closed/store" \
		--mirror="$mirror" --offline --target "$native"
	ended 3
	says "Permission denied"
	says "--store"
}

read_only() { # SCRIPT
	# shellcheck disable=SC2016
	alone sh -c 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && eval "$2"' sh "$store" "$1"
}

@test "what an earlier try said is not told of one that could not begin" {
	add stage1 bad for=build <<<'package() { [ -e /ready ] || echo "x.c:1: error: boom"; : >"$OUT/bad"; }'
	boot --quiet --only bad
	sed -i 's/: >/false; &/' "$world/recipes/bad/recipe"
	run boot --only bad
	says "  > x.c:1: error: boom"
	object=$(dirname "$store"/objects/*/log)
	# shellcheck disable=SC2016 # the inner shell's
	hold() { alone sh -c 'mount --bind "$1" "$1" && eval "$2"' sh "$object/out" "$(the_run) $*"; }
	run hold --only bad
	ended 3
	says "stage1/bad failed: $object: cannot be emptied: $(words_of EBUSY)"
	silent_on boom
	# which way back there is, is
	sed -i 's/false; //' "$world/recipes/bad/recipe"
	run boot --only bad --fresh bad
	ended 0
	mkdir -p "$store/objects/$(cat "$store/latest/build/stage1/bad")/out"
	object=$store/objects/$(cat "$store/latest/build/stage1/bad")
	run hold --only bad --fresh bad
	ended 3
	says "to call it off:  remove $object/again"
}

@test "a read-only store is said to be one" {
	warm
	echo 'build() { :; }' >>"$world/recipes/zed/recipe"
	run read_only "$(the_run)"
	ended 3
	says "bootstrap: $store: the store cannot be written: Read-only file system; choose another with --store"
	silent_on "objects/"
	silent_on "gc"
}

@test "a read-only store that has everything is read, and nothing is said of it" {
	warm
	run read_only "$(the_run)"
	ended 0
	equal output "$(lines_of stage1 stage2 | sed "s,.*,&: $store/roots/$native/&,")" "$output"
}

@test "where no program may be run nothing is built, and all else is done" {
	mkdir -p "$store"
	noexec() { # SCRIPT
		# shellcheck disable=SC2016
		alone sh -c 'mount --bind "$1" "$1" && mount -o remount,bind,noexec "$1" && eval "$2"' sh \
			"$store" "$1"
	}
	run noexec "$(the_run) --fetch-only"
	ended 0
	run noexec "$(the_run)"
	ended 3
	equal output \
		"bootstrap: no program may be run from $store (noexec); choose another place with --store" "$output"
	rm -r "$store"
	warm
	run noexec "$(the_run)"
	ended 0
}

# As the store is while stage2/hello is built, which has to be built again.
later_read_only() { # FOLDER
	warm
	echo 'build() { sleep 2; : >hello; }' >>"$world/recipes/hello/recipe"
	# shellcheck disable=SC2016
	run alone sh -c 'mount --bind "$1" "$1" && { eval "$2" & } &&
		until grep -q "start *stage2/hello" "$3"; do sleep 0.1; done &&
		mount -o remount,bind,ro "$1"; wait $! || status=$?; cat "$3"; exit "${status:-0}"' sh \
		"$store/$1" "$(the_run) --only hello >'$BATS_TEST_TMPDIR/said' 2>&1" "$BATS_TEST_TMPDIR/said"
}

@test "why a record cannot be written is shown, and in the log" {
	later_read_only records
	ended 1
	says "cannot be kept: Read-only file system"
	log=$(printf '%s\n' "$output" | sed -n 's/^the whole log: *//p')
	grep -q "==> package" "$log"
	grep -q "cannot be kept: Read-only file system" "$log"
}

@test "what will be written to when all is built is looked at before" {
	warm
	echo '# a remark' >>"$world/recipes/hello/recipe"
	for folder in records inputs logs trees objects; do
		# shellcheck disable=SC2016
		run alone sh -c 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && eval "$2"' sh \
			"$store/$folder" "$(the_run) --only hello"
		ended 3
		says "bootstrap: $store/$folder: the store cannot be written: Read-only file system; choose another with --store"
		equal "started, without $folder" "" "$(started)"
	done
}

@test "what is kept is kept, also where its name cannot be noted as the latest" {
	warm
	rm -r "$store/latest/$native/stage2"
	: >"$store/latest/$native/stage2"
	echo '# a remark' >>"$world/recipes/hello/recipe"
	run boot --only hello
	ended 0
	grep -q "latest/$native/stage2/hello: cannot be written: Not a directory" "$store"/logs/*
	run boot --only hello
	equal jobs "" "$(started)"
}

@test "plan, why, log and shell read a read-only store" {
	warm
	run read_only "$(a_look) plan"
	ended 0
	run read_only "$(a_look) why zed"
	ended 0
	says "up to date"
	run read_only "$(a_look) log zed"
	ended 0
	says "==> package"
	run read_only "$(a_look) shell stage1 -- echo in it"
	ended 0
	says "in it"
}

@test "without namespaces: status 3, and the setting that forbids them" {
	new_world "$BATS_TEST_TMPDIR/other"
	# shellcheck disable=SC2016
	run unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && eval "$1"' sh "$(the_run)"
	ended 3
	says "no sandbox: No space left on device; this machine forbids"
	says "user.max_user_namespaces"
}

@test "without namespaces: no shell, for the same reason" {
	warm
	# shellcheck disable=SC2016
	run unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && eval "$1"' sh \
		"$(a_look) shell stage1"
	ended 3
	says "no sandbox: No space left on device; this machine forbids"
}

gc() { "$runner" --root="$world" --store="$store" gc "$@"; }

@test "what a folder hands down to those in it comes into nothing that is built" {
	mkdir "$BATS_TEST_TMPDIR/shared"
	chmod 2775 "$BATS_TEST_TMPDIR/shared"
	# acl(5): a folder's default list; not every file system has them
	python3 - "$BATS_TEST_TMPDIR/shared" <<-'P'
		import errno, os, struct, sys
		entries = ((1, 7), (4, 7), (0x20, 5))
		acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", tag, can, 0xffffffff) for tag, can in entries)
		try:
		    os.setxattr(sys.argv[1], "system.posix_acl_default", acl)
		except OSError as error:
		    assert error.errno == errno.ENOTSUP
	P
	store=$BATS_TEST_TMPDIR/shared/${store##*/}
	boot --quiet
	equal outputs "$(outs "$BATS_FILE_TMPDIR/warm" | grep -v "^$foreign")" "$(outs)"
}

@test "nobody else gets at what is built, where a folder of a root is open to all" {
	needs_another_user
	add stage2 open <<<'package() { mkdir "$OUT/tmp"; chmod 1777 "$OUT/tmp"; }'
	mkdir -p "$store" && chmod 755 "$store"
	run boot --only open
	ended 0
	tree=$(tree_of stage2/open)
	equal mode 1777 "$(stat -c %a "$tree/tmp")"
	run as_nobody touch "$tree/tmp/other"
	[ ! -e "$tree/tmp/other" ]
	chmod 755 "$store/trees"
	run boot --only open
	equal "a mode given by hand" 755 "$(stat -c %a "$store/trees")"
}

@test "gc keeps what the targets need" {
	warm
	run gc
	ended 0
	says "MiB removed from $store"
	for target in near far; do
		run "$runner" --root="$world" --store="$store" --offline --target $target
		ended 0
		equal "jobs of $target" "" "$(started)"
	done
}

@test "gc --quiet says what it could not do, and no more" {
	warm
	run gc --quiet
	ended 0
	equal said "" "$output"
}

@test "gc removes what no target needs any more" {
	warm
	clean=$(ls "$store/trees" "$store/records")
	sed -i 's/--with-toys/--with-more/' "$world/recipes/hello/recipe"
	boot --quiet
	[ "$(ls "$store/trees" "$store/records")" != "$clean" ]
	cp "$top/tests/world/recipes/hello/recipe" "$world/recipes/hello/recipe"
	gc
	equal store "" "$(ls "$store/trees" "$store/records" | sort | comm -13 <(printf '%s\n' "$clean" | sort) -)"
	run boot
	ended 0
	equal jobs "" "$(started)"
}

@test "gc keeps what is above a recipe that is not built yet" {
	warm
	echo '# a remark' >>"$world/recipes/libc/recipe"
	run gc
	ended 0
	for target in near far; do
		native=$target run boot
		ended 0
		equal "jobs of $target" "" "$(started | grep -v /libc)"
	done
	equal outputs "$(outs "$BATS_FILE_TMPDIR/warm")" "$(outs)"
}

@test "gc keeps what may come out the same, however much was edited" {
	warm
	for recipe in cross libc rt hello app; do echo '# a remark' >>"$world/recipes/$recipe/recipe"; done
	run gc
	ended 0
	run boot
	ended 0
	equal "jobs of others" "" "$(started | grep -v -e /cross -e /libc -e /rt -e /hello -e /app)"
}

@test "gc --target keeps what that one needs" {
	warm
	run gc --target "$native"
	ended 0
	run boot
	ended 0
	equal jobs "" "$(started)"
	[ -z "$(ls "$store/roots/$foreign")" ]
}

# Two clangs where rooms see them, of which the newer one is found.
two_clangs() {
	mkdir "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/runner" <<-R
		#!/bin/sh
		exec unshare -Urm sh -ec 'mount --bind "$BATS_TEST_TMPDIR/bin" /usr/local/sbin; exec "\$@"' \
			sh "$runner" "\$@"
	R
	chmod 755 "$BATS_TEST_TMPDIR/runner"
	runner=$BATS_TEST_TMPDIR/runner
	for name in clang-38 clang++-38 clang-39 clang++-39; do
		printf '#!/bin/sh\necho "version %s"\n' "${name##*-}" >"$BATS_TEST_TMPDIR/bin/$name"
		chmod 755 "$BATS_TEST_TMPDIR/bin/$name"
	done
}

@test "gc keeps what --host-clang and --host-cc together built" {
	add stage1 probe for=build <<<'package() { :; }'
	two_clangs
	for options in "--host-clang --host-cc clang-38" --host-clang; do
		# shellcheck disable=SC2086 # two words
		run boot $options --only probe
		ended 0
		equal started stage1/probe "$(started)"
	done
	run boot gc --host-clang --host-cc clang-38
	ended 0
	run boot --host-clang --host-cc clang-38 --only probe
	ended 0
	equal started "" "$(started)"
}

@test "gc: --host-cc is for the way that was asked for, and the other is kept as it was found" {
	add stage1 probe for=build <<<'package() { :; }'
	two_clangs
	# shellcheck disable=SC2086 # a word, or none
	for other in --host-clang ""; do
		rm -rf "$store"
		boot --quiet $other --only probe
		mine=$([ "$other" ] || echo --host-clang)
		boot --quiet $mine --host-cc clang-38 --only probe
		boot gc $mine --host-cc clang-38
		run boot $other --only probe
		ended 0
		equal started "" "$(started)"
	done
}

@test "gc removes what was given up, and what a kill left" {
	warm
	add stage2 broken <<<'build() { false; }'
	run boot
	ended 1
	: >"$store/records/0123.99"
	sed -i /^broken/d "$world/stages/stage2"
	run gc
	ended 0
	equal objects "" "$(ls "$store/objects")"
	[ ! -e "$store/records/0123.99" ]
}

# Every tree under its own name is as it was made.
whole_trees() {
	local tree
	for tree in "$store"/trees/*; do
		case $tree in *.gone) continue ;; esac
		diff -r "$tree" "$BATS_FILE_TMPDIR/warm/trees/${tree##*/}" || return 1
	done
}

@test "gc that is killed leaves no half of a tree, and the next one leaves nothing" {
	needs strace
	for when in 3 20 60 150; do
		warm
		! strace -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=unlinkat \
			-e inject=unlinkat:signal=KILL:when=$when "$runner" --root="$world" --store="$store" \
			gc --size 1B 3>&-
		whole_trees
		run boot
		ended 0
		gc
		equal left "" "$(find "$store" -name '*.gone')"
		rm -rf "$store"
	done
}

hello_is_mended() {
	run boot
	ended 0
	started | grep -qx stage2/hello
	equal outputs "$(outs "$BATS_FILE_TMPDIR/warm")" "$(outs)"
	run gc --check
	ended 0
}

@test "gc --check finds what a disk has changed, and the next run makes it again" {
	warm
	run gc --check
	ended 0
	says "are what their names say"
	for how in 'echo evil >>' 'rm' 'chmod 600'; do
		eval "$how \"\$(tree_of stage2/hello)/usr/bin/hello\""
		run gc --check
		ended 1
		says "stage2/hello, trees/"
		says "other content than when it was made; it is removed, and the next run makes it again"
		hello_is_mended
	done
	# a root that lost a file of its own, where its parts have all
	rm "$(readlink -f "$store/roots/$native/stage2")/usr/bin/hello"
	run gc --check
	ended 1
	says "not what it is made of"
	run boot
	[ -e "$store/roots/$native/stage2/usr/bin/hello" ]
	run gc --check
	ended 0
}

@test "what was built of a damaged tree is built again" {
	warm
	echo evil >>"$(tree_of stage2/libc)/usr/lib/libc.a"
	echo '# changed' >>"$world/recipes/hello/recipe"
	boot --quiet
	run gc --check
	ended 1
	says "stage2/libc, trees/"
	says "stage2/hello was built of what is damaged; the next run builds it again"
	hello_is_mended
}

@test "what was made again is not given up for a damaged tree of the same name" {
	warm
	echo evil >>"$(tree_of stage2/hello)/usr/bin/hello"
	run boot --only hello --fresh hello
	ended 1
	says "$(tree_of stage2/hello): not what it was when it was made; "
	says "gc --check removes what is damaged"
	run gc --check
	ended 1
	run boot
	ended 0
	run grep -r evil "$(tree_of stage2/hello)" "$store/roots/$native/stage2/usr"
	ended 1
}

@test "gc --check looks at the modes of folders, too" {
	warm
	chmod 700 "$store/roots/$native/stage2/usr"
	run gc --check
	ended 1
	says "not what it is made of"
}

@test "gc --check says nothing of an output that no record names" {
	add stage1 odd for=build <<<'package() { date +%N >"$OUT/odd"; }'
	boot --quiet --only odd
	boot --quiet --only odd --fresh odd
	equal trees 2 "$(ls -d "$store"/trees/*/odd | wc -l)"
	run gc --check
	ended 0
}

@test "gc --check trusts no text that is not what its name says" {
	warm
	union=$(basename "$(readlink "$store/roots/$native/stage2")")
	printf 'generation 1\ncompose all over\npart /usr' >"$store/inputs/$union"
	run gc --check
	ended 1
	says "a union, trees/$union: what it is made of is not known any more"
}

@test "gc --check in a store that cannot be written removes nothing, and says so" {
	warm
	before=$(picture)
	# shellcheck disable=SC2016
	run alone sh -euc 'mount --bind "$1/trees" "$1/trees"; mount -o remount,bind,ro "$1/trees"
		shift; exec "$@"' sh "$store" "$runner" --root="$world" --store="$store" gc --check
	ended 3
	says "the store cannot be written"
	equal store "$before" "$(picture)"
}

# A store in the layer of an image: its folders cannot be renamed.
@test "gc removes what lies in a lower layer of overlayfs" {
	warm
	echo evil >>"$(tree_of stage2/hello)/usr/bin/hello"
	mv "$store" "$store-below"
	mkdir "$store"
	# shellcheck disable=SC2016
	run alone sh -euc 'mount -t tmpfs none "$1"; mkdir "$1/work" "$1/upper" "$1/merged"
		mount -t overlay -o lowerdir="$1-below,upperdir=$1/upper,workdir=$1/work" none "$1/merged"
		store=$1/merged; shift
		"$@" --store="$store" gc --check || echo "status $?"
		"$@" --store="$store" gc --size 1B
		ls "$store/trees"' sh "$store" "$runner" --root="$world"
	ended 0
	says "stage2/hello, trees/"
	says "status 1"
	silent_on "cannot be"
	equal last "MiB removed from $store/merged" "$(tail -n 1 <<<"$output" | cut -d' ' -f2-)"
}

@test "gc says what goes, and with --dry-run what would" {
	warm
	add stage2 big <<<'package() { head -c 3500000 /dev/zero >"$OUT/big"; }'
	add stage1 probe for=build <<<'package() { head -c 2500000 /dev/zero >"$OUT/probe"; }'
	boot --quiet
	add stage2 broken <<<'build() { head -c 5600000 /dev/zero >part; false; }'
	run boot
	ended 1
	sed -i '/^probe/d; /^big/d; /^broken/d' "$world"/stages/*
	before=$(picture)
	run boot gc --dry-run
	ended 0
	equal store "$before" "$(picture)"
	would=$output
	equal "largest first" "$(lines_of "5 MiB  stage2/broken for $native, not finished" \
		"3 MiB  stage2/big for $native" "2 MiB  stage1/probe for build")" \
		"$(sed -n '1,3s/^     \([0-9]\)\.[0-9]/\1/p' <<<"$would")"
	grep -qE '^     0\.[0-9] MiB  unions of trees$' <<<"$would"
	says " MiB would be removed from $store"
	run boot gc
	ended 0
	equal said "${would/would be removed/removed}" "$output"
	[ "$before" != "$(picture)" ]
	run boot gc --dry-run --size 1B --quiet
	ended 0
	equal lines 1 "${#lines[@]}"
	run boot gc
	equal output "0.0 MiB removed from $store" "$output"
}

@test "gc --dry-run does not wait for a run" {
	warm
	boot_aside shell stage1 -- sh -c 'echo "I am in"; sleep 30'
	wait_for grep -q "I am in" "$BATS_TEST_TMPDIR/aside"
	run boot gc --dry-run
	ended 0
	run boot gc --dry-run --check
	ended 2
	says "--check removes what is damaged; leave --dry-run out"
	run boot gc --check --size 1G
	ended 2
	says "--check removes what is damaged, no more; leave --size out"
}

# Another checkout: boot_other [OPTION]...; its hello is another one, and with it app.
new_other() {
	other=$BATS_TEST_TMPDIR/$(printf 'an other\n place')
	cp -a "$world" "$other"
	sed -i 's/--with-toys/--with-more/' "$other/recipes/hello/recipe"
}
boot_other() { boot --root "$other" "$@"; }
at_work() { ls "$store"/objects/*/build/half >/dev/null 2>&1; }
kept() { (cd "$store" && ls -d records/* trees/* objects/* 2>/dev/null) || :; }

@test "gc tells what it could not remove" {
	warm
	lost=$store/trees/$(printf %064d 0)
	mkdir -p "$lost/in"
	# shellcheck disable=SC2016
	run unshare -Urm sh -euc 'mount -t tmpfs none "$1"; shift; exec "$@"' sh "$lost/in" \
		"$runner" --root="$world" --store="$store" gc
	ended 3
	says "$lost: cannot be removed: "
	says "not all of "
	# shellcheck disable=SC2016
	run unshare -Urm sh -euc 'mount -t tmpfs none "$1"; shift; exec "$@"' sh "$lost.gone/in" \
		"$runner" --root="$world" --store="$store" gc
	ended 3
	[ ! -e "$lost.gone.gone" ]
	run gc
	ended 0
	silent_on "not all of "
}

@test "root leaves another user's store alone" {
	[ "$(id -u)" = 0 ] || return 0 # nobody else can write to it
	warm
	needs_another_user
	sed -i 's/--with-toys/--with-more/' "$world/recipes/hello/recipe"
	chown -R 65534 "$store"
	for verb in "" gc; do
		run boot $verb
		ended 3
		says "$store: the store belongs to user 65534; run as that user, or choose another"
	done
	equal "root's" "" "$(find "$store"/objects "$store"/trees "$store"/records -user 0)"
}

@test "gc keeps what another checkout built, as long as that is there" {
	warm
	boot --quiet # so that nothing is new in this one
	clean=$(kept)
	new_other
	boot_other --quiet
	both=$(kept)
	[ "$both" != "$clean" ]
	for target in near far; do
		"$runner" --root="$world" --store="$store" gc --target $target
		run boot_other
		ended 0
		equal jobs "" "$(started)"
	done
	boot --quiet # what gc of one target has removed
	"$runner" --root="$other" --store="$store" gc
	run boot
	equal jobs "" "$(started)"
	boot_foreign --quiet
	mv "$other" "$other.elsewhere"
	gc
	equal store "$clean" "$(kept)"
	equal files 2 "$(ls "$store/checkouts" | wc -l)"
}

@test "gc keeps what another checkout built, whichever part of it a run looked at" {
	warm
	new_other
	boot_other --quiet
	boot_other --quiet --only libc
	boot_other --quiet --fetch-only
	sed -i '/^zed/d; s/hello zed/hello/' "$world"/stages/* "$world/recipes/app/recipe" # whose source the other one did not look at, either
	gc
	[ -e "$(tree_of fetch/zed build)" ]
	[ -e "$(tree_of unpack/zed build)" ]
	run boot_other
	equal jobs "" "$(started)"
	# one that failed, and what was there before it did
	cp "$other/recipes/hello/recipe" "$BATS_TEST_TMPDIR/recipe"
	printf 'build() { touch here; false; }\n' >>"$other/recipes/hello/recipe"
	run boot_other
	ended 1
	boot_other --quiet --only libc
	gc
	ls "$store"/objects/*/build/here
	cp "$BATS_TEST_TMPDIR/recipe" "$other/recipes/hello/recipe"
	run boot_other
	ended 0
	equal jobs "" "$(started)"
}

@test "gc keeps what another checkout built and had begun when it was killed" {
	new_other
	world=$other add stage1 first for=build <<<'package() { :; }'
	world=$other add stage1 slow for=build <<<$'needs=first\nbuild() { : >half; sleep 600; }'
	boot_aside --root "$other" --only slow
	wait_for at_work
	kill_aside
	both=$(kept)
	gc
	equal store "$both" "$(kept)"
}

@test "gc of a checkout takes what it began otherwise, and the note of that" {
	warm
	boot --quiet
	boot_foreign --quiet
	equal files 2 "$(ls "$store/checkouts" | wc -l)"
	: >"$store/checkouts/$(ls "$store/checkouts" | head -n 1).99" # a kill's
	gc
	equal files 2 "$(ls "$store/checkouts" | wc -l)"
	gc --target "$native"
	equal files 1 "$(ls "$store/checkouts" | wc -l)"
}

@test "gc --size knows no checkout, but those that are gone" {
	warm
	new_other
	boot --quiet
	boot_other --quiet
	boot gc --size 1B
	equal trees "" "$(ls "$store/trees")"
	equal files 2 "$(ls "$store/checkouts" | wc -l)"
	rm -r "$other"
	boot gc --size 1G
	equal files 1 "$(ls "$store/checkouts" | wc -l)"
}

@test "gc --size shrinks the store" {
	warm
	run boot gc --size 100K
	ended 0
	kept=$(du -s --apparent-size "$store/trees" | cut -f1)
	[ "$kept" -lt 700 ]
	run boot gc --size 1B
	ended 0
	equal trees "" "$(ls "$store/trees")"
	run boot
	ended 0
	equal outputs "$(outs "$BATS_FILE_TMPDIR/warm" | grep -v "^$foreign")" "$(outs)"
}

@test "gc --size keeps what was used last" {
	warm
	touch -d @1 "$store"/records/*
	boot_foreign --quiet
	used=$(find "$store/records" -type f -newermt @2 | sort)
	size=$(echo "$used" | xargs sed -n 's/^bytes=//p' | awk '{sum += $1} END {print sum}')
	run boot gc --size "${size}B"
	ended 0
	equal records "$used" "$(find "$store/records" -type f | sort)"
	run boot_foreign
	ended 0
	equal jobs "" "$(started)"
	[ -e "$store/roots/$foreign/stage2/" ]
	[ ! -e "$store/roots/$native/stage2/" ]
}

@test "looking at what there is, and what would go, is no use of it" {
	warm
	touch -d @1 "$store"/records/*
	boot gc --dry-run
	boot why
	boot plan
	equal records "" "$(find "$store/records" -type f -newermt @2)"
}

@test "gc --size keeps everything where there is room, unions too" {
	warm
	before=$(picture)
	run boot gc --size 1G
	ended 0
	equal store "$before" "$(picture)"
}

@test "gc --size counts once what many keys have as their output" {
	add stage1 big for=build <<<'package() { head -c 1000000 /dev/zero >"$OUT/big"; }'
	for remark in one two three; do
		echo "# $remark" >>"$world/recipes/big/recipe"
		boot --quiet --only big
	done
	records=$(ls "$store/records")
	run boot gc --size 1500K
	ended 0
	equal records "$records" "$(ls "$store/records")"
}

@test "gc --size makes nothing of a text that a crash has left as zeros" {
	warm
	dd if=/dev/zero of="$store/inputs/$(basename "$(readlink "$store/roots/$native/stage2")")" \
		bs=100 count=1 status=none
	run boot gc --size 1G
	ended 0
	run boot
	ended 0
	equal jobs stage2 "$(started)"
}

@test "gc --size keeps a build that is not finished, if there is room" {
	add stage1 slow for=build <<-'R'
		build() { echo once more >>count; head -c 1000000 /dev/zero >big; [ -e again ] || { : >again; false; }; }
		package() { cp count "$OUT/"; }
	R
	run boot --only slow
	ended 1
	run boot gc --size 2M
	ended 0
	run boot --only slow
	ended 0
	equal count "$(lines_of "once more" "once more")" "$(cat "$(tree_of stage1/slow build)/count")"
	sed -i 's/once more/once/' "$world/recipes/slow/recipe"
	run boot --only slow
	ended 1
	run boot gc --size 500K
	ended 0
	equal objects "" "$(ls "$store/objects")"
}

@test "gc --size takes a build that is too large, not what is finished with it" {
	warm
	add stage1 huge for=build <<<'build() { head -c 5000000 /dev/zero >huge; false; }'
	run boot --only huge
	ended 1
	run boot gc --size 3M
	ended 0
	equal objects "" "$(ls "$store/objects")"
	run boot --until stage2 --keep-going
	equal jobs stage1/huge "$(started)"
}

@test "gc --size is not disturbed by half-written files" {
	warm
	printf 'job=' >"$store/records/$(ls "$store/records" | head -n 1).77"
	run boot gc --size 100M
	ended 0
}

@test "gc waits for nobody, and takes nothing from a run" {
	add stage1 slow for=build <<<'build() { : >half; sleep 30; }'
	boot_aside --only slow
	wait_for eval "ls $store/objects/*/build/half >/dev/null 2>&1"
	run boot gc
	ended 3
	says "another run"
	# not even looks before it is alone: what is made meanwhile would have no name
	ln -s nowhere "$world/recipes/hello/lost"
	run boot gc
	ended 3
	says "another run"
	kill "$runner_pid"
	wait "$runner_pid" || :
	runner_pid=
}

@test "gc takes nothing from a shell" {
	warm
	boot_aside shell stage1 -- sh -c 'echo "I am in"; sleep 30'
	wait_for grep -q "I am in" "$BATS_TEST_TMPDIR/aside"
	run boot gc --size 1B
	ended 3
	says "a shell uses the store"
}

@test "a tree that is gone is made again" {
	warm
	rm -rf "$(tree_of stage2/hello)"
	run boot --only hello
	ended 0
	equal jobs stage2/hello "$(started)"
	equal outputs "$(outs "$BATS_FILE_TMPDIR/warm")" "$(outs)"
}

@test "a broken record is not believed" {
	warm
	for text in "" "job=" "out=../../../etc" "$(printf 'job=\001')"; do
		printf '%s' "$text" >"$store/records/$(cat "$store/latest/$native/stage2/hello")"
		run boot
		silent_on "Segmentation"
		[ "$status" = 0 ] || says "$store/records/"
	done
}

@test "records and notes that a crash has left as zeros are not believed" {
	warm
	key=$(cat "$store/latest/$native/stage2/hello")
	dd if=/dev/zero of="$store/inputs/$key" bs=300 count=1 status=none
	echo '# changed' >>"$world/recipes/hello/recipe"
	run boot why hello
	ended 0
	says "stage2/hello: was never built for $native"
	sed -i '$d' "$world/recipes/hello/recipe"
	dd if=/dev/zero of="$store/records/$key" bs=300 count=1 status=none
	dd if=/dev/zero of="$store/latest/$native/stage2/hello" bs=64 count=1 status=none
	run boot --only hello
	ended 0
	equal jobs stage2/hello "$(started)"
	equal outputs "$(outs "$BATS_FILE_TMPDIR/warm")" "$(outs)"
	dd if=/dev/zero of="$store/records/$key" bs=300 count=1 status=none
	run boot gc --size 1G
	ended 0
	[ ! -e "$store/records/$key" ]
}

@test "a machine that cannot ask a tool for its version says so, and remembers nothing" {
	needs strace
	warm
	rm "$store"/versions/*
	run strace -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=clone,clone3,vfork,fork \
		-e inject=clone,clone3,vfork,fork:error=ENOMEM "$runner" --root="$world" --store="$store" \
		--target "$native" why cross 3>&-
	ended 3
	says "cannot be asked for its version: $(words_of ENOMEM)"
	equal notes "" "$(ls "$store/versions")"
	run boot
	equal jobs "" "$(started)"
}

@test "a caller's environment is no part of what a tool says of its version" {
	warm
	rm "$store"/versions/*
	LC_ALL=xx_XX.UTF-8 LANGUAGE=fr LD_PRELOAD=nosuch.so run "$runner" --root="$world" --store="$store" \
		--target "$native" why
	ended 0
	says "nothing is to be built"
}

@test "the versions of the machine's tools are remembered, and asked again when a tool changes" {
	# where sandboxes see it: in the place of one that is there
	with_tool() {
		run unshare -Urm sh -euc "mount --bind '$BATS_TEST_TMPDIR/tool' '$(readlink -f "$(command -v "${1:-ninja}")")'
			$(the_run) --only uses" 3>&-
	}
	printf '#!/bin/sh\necho "odd 1.0"\n' >"$BATS_TEST_TMPDIR/tool"
	chmod 755 "$BATS_TEST_TMPDIR/tool"
	add stage1 uses for=build <<<'tools=ninja'
	with_tool
	ended 0
	with_tool
	ended 0
	equal jobs "" "$(started)"
	printf '#!/bin/sh\necho\necho "odd 1.1"\n' >"$BATS_TEST_TMPDIR/tool" # perl begins with an empty line
	with_tool
	ended 0
	equal jobs stage1/uses "$(started)"
	run boot why uses
	says "- tool ninja odd 1.1" # the mount is gone
	for called in as ld ldd gcc; do # by the compiler, whether a recipe names them or not
		with_tool $called
		ended 0
		equal "jobs after another $called" stage1/uses "$(started)"
	done
}

@test "what answers for another program is asked each time" {
	add stage1 uses for=build <<<'tools=ninja'
	printf '#!/bin/sh\nexec "%s"\n' "$BATS_TEST_TMPDIR/real" >"$BATS_TEST_TMPDIR/tool"
	for version in 1.0 1.1; do
		printf '#!/bin/sh\necho "odd %s"\n' $version >"$BATS_TEST_TMPDIR/real"
		chmod 755 "$BATS_TEST_TMPDIR/real" "$BATS_TEST_TMPDIR/tool"
		run unshare -Urm sh -euc "mount --bind '$BATS_TEST_TMPDIR/tool' '$(readlink -f "$(command -v ninja)")'
			$(the_run) --only uses" 3>&-
		ended 0
		equal jobs stage1/uses "$(started)"
	done
}

@test "another base set builds again what is built among the machine's tools" {
	warm
	rm "$world/src/sh"
	cp -R "$top/src/sh" "$world/src/"
	sed -i 's/ yes / csplit&/' "$world/src/sh/base-tools"
	run boot why compiler
	ended 0
	says "src/sh/base-tools"
}
