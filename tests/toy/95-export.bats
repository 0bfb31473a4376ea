#!/usr/bin/env bats
# A stage leaves the store: every format read back by its own tool, with its papers.
load common
setup_file() { common_setup_file; make_warm; }
teardown() { common_teardown; }

setup() {
	common_setup
	warm
	out=$BATS_TEST_TMPDIR/out
	mkdir "$out"
	cd "$out" || return
	triple=$(sed -n 's/^triple=//p' "$world/targets/$native" | sed 's/\$vendor/toy/')
	name=toy-1-stage2-$native
}

# what is wanted of any root, by a listing "MODE PATH [-> LINK]" of what is not a folder
root_listing() { # FOLDER
	(cd "$1" && find . -mindepth 1 ! -type d -printf '%m %P %l\n' | LC_ALL=C sort)
}

same_tree() { # FOLDER [STAGE]: holds what the store's stage2 holds
	equal "names and modes" "$(root_listing "$store/roots/$native/${2:-stage2}")" "$(root_listing "$1")"
	diff -r --no-dereference "$store/roots/$native/${2:-stage2}/" "$1"
}

fails() { # COMMAND...: bash overlooks a plain "!" in the middle of a test
	if "$@"; then
		echo "should fail: $*"
		return 1
	fi
}

only() { equal "files" "$(lines_of "$@" | LC_ALL=C sort)" "$(LC_ALL=C ls -A)"; }

@test "export: tar.zst and tar.xz hold the stage, of root, at the one time, in order" {
	for format in tar.zst tar.xz; do
		run boot export stage2 --format $format
		ended 0
		equal printed "$name.$format" "$output"
		mkdir tree
		tar -C tree -xpf "$name.$format"
		same_tree tree
		tar --list --verbose --numeric-owner --full-time -f "$name.$format" >list
		equal owners 0/0 "$(awk '{print $2}' list | sort -u)"
		equal times "2023-11-14 22:13:20" "$(awk '{print $4, $5}' list | sort -u)"
		tar -tf "$name.$format" | sed 's,/$,,' >names
		LC_ALL=C sort -c names
		grep -q '^drwxrwxrwt .* \./tmp/$' list
		rm -r tree list names
	done
	zstd -dcq "$name.tar.zst" | cmp - <(xz -dc "$name.tar.xz")
	zstd -dcq "$name.tar.zst" >plain
	fails grep -aE '(atime|ctime|mtime)=' plain
	rm plain
	only "$name".tar.{zst,xz}{,.sha256,.cdx.json,.provenance.json}
}

@test "export: squashfs, by unsquashfs" {
	needs mksquashfs unsquashfs
	boot export stage2 --format squashfs
	unsquashfs -q -n -d tree "$name.squashfs"
	same_tree tree
	unsquashfs -lln "$name.squashfs" | grep -E '^[-dl]' >list
	equal owners 0/0 "$(awk '{print $2}' list | sort -u)"
	equal times "2023-11-14 22:13" "$(awk '{print $4, $5}' list | sort -u)"
	unsquashfs -s "$name.squashfs" | grep -q '^Creation or last append time Tue Nov 14 22:13:20 2023'
}

@test "export: erofs, by fsck.erofs and dump.erofs" {
	needs mkfs.erofs fsck.erofs
	boot export stage2 --format erofs
	fsck.erofs --extract=tree "$name.erofs"
	same_tree tree
	dump.erofs -s "$name.erofs" | grep -q 'Filesystem created: *Tue Nov 14 22:13:20 2023'
	run dump.erofs --path=/usr/bin/zed "$name.erofs"
	ended 0
	says "Uid: 0   Gid: 0"
	says "2023-11-14 22:13:20"
}

@test "export: dir" {
	needs jq
	boot export stage2 --format dir
	same_tree "$name"
	equal times 1700000000.0000000000 "$(find "$name" -printf '%T@\n' | sort -u)"
	sha256sum --quiet -c "$name.sha256"
	echo changed >>"$name/usr/bin/app"
	fails sha256sum --quiet -c "$name.sha256"
	# nothing of the store is linked
	fails grep changed "$store/roots/$native/stage2/usr/bin/app"
	# the papers call a folder by the hash of its list
	boot export stage2 --format dir
	(cd "$name" && find . -type f | cut -c3- | LC_ALL=C sort | xargs sha256sum) >list
	equal digest "$(sha256sum <list | cut -c-64)" \
		"$(jq -r '.subject[0].digest.dirHash' "$name.provenance.json")"
}

# the one command of docs/verify.md
folder_check() { sed -n '/^sha256sum .*null/,/diff/p' "$top/docs/verify.md" | sed "s/stage2/$1/g"; } # FOLDER

same_folder() { eval "$(folder_check "$name")"; }

@test "export: dir: a link, a mode, and a file more or less are noticed" {
	needs mandoc col
	mandoc -T ascii "$top/docs/bootstrap.1" | col -bx >page
	equal "in bootstrap.1" "$(folder_check NAME | tr -s '\t\n' ' ')" \
		"$(sed -n '/sha256sum .*null/,/diff/p' page | tr -s ' \n' ' ' | sed 's/^ //')"
	add stage2 odd <<<'package() { mkdir -p "$OUT/usr"; ln -s "no where" "$OUT/usr/caf$(printf "\303\251\n'"'"'")"; }'
	boot --quiet
	boot export stage2 --format dir
	cp -a "$name" kept
	for change in 'ln -sfn usr/lib bin' 'chmod u+s usr/bin/app' 'echo >usr/bin/more' 'mkdir usr/more' \
		'rm usr/bin/app' 'rm bin' 'rm bin; mkdir bin' 'mv usr/bin/app app; ln -s ../../app usr/bin/app' \
		'echo >>usr/bin/app' 'chmod 700 .' 'echo >>../'"$name.list"; do
		same_folder
		(cd "$name" && eval "$change")
		fails same_folder
		rm -r "$name"
		cp -a kept "$name"
	done
}

@test "export: dir: busybox finds its hashes, and tells that it knows no names" {
	needs busybox
	boot --quiet
	boot export stage2 --format dir
	mkdir bin
	for tool in sha256sum sort diff; do ln -s "$(command -v busybox)" bin/$tool; done
	PATH=$PWD/bin:$PATH same_folder
	ln -s "$(command -v busybox)" bin/find # with its own stat
	PATH=$PWD/bin:$PATH fails same_folder
	grep -q "GNU's .stat.: that of busybox" "$top/docs/verify.md"
	# and which file it is, of either
	echo changed >>"$name/usr/bin/app"
	for path in "$PATH" "$PWD/bin:$PATH"; do
		PATH=$path run eval "$(grep -o 'sha256sum -c stage2.sha256 | [^`]*' "$top/docs/verify.md" | sed "s/stage2/$name/")"
		equal changed "$name/usr/bin/app: FAILED" "$(printf '%s\n' "$output" | grep -v WARNING)"
	done
}

@test "export: oci, by skopeo" {
	needs jq skopeo
	boot export stage2 --format oci
	run skopeo inspect "oci-archive:$name.oci.tar"
	ended 0
	equal architecture "$(sed -n 's/^oci=//p' "$world/targets/$native")" "$(jq -r .Architecture <<<"$output")"
	equal system linux "$(jq -r .Os <<<"$output")"
	equal version 1 "$(jq -r '.Labels["org.opencontainers.image.version"]' <<<"$output")"
	equal title "Toy Linux" "$(jq -r '.Labels["org.opencontainers.image.title"]' <<<"$output")"
	equal time 2023-11-14T22:13:20Z "$(jq -r .Created <<<"$output")"
	equal command '["/bin/sh"]' "$(skopeo inspect --config --raw "oci-archive:$name.oci.tar" | jq -c '.config | .Cmd, .Entrypoint // empty')"
	equal name toy:1-stage2 "$(tar -xOf "$name.oci.tar" ./index.json |
		jq -r '.manifests[0].annotations["org.opencontainers.image.ref.name"]')"
	# skopeo checks every digest, the unpacked layer's among them where it packs anew
	skopeo --insecure-policy copy -q "oci-archive:$name.oci.tar" "dir:$out/copy"
	skopeo --insecure-policy copy -q --dest-compress-format zstd --dest-compress "oci-archive:$name.oci.tar" "dir:$out/anew"
	layer=$(jq -r '.layers[0].digest' copy/manifest.json)
	equal "diff id" "$(gzip -dc "copy/${layer#*:}" | sha256sum | cut -c-64)" \
		"$(jq -r '.rootfs.diff_ids[0]' "copy/$(jq -r .config.digest copy/manifest.json | cut -d: -f2)" | cut -d: -f2)"
	mkdir tree
	tar -C tree -xpf "copy/${layer#*:}"
	same_tree tree
}

@test "export: oci of the other processor" {
	needs jq skopeo
	boot_foreign export stage2 --format oci
	equal architecture "$(sed -n 's/^oci=//p' "$world/targets/$foreign")" \
		"$(skopeo inspect "oci-archive:toy-1-stage2-$foreign.oci.tar" | jq -r .Architecture)"
}

# everything again from another world, store, folder and user
@test "export: the same bytes from another store, user and folder, whatever is in the environment" {
	needs mksquashfs mkfs.erofs
	needs_another_user
	formats="tar.zst tar.xz oci squashfs erofs dir"
	for format in $formats; do boot export stage2 --format "$format"; done
	other=$BATS_TEST_TMPDIR/home/other
	mkdir -p "$other"
	chmod -R a+rX "$world" "$BATS_TEST_TMPDIR"
	cp -RL "$world" "$other/world"
	cp "$runner" "$other/runner"
	if [ "$(id -u)" = 0 ]; then chown -R 65534:65534 "$other"; fi
	set -- "$other/runner" --root="$other/world" --store="$other/keep" --target "$native"
	# names in another order on disk, too: made anew by two jobs at once
	as_nobody "$@" --mirror="$mirror" --offline -j 2 --quiet
	mkdir "$other/a place"
	if [ "$(id -u)" = 0 ]; then chown 65534:65534 "$other/a place"; fi
	for format in $formats; do
		# shellcheck disable=SC2016
		as_nobody env TAR_OPTIONS=--owner=77 XZ_OPT=-0 ZSTD_CLEVEL=1 GZIP=-1 TZ=Asia/Tokyo \
			SOURCE_DATE_EPOCH=1 sh -c 'umask 077; cd "$1"; shift; exec "$@"' sh "$other/a place" \
			"$@" export stage2 --format "$format"
	done
	diff -r --no-dereference "$out" "$other/a place"
	equal "modes of dir" "$(root_listing "$out/$name")" "$(root_listing "$other/a place/$name")"
}

@test "export: twice the same, and the store stays as it is" {
	needs mksquashfs mkfs.erofs
	boot export stage2 --format squashfs --output one
	before=$(picture) # with its note of tar's version
	boot export stage2 --format squashfs --output two
	cmp one two
	cmp one.cdx.json two.cdx.json
	equal store "$before" "$(picture)"
}

@test "export: sha256sum -c, and from another folder" {
	mkdir sub
	boot export stage2 --format tar.zst --output sub/own
	(cd sub && only own own.sha256 own.cdx.json own.provenance.json && sha256sum --quiet -c own.sha256)
	boot export stage2 --format tar.zst --output sub
	(cd sub && sha256sum --quiet -c "$name.tar.zst.sha256")
}

@test "export: the bill of materials" {
	needs jq
	boot export stage2 --format tar.zst
	bill=$name.tar.zst.cdx.json
	asked() { jq -r "$1" "$bill"; }
	equal kind "CycloneDX 1.5 1" "$(asked '"\(.bomFormat) \(.specVersion) \(.version)"')"
	asked .serialNumber | grep -Eqx 'urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
	equal time 2023-11-14T22:13:20Z "$(asked .metadata.timestamp)"
	equal hash "$(sha256sum <"$name.tar.zst" | cut -c-64)" "$(asked '.metadata.component.hashes[0].content')"
	# zed's small line is superseded, greet's is not
	wanted="app files greet hello libc rt zed"
	if asked '.components[].name' | grep -qx program; then wanted="app files greet hello libc program rt zed"; fi
	equal recipes "$wanted" "$(asked '.components[].name' | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')"
	asked '.components[]["bom-ref"]' | grep -qx stage2/zed
	equal versions "app 3 greet 1.0 libc 2.1" \
		"$(asked '[.components[] | select(.name | IN("app", "libc", "greet")) | "\(.name) \(.version)"] | sort | join(" ")')"
	equal licence MIT "$(asked '.components[] | select(.name == "greet") | .licenses[0].expression')"
	origin='.components[] | select(.name == "hello") | .externalReferences[0]'
	equal source "https://toy.invalid/hello/hello-1.0.tar" "$(asked "$origin | .url")"
	equal pin "$(sed -n 's/^sha256=//p' "$world/recipes/hello/recipe")" "$(asked "$origin | .hashes[0].content")"
	equal "debian source" "debian:pool/main/z/zed/zed_0.3.orig.tar" \
		"$(asked '.components[] | select(.name == "zed") | .externalReferences[0].url')"
	patch='.components[] | select(.name == "zed") | .pedigree.patches[0].diff'
	asked "$patch | .text.content" | base64 -d | cmp - "$world/recipes/zed/fix.patch"
	equal "patch's place" recipes/zed/fix.patch "$(asked "$patch | .url")"
	equal outputs "$(outs | awk -v t="$native" '$1 == t && $2 ~ /^stage2/ && $2 != "stage2/zed:small" {print $3}' | sort)" \
		"$(asked '.components[].properties[] | select(.name == "bootstrap:output") | .value' | sort)"
	equal needs "stage2/libc stage2/rt" \
		"$(asked '.dependencies[] | select(.ref == "stage2/hello") | .dependsOn | sort | join(" ")')"
}

# Every reference leads somewhere: that, the schema cannot say.
whole='
([.components[]["bom-ref"], .metadata.component["bom-ref"]]) as $refs
| ($refs | length == (unique | length))
and all(.dependencies[]; (.ref | IN($refs[]))
	and all(.dependsOn[]; IN($refs[])) and (.dependsOn | length == (unique | length)))
and ([.dependencies[].ref] | sort) == ($refs | sort)'

# What has CycloneDX's published schemas with it, and what it judges by them with.
judge="@cyclonedx/cyclonedx-library@10.3.0 ajv@8.17.1 ajv-formats@3.0.1 ajv-formats-draft2019@1.6.1"

well_formed() { # BILL...
	NODE_PATH=$BATS_FILE_TMPDIR/npm/node_modules node "$top/tests/toy/cyclonedx.js" "$@" 3>&-
}

@test "export: the bill of materials is what CycloneDX's schema asks for, for every stage and target" {
	needs jq node npm
	# shellcheck disable=SC2086
	npm_install $judge
	sed -i 's/^licence=0BSD/licence="0BSD AND (MIT OR GPL-2.0-or-later)"/; s/^version=3/version="3+git~1"/' \
		"$world/recipes/app/recipe"
	printf 'caf\351 "quoted" \\ \001\n' >"$world/recipes/zed/odd.patch.txt"
	for target in near far; do
		native=$target boot --quiet
		for stage in stage1 stage2; do
			native=$target boot export $stage --format tar.zst --output $stage-$target
			well_formed $stage-$target.cdx.json
			jq -e "$whole" $stage-$target.cdx.json >/dev/null
		done
		equal "odd version" "pkg:generic/app@3%2Bgit~1" \
			"$(jq -r '.components[] | select(.name == "app") | .purl' stage2-$target.cdx.json)"
	done
	for wrong in 'del(.components[0].name)' '.components[0].hashes[0].content = "short"' \
		'.components[0].colour = "red"' '.serialNumber = "urn:uuid:1"'; do
		jq "$wrong" stage1-near.cdx.json >bad
		fails well_formed bad
	done
	jq '.dependencies[0].dependsOn += ["nobody"]' stage1-near.cdx.json >bad
	fails jq -e "$whole" bad
}

@test "export: a base stage's recipes are in the bill, as far as they are not made again" {
	needs jq
	cp "$world/stages/stage2" "$world/stages/stage3"
	sed -i 's/^runs=.*/runs=target/; s/^tools=.*/tools=stage1\nbase=stage2/' "$world/stages/stage3"
	sed -i '/^files$/d; /^greet/d; /^zed/d; /^program/d; /^app/d; /^libc$/d; /^rt$/d' "$world/stages/stage3"
	boot --quiet
	boot export stage3 --format tar.zst
	refs=$(jq -r '.components[]["bom-ref"]' "toy-1-stage3-$native.tar.zst.cdx.json")
	lines_of "$refs" | grep -qx stage3/hello
	lines_of "$refs" | grep -qx stage2/libc
	fails grep -x stage2/hello <<<"$refs"
}

@test "export: the provenance" {
	needs jq
	boot export stage2 --format tar.zst
	paper=$name.tar.zst.provenance.json
	asked() { jq -r "$1" "$paper"; }
	equal type https://in-toto.io/Statement/v1 "$(asked ._type)"
	equal predicate https://slsa.dev/provenance/v1 "$(asked .predicateType)"
	equal subject "$(sha256sum "$name.tar.zst" | sed 's/  / /')" \
		"$(asked '.subject[] | "\(.digest.sha256) \(.name)"')"
	equal wish "stage2 $native tar.zst false" \
		"$(asked '.predicate.buildDefinition.externalParameters | "\(.stage) \(.target) \(.format) \(.hostClang)"')"
	equal "wish by default" "null true" "$(asked '.predicate.buildDefinition.externalParameters | "\(.hostCc) \(.nativeTools)"')"
	equal target "$triple" "$(asked .predicate.buildDefinition.internalParameters.target.triple)"
	# every recipe with the key under which the store has it
	asked '.predicate.buildDefinition.internalParameters.recipes[] | "\(.name) \(.key) \(.output)"' >recipes
	grep -q ^stage2/zed recipes
	while read -r recipe key out; do
		equal "key of $recipe" "$(cat "$store/latest/$native/$recipe")" "$key"
		equal "output of $recipe" "$(sed -n 's/^out=//p' "$store/records/$key")" "$out"
	done <recipes
	equal sources "$(sed -n 's/^\(debian_\)\{0,1\}sha256=//p' "$world"/recipes/*/recipe | sort)" \
		"$(asked '.predicate.buildDefinition.resolvedDependencies[].digest.sha256' | sort)"
	asked .predicate.runDetails.builder.id | grep -q ^https://toy.invalid/
	asked .predicate.buildDefinition.buildType | grep -q ^https://toy.invalid/
	fails grep -F "$BATS_TEST_TMPDIR" ./*.json
}

@test "export: the provenance has what was asked for of compilers and emulation" {
	needs jq
	boot --quiet --host-cc gcc --no-native-tools
	boot export stage2 --format tar.zst --host-cc gcc --no-native-tools
	equal wish "gcc false" "$(jq -r '.predicate.buildDefinition.externalParameters | "\(.hostCc) \(.nativeTools)"' \
		"$name.tar.zst.provenance.json")"
}

# Of a checkout: what keys may read of it is what its commit says, or none is named.
@test "export: the provenance names the commit, of a checkout that is just that" {
	needs jq git
	needs_another_user
	commit() {
		boot export stage2 --format tar.zst
		jq -r '.predicate.buildDefinition.resolvedDependencies[] | select(.name == "checkout").digest.gitCommit' \
			"$name.tar.zst.provenance.json"
	}
	equal "none without git" "" "$(commit | sed 1d)"
	cp "$name.tar.zst.provenance.json" without
	git -C "$world" init -q
	equal "none of none" "" "$(commit | sed 1d)"
	git -C "$world" add -A
	git -C "$world" -c user.name=toy -c user.email=toy@toy.invalid commit -q -m toys
	touch "$world/notes"
	equal commit "$(git -C "$world" rev-parse HEAD)" "$(commit | sed 1d)"
	if [ "$(id -u)" = 0 ]; then chown -R 65534:65534 "$world"; fi
	equal "of another's checkout" "$(git -c safe.directory=* -C "$world" rev-parse HEAD)" "$(commit | sed 1d)"
	# shellcheck disable=SC2031
	run without git "$runner" --root="$world" --store="$store" --target "$native" export stage2 --format tar.zst
	ended 0
	cmp "$name.tar.zst.provenance.json" without
	touch "$world/src/more"
	equal "with an unknown file" "" "$(commit | sed 1d)"
	rm "$world/src/more"
	echo '# more' >>"$world/targets/$foreign"
	equal changed "" "$(commit | sed 1d)"
	cmp "$name.tar.zst.provenance.json" without
}

@test "export: signed, and the signature holds for these bytes alone" {
	needs ssh-keygen
	ssh-keygen -q -t ed25519 -N '' -C me -f key
	boot export stage2 --format tar.zst --sign key
	printf 'me %s\n' "$(cat key.pub)" >signers
	ssh-keygen -Y check-novalidate -n file -s "$name.tar.zst.sig" <"$name.tar.zst"
	ssh-keygen -Y verify -f signers -I me -n file -s "$name.tar.zst.sig" <"$name.tar.zst"
	fails ssh-keygen -Y verify -f signers -I me -n file -s "$name.tar.zst.sig" <"$name.tar.zst.cdx.json"
	boot export stage2 --format dir --sign key
	ssh-keygen -Y verify -f signers -I me -n file -s "$name.sha256.sig" <"$name.sha256"
	# exported anew without a key: no signature of something else stays
	boot export stage2 --format tar.zst
	[ ! -e "$name.tar.zst.sig" ]
	boot export stage2 --format dir
	[ ! -e "$name.sha256.sig" ]
}

@test "export: an empty folder stays where nothing could take its place" {
	needs ssh-keygen
	mkdir empty
	run boot export stage2 --format dir --output empty --sign /etc/hostname
	ended 2
	only empty
	boot export stage2 --format dir --output empty
	[ -d empty/usr ]
}

@test "export: what is no key, and one that is not there" {
	needs ssh-keygen
	run boot export stage2 --format tar.zst --sign nosuch
	ended 2
	says "--sign nosuch: this key cannot be read"
	echo "no key" >bad
	chmod 600 bad
	run boot export stage2 --format tar.zst --sign bad
	ended 2
	says "--sign bad: ssh-keygen does not sign with it"
	only bad
}

@test "export: a toolchain, with files for CMake and meson that know where they lie" {
	sed -i 's/^cflags=.*/cflags="-mtoy='"$native"' -Wl,a,b"/' "$world/targets/$native"
	boot --quiet
	boot export stage1 --format dir --output "it's a place"
	cp -R "it's a place" moved
	for folder in "it's a place" moved; do
		[ -x "$folder/bin/$triple-clang" ]
		"$folder/bin/$triple-meson" >cross.ini
		python3 - "$out/$folder" "$triple" cross.ini "$native" <<-'PYTHON'
			import ast, configparser, sys
			folder, triple, path, target = sys.argv[1:]
			cross = configparser.ConfigParser(interpolation=None)
			cross.read(path)
			get = lambda section, key: ast.literal_eval(cross[section][key].replace("true", "True"))
			assert get("binaries", "c") == f"{folder}/bin/{triple}-clang", cross["binaries"]["c"]
			assert get("binaries", "cpp") == f"{folder}/bin/{triple}-clang++"
			assert get("built-in options", "c_args") == [f"-mtoy={target}", "-Wl,a,b"]
			assert get("properties", "sys_root") == f"{folder}/{triple}"
			assert get("host_machine", "cpu_family") == triple.split("-")[0]
			assert get("host_machine", "endian") == "little"
		PYTHON
		printf 'include("%s")\nmessage("${CMAKE_C_COMPILER}|${CMAKE_SYSROOT}|${CMAKE_AR}|${CMAKE_C_FLAGS_INIT}")\n' \
			"$out/$folder/$triple.cmake" >script.cmake
		run cmake -P script.cmake
		ended 0
		equal cmake "$out/$folder/bin/$triple-clang|$out/$folder/$triple|$out/$folder/bin/$triple-ar|-mtoy=$native -Wl,a,b" \
			"$output"
	done
	equal times 1700000000.0000000000 "$(find "it's a place" -printf '%T@\n' | sort -u)"
	# the rest is the stage as it is in the store
	rm "moved/$triple.cmake" "moved/bin/$triple-meson"
	diff -r --no-dereference "$store/roots/$native/stage1/" moved
}

@test "export: a toolchain's archive has one folder" {
	top=toy-1-stage1-$native
	for format in tar.zst tar.xz; do
		boot export stage1 --format $format --output own.$format
		equal "top of $format" "$top" "$(tar -tf own.$format | cut -d/ -f1 | sort -u)"
		tar --list --verbose --numeric-owner --full-time -f own.$format >list
		equal owners 0/0 "$(awk '{print $2}' list | sort -u)"
		equal times "2023-11-14 22:13:20" "$(awk '{print $4, $5}' list | sort -u)"
		sha256sum --quiet -c own.$format.sha256
		tar -xpf own.$format
		[ -x "$top/bin/$triple-meson" ]
		rm "$top/$triple.cmake" "$top/bin/$triple-meson"
		same_tree "$top" stage1
		rm -r "$top"
	done
	boot export stage1 --format tar.xz --output other.tar.xz
	cmp own.tar.xz other.tar.xz
	boot export stage1 --format dir --output folder
	[ -x "folder/bin/$triple-meson" ]
}

@test "export: the format is what --output ends with" {
	boot export stage2 --output some.tar.xz
	xz -t some.tar.xz
	boot export stage2 --output some.oci.tar
	tar -tf some.oci.tar | grep -q oci-layout
	# as ci/job names them
	boot export stage2 --output some.oci --format oci
	run boot export stage2 --output .erofs
	ended 2
	says "export wants a --format"
}

@test "export: on a terminal it is said that it takes a while" {
	needs script
	script -qec "$(printf '%q ' "$runner" --root="$world" --store="$store" --target "$native" export stage2 --format dir)" \
		typescript >/dev/null 3>&-
	grep -q "packing $name; a big stage takes a while" typescript
	run boot export stage2 --format dir
	silent_on packing
}

@test "export: a stage that is not built says how to build it, and nothing is made" {
	rm -rf "$store"
	mkdir -p "$store/trees"
	run boot export stage2 --format tar.zst
	ended 2
	says "stage2 is not built yet; first run: ./bootstrap --target $native --store"
	says "--until stage2"
	only
	sed -i 's/--with-toys/--without/' "$world/recipes/hello/recipe"
	warm
	run boot export stage2 --format tar.zst
	ended 2
	says "stage2 is not built yet"
	only
}

with_fake() { # PROGRAM WORD...: the runner, where PROGRAM is busybox's
	printf '#!/bin/sh\necho "%s (busybox) 1.36.1"\n' "$1" >fake
	chmod 755 fake
	run unshare -Urm sh -euc "mount --bind fake '$(readlink -f "$(command -v "$1")")'; shift; exec \"\$@\"" \
		sh "$@" 3>&-
}

@test "export: by a program of another make the bytes would be others" {
	warm
	rm -r "$store"/versions
	for pair in tar:tar.zst xz:tar.xz gzip:oci stat:dir; do
		with_fake "${pair%:*}" "$runner" --root="$world" --store="$store" --target "$native" export stage2 \
			--format "${pair#*:}"
		ended 3
		says "/${pair%:*} is not "
		says "install it with ./bootstrap --setup=export"
		with_fake "${pair%:*}" "$runner" --root="$world" --store="$store" --target "$native" doctor
		says "/${pair%:*} is not "
	done
	only fake
}

@test "export: what was there is replaced, a folder only when it was exported" {
	echo old >"$name.tar.zst"
	echo old >"$name.tar.zst.sha256"
	boot export stage2 --format tar.zst
	sha256sum --quiet -c "$name.tar.zst.sha256"
	mkdir mine
	echo precious >mine/file
	run boot export stage2 --format dir --output mine
	ended 2
	says "mine is there already and was not exported; remove it, or give another --output"
	grep -q precious mine/file
	mkdir empty
	boot export stage2 --format dir --output empty/
	same_tree empty
	echo more >empty/more
	boot export stage2 --format dir --output empty
	same_tree empty
	boot export stage2 --format tar.zst --output file
	ln -s empty link
	cp empty.provenance.json link.provenance.json
	for what in file link; do
		run boot export stage2 --format dir --output $what
		ended 2
		says "$what is there already and is no folder; remove it, or give another --output"
	done
	sha256sum --quiet -c file.sha256
	mkfifo pipe
	ln -s pipe link-to-pipe
	for what in pipe link-to-pipe; do
		run boot export stage2 --format tar.zst --output $what
		ended 2
		says "$what is no file that can be replaced; remove it, or give another --output"
	done
	[ -p link-to-pipe ]
	run boot export stage2 --format tar.zst --output nowhere/
	ended 2
	says "--output nowhere/: there is no such folder; make it first"
	run boot export stage2 --format dir --output .
	ended 2
	says "name what is to be made"
	run boot export stage2 --format tar.zst --output nosuch/x
	ended 2
	says "choose another --output"
}

@test "export: a folder that could not be made is not taken for an exported one" {
	mkdir place
	# shellcheck disable=SC2016
	run unshare -Urm sh -c 'mount -t tmpfs none place && exec "$@"' sh "$runner" --root="$world" --store="$store" \
		--target "$native" export stage2 --format dir --output place 3>&-
	ended 3
	says "cannot write"
	only place
	echo precious >place/file
	run boot export stage2 --format dir --output place
	ended 2
	says "place is there already and was not exported"
	grep -q precious place/file
}

@test "export: a folder is replaced where a file system knows no exchange" {
	needs strace
	boot export stage2 --format dir --output place
	echo more >place/more
	strace -f -qq -o /dev/null -e trace=renameat2 -e inject=renameat2:error=EINVAL:when=1+ "$runner" --root="$world" \
		--store="$store" --target "$native" export stage2 --format dir --output place 3>&-
	same_tree place
}

@test "export: oci: the same bytes in a folder whose group goes to all in it" {
	mkdir plain group
	chmod g+s group
	for folder in plain group; do boot export stage2 --output $folder/x.oci.tar; done
	cmp plain/x.oci.tar group/x.oci.tar
}

@test "export: a failed one leaves what was there" {
	boot export stage2 --format tar.zst
	before=$(ls -A; sha256sum ./*)
	mv "$world/src/sh" "$world/src/real"
	cp -RL "$world/src/real" "$world/src/sh"
	printf '#!/bin/sh\nif [ "$1" = tar.zst ]; then echo half >"$WORK/result"; exit 7; fi\nexec %s "$1"\n' \
		"'$world/src/real/export'" >"$world/src/sh/export"
	run boot export stage2 --format tar.zst
	ended 3
	says "$name.tar.zst cannot be made: status 7 of src/sh/export tar.zst"
	equal folder "$before" "$(ls -A; sha256sum ./*)"
}

# PATH's system folders come first for what packs: the program itself is another one here
@test "export: a list that cannot be made whole is not given out" {
	set -- "$runner" --root="$world" --store="$store" --target "$native" export stage2 --format dir
	for broken in find sort xargs sha256sum stat sed awk; do
		# it does its work, and fails
		printf '#!/bin/sh\n"%s/real" "$@"; exit 1\n' "$BATS_TEST_TMPDIR" >"$BATS_TEST_TMPDIR/broken"
		chmod 755 "$BATS_TEST_TMPDIR/broken"
		path=$(readlink -f "$(command -v $broken)")
		cp "$path" "$BATS_TEST_TMPDIR/real"
		run unshare -Urm sh -c 'mount --bind "$1" "$2"; shift 2; exec "$@"' sh "$BATS_TEST_TMPDIR/broken" "$path" "$@"
		ended 3
		says "cannot be made: status"
		only
	done
}

# a step that waits in a program of its own, with the name of the store among its arguments
slow_step() {
	mv "$world/src/sh" "$world/src/real"
	cp -RL "$world/src/real" "$world/src/sh"
	cat >"$world/src/sh/export" <<-EXPORT
		#!/bin/sh
		echo half >"\$WORK/result"
		: >"$BATS_TEST_TMPDIR/begun"
		sh -c 'sleep 60; : $store'
	EXPORT
}

@test "export: a signal ends it, and nothing is left" {
	slow_step
	echo old >"$name.tar.zst"
	for signal in INT TERM HUP; do
		rm -f "$BATS_TEST_TMPDIR/begun"
		boot_aside export stage2 --format tar.zst
		wait_for test -e "$BATS_TEST_TMPDIR/begun"
		kill -$signal "$runner_pid"
		code=0
		wait "$runner_pid" || code=$?
		equal status $((128 + $(kill -l $signal))) $code
		no_strays
		only "$name.tar.zst"
		grep -qx old "$name.tar.zst"
	done
}

@test "export: two at once, and one that was killed, are told apart" {
	slow_step
	boot_aside export stage2 --format tar.zst
	wait_for test -e "$BATS_TEST_TMPDIR/begun"
	run boot export stage2 --format tar.zst
	ended 3
	says "another run makes $name.tar.zst"
	kill -9 "$runner_pid"
	wait "$runner_pid" || :
	[ -e ".$name.tar.zst.part" ]
	for stray in $(strays); do kill -9 "$stray"; done
	rm -r "$world/src/sh"
	mv "$world/src/real" "$world/src/sh"
	boot export stage2 --format tar.zst
	only "$name.tar.zst"{,.sha256,.cdx.json,.provenance.json}
}

without() { # PROGRAM COMMAND...: where that program cannot be run
	# shellcheck disable=SC2016
	unshare -Urm sh -c 'mount --bind /dev/null "$1"; shift; exec "$@"' sh "$(readlink -f "$(command -v "$1")")" "${@:2}"
}

@test "export: a missing program is named, with the remedy" {
	needs mksquashfs mkfs.erofs
	set -- "$runner" --root="$world" --store="$store" --target "$native" export stage2
	run without mksquashfs "$@" --format squashfs
	ended 3
	says "mksquashfs is missing; install it with ./bootstrap --setup=export"
	run without mkfs.erofs "$@" --format erofs
	ended 3
	says "mkfs.erofs is missing; install it with ./bootstrap --setup=export"
	run without zstd "$@" --format tar.zst
	ended 3
	says "zstd is missing; install it with ./bootstrap --setup=export"
	only
	run without zstd "$@" --format tar.xz
	ended 0
}

@test "export: --quiet says nothing, and the store's other users do not disturb" {
	run boot export stage2 --format tar.zst --quiet
	ended 0
	equal output "" "$output"
}
