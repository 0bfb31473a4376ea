#!/usr/bin/env bats
# Runs that are stopped, killed, or not alone.
load common
setup_file() { common_setup_file; make_warm; }
setup() { common_setup; }
teardown() { common_teardown; }

# A recipe that hangs the first time and goes on the second, in the same object folder.
add_slow() {
	add stage1 slow for=build <<-'R'
		build() {
			[ ! -e half ] || return 0
			: >half
			sleep 600
		}
		package() { cp half "$OUT/half"; }
	R
}

at_work() { ls "$store"/objects/*/build/half >/dev/null 2>&1; }

stops() { # SIGNAL STATUS
	add_slow
	boot_aside --only slow
	wait_for at_work
	kill "-$1" "$runner_pid"
	status=0
	wait "$runner_pid" || status=$?
	runner_pid=
	output=$(cat "$BATS_TEST_TMPDIR/aside")
	ended "$2"
	says "stop     SIG$1; what is at work has seconds to end"
	says "stopped by a signal; nothing is lost, to go on: ./bootstrap"
	no_strays
	run timeout 30 "$runner" --root="$world" --store="$store" --mirror="$mirror" --offline \
		--target "$native" --only slow
	ended 0
}

@test "SIGINT: 130, nothing stays, the next run goes on" { stops INT 130; }
@test "SIGTERM: 143, nothing stays, the next run goes on" { stops TERM 143; }
@test "SIGHUP: 129, nothing stays, the next run goes on" { stops HUP 129; }

@test "Ctrl-C ends the tee behind it, too: stopped in order all the same" {
	add_slow
	mkfifo "$BATS_TEST_TMPDIR/words"
	cat "$BATS_TEST_TMPDIR/words" >/dev/null 3>&- &
	reader=$!
	"$runner" --root="$world" --store="$store" --mirror="$mirror" --offline --target "$native" \
		--only slow >"$BATS_TEST_TMPDIR/words" 2>&1 </dev/null 3>&- &
	runner_pid=$!
	wait_for at_work
	kill $reader
	wait $reader || :
	kill -INT "$runner_pid"
	status=0
	wait "$runner_pid" || status=$?
	runner_pid=
	output=
	ended 130
	ls "$store"/objects/*/paused
}

@test "a run that was started with nohup goes on" {
	add_slow
	trap '' HUP
	boot_aside --only slow
	trap - HUP
	wait_for at_work
	kill -HUP "$runner_pid"
	sleep 1
	kill -TERM "$runner_pid"
	status=0
	wait "$runner_pid" || status=$?
	runner_pid=
	ended 143
}

@test "a build that will not hear of it is ended all the same" {
	add stage1 slow for=build <<-'R'
		build() {
			trap '' TERM INT HUP
			: >half
			while :; do sleep 1; done
		}
	R
	boot_aside --only slow
	wait_for at_work
	kill -TERM "$runner_pid"
	for tries in $(seq 150); do
		kill -0 "$runner_pid" 2>/dev/null || break
		sleep 0.1
	done
	status=0
	wait "$runner_pid" || status=$?
	runner_pid=
	ended 143
}

@test "what a build has started gets its time to end, too" {
	add stage1 slow for=build <<-'R'
		build() {
			sh -c 'trap "sleep 2; echo whole >half; exit 1" TERM
				: >half
				while :; do sleep 1; done'
		}
	R
	boot_aside --only slow
	wait_for at_work
	kill -TERM "$runner_pid"
	status=0
	wait "$runner_pid" || status=$?
	runner_pid=
	ended 143
	equal half whole "$(cat "$store"/objects/*/build/half)"
	no_strays
}

@test "a terminal that goes away asks more than once, and means it once" {
	add_slow
	boot_aside --only slow
	wait_for at_work
	for word in HUP HUP INT HUP; do kill "-$word" "$runner_pid"; done
	status=0
	wait "$runner_pid" || status=$?
	runner_pid=
	output=$(cat "$BATS_TEST_TMPDIR/aside")
	silent_on "was killed, and begins anew"
	ls "$store"/objects/*/paused
}

@test "a reader that has seen enough ends the run in order" {
	add stage1 slow for=build <<-'R'
		build() {
			trap 'echo ended >half; exit 1' TERM
			: >half
			sleep 600 & wait
		}
	R
	add stage1 short for=build <<<'build() { sleep 2; }'
	mkfifo "$BATS_TEST_TMPDIR/words"
	head -n 2 <"$BATS_TEST_TMPDIR/words" >"$BATS_TEST_TMPDIR/line" 3>&- &
	reader=$!
	"$runner" --root="$world" --store="$store" --mirror="$mirror" --offline --target "$native" -j 2 \
		--only slow --only short >"$BATS_TEST_TMPDIR/words" 2>&1 </dev/null 3>&- &
	runner_pid=$!
	wait_for at_work
	wait $reader
	status=0
	wait "$runner_pid" || status=$?
	runner_pid=
	equal status 141 "$status"
	equal half ended "$(cat "$store"/objects/*/build/half)"
	ls "$store"/objects/*/paused
}

@test "a time limit that comes after a signal changes nothing" {
	add stage1 slow for=build <<-'R'
		build() {
			sh -c 'trap "sleep 7; echo whole >half; exit 1" TERM
				: >half
				while :; do sleep 600; done'
		}
	R
	boot_aside --only slow --time-limit 6s
	wait_for at_work
	kill -INT "$runner_pid"
	status=0
	wait "$runner_pid" || status=$?
	runner_pid=
	ended 130
	equal half whole "$(cat "$store"/objects/*/build/half)"
}

@test "a failure before the time limit stays one" {
	add_slow
	add stage1 bad for=build <<<'build() { false; }'
	run boot --only slow --only bad -j 2 --time-limit 5s --json "$BATS_TEST_TMPDIR/events"
	ended 1
	python3 "$top/tests/events" "$top/docs/events.md" "$BATS_TEST_TMPDIR/events"
	grep -q '"event":"stop",.*"status":1,"why":"the time limit"' "$BATS_TEST_TMPDIR/events"
	grep -q '"event":"stopped",.*"job":"stage1/slow"' "$BATS_TEST_TMPDIR/events"
}

@test "kill -9: everything of the run ends with it" {
	add_slow
	boot_aside --only slow
	wait_for at_work
	kill_aside
}

@test "what make left after kill -9 is not gone on with, after SIGTERM it is" {
	add stage1 slow for=build <<-'R'
		style=make
		prepare() { :; }
		build() {
			echo once more >>count
			if [ "$(grep -c . count)" -lt 2 ]; then : >half; sleep 600; fi
		}
		package() { cp count "$OUT/count"; }
	R
	boot_aside --only slow
	wait_for at_work
	kill_aside
	rm "$store"/objects/*/build/half
	boot_aside --only slow
	wait_for at_work
	kill -TERM "$runner_pid"
	wait "$runner_pid" || :
	runner_pid=
	boot --only slow --quiet
	equal count "$(lines_of "once more" "once more")" "$(cat "$(tree_of stage1/slow build)/count")"
}

# One more try of what add_tries made, ended by a signal: how often was the build begun in that folder?
try_and() { # SIGNAL
	rm -f "$store"/objects/*/build/half
	boot_aside --only slow
	wait_for at_work
	kill "-$1" "$runner_pid"
	wait "$runner_pid" || :
	runner_pid=
	no_strays
	begun=$(grep -c . "$store"/objects/*/build/count)
}

add_tries() { # TOOLS
	add stage1 slow for=build <<-R
		tools=$1
		build() {
			echo once more >>count
			: >half
			sleep 600
		}
	R
}

# What is not flushed is of the boot that it names; the next one has another name.
power_cut() { sed -i "s/^$(cat /proc/sys/kernel/random/boot_id)\$/another-boot/" "$store"/objects/*/boot; }

@test "what make left when the kernel killed it is not gone on with" {
	add stage1 slow for=build <<-'R'
		build() {
			if [ -e half ]; then echo "half a file"; fi
			: >half
			sh -c 'kill -9 $$' # as for want of memory
		}
	R
	for again in first second; do
		run boot --only slow
		ended 1
		silent_on "half a file"
	done
}

@test "what ninja left after kill -9 is gone on with, but not after a power cut" {
	add_tries ninja
	try_and KILL
	try_and KILL
	equal begun 2 "$begun"
	power_cut
	try_and KILL
	equal "begun after a power cut" 1 "$begun"
}

@test "what was stopped is on disk before it outlasts a power cut" {
	needs strace
	add_tries make
	strace -f -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=syncfs,openat,/^rename "$runner" --root="$world" \
		--store="$store" --mirror="$mirror" --offline --target "$native" --only slow 3>&- &
	tracer=$!
	wait_for at_work
	kill -TERM "$(pgrep -P $tracer)"
	wait $tracer || :
	equal order "paused syncfs boot" "$(grep -E 'syncfs|/boot"|/paused"' "$BATS_TEST_TMPDIR/trace" | tail -n 3 |
		sed 's,.*/\(boot\|paused\)".*,\1,; s/.*syncfs.*/syncfs/' | xargs)"
	try_and TERM
	equal begun 2 "$begun"
}

@test "what has failed is on disk: it is gone on with after a power cut" {
	for tools in make ninja; do
		add stage1 $tools for=build <<-R
			tools=$tools
			build() {
				echo once more >>count
				false
			}
		R
		run boot --only $tools
		power_cut
		run boot --only $tools
		power_cut
		run boot --only $tools
		equal "begun with $tools" 3 "$(grep -c . "$store"/objects/*/build/count)"
		rm -r "$store"/objects/*
	done
}

end_at_once() { # SIGNAL
	kill "-$1" "$runner_pid"
	sleep 0.3
	kill "-$1" "$runner_pid" # who asks twice means it
	wait "$runner_pid" || :
	runner_pid=
	output=$(cat "$BATS_TEST_TMPDIR/aside")
}

# One more try of what add_deaf made, which hears of no end and is killed.
try_deaf() {
	rm -f "$store"/objects/*/build/half
	boot_aside --only deaf
	wait_for at_work
	end_at_once TERM
	begun=$(grep -c . "$store"/objects/*/build/count)
}

add_deaf() { # TOOLS
	add stage1 deaf for=build <<-R
		tools=$1
		build() {
			trap "" TERM
			echo once more >>count
			: >half
			sleep 600
		}
	R
}

@test "what had to be killed is on disk, too: ninja goes on with it after a power cut" {
	add_deaf ninja
	try_deaf
	power_cut
	try_deaf
	equal "begun with ninja" 2 "$begun"
	rm -r "$store"/objects/* "$world/recipes/deaf"
	sed -i /^deaf/d "$world/stages/stage1"
	add_deaf make
	try_deaf
	power_cut
	try_deaf
	equal "begun with make" 1 "$begun"
}

@test "what was killed and begins anew is named; of what ninja goes on with nothing is lost" {
	add_deaf make
	try_deaf
	says "stage1/deaf was killed, and begins anew"
	says "stopped by a signal; to go on: ./bootstrap"
	silent_on "nothing is lost"
	run boot --only deaf --time-limit 2s --json "$BATS_TEST_TMPDIR/events" # and ten of patience
	ended 75
	says "stage1/deaf was killed, and begins anew"
	says "stopped at the time limit; to go on: ./bootstrap"
	silent_on "nothing is lost"
	python3 "$top/tests/events" "$top/docs/events.md" "$BATS_TEST_TMPDIR/events"
	grep -q '"event":"stopped",.*"job":"stage1/deaf","why":"killed"' "$BATS_TEST_TMPDIR/events"
	rm -r "$store"/objects/*
	sed -i s/make/ninja/ "$world/recipes/deaf/recipe"
	try_deaf
	silent_on "begins anew"
	says "stopped by a signal; nothing is lost, to go on: ./bootstrap"
	rm -r "$store"/objects/*
	for name in one two; do
		add stage1 $name for=build <<<'build() { trap "" TERM; : >half; sleep 600; }'
	done
	boot_aside -j2 --only one --only two
	wait_for eval '[ "$(ls "$store"/objects/*/build/half | wc -l)" = 2 ]'
	end_at_once INT
	says "2 were killed, and begin anew: stage1/one stage1/two"
	silent_on "nothing is lost"
}

@test "who goes on with what is on disk first takes back that it is" {
	needs strace
	add_deaf ninja
	try_deaf
	rm "$store"/objects/*/build/half
	strace -f -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=syncfs,openat "$runner" --root="$world" \
		--store="$store" --mirror="$mirror" --offline --target "$native" --only deaf 3>&- &
	tracer=$!
	wait_for at_work
	kill -9 "$(pgrep -P $tracer)"
	wait $tracer || :
	equal order "boot syncfs log" "$(grep -E 'syncfs|/boot", O_WR|objects/[^/]*/log", O_WR' "$BATS_TEST_TMPDIR/trace" |
		sed 's,.*/\(boot\|log\)".*,\1,; s/.*syncfs.*/syncfs/' | uniq | xargs)"
	power_cut
	try_deaf
	equal begun 1 "$begun"
}

@test "what was half emptied after a power cut is not gone on with" {
	needs strace
	add stage1 slow for=build <<-'R'
		tools=ninja
		build() {
			echo "left: $(ls | xargs)"
			: >half
			: >other
			sleep 600
		}
	R
	try_killed() {
		boot_aside --only slow
		wait_for at_work
		kill_aside
	}
	try_killed
	power_cut
	strace -qq -o "$BATS_TEST_TMPDIR/trace" -P "$(echo "$store"/objects/*/build)" -e trace=unlinkat \
		-e inject=unlinkat:signal=KILL:when=2 "$runner" --root="$world" --store="$store" --mirror="$mirror" \
		--offline --target "$native" --only slow 3>&- || :
	[ "$(ls "$store"/objects/*/build)" ]
	rm -f "$store"/objects/*/build/half
	: >"$(echo "$store"/objects/*/build)/damaged"
	try_killed
	equal left "left: " "$(grep left: "$store"/objects/*/log | tail -n 1)"
}

@test "why says what the next run does with what is left" {
	kept="an unfinished build of just this is kept, and will be gone on with"
	add stage1 slow for=build <<-'R'
		tools=ninja
		build() { echo once more >>count; : >half; sleep 600; }
	R
	boot_aside --only slow
	wait_for at_work
	run boot why slow
	silent_on "$kept"
	says "    another run or a shell has it at work"
	kill_aside
	run boot why slow
	says "$kept"
	try_and KILL
	equal "begun, as why said" 2 "$begun"
	power_cut
	run boot why slow
	silent_on "$kept"
	try_and TERM
	equal "begun anew, as why said" 1 "$begun"
	run boot why slow
	says "$kept"
	sed -i 's/^tools=.*/tools=make/' "$world/recipes/slow/recipe"
	rm -r "$store"/objects/*
	try_and KILL
	run boot why slow
	silent_on "$kept"
	try_and TERM
	run boot why slow
	says "$kept"
	echo of-another-boot >"$(echo "$store"/objects/*/boot)"
	run boot why slow
	silent_on "$kept"
}

@test "what --fresh did not get to is to be said again" {
	add stage1 slow for=build <<<'package() { [ ! -e /src/flags/wait ] || sleep 20; date +%N >"$OUT/slow"; }'
	sed -i 's/^licence=.*/&\ncheckout=flags/' "$world/recipes/slow/recipe"
	mkdir "$world/flags"
	add stage1 after for=build <<-'R'
		needs=slow
		package() { date +%N >"$OUT/after"; }
	R
	run boot --only after
	ended 0
	: >"$world/flags/wait"
	run boot --fresh slow --fresh after --time-limit 2s
	ended 75
	says "--only slow --only after"
	says "--fresh after"
	silent_on "--fresh slow"
}

@test "of a recipe in two stages, --fresh is said again for what it did not get to" {
	add stage1 slow mode=first for=build <<-'R'
		checkout=flags
		package() {
			[ "$mode" = second ] || [ ! -e /src/flags/wait ] || sleep 20
			echo "$mode" >"$OUT/$mode"
		}
	R
	echo "slow mode=second" >>"$world/stages/stage2"
	mkdir "$world/flags"
	: >"$world/flags/none"
	run boot --only slow
	ended 0
	: >"$world/flags/wait"
	run boot --fresh slow --time-limit 2s
	ended 75
	says "--only slow"
	says "--fresh stage2/slow"
	silent_on "--fresh slow"
	silent_on "--fresh stage1/slow"
}

@test "what --fresh could not begin is to be said again" {
	add stage1 slow for=build <<<'package() { date +%N >"$OUT/slow"; }'
	run boot --only slow
	ended 0
	ln -s nowhere "$world/recipes/slow/extra"
	run boot --fresh slow
	ended 2
	says "--target $native --fresh slow"
	rm "$world/recipes/slow/extra"
	run boot --only slow --fresh slow
	equal started stage1/slow "$(started)"
}

@test "--fresh says what is built again, whatever --only says" {
	add stage1 slow for=build <<<'package() { : >"$OUT/slow"; }'
	run boot --only slow --only stage2/hello
	ended 0
	run boot --only stage2/hello --fresh slow
	ended 0
	equal started stage1/slow "$(started)"
}

counted() { grep -qs once "$store"/objects/*/build/count; }

@test "what --fresh has begun is gone on with, and what it had made is not lost" {
	add stage1 slow for=build <<-'R'
		build() {
			echo once more >>count
			if [ "$(grep -c . count)" -lt 2 ]; then sleep 3; fi
		}
		package() { cp count "$OUT/count"; }
	R
	add stage1 user <<<'package() { mkdir -p "$OUT/lib"; cp /tools/count "$OUT/lib"; }'
	run boot --only user
	ended 0
	expected=$(outs)
	boot_aside --fresh slow --only slow
	wait_for counted
	kill -TERM "$runner_pid"
	wait "$runner_pid" || :
	runner_pid=
	output=$(cat "$BATS_TEST_TMPDIR/aside")
	says " --only slow"
	silent_on --fresh
	run boot why slow
	says "stage1/slow: is to be built again, as --fresh said"
	says "an unfinished build of just this is kept"
	run boot log slow
	says "a try that did not end well"
	run boot shell slow -- cat count
	equal count "once more" "$output"
	boot --quiet gc
	equal outputs "$expected" "$(outs)"
	run boot --only slow
	ended 0
	equal jobs stage1/slow "$(started)"
	says "stage1/slow: made again from the same inputs, its output is another one"
	equal count "$(lines_of "once more" "once more")" "$(cat "$(tree_of stage1/slow build)/count")"
	run boot --only slow
	ended 0
	equal jobs "" "$(started)"
}

@test "kill -9 at fifty moments: the same outputs as if nothing had been" {
	seed=${SEED:-$$}
	RANDOM=$seed
	began=$(date +%s%3N)
	boot --quiet
	span=$(($(date +%s%3N) - began))
	expected=$(outs)
	echo "seed $seed, a whole run takes $span ms"
	rm -rf "$store"
	for round in $(seq 50); do
		boot_aside
		delay=$((RANDOM % span))
		sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))"
		kill -9 "$runner_pid" 2>/dev/null || :
		wait "$runner_pid" 2>/dev/null || :
		no_strays
		[ $((round % 5)) = 0 ] || continue
		run boot
		ended 0
		equal "outputs in round $round" "$expected" "$(outs)"
		boot --quiet gc
		equal "object folders" "" "$(ls "$store/objects")"
		rm -rf "$store"
	done
	runner_pid=
}

# what a record says of NAME
recorded() { sed -n "s/^$1=//p" "$store/records/$(cat "$store/latest/$2")"; }

@test "the record of what was stopped and gone on with tells of all of its tries" {
	add stage1 slow for=build <<-'R'
		build() {
			[ -e half ] || { : >half; sleep 600; }
			sleep 1
		}
		package() { cp half "$OUT/half"; }
	R
	run boot --only slow --time-limit 2s
	ended 75
	run boot --only slow
	ended 0
	equal phases "prepare configure build prepare configure build check package" \
		"$(recorded phases build/stage1/slow | tr -d "'" | xargs -n2 | cut -d' ' -f1 | xargs)"
	recorded earlier build/stage1/slow | awk '{exit !($1 > 1 && $1 < 4)}'
	recorded seconds build/stage1/slow | awk '{exit !($1 > 2 && $1 < 7)}'
	run boot report --trace "$BATS_TEST_TMPDIR/trace"
	ended 0
	equal "builds of the last try" 1 "$(tr '{' '\n' <"$BATS_TEST_TMPDIR/trace" | grep -c '"name":"build"')"
}

@test "a try that begins anew has a record of itself alone" {
	add stage1 slow for=build <<-'R'
		build() { sleep 1.5; }
	R
	run boot --only slow --time-limit 1s
	ended 75
	run boot --only slow --fresh slow
	ended 0
	equal earlier 0.000 "$(recorded earlier build/stage1/slow)"
	equal phases 5 "$(recorded phases build/stage1/slow | tr -d "'" | xargs -n2 | grep -c .)"
}

@test "what has failed is not locked by who keeps the output of another job" {
	needs strace
	add stage1 kept <<<'package() { : >"$OUT/kept"; }'
	add stage1 bad <<<'build() { : >half; sleep 1; false; }'
	run boot --only cross
	strace -f -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=syncfs -e inject=syncfs:delay_enter=6000000 \
		"$runner" --root="$world" --store="$store" --mirror="$mirror" --offline --target "$native" \
		-j2 --keep-going --only kept --only bad >"$BATS_TEST_TMPDIR/aside" 2>&1 </dev/null 3>&- &
	runner_pid=$!
	wait_for grep -q "stage1/bad failed" "$BATS_TEST_TMPDIR/aside"
	kill -0 "$runner_pid"
	run boot shell bad -- ls
	ended 0
	says half
	wait "$runner_pid" || :
	runner_pid=
}

@test "two runs of one store at once share the work" {
	boot_aside
	run boot
	ended 0
	wait "$runner_pid"
	runner_pid=
	equal outputs "$(outs "$BATS_FILE_TMPDIR/warm" | grep -v "^$foreign")" "$(outs)"
	twice=$({ printf '%s\n' "$output"; cat "$BATS_TEST_TMPDIR/aside"; } |
		awk '$2 == "start" && $3 ~ "/" {print $3}' | sort | uniq -d)
	equal "started by both" "" "$twice"
}

@test "two targets at once in one store" {
	boot_aside
	run boot_foreign
	ended 0
	wait "$runner_pid"
	runner_pid=
	equal outputs "$(outs "$BATS_FILE_TMPDIR/warm")" "$(outs)"
}

@test "five runs at once" {
	pids=
	for number in 1 2 3 4 5; do
		boot --quiet >"$BATS_TEST_TMPDIR/$number" 2>&1 &
		pids="$pids $!"
	done
	for pid in $pids; do wait "$pid"; done
	equal outputs "$(outs "$BATS_FILE_TMPDIR/warm" | grep -v "^$foreign")" "$(outs)"
	equal words "" "$(cat "$BATS_TEST_TMPDIR"/[1-5])"
}
