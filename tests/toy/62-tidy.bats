#!/usr/bin/env bats
# What every package for the target has in common, whatever its recipe installs.
load common

setup_file() { common_setup_file; make_warm; }
setup() { common_setup; warm; }
teardown() { common_teardown; }

# packed NAME: the files of a recipe of stage2 whose package phase is on stdin, a path a line
packed() {
	{ echo 'package() {'; cat; echo '}'; } | add stage2 "$1"
	run boot --only "$1"
}

files_of() { (cd "$(tree_of "stage2/$1")" && find . ! -type d -printf '%P\n' | LC_ALL=C sort); }

@test "a licence goes where the program goes" {
	mkdir "$BATS_TEST_TMPDIR/archive"
	tar -xf "$mirror"/hello-* -C "$BATS_TEST_TMPDIR/archive"
	echo "do what you like" >"$(echo "$BATS_TEST_TMPDIR"/archive/*)/COPYING"
	mkdir "$BATS_TEST_TMPDIR/mirror"
	cp "$mirror"/* "$BATS_TEST_TMPDIR/mirror"
	name=$(basename "$mirror"/hello-*)
	tar -cf "$BATS_TEST_TMPDIR/mirror/$name" -C "$BATS_TEST_TMPDIR/archive" .
	sum=$(sha256sum <"$BATS_TEST_TMPDIR/mirror/$name")
	sed -i "s/^sha256=.*/sha256=${sum%% *}/" "$world/recipes/hello/recipe"
	mirror=$BATS_TEST_TMPDIR/mirror
	run boot --only hello
	ended 0
	equal text "do what you like" "$(cat "$(tree_of stage2/hello)/usr/share/licenses/hello/COPYING")"
}

@test "a recipe may keep a licence of another name" {
	packed odd <<-'R'
		echo "as is" >/tmp/README
		keep_licence /tmp/README
	R
	ended 0
	equal files usr/share/licenses/odd/README "$(files_of odd)"
}

@test "notes of libtool, folders of documents and the directory of manuals are dropped" {
	packed odd <<-'R'
		mkdir -p "$OUT/usr/lib" "$OUT/usr/share/doc/odd" "$OUT/usr/share/info"
		for file in lib/odd.la lib/odd.txt share/doc/odd/guide share/info/dir share/info/odd.info; do
			echo >"$OUT/usr/$file"
		done
	R
	ended 0
	equal files "$(lines_of usr/lib/odd.txt usr/share/info/odd.info)" "$(files_of odd)"
}

@test "texts forget where they were built, and what is no text is left alone" {
	packed odd <<-'R'
		mkdir -p "$OUT/usr/lib"
		echo "flags='-O2 $CFLAGS'" >"$OUT/usr/lib/flags"
		printf 'a\0 -ffile-prefix-map=/src=.\n' >"$OUT/usr/lib/bytes"
	R
	ended 0
	cd "$(tree_of stage2/odd)/usr/lib"
	equal flags "flags='-O2 -O2 -mtoy=$native --sysroot=/sysroot'" "$(cat flags)"
	equal bytes "$(printf 'a\0 -ffile-prefix-map=/src=.\n' | od -c)" "$(od -c <bytes)"
}

@test "no program, library or archive tells which compiler made it" {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p root/bin root/lib work
	echo 'int main(void) {return 0;}' >main.c
	cc -o root/bin/program main.c
	cc -shared -fPIC -o root/lib/libmain.so main.c
	cc -c main.c -o main.o
	ar rc root/lib/libmain.a main.o
	readelf -S root/bin/program | grep -q '\.comment'
	# shellcheck disable=SC2016 # the other shell's
	OUT=$PWD/root BUILD=$PWD/work STRIP=strip sh -euc '. "$1"; strip_all' sh "$top/src/sh/tidy"
	for file in root/bin/program root/lib/libmain.so root/lib/libmain.a; do
		equal "$file" 0 "$(readelf -SW $file | grep -cE '\.comment|\.debug')"
	done
	root/bin/program
}

@test "a package that writes to /etc is refused" {
	packed odd <<-'R'
		mkdir -p "$OUT/etc"
		echo >"$OUT/etc/odd.conf"
	R
	ended 1
	says "/out/etc/odd.conf"
	says "package writes to /etc; move it below /usr, or do not install it"
}
