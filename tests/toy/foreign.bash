# Stages of the toy world in which programs of the foreign target run.
# shellcheck shell=bash disable=SC2154 # common.bash sets what is used here

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

# foreign_program FILE crash|end|name|hang: a program of the other processor that dies of SIGILL, ends well, says the
# first five letters of the name it was started by and ends, or waits for ever
foreign_program() {
	python3 - "$foreign" "$@" <<-'P'
		import os, struct, sys
		target, path, what = sys.argv[1:]
		arm = target == "far"
		if what == "crash":
		    code = bytes(4) if arm else b"\x0f\x0b"
		elif what in ("end", "name"):  # exit(0), after write(1, argv[0], 5)
		    code = (struct.pack("<3I", 0xd2800000, 0xd2800000 | 93 << 5 | 8, 0xd4000001) if arm else
		            b"\x31\xff\xb8\x3c\0\0\0\x0f\x05")
		    if what == "name":
		        code = (struct.pack("<5I", 0xd2800020, 0xf94007e1, 0xd28000a2, 0xd2800000 | 64 << 5 | 8, 0xd4000001)
		                if arm else bytes.fromhex("bf01000000488b742408ba05000000b8010000000f05")) + code
		elif arm:  # ppoll(0, 0, 0, 0, 0), then around in a circle
		    code = struct.pack("<8I", *(0xd2800000 | n for n in range(5)), 0xd2800000 | 73 << 5 | 8, 0xd4000001,
		                       0x14000000)
		else:  # pause(), then the same
		    code = b"\xb8\x22\0\0\0\x0f\x05\xeb\xfe"
		base, size = 0x400000, 120 + len(code)
		head = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 2, 183 if arm else 62, 1, base + 120, 64, 0, 0,
		                   64, 56, 1, 0, 0, 0)
		part = struct.pack("<IIQQQQQQ", 1, 5, 0, base, base, size, size, 0x1000)
		with open(path, "wb") as file:
		    file.write(head + part + code)
		os.chmod(path, 0o755)
	P
}

emulator() { sed -n 's/^qemu=//p' "$world/targets/$foreign"; }
needs_emulator() { command -v "$(emulator)" >/dev/null || needs "$(emulator)-static"; }
