# A terminal for tests that need one: tmux.
# shellcheck shell=bash disable=SC2154 # bats sets BATS_*

screen() { tmux -S "$BATS_TEST_TMPDIR/tmux" -f /dev/null "$@" 3>&-; }
seen() { screen capture-pane -p "$@"; }
shown() { seen | grep -qF -e "$1"; }
gone() { ! shown "$1"; }

type_in() { screen send-keys "$1" Enter; }

eventually() { # wait_for, with more patience: a display shows what a busy machine has come to
	local tries
	for tries in $(seq 300); do
		if "$@"; then return 0; fi
		sleep 0.1
	done
	echo "waited in vain for: $*"
	seen
	return 1
}
