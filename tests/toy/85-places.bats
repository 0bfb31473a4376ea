#!/usr/bin/env bats
# Odd places to run from, and to keep things in.
load common
setup_file() { common_setup_file; make_warm; }
setup() { common_setup; }
teardown() { common_teardown; }

@test "relative names of checkout, store and mirror" {
	cd "$BATS_TEST_TMPDIR"
	cp -R "$mirror" mirror
	"$runner" --root=world --store="${store##*/}/" --mirror=mirror --offline --target "$native" --quiet
	equal outputs "$(outs "$BATS_FILE_TMPDIR/warm" | grep -v "^$foreign")" "$(outs)"
}

@test "the store is where it is said, by option, BOOTSTRAP_STORE, XDG_CACHE_HOME, HOME" {
	set -- --root="$world" --mirror="$mirror" --offline --target "$native" --only compiler --quiet
	home=$BATS_TEST_TMPDIR/home
	mkdir "$home"
	env -u XDG_CACHE_HOME HOME="$home" "$runner" "$@"
	[ -d "$home/.cache/bootstrap/trees" ]
	HOME=$home XDG_CACHE_HOME=$home/xdg "$runner" "$@"
	[ -d "$home/xdg/bootstrap/trees" ]
	HOME=$home XDG_CACHE_HOME=$home/xdg BOOTSTRAP_STORE=$home/own "$runner" "$@"
	[ -d "$home/own/trees" ]
	BOOTSTRAP_STORE=$home/not "$runner" "$@" --store "$store"
	[ -d "$store/trees" ]
	[ ! -e "$home/not" ]
	run env -u XDG_CACHE_HOME HOME=home "$runner" "$@"
	ended 2
	run env -u HOME -u XDG_CACHE_HOME "$runner" "$@"
	ended 2
	says "HOME is not set, or no absolute path; say where to keep things with --store DIR"
}

@test "the mirror may come from BOOTSTRAP_MIRROR" {
	export BOOTSTRAP_MIRROR=$mirror/gone
	run "$runner" --root="$world" --store="$store" --target "$native"
	ended 2
	says "BOOTSTRAP_MIRROR=$mirror/gone is neither a folder nor a URL"
	BOOTSTRAP_MIRROR=$mirror run "$runner" --root="$world" --store="$store" --offline \
		--target "$native" --fetch-only
	ended 0
	run "$runner" --root="$world" --store="$store" --target "$native" why hello
	ended 0 # brings nothing
}

@test "a reader that goes away ends the run, and nothing stays" {
	add stage1 slow for=build <<<'build() { sleep 3; }'
	boot | head -n 1 >"$BATS_TEST_TMPDIR/line" || :
	[ "$(grep -c . "$BATS_TEST_TMPDIR/line")" = 1 ]
	no_strays
	run boot
	ended 0
}

@test "a full device on stdout does not stop a build" {
	boot >/dev/full || :
	equal outputs "$(outs "$BATS_FILE_TMPDIR/warm" | grep -v "^$foreign")" "$(outs)"
}

@test "closed stdin, stdout and stderr do no harm" {
	boot <&- >&- 2>&- || :
	equal outputs "$(outs "$BATS_FILE_TMPDIR/warm" | grep -v "^$foreign")" "$(outs)"
}

@test "nothing of the store is written to in place of a closed stdout" {
	boot --only files --quiet
	boot gc >&- 2>"$BATS_TEST_TMPDIR/words" && status=0 || status=$?
	equal lock "" "$(cat "$store/lock")"
	output=$(cat "$BATS_TEST_TMPDIR/words")
	ended 3
	says "what was printed is not whole"
}

inside() { # SCRIPT: as root of a user namespace, as containers are
	# shellcheck disable=SC2016
	unshare -Urm sh -c 'eval "$1"; exec "$2" --root="$3" --store="$4" --mirror="$5" --offline \
		--target "$6"' sh "$1" "$runner" "$world" "$store" "$mirror" "$native" 3>&-
}

@test "inside a user namespace, as in a container" {
	run inside :
	ended 0
	equal outputs "$(outs "$BATS_FILE_TMPDIR/warm" | grep -v "^$foreign")" "$(outs)"
}

# A file system of its own there, and in it links, as where the system itself is one image.
elsewhere() { # LINK: what /usr/local/include is
	mkdir -p "$BATS_TEST_TMPDIR/include"
	: >"$BATS_TEST_TMPDIR/include/strange.h"
	printf 'mount -t tmpfs none /usr/local && ln -s %s /usr/local/include\n' "$1"
}

@test "headers of the machine lie where a link leads that no room has" {
	run inside "$(elsewhere "../..$BATS_TEST_TMPDIR/include")"
	ended 0
	equal outputs "$(outs "$BATS_FILE_TMPDIR/warm" | grep -v "^$foreign")" "$(outs)"
}

@test "headers of the machine are hidden where a link leads, too" {
	[ -d /opt ] || cannot "there is no /opt"
	add stage2 look <<-'R'
		build() { [ ! -e /opt/include/strange.h ]; }
	R
	run inside "$(elsewhere /opt/include) && mount -t tmpfs none /opt &&
		cp -R '$BATS_TEST_TMPDIR/include' /opt"
	ended 0
}

@test "a folder that lets nobody in is named, not namespaces" {
	[ "$(id -u)" = 0 ] || cannot "only root is let into the folders of others"
	mkdir -p "$BATS_TEST_TMPDIR/home/store"
	chown -R 1000:1000 "$BATS_TEST_TMPDIR/home"
	chmod 700 "$BATS_TEST_TMPDIR/home"
	run env -C "$BATS_TEST_TMPDIR/home" "$runner" --root="$world" --store="$BATS_TEST_TMPDIR/home/store" --mirror="$mirror" \
		--offline --target "$native" 3>&-
	ended 3
	says "; $BATS_TEST_TMPDIR/home is another user's and lets nobody else in, not even root in a sandbox: run as that user, or choose another place"
	silent_on "user namespaces are refused"
	run env -C "$BATS_TEST_TMPDIR/home" "$runner" --root="$world" --store="$BATS_FILE_TMPDIR/warm" --target "$native" \
		shell stage1 -- pwd 3>&-
	ended 0
	equal folder /tmp "$output"
}

@test "a download finds names and certificates where links lead that no room has" {
	mkdir -p "$BATS_TEST_TMPDIR/led/certs"
	echo "nameserver 192.0.2.1" >"$BATS_TEST_TMPDIR/led/resolv.conf"
	: >"$BATS_TEST_TMPDIR/led/certs/one.pem"
	run unshare -Urm sh -euc 'cp -R /etc "$1/etc" 2>"$1/errors" || :
		mount --bind "$1/etc" /etc
		rm -rf /etc/resolv.conf /etc/ssl/certs
		ln -s "$1/led/resolv.conf" /etc/resolv.conf
		ln -s "$1/led/certs" /etc/ssl/certs
		exec "$2" --root="$3" --store="$4" --target "$5" shell fetch/hello -- \
			sh -c "cat /etc/resolv.conf; ls /etc/ssl/certs/"' sh \
		"$BATS_TEST_TMPDIR" "$runner" "$world" "$BATS_FILE_TMPDIR/warm" "$native" 3>&-
	ended 0
	equal seen "$(lines_of "nameserver 192.0.2.1" one.pem)" "$output"
}

@test "a download finds names by a link through /var/run" {
	[ /var/run -ef /run ] || skip "/var/run is not /run here"
	run unshare -Urm sh -euc 'cp -R /etc "$1/etc" 2>"$1/errors" || :
		mount --bind "$1/etc" /etc
		mount -t tmpfs none /run
		echo "nameserver 192.0.2.1" >/run/names
		rm -f /etc/resolv.conf
		ln -s /var/run/names /etc/resolv.conf
		exec "$2" --root="$3" --store="$4" --target "$5" shell fetch/hello -- cat /etc/resolv.conf' sh \
		"$BATS_TEST_TMPDIR" "$runner" "$world" "$BATS_FILE_TMPDIR/warm" "$native" 3>&-
	ended 0
	equal seen "nameserver 192.0.2.1" "$output"
}

@test "a download finds the certificates that the environment names, by a link or from here" {
	cd "$BATS_TEST_TMPDIR"
	echo ours >real.pem
	ln -s real.pem link.pem
	for name in CURL_CA_BUNDLE SSL_CERT_FILE; do
		for path in "$PWD/link.pem" link.pem "$PWD/real.pem"; do
			run env "$name=$path" "$runner" --root="$world" --store="$BATS_FILE_TMPDIR/warm" --target "$native" \
				shell fetch/hello -- sh -c "cat \"\$$name\""
			equal "$name=$path" ours "$output"
		done
	done
}

@test "a shell where overlayfs cannot lie: status 3, and what to do" {
	warm
	run unshare -Urm sh -euc 'cd "$1"; mkdir one two
		for on in one two; do
			mount -t tmpfs none "$on"
			mkdir "$on/upper" "$on/work"
			mount -t overlay overlay -o "lowerdir=$2,upperdir=$on/upper,workdir=$on/work,userxattr" "$2"
		done
		shift; store=$1; shift
		exec "$@" --store="$store" shell stage2 -- /usr/bin/say hello' sh "$BATS_TEST_TMPDIR" "$store" \
		"$runner" --root="$world" --target "$native" 3>&-
	ended 3
	says "; overlayfs is wanted here: "
	says "choose another --store"
}

@test "in a container that hides parts of /proc: status 3, and the masked /proc is named" {
	run inside 'mount -t tmpfs none /proc/tty'
	ended 3
	says "/proc"
	silent_on "user namespaces are refused"
}

@test "with few files allowed to be open" {
	(
		ulimit -n 64
		boot --quiet
	)
	equal outputs "$(outs "$BATS_FILE_TMPDIR/warm" | grep -v "^$foreign")" "$(outs)"
}

@test "with too few files for what a job gets" {
	ulimit -n 36
	run boot -j 1
	ended 3
	says "sandbox: cannot make the root: $(words_of EMFILE); raise ulimit -n, or lower -j"
	silent_on "==> " # the log's lines
}

@test "with signals that the caller ignores or blocks" {
	(
		trap '' INT HUP PIPE CHLD
		timeout 60 "$runner" --root="$world" --store="$store" --mirror="$mirror" --offline \
			--target "$native" --quiet 3>&-
	)
	equal outputs "$(outs "$BATS_FILE_TMPDIR/warm" | grep -v "^$foreign")" "$(outs)"
}

@test "in a folder that has been removed" {
	mkdir "$BATS_TEST_TMPDIR/gone"
	cd "$BATS_TEST_TMPDIR/gone"
	rmdir "$BATS_TEST_TMPDIR/gone"
	run boot --quiet
	cd /
	ended 0
}
