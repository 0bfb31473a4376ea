#!/usr/bin/env bats
# What programs are told of a run, and what CI systems are.
load common
setup_file() { common_setup_file; make_warm; }
setup() {
	common_setup
	warm
	unset GITHUB_ACTIONS GITLAB_CI
	events=$BATS_TEST_TMPDIR/events
}
teardown() { common_teardown; }

# The document is what is checked against: its tables name every event and every field.
documented() { # [FILE]
	python3 "$top/tests/events" "$top/docs/events.md" "${1:-$events}"
}

add_broken() {
	add stage2 broken <<-'R'
		build() {
			seq 3000
			echo "main.c:7:1: error: 100%: no such thing"
			echo "::error::not a word of the runner's"
			seq 3000
			return 7
		}
	R
}

@test "events: a run with work, as the document has it" {
	add stage2 new <<<'package() { echo 12345 >"$OUT/new"; }'
	run boot --json "$events"
	ended 0
	documented
	grep -q '"event":"done".*"job":"stage2/new".*"bytes":6,' "$events"
	equal "first and last" "$(lines_of run end)" \
		"$(sed -n 's/^{"event":"\([a-z]*\)".*/\1/; 1p; $p' "$events")"
	grep -q '"event":"phase".*"job":"stage2/new","phase":"package"' "$events"
	key=$(cat "$store/latest/$native/stage2/new")
	grep -q "\"event\":\"done\".*\"key\":\"$key\"" "$events"
}

@test "events: a job that goes on is foretold without what earlier tries have done" {
	add stage2 slow <<<'build() { [ ! -e late ] || return 0; : >late; sleep 600; }'
	run boot --quiet --only slow --time-limit 3s
	ended 75
	key=$(cd "$store/objects" && echo *[0-9a-f])
	sed -i "s/^seconds=.*/seconds=3000/" "$store/records/$(cat "$store/latest/$native/stage2/hello")"
	cp "$store/latest/$native/stage2/hello" "$store/latest/$native/stage2/slow"
	echo 1800 1800 >"$store/objects/$key/spent"
	boot --quiet --only slow --json "$events"
	equal estimate 1200 "$(sed -n 's/.*"event":"start".*"stage2\/slow".*"estimate":\([0-9]*\).*/\1/p' "$events")"
}

@test "events: the command to go on is told to its end" {
	for _ in $(seq 60); do set -- "$@" --only stage2/hello; done
	boot --quiet --json "$events" "$@"
	equal words 60 "$(grep '"event":"run"' "$events" | grep -o -e '--only stage2/hello' | wc -l)"
}

@test "events: everything of a first run, every kind of job" {
	rm -rf "$store"
	run boot --quiet --json "$events"
	ended 0
	documented
	for kind in fetch unpack build union; do grep -q "\"kind\":\"$kind\"" "$events"; done
	equal "all done" 1 "$(grep -c '"event":"end".*"done":\([0-9]*\),"all":\1,"failed":0' "$events")"
	equal "done as started" "$(grep -c '"event":"start"' "$events")" "$(grep -c '"event":"done"' "$events")"
	boot --quiet --json "$events" # the file is begun anew
	equal "nothing to do" 2 "$(wc -l <"$events")"
	documented
}

@test "events: a failure, with the first error and what was not tried" {
	add_broken
	add stage2 after <<<'needs=broken'
	run boot --json "$events"
	ended 1
	documented
	grep -q '"event":"failed".*"job":"stage2/broken".*"phase":"build","why":"exit status 7"' "$events"
	grep -q '"error":"main.c:7:1: error: 100%: no such thing"' "$events"
	grep -q '"event":"end".*"status":1,.*"failed":1,"skipped":1' "$events"
}

@test "events: what --fresh made otherwise" {
	# shellcheck disable=SC2016
	add stage2 dated <<<'package() { date +%N >"$OUT/date"; }'
	boot --quiet --json "$events"
	equal differs 0 "$(grep -c '"event":"differs"' "$events")"
	before=$(tree_of stage2/dated)
	run boot --fresh dated --json "$events"
	ended 0
	documented
	out=$(tree_of stage2/dated)
	equal differs "\"before\":\"${before##*/}\",\"out\":\"${out##*/}\",\"files\":1,\"names\":[\"date\"]}" \
		"$(sed -n 's/.*"event":"differs".*"job":"stage2\/dated",//p' "$events")"
	boot --quiet --fresh hello --json "$events"
	equal differs 0 "$(grep -c '"event":"differs"' "$events")"
}

@test "events: strange bytes come out as JSON" {
	add stage2 broken <<-'R'
		build() {
			printf 'a"b\\c: error: \033[1m\377\303\244\342\202\n'
			return 1
		}
	R
	run boot --json "$events"
	ended 1
	documented
	python3 - "$events" <<-'P'
		import json, sys
		for line in open(sys.argv[1], encoding="utf-8"):
		    event = json.loads(line)
		    if event["event"] == "failed":
		        assert event["error"] == 'a"b\\c: error: \ufffdä\ufffd\ufffd', event
	P
}

@test "events: a run that is stopped" {
	add stage2 slow <<<'build() { : >half; sleep 600; }'
	boot_aside --json "$events"
	at_work() { ls "$store"/objects/*/build/half >/dev/null 2>&1; }
	wait_for at_work
	kill -TERM "$runner_pid"
	wait "$runner_pid" || :
	runner_pid=
	documented
	grep -q '"event":"stop".*"status":143,"why":"SIGTERM"' "$events"
	grep -q '"event":"stopped".*"job":"stage2/slow"' "$events"
	grep -q '"event":"end".*"status":143' "$events"
}

@test "events: a job that another run has at work is waited for, which is told once" {
	add stage2 slow <<<'build() { : >half; sleep 4; }'
	boot_aside --only slow
	wait_for eval "ls $store/objects/*/build/half >/dev/null 2>&1"
	run boot --only slow --json "$events"
	ended 0
	equal said 1 "$(printf '%s\n' "$output" |
		grep -c 'wait     stage2/slow (another run or a shell has it at work)$')"
	documented
	equal told 1 "$(grep -c '"event":"wait".*"job":"stage2/slow"' "$events")"
	equal jobs "" "$(started)"
}

@test "events: - is stdout, and words for people go to stderr" {
	add stage2 new </dev/null
	boot --json - >"$events" 2>"$BATS_TEST_TMPDIR/words"
	documented
	output=$(cat "$BATS_TEST_TMPDIR/words")
	says "done     stage2/new"
	says "stage2: $store/roots/$native/stage2"
}

@test "events: a reader that goes away does not end the run" {
	add stage2 new </dev/null
	{ status=0; boot --json - 2>"$BATS_TEST_TMPDIR/words" || status=$?; echo $status >"$BATS_TEST_TMPDIR/status"; } |
		head -c 1 >/dev/null
	output=$(cat "$BATS_TEST_TMPDIR/words")
	equal status 0 "$(cat "$BATS_TEST_TMPDIR/status")"
	[ -e "$store/latest/$native/stage2/new" ]
}

@test "events: a disk that is full does not end the run, and is told" {
	add stage2 new </dev/null
	run boot --json /dev/full
	ended 0
	says "--json: No space left on device; the run goes on without"
	says "done     stage2/new"
	run boot --json /dev/full --quiet
	says "No space left on device"
}

@test "events: a fifo without a reader, and with one that sleeps, holds nothing up" {
	mkfifo "$events"
	add stage2 new </dev/null
	boot --quiet --json "$events"
	add stage2 newer </dev/null
	sleep 60 <>"$events" 3>&- &
	sleeper=$!
	boot --quiet --json "$events"
	kill $sleeper
	[ -e "$store/latest/$native/stage2/newer" ]
}

@test "events: a fifo that is read" {
	mkfifo "$events"
	add stage2 new </dev/null
	timeout 60 sed '/"event":"end"/q' "$events" >"$events.read" 3>&- &
	reader=$!
	boot --quiet --json "$events"
	wait $reader
	documented "$events.read"
}

@test "events: a file that cannot be made is said at once" {
	run boot --json /nonexistent/file
	ended 2
	says "--json /nonexistent/file: cannot be opened: No such file or directory"
}

@test "events: a run that cannot begin leaves none of an older one" {
	for wrong in "--target nosuch" "--only nosuch" "--until nosuch" "--mirror nosuch" "--host-cc /nonexistent"; do
		echo '{"event":"end"}' >"$events"
		# shellcheck disable=SC2086 # an option and its value
		run "$runner" --root="$world" --store="$store" --json "$events" $wrong 3>&-
		equal "status with $wrong" 1 $((status == 2 || status == 3))
		equal "events with $wrong" "" "$(cat "$events")"
	done
	echo '{"event":"end"}' >"$events"
	run boot --json "$events" --nosuch
	ended 2
	equal "not even understood" '{"event":"end"}' "$(cat "$events")"
}

@test "GitHub: the log in a group, where it commands nothing, and an error for the summary" {
	add_broken
	GITHUB_ACTIONS=true run boot
	ended 1
	id=$(printf '%s\n' "$output" | sed -n 's/^::stop-commands:://p')
	expected=$(lines_of "::group::the log of stage2/broken" "::stop-commands::$id" "::$id::" \
		"::endgroup::" \
		"::error title=stage2/broken failed in phase build::main.c:7:1: error: 100%25: no such thing")
	equal commands "$expected" "$(printf '%s\n' "$output" | grep '^::')"
	# the group has what the view below it has not
	equal "lines far up" 1 "$(printf '%s\n' "$output" | grep -c '^  | 1500$')"
	says "  > main.c:7:1: error: 100%: no such thing"
}

@test "GitLab: the log in a section, folded" {
	add_broken
	GITLAB_CI=true run boot
	ended 1
	marks=$(printf '%s\n' "$output" | tr '\r\033' 'R!' | sed -n 's/[0-9]\{10\}/TIME/; /section_/p')
	id=$(printf '%s\n' "$marks" | sed -n 's/.*:\(log[0-9a-f]*\)\[.*/\1/p')
	expected=$(lines_of "![0Ksection_start:TIME:${id}[collapsed=true]R![0Kthe log of stage2/broken" \
		"![0Ksection_end:TIME:${id}R![0K")
	equal sections "$expected" "$marks"
	equal "lines far up" 1 "$(printf '%s\n' "$output" | grep -c '^  | 1500$')"
	silent_on "::error"
}

@test "elsewhere there are no groups" {
	add_broken
	run boot
	ended 1
	silent_on "section_"
	silent_on "::group"
	equal "lines far up" 0 "$(printf '%s\n' "$output" | grep -c '^  | 1500$')"
}
