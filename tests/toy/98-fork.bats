#!/usr/bin/env bats
# A fork: the file distro is edited, and the old name is gone.
load common
setup_file() { common_setup_file; }
teardown() { common_teardown; }

# The toy world with a name that stands nowhere else, and the real root's folders and os-release.
setup() {
	common_setup
	cp -R "$top/recipes/filesystem" "$world/recipes/"
	sed -i 's/^files$/filesystem\n&/' "$world/stages/stage2"
	add stage2 names <<-'R'
		facts=distro
		package() { mkdir -p "$OUT/usr/lib"; env | grep ^DISTRO_ | sort >"$OUT/usr/lib/names"; }
	R
	call oldid "Old Name" oldvendor https://old.example/ 1
}

call() { # ID NAME VENDOR HOME VERSION
	printf 'id=%s\nname="%s"\nvendor=%s\nhome=%s\nversion=%s\n' "$@" >"$world/distro"
}

# Everything that a run of both targets gives, in $made, and unpacked.
make_all() {
	made=$BATS_TEST_TMPDIR/$1
	mkdir "$made"
	for target in near far; do
		native=$target boot --json "$made/$target.json" >"$made/$target.log"
		native=$target boot plan >"$made/$target.plan"
		native=$target boot report --output "$made/$target.html" --trace "$made/$target.trace"
		for stage in stage1 stage2; do
			for format in tar.zst oci dir; do
				[ $stage-$format != stage1-oci ] || continue
				(cd "$made" && native=$target boot export $stage --format $format)
			done
		done
	done
	boot targets >"$made/targets"
	unpack "$made"
}

unpack() {
	for archive in "$1"/*.tar.zst "$1"/*.oci.tar; do
		mkdir "$archive.d"
		tar -C "$archive.d" -xf "$archive"
		rm "$archive"
	done
	for blob in "$1"/*.oci.tar.d/blobs/sha256/*; do
		if gzip -dc "$blob" >"$blob.plain" 2>/dev/null; then rm "$blob"; else rm "$blob.plain"; fi
	done
}

# names FOLDER: where the old name stands, in texts, links and names of files
names() {
	(cd "$1" && grep -raioE 'old ?(id|name|vendor|\.example)' . && :
	find . -printf '%P %l\n' | grep -iE 'old ?(id|name|vendor|\.example)' && :)
}

@test "fork: the old name is in everything, and nowhere after the fork" {
	make_all before
	before=$(names "$made")
	for place in near.plan near.html targets cdx.json provenance.json os-release oldvendor-linux \
		/blobs/ oldid-1-stage1-near/ oldid-1-stage2-far.tar.zst; do
		printf '%s\n' "$before" | grep -q -- "$place" || { echo "not even in $place:"; return 1; }
	done
	rm -rf "$store"
	call newid "New Name" newvendor https://new.example/ 2
	make_all after
	equal "old names in the results" "" "$(names "$made")"
	equal "old names in the store" "" "$(names "$store")"
	[ -f "$made/newid-2-stage2-far.oci.tar.cdx.json" ]
}

@test "fork: a store that has the old one gives the same" {
	boot --quiet
	call newid "New Name" newvendor https://new.example/ 2
	store=$store-new boot --quiet
	cd "$BATS_TEST_TMPDIR"
	run boot
	ended 0
	silent_on "start    stage1/compiler"
	says "start    stage1/cross"
	boot export stage2 --format tar.zst --output old.tar.zst
	store=$store-new boot export stage2 --format tar.zst --output new.tar.zst
	cmp old.tar.zst new.tar.zst
}

@test "fork: what os-release says is what distro says" {
	call fork-1 "The Fork's Name" v https://fork.example/ 2.0
	boot --quiet
	release=$store/roots/$native/stage2/usr/lib/os-release
	# shellcheck disable=SC1090
	equal facts "fork-1|The Fork's Name|The Fork's Name 2.0|2.0|https://fork.example/" \
		"$(. "$release" && echo "$ID|$NAME|$PRETTY_NAME|$VERSION_ID|$HOME_URL")"
	# and what may be left out, in the order in which it is there
	equal lines "ID NAME PRETTY_NAME VERSION_ID HOME_URL" "$(sed 's/=.*//' "$release" | xargs)"
	cp "$release" "$BATS_TEST_TMPDIR/before"
	printf 'bugs=https://fork.example/bugs\ndocs=https://fork.example/docs\n' >>"$world/distro"
	boot --quiet
	{
		cat "$BATS_TEST_TMPDIR/before"
		echo 'DOCUMENTATION_URL="https://fork.example/docs"'
		echo 'BUG_REPORT_URL="https://fork.example/bugs"'
	} | cmp - "$release"
	echo support=https://fork.example/support >>"$world/distro"
	boot --quiet
	# shellcheck disable=SC1090
	equal support "https://fork.example/support" "$(. "$release" && echo "$SUPPORT_URL")"
}

@test "fork: a recipe that asks gets every fact, and only that recipe is built again" {
	boot --quiet
	printf 'bugs=https://bugs.example/\ndocs=https://docs.example/\n' >>"$world/distro"
	run boot
	ended 0
	equal started "$(lines_of stage2/files stage2/filesystem stage2/names)" "$(started | grep /)"
	equal variables "$(lines_of DISTRO_BUGS=https://bugs.example/ DISTRO_DOCS=https://docs.example/ \
		DISTRO_HOME=https://old.example/ DISTRO_ID=oldid "DISTRO_NAME=Old Name" DISTRO_VENDOR=oldvendor \
		DISTRO_VERSION=1)" "$(cat "$store/roots/$native/stage2/usr/lib/names")"
}

@test "fork: the real name stands in distro, and nowhere else" {
	# shellcheck disable=SC1091
	. "$top/distro"
	found=$(cd "$top" && grep -rliwE "$id|$name|$vendor" --exclude-dir=.git --exclude-dir=build \
		--exclude-dir=golden .)
	equal places ./distro "$found"
}
