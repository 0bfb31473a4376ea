#!/usr/bin/env bats
# Jobs that will not end by themselves.
load common
setup_file() { common_setup_file; make_warm; }
setup() { common_setup; warm; }
teardown() { common_teardown; }

@test "a job that is silent and idle is ended, its log is kept, and its programs are named" {
	add stage2 stuck <<-'R'
		build() {
			echo "the last words"
			sleep 600 & sleep 600 &
			wait
		}
	R
	run boot --hang-limit 2s
	ended 1
	says "stage2/stuck failed in phase build: hung: for "
	says " s it printed nothing and did nothing; still there: sh, sleep 2"
	says "  | the last words"
	log=$(printf '%s\n' "$output" | sed -n 's/^the whole log: *//p')
	grep -qx "the last words" "$log"
	no_strays
}

@test "one that ends well when it is told to end has failed all the same" {
	add stage2 stuck <<-'R'
		build() { trap 'echo told' TERM; sleep 600 || echo no >answer; }
		package() { cp answer "$OUT/"; }
	R
	run boot --hang-limit 2s
	ended 1
	says "stage2/stuck failed in phase package: hung: for "
}

@test "one that only looks whether it still has to wait is hung, too" {
	add stage2 stuck <<'R'
tools=python3
build() { python3 -c 'import time
while True: time.sleep(0.5)'; }
R
	run boot --hang-limit 4s
	ended 1
	says "stage2/stuck failed in phase build: hung: "
	says "still there: sh, python3"
}

@test "who prints is alive, and so is who works" {
	add stage2 talks <<<'build() { for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.5; done; }'
	add stage2 works <<-'R'
		build() {
			end=$(($(date +%s) + 4))
			while [ "$(date +%s)" -lt $end ]; do :; done
		}
	R
	run boot --hang-limit 2s
	ended 0
}

@test "one that will not hear of it is ended all the same; make does not go on with what it left" {
	add stage2 stuck <<-'R'
		style=make
		prepare() { :; }
		build() {
			[ ! -e count ] || echo "there is a count"
			echo once >>count
			trap '' TERM
			while :; do sleep 600 || :; done
		}
		package() { cp count "$OUT/count"; }
	R
	began=$(date +%s)
	run boot --hang-limit 1s
	ended 1
	says "stage2/stuck failed in phase build: hung: "
	[ $(($(date +%s) - began)) -ge 10 ]
	no_strays
	run boot --hang-limit 1s
	ended 1
	silent_on "there is a count"
}

@test "what waits for its turn is not hung, nor what works in silence and waits for more slots" {
	for name in one two; do
		add stage2 $name <<-'R'
			style=make
			prepare() { :; }
			build() {
				printf '%s\n' 'all: 1 2' '1 2:' \
					'	@end=$$(($$(date +%s) + 3)); while [ $$(date +%s) -lt $$end ]; do :; done' >Makefile
				make
			}
			package() { :; }
		R
	done
	for jobs in 1 2; do
		run boot --hang-limit 2s -j $jobs
		ended 0
		equal jobs "$(lines_of stage2/one stage2/two)" "$(started | grep -x -e stage2/one -e stage2/two)"
		sed -i 's/^version=1/version=2/' "$world"/recipes/{one,two}/recipe
	done
}

@test "others go on while one is hung, and their results are kept" {
	add stage2 stuck <<<'build() { sleep 600; }'
	add stage2 fine <<<'build() { for i in 1 2 3 4 5 6; do echo $i; sleep 0.5; done; }'
	run boot --hang-limit 1s -j 2
	ended 1
	says "stage2/stuck failed"
	[ -d "$(tree_of stage2/fine)" ]
}

@test "a hung job is told to programs" {
	add stage2 stuck <<<'build() { sleep 600; }'
	run boot --hang-limit 1s --json "$BATS_TEST_TMPDIR/events"
	ended 1
	python3 "$top/tests/events" "$top/docs/events.md" "$BATS_TEST_TMPDIR/events"
	grep -q '"event":"failed".*"why":"hung: for .*still there: sh, sleep"' "$BATS_TEST_TMPDIR/events"
}
