#!/usr/bin/env bats
# What shells complete: the scripts are loaded by the shells they are for.
load common
load screen

setup_file() {
	needs zsh fish tmux
}

# The toy world as a checkout; bootstrap in PATH is a link to it, as make install makes one.
setup() {
	common_setup
	ln -s "$top/src/completion" "$world/src/"
	printf '#!/bin/sh\nexec "%s" --root="%s" "$@"\n' "$runner" "$world" >"$world/bootstrap"
	mkdir "$BATS_TEST_TMPDIR/bin" "$BATS_TEST_TMPDIR/place"
	chmod 755 "$world/bootstrap"
	ln -s "$world/bootstrap" "$BATS_TEST_TMPDIR/bin/bootstrap"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
	cd "$BATS_TEST_TMPDIR/place" || return
	mkdir folder
	touch file
	for shell in bash zsh fish; do bootstrap completion $shell >"$BATS_TEST_TMPDIR/$shell"; done
}

teardown() {
	screen kill-server 2>/dev/null || :
	common_teardown
}

# complete_bash WORD...: what bash would offer for the last word, sorted
complete_bash() {
	bash -c '
		. "$0"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_bootstrap 2>&1
		printf "%s\n" "${COMPREPLY[@]}" | sort | xargs' "$BATS_TEST_TMPDIR/bash" "$@"
}

# The same of a line for fish, by fish itself.
complete_fish() { fish --no-config -c "source $BATS_TEST_TMPDIR/fish; complete -C '$*'" | cut -f1 | sort | xargs; }

# both EXPECTED WORD...: of what either offers
both() {
	equal "bash: ${*:2}" "$1" "$(complete_bash "${@:2}")"
	equal "fish: ${*:2}" "$1" "$(complete_fish "${*:2}" | sed 's,folder/,folder,')"
}

@test "completion: verbs, and what each takes" {
	verbs=$("$runner" --help | sed -n '/^verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p' | sort | xargs)
	both "$verbs" bootstrap ''
	both "targets" bootstrap ta
	both "app" bootstrap why a
	both "" bootstrap why app ''
	both "stage1 stage2" bootstrap export ''
	both "zed" bootstrap shell z
	both "stage1 stage2" bootstrap shell st
	both "bash fish zsh" bootstrap completion ''
	both "" bootstrap plan ''
	both "" bootstrap verify ''
}

@test "completion: verify takes what can be verified" {
	sed 's/^tools=.*/tools=stage2/' "$world/stages/stage2" >"$world/stages/stage3"
	sed 's/^tools=.*/tools=stage2\nbase=stage2/' "$world/stages/stage2" >"$world/stages/stage2.5"
	for shell in bash fish zsh; do bootstrap completion $shell >"$BATS_TEST_TMPDIR/$shell"; done
	both stage3 bootstrap verify ''
	grep -q "verify	stage3	" "$BATS_TEST_TMPDIR/zsh"
	run bootstrap verify stage2
	ended 2
	says "cannot be verified"
}

@test "completion: every option that --help knows, and no other" {
	options=$("$runner" --help | grep -oE '^  -(-[a-z-]+(=[a-z]+)?|j)' | sort | xargs)
	equal bash "$options" "$(complete_bash bootstrap -)"
	equal fish "$(tr ' ' '\n' <<<"$options" | grep -v '^-j$' | xargs)" "$(complete_fish bootstrap --)"
}

@test "completion: what options take" {
	both "far near" bootstrap --target ''
	both "near" bootstrap plan --build n
	both "stage1 stage2" bootstrap --until ''
	both "hello" bootstrap --target near --only he
	both "tar.xz tar.zst" bootstrap export stage2 --format ta
	both "file" bootstrap --json "fi"
	both "folder" bootstrap --store fo
	touch d # a name of one letter, as "?" is of
	both "" bootstrap -j ''
	rm d
	both "" bootstrap --host-cc ''
	both "why" bootstrap -j 3 --target near wh
	equal "= in bash" "far near" "$(complete_bash bootstrap --target =)"
	equal "= in bash" near "$(complete_bash bootstrap --target = n)"
	equal "= in bash" "export test" "$(complete_bash bootstrap --setup =)"
	equal "= in bash" export "$(complete_bash bootstrap --setup = e)"
	equal "= in bash" plan "$(complete_bash bootstrap --setup = test pla)"
	equal "= in bash" plan "$(complete_bash bootstrap --setup pla)"
	equal "= in bash" "" "$(complete_bash bootstrap --offline =)"
	equal "= in fish" "--setup=export --setup=test" "$(complete_fish bootstrap --setup=)"
	equal "= in fish" --target=near "$(complete_fish bootstrap --target=n)"
	equal "behind --" "" "$(complete_bash bootstrap shell stage1 -- '')"
}

# Ctrl-C is lost on a shell that has shown what completes a word and is not through with it.
is_given_up() {
	screen send-keys C-c
	screen send-keys C-l
	sleep 0.1
	[ "$(seen | grep -v '^$')" = "ready>" ]
}

# typed TEXT SHOWN: what a Tab makes of it
typed() {
	screen send-keys -l "$1"
	screen send-keys Tab
	eventually shown "$2"
	eventually is_given_up
}

# in_shell COMMAND LOAD: a shell on a terminal that has read a script, and is used
in_shell() {
	screen new-session -d -x 100 -y 40 "cd '$world'; exec env PS1='ready> ' $1"
	eventually shown "ready>"
	type_in "PS1='ready> '; $2"
	typed "./bootstrap --tar" "./bootstrap --target"
	typed "./bootstrap exp" "./bootstrap export"
	typed "bootstrap --target=fa" "bootstrap --target=far"
	typed "bootstrap --setup=ex" "bootstrap --setup=export"
	typed "bootstrap --setup pla" "bootstrap --setup plan"
	typed "bootstrap why gre" "bootstrap why greet"
	typed "../bin/bootstrap export stage2 --format er" "--format erofs"
}

@test "completion: what editors and patch leave is no name" {
	for name in '~' .orig .rej .bak .swp; do
		touch "$world/stages/stage2$name" "$world/targets/near$name"
		mkdir "$world/recipes/hello$name"
	done
	touch "$world/stages/#stage2#"
	both "stage1 stage2" bootstrap export ''
	both "near" bootstrap --target n
	both "hello" bootstrap why hel
	screen new-session -d -x 100 -y 40 "cd '$world'; exec env PS1='ready> ' zsh -f"
	eventually shown "ready>"
	type_in "PS1='ready> '; autoload -U compinit; compinit -D -u; source <(./bootstrap completion zsh)"
	screen send-keys -l "bootstrap export "
	screen send-keys Tab
	screen send-keys Tab
	eventually shown "stage1"
	run seen
	silent_on "stage2~"
	silent_on "#stage2#"
	silent_on "stage2.swp"
}

@test "completion: typed in bash" { in_shell "bash --norc" "source <(./bootstrap completion bash)"; }

@test "completion: typed in zsh" {
	in_shell "zsh -f" "autoload -U compinit; compinit -D -u; source <(./bootstrap completion zsh)"
	typed "bootstrap tar" "bootstrap targets"
	screen send-keys -l "bootstrap --until stage2 "
	screen send-keys Tab
	screen send-keys Tab
	eventually shown "what this machine lacks"
	screen send-keys C-c
	screen send-keys -l "bootstrap --setup="
	screen send-keys Tab
	screen send-keys Tab
	eventually shown "export  test"
}

@test "completion: make install puts it where the shells look" {
	make -s -C "$top" install BUILD="$(dirname "$runner")" DESTDIR="$BATS_TEST_TMPDIR/root" PREFIX=/usr
	share=$BATS_TEST_TMPDIR/root/usr/share
	for shell in bash:bash-completion/completions/bootstrap zsh:zsh/site-functions/_bootstrap \
		fish:fish/vendor_completions.d/bootstrap.fish; do
		"$runner" --root="$top" completion "${shell%%:*}" | cmp - "$share/${shell#*:}"
	done
	in_shell "zsh -f" "fpath+=('$share/zsh/site-functions'); autoload -U compinit; compinit -D -u"
}
