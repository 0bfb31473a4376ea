#!/usr/bin/env bats
# What is on a terminal while a run is at work, and what is left there. tmux is the terminal.
load common
load screen
setup_file() {
	needs tmux
	common_setup_file
	make_warm
}
setup() {
	common_setup
	warm
	unset GITHUB_ACTIONS GITLAB_CI NO_COLOR
}
teardown() {
	screen kill-server 2>/dev/null || :
	common_teardown
}

# A shell of 80 columns in which "boot" is the runner. The store's name stands in a file, not among
# the shell's arguments: common_teardown looks for strays by it.
open_screen() {
	cat >"$BATS_TEST_TMPDIR/boot" <<-R
		#!/bin/sh
		[ "\$1" = shell ] || set -- --mirror="$mirror" --offline "\$@"
		exec "$runner" --root="$world" --store="$store" --target "$native" "\$@"
	R
	chmod +x "$BATS_TEST_TMPDIR/boot"
	screen new-session -d -x 80 -y 20 "cd '$BATS_TEST_TMPDIR'; PS1='ready> ' exec sh -i"
	eventually shown "ready>"
}

# Says how far it is as ninja does, and then hangs.
add_slow() {
	add stage2 slow <<-'R'
		build() {
			[ ! -e half ] || return 0
			: >half
			echo "[3/7] Building CXX object slow.o"
			sleep 600
		}
	R
}

count() { seen | grep -cF -e "$1" || :; }

@test "a job at work has a line, with phase, steps and time; the whole has one below" {
	add_slow
	add stage2 quick </dev/null
	open_screen
	type_in "./boot -j 2"
	eventually shown "3/7"
	eventually shown "done     stage2/quick"
	equal "count, which the last line has" 0 "$(count '[')"
	seen | grep -qE '^  stage2/slow +build 3/7 +0:[0-9]{2}$'
	seen | grep -qE '^1/2 done  0:[0-9]{2}  '
	eventually shown "cores "
	# lines of what happened stand above it, and the whole is the last one
	equal order "$(lines_of quick slow whole)" \
		"$(seen | sed -nE 's/.*done     stage2.quick.*/quick/p; s/^  stage2.slow.*/slow/p; s/^1.2 done.*/whole/p')"
}

@test "the time goes on by itself" {
	add_slow
	open_screen
	type_in "./boot"
	eventually shown "3/7"
	before=$(seen | grep -oE '3/7 +0:[0-9]{2}')
	changed() { [ "$(seen | grep -oE '3/7 +0:[0-9]{2}')" != "$before" ]; }
	eventually changed
	equal rows 1 "$(count stage2/slow)"
}

@test "a record of an earlier run says what is left" {
	add stage2 slow <<<'build() { sleep 2; }'
	boot --quiet
	sed -i 's/^seconds=.*/seconds=3000/; s/^cpu=.*/cpu=3000/' "$store/records/$(cat "$store/latest/$native/stage2/slow")"
	sed -i 's/sleep 2/sleep 600/' "$world/recipes/slow/recipe"
	open_screen
	type_in "./boot -j 1"
	eventually shown " of 50:00"
	shown "about 50 min left ("
}

@test "of what a record says, that which an earlier try has done is over" {
	add stage2 slow <<<'build() { sleep 1; }'
	boot --quiet
	sed -i 's/^seconds=.*/seconds=3000/; s/^cpu=.*/cpu=3000/' "$store/records/$(cat "$store/latest/$native/stage2/slow")"
	sed -i 's/sleep 1/sleep 600/' "$world/recipes/slow/recipe"
	run boot --quiet --time-limit 2s
	ended 75
	sed -i '1s/.*/1800 1800/' "$store"/objects/*/spent
	open_screen
	type_in "./boot -j 1"
	eventually shown " of 20:00"
	shown "about 20 min left ("
}

@test "a narrow terminal, made so while at work, and wide again" {
	add_slow
	open_screen
	type_in "./boot"
	eventually shown "3/7"
	for columns in 40 24 120 60; do
		name=stage2/slow
		[ $columns != 24 ] || name=slow
		screen resize-window -x $columns
		eventually fits $columns "$name"
	done
	screen resize-window -y 4
	eventually shown "0/1 done"
}

# One row, that begins with a name, and one total; nothing wider than so many columns.
fits() { # COLUMNS NAME
	[ "$(count 3/7)" = 1 ] && [ "$(count "0/1 done")" = 1 ] && seen | grep -qE "^  $2 +(build )?3/7( |$)" &&
		seen | awk -v most="$1" 'length > most {exit 1}'
}

@test "more jobs than lines: the rest is counted" {
	for number in 1 2 3 4 5 6; do add stage2 "slow$number" <<<'build() { sleep 600; }'; done
	open_screen
	screen resize-window -y 6
	type_in "./boot -j 6"
	eventually shown "  and 4 more"
	equal rows 2 "$(count "  stage2/slow")"
	shown "0/6 done"
}

# Terminals like tmux take rows that they pushed out above back when there is room again.
@test "a terminal too low for what stands there, and high again: nothing stands there twice" {
	for number in 1 2 3 4 5 6; do add stage2 "slow$number" <<<'build() { sleep 600; }'; done
	open_screen
	type_in "./boot -j 6; :"
	for size in "60 -y 5" "60 -y 2" "60 -y 3" "60 -y 2" "120 -y 30"; do
		# shellcheck disable=SC2086 # words
		screen resize-window -x $size
		sleep 1 # tmux takes a while to tell
	done
	eventually shown "stage2/slow6"
	for name in 1 2 3 4 5 6; do equal "rows of $name" 1 "$(count "  stage2/slow$name")"; done
	equal totals 1 "$(count "0/6 done")"
	equal "rests" 0 "$(count "more")"
	seen -S - | grep -q "^ready> ./boot" # perhaps one has to scroll back to it
}

@test "Ctrl-C leaves nothing of it, and the next line is the shell's" {
	add_slow
	open_screen
	type_in "clear; ./boot"
	eventually shown "3/7"
	screen send-keys C-c
	eventually shown "stopped by a signal"
	eventually shown "ready>"
	equal rows 0 "$(count 3/7)"
	equal totals 0 "$(count "0/1 done")"
	type_in "echo 'all' 'is well' \$?"
	eventually shown "all is well 130"
	equal cursor 1 "$(screen display-message -p '#{cursor_flag}')"
	# nothing but the words of the end stood there
	equal garbage "" "$(seen | sed -n '/^stage1: /q; p')"
}

paused() { ls "$store"/objects/*/paused >/dev/null 2>&1; }

@test "a terminal that takes no output stops no clock" {
	add_slow
	open_screen
	type_in "clear; ./boot --time-limit 6"
	eventually shown "3/7"
	screen send-keys C-s
	eventually paused
	screen send-keys C-q
	eventually shown "stopped at the time limit"
	eventually shown "ready>"
	equal totals 0 "$(count "0/1 done")"
}

@test "kill -9 leaves the cursor in a line of its own" {
	add_slow
	open_screen
	type_in "clear; ./boot"
	eventually shown "3/7"
	shell=$(screen display-message -p '#{pane_pid}')
	read -r child _ <"/proc/$shell/task/$shell/children" || [ -n "$child" ]
	kill -9 "$child"
	eventually shown "ready>"
	equal cursor 1 "$(screen display-message -p '#{cursor_flag}')"
	seen | grep -qE '^(Killed *|ready> *)$'
}

# Counts for as long as it may, in a process below a shell's.
add_ticking() {
	add stage2 ticking <<-'R'
		build() {
			echo "[3/7] Building CXX object slow.o"
			(while :; do echo tick; sleep 0.1; done)
		}
	R
}

ticks() { cat "$store"/objects/*/log | grep -c tick; }
tick_on() { [ "$(ticks)" -gt "$1" ]; }
stands() { # SECONDS
	local before
	sleep 0.5
	before=$(ticks)
	sleep "$1"
	equal ticks "$before" "$(ticks)"
}

@test "Ctrl-Z and fg: the jobs stop, too, and the shell's lines stay" {
	add_ticking
	open_screen
	type_in "clear; ./boot"
	eventually tick_on 0
	eventually shown "0/1 done"
	screen send-keys C-z
	eventually shown "Stopped"
	equal rows 0 "$(count "  stage2/ticking ")"
	stands 1
	before=$(ticks)
	type_in "echo 'still' 'there'; fg"
	eventually tick_on "$before"
	eventually shown "  stage2/ticking "
	shown "still there"
	equal rows 1 "$(count "  stage2/ticking ")"
	screen send-keys C-c
	eventually shown "stopped by a signal"
}

@test "kill -TSTP: no limit comes nearer while a run is stopped" {
	add_ticking
	open_screen
	type_in "./boot --hang-limit 3 --time-limit 5 &"
	eventually tick_on 0
	type_in 'kill -TSTP $!'
	stands 6
	before=$(ticks)
	type_in 'kill -CONT $!'
	eventually tick_on "$((before + 9))"
	eventually shown "stopped at the time limit"
	gone "hung"
	no_strays
}

@test "a failure and a warning stand above, whole" {
	add stage2 broken <<-'R'
		build() { echo "main.c:7:1: error: no such thing"; return 7; }
	R
	open_screen
	type_in "clear; ./boot"
	eventually shown "to go on: "
	eventually shown "ready>"
	shown "stage2/broken failed in phase build: exit status 7"
	shown "  > main.c:7:1: error: no such thing"
	equal rows 0 "$(count "  stage2/broken ")"
}

@test "colours, and none with NO_COLOR" {
	add_slow
	open_screen
	type_in "clear; ./boot"
	eventually shown "3/7"
	seen -e | grep -q "$(printf '\033\[1m0/1 done')"
	screen send-keys C-c
	eventually shown "stopped by"
	type_in "clear; rm -rf '$BATS_TEST_TMPDIR'/keep-*/objects/*; NO_COLOR=1 ./boot"
	eventually gone "stopped by"
	eventually shown "3/7"
	equal escapes 0 "$(seen -e | grep -c "$(printf '\033')" || :)"
}

plain() { # ASSIGNMENT
	add_slow
	open_screen
	type_in "clear; $1 ./boot"
	eventually shown "start    stage2/slow"
	sleep 1
	equal rows 0 "$(count 3/7)"
}

@test "a dumb terminal gets plain lines" { plain TERM=dumb; }
@test "GitHub gets plain lines, on a terminal too" { plain GITHUB_ACTIONS=true; }
@test "GitLab gets plain lines, on a terminal too" { plain GITLAB_CI=true; }

@test "--quiet shows nothing" {
	add_slow
	open_screen
	type_in "clear; ./boot --quiet"
	at_work() { ls "$store"/objects/*/build/half >/dev/null 2>&1; }
	eventually at_work
	sleep 1
	equal rows 0 "$(count stage2)"
}

@test "in the background nothing is drawn over what one types" {
	add_slow
	open_screen
	type_in "clear; ./boot &"
	at_work() { ls "$store"/objects/*/build/half >/dev/null 2>&1; }
	eventually at_work
	type_in "echo 'mine' 'alone'"
	eventually shown "mine alone"
	sleep 1
	equal rows 0 "$(count 3/7)"
	# nobody hangs up on what is in the background
	type_in 'kill $!'
	no_strays
}

# Once it says so, the terminal is its own: before, the keys are for the shell.
interrupt_in_there() {
	type_in "sh -c \"echo 'at' 'work'; exec sleep 600\""
	eventually shown "at work"
	screen send-keys C-c
}

@test "a shell in a room: its status, Ctrl-C in it, and the terminal is given back" {
	open_screen
	type_in "clear; ./boot shell stage1"
	eventually shown "stage1:"
	interrupt_in_there
	type_in "echo 'still' 'in it'"
	eventually shown "still in it"
	type_in "clear; exit 3"
	eventually shown "ready>"
	type_in "echo 'ended' \$?"
	eventually shown "ended 3"
	gone "Cannot set tty"
	type_in "./boot shell stage1 -- sh -c 'read word; exit \$word'"
	type_in 5
	type_in "echo 'ended' \$?"
	eventually shown "ended 5"
	for shell in "sh" "/bin/bash --norc"; do
		type_in "clear; ./boot shell stage1 -- $shell"
		type_in "echo 'in' 'it'"
		eventually shown "in it"
		interrupt_in_there
		type_in "kill -STOP \$\$" # nobody above could say fg
		type_in "echo 'on' 'again'"
		eventually shown "on again"
		type_in "clear; exit 4"
		type_in "echo 'ended' \$?"
		eventually shown "ended 4"
		gone "Cannot set tty"
		gone "no job control"
	done
}
