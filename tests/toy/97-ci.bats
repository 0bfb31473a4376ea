#!/usr/bin/env bats
# The pipelines of ci/: their files are what their systems take, and their jobs bootstrap the toy world bit by bit.
load common

# what knows the published schemas of both and runs GitLab's jobs, and what reads YAML for the other
tools="gitlab-ci-local@4.64.1 @action-validator/cli@0.6.0 @action-validator/core@0.6.0 js-yaml@4.1.0"

setup_file() {
	common_setup_file
	needs node npm
	# shellcheck disable=SC2086
	npm_install $tools
}

# The toy world as a checkout: ci/, and a ./bootstrap that brings the mirror.
setup() {
	common_setup
	# the log would be folded as theirs is, were the tests run there
	unset GITHUB_ACTIONS GITLAB_CI
	cp -R "$top/ci" "$world/ci"
	cat >"$world/bootstrap" <<-B
		#!/bin/sh
		if [ "\$1" = --setup=export ]; then exit 0; fi
		case " \$* " in *" export "* | *" report "* | *" gc "* | *" shell "*) ;; *) set -- --offline "\$@" ;; esac
		exec env BOOTSTRAP_MIRROR="$mirror" "$runner" --root="\$(dirname "\$0")" "\$@"
	B
	cat >"$BATS_TEST_TMPDIR/sudo" <<-B
		#!/bin/sh
		echo "\$@" >>"$BATS_TEST_TMPDIR/as-root"
	B
	chmod 755 "$world/bootstrap" "$BATS_TEST_TMPDIR/sudo"
	PATH=$BATS_TEST_TMPDIR:$BATS_FILE_TMPDIR/npm/node_modules/.bin:$PATH
	export TARGET=$native STAGE=stage2 TIME_LIMIT=5s
	cd "$world" || return
}

teardown() {
	[ -z "${step:-}" ] || kill -KILL -- "-$step" 2>/dev/null || :
	common_teardown
}

# Two recipes that hang when they are tried first, so that two jobs come to their limit.
add_slow() {
	local name
	for name in slow slower; do
		add stage1 $name for=build <<-R
			needs="${needs:-}"
			build() {
				[ ! -e half ] || return 0
				: >half
				sleep 600
			}
			package() { cp half "\$OUT/$name"; }
		R
		needs=slow
	done
}

# What a run that nobody stops exports.
export_plainly() { # TARGET
	"$world/bootstrap" --target "$1" --store "$store" --quiet 3>&-
	"$world/bootstrap" export stage2 --target "$1" --store "$store" --format tar.zst \
		--output "$BATS_TEST_TMPDIR/plain-$1.tar.zst" 3>&-
}

run_workflow() {
	NODE_PATH=$BATS_FILE_TMPDIR/npm/node_modules run node "$top/tests/toy/workflow.js" ci/github.yml "$world" \
		"$BATS_TEST_TMPDIR/room"
}

run_pipeline() {
	git init -q
	git add -A
	git -c user.name=toy -c user.email=toy@toy.invalid commit -q -m toys
	run gitlab-ci-local --file ci/gitlab.yml --force-shell-executor --concurrency 1
}

# For the toy world, with limits that are reached.
as_toys() { sed -i 's/\[armv8a, x86_64\]/[near, far]/; s/TIME_LIMIT: .*/TIME_LIMIT: 5s/' "ci/$1"; }

check_result() { # FOLDER TARGET JOBS
	(cd "$1" && sha256sum -c --quiet "$2-stage2.tar.zst.sha256")
	jq -e .predicate.buildDefinition "$1/$2-stage2.tar.zst.provenance.json" >/dev/null
	grep -q '<html' "$1/$2.html"
	equal "last event" end "$(tail -n 1 "$1/$2-events.json" | jq -r .event)"
	equal "runs in its events" "$3" "$(jq -r 'select(.event == "run").event' "$1/$2-events.json" | grep -c .)"
	tar -tf "$1/$2-stage2.tar.zst" | grep -q usr/bin/app
}

stops() { printf '%s\n' "$output" | grep -c 'stopped at the time limit'; }

@test "ci: the workflow is what GitHub's schema allows" {
	action-validator ci/github.yml
	sed 's/runs-on:/runs-off:/' ci/github.yml >wrong.yml
	run action-validator wrong.yml
	ended 1
	says runs-off
}

@test "ci: the pipeline is what GitLab's schema allows" {
	gitlab-ci-local --file ci/gitlab.yml --list </dev/null
	sed "/paths: .cache/{n; s/when: always/when: sometimes/}" ci/gitlab.yml >wrong.yml
	run gitlab-ci-local --file wrong.yml --list
	ended 1
	says "cache[0].when is not 'on_success'"
}

@test "ci: all targets, and a stage and a limit that the runner takes" {
	all=$(cd "$top/targets" && echo * | sed 's/ /, /g')
	grep -q " target: \[$all\]" ci/github.yml
	grep -q " TARGET: \[$all\]" ci/gitlab.yml
	for file in ci/*.yml; do
		[ -f "$top/stages/$(sed -n 's/^  STAGE: //p' "$file")" ]
		run "$runner" --root="$top" --until nosuch --time-limit "$(sed -n 's/^  TIME_LIMIT: //p' "$file")"
		says "there is no stage 'nosuch'"
	done
}

# What decides there is not what runs GitLab's jobs here.
@test "ci: GitLab begins a pipeline for those who ask, and of two with one cache one job at a time" {
	NODE_PATH=$BATS_FILE_TMPDIR/npm/node_modules run node -e '
		const file = require("js-yaml").load(require("fs").readFileSync("ci/gitlab.yml", "utf8"));
		for (const rule of file.workflow.rules) console.log(JSON.stringify(rule));
		console.log(file[".job"].resource_group === file[".job"].cache.key, file[".job"].cache.key);'
	equal "its rules" "$(lines_of '{"if":"$CI_PIPELINE_SOURCE == \"web\""}' \
		'{"if":"$CI_PIPELINE_SOURCE == \"schedule\""}' 'true bootstrap-$TARGET')" "$output"
}

@test "ci: ci/local goes on twice, and gives what one run gives" {
	export_plainly "$native"
	add_slow
	run ci/local "$native"
	ended 0
	equal "jobs that came to their limit" 2 "$(stops)"
	check_result out "$native" 3
	cmp "out/$native-stage2.tar.zst" "$BATS_TEST_TMPDIR/plain-$native.tar.zst"
}

@test "ci: ci/local goes on with the next target when one fails, unless it is told to stop" {
	TIME_LIMIT=60s
	add stage2 broken if=foreign <<<'build() { false; }'
	run ci/local "$foreign" nosuch "$native"
	ended 1
	says "stage2/broken"
	says "there is no target 'nosuch'"
	check_result out "$native" 3
	add_slow
	ci/local "$native" "$foreign" >said 2>&1 3>&- &
	local all=$! code=0
	wait_for find_half
	kill "$(pgrep -P $all)"
	wait $all || code=$?
	equal status 143 $code
	equal "jobs told to stop" 1 "$(grep -c 'stopped by a signal' said)"
	equal "of the other" "" "$(grep broken said)"
}

@test "ci: git passes over what a job, report and export make" {
	export TIME_LIMIT=60s
	cp "$top/.gitignore" .
	git init -q
	git add -A
	ci/job --last
	./bootstrap --target "$native" --store store report
	for format in dir tar.zst; do ./bootstrap --target "$native" --store store export stage2 --format $format; done
	mkdir .toy-1-stage2-near.part # of an export that was killed
	ls toy-1-stage2-*.list report.html
	equal "new files" "" "$(git ls-files --others --exclude-standard)"
}

@test "ci: the next pipeline finds everything in the cache" {
	ci/job --last
	run ci/job --last
	ended 0
	equal "started again" "" "$(started)"
	check_result out "$native" 1
	# and gives it in other formats, as its head says
	sed -n '/^# The env/,/^set/p' ci/job | grep -qw FORMATS
	FORMATS="dir tar.xz oci" ci/job --last
	[ -f "out/$native-stage2.tar.xz.sha256" ]
	[ -f "out/$native-stage2.oci.tar.sha256" ]
	(cd out && sha256sum -c --quiet "$native-stage2.dir.sha256")
}

@test "ci: the last job says when there is more to do, and keeps what there is" {
	add_slow
	run ci/job --last
	ended 75
	says "run the pipeline again"
	[ ! -e "out/$native-stage2.tar.zst" ]
	run ci/job --last
	ended 75
	run ci/job --last
	ended 0
}

@test "ci: a recipe that fails fails the job, and the rest is kept" {
	add stage1 broken for=build <<<'build() { : >half; false; }'
	TIME_LIMIT=60s # none is meant to come to it
	run ci/job
	ended 1
	says "stage1/broken"
	# what it prints can be typed outside
	HOME=$BATS_TEST_TMPDIR
	eval "$(sed -n 's/^look around: *//p' <<<"$output") -- test -e half"
	grep -q '<html' "out/$native.html"
	rm -r "$world/recipes/broken"
	sed -i '/^broken/d' "$world/stages/stage1"
	run ci/job --last
	ended 0
	silent_on " start  stage1/compiler"
}

# Debian's busybox takes its own tar for GNU's, unless a path is given.
in_every_sh() {
	needs dash busybox
	sed -i "s,\<tar -C,$(command -v tar) -C," ci/job
	shells=(dash bash "busybox sh")
}

in_archive() { tar -tf "cache/$native.tar.zst" | grep -q "$1"; } # PATTERN

@test "ci: the store goes back when what comes after the run fails, in every sh" {
	TIME_LIMIT=60s
	sed -i '2i case " $* " in *" $broken "*) exit 7 ;; esac' bootstrap
	in_every_sh
	for sh in "${shells[@]}"; do
		for broken in report export gc; do
			rm -rf cache
			# shellcheck disable=SC2086 # a program and its first argument
			broken=$broken run $sh ci/job --last
			ended 7
			in_archive '^./records/.'
		done
		# and its status is no other one
		run $sh ci/job --last
		ended 0
	done
}

@test "ci: the store goes back when the job is told to stop, in every sh" {
	add_slow
	TIME_LIMIT=60s
	in_every_sh
	for sh in "${shells[@]}"; do
		for signal in HUP INT TERM; do
			rm -rf cache store
			# as a background job its INT would be ignored, and could not be trapped
			# shellcheck disable=SC2086
			python3 -c 'import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' $sh ci/job >said 2>&1 3>&- &
			job=$!
			wait_for find_half
			kill -$signal $job
			code=0
			wait $job || code=$?
			equal "status in $sh" $((128 + $(kill -l $signal))) $code
			in_archive '^./objects/.*/half$'
			grep -q 'stopped by a signal' said
			equal "still there" "" "$(pgrep -af "$world/store")"
		done
	done
}

@test "ci: of two jobs in one checkout the second leaves the first one's store alone" {
	add_slow
	TIME_LIMIT=60s ci/job >said 2>&1 3>&- &
	job=$!
	wait_for find_half
	sed -i 's/flock -w 30/flock -w 1/' ci/job
	TARGET=far run ci/job
	ended 3
	says "ci/job: another job uses store/"
	kill -TERM $job
	wait $job || :
	in_archive '^./objects/.*/half$'
}

find_half() { [ "$(find store/objects -name half 2>/dev/null)" ]; }

# As GitHub has a line of the workflow run: $step.
github_step() { # LINE'S END
	sed -n "s,^ *\(- \)\{0\,1\}run: \(.*$1\)\$,\2,p" ci/github.yml | head -n 1 >step.sh
	[ -s step.sh ]
	python3 -c 'import os, signal
os.setsid()
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp("bash", ["bash", "-e", "step.sh"])' >said 2>&1 3>&- &
	step=$!
}

# As GitHub ends one: told to the process that it has started, and after ten seconds to all.
cancel_step() { # STATUS
	kill -INT "$step"
	{ sleep 7.5; kill -TERM "$step"; sleep 2.5; kill -KILL -- "-$step"; } 3>&- &
	local limit=$! code=0
	wait "$step" || code=$?
	kill "$limit" 2>/dev/null || :
	equal "status of the step" "$1" $code
}

@test "ci: a job that is cancelled on GitHub puts its store back" {
	add_slow
	TIME_LIMIT=60s
	github_step ci/job
	wait_for find_half
	cancel_step 130
	in_archive '^./objects/.*/half$'
	grep -q 'stopped by a signal' said
}

@test "ci: a store too large to be packed while GitHub cancels is packed by the next step" {
	add_slow
	TIME_LIMIT=60s
	ci/job --put # nothing is left over yet
	cat >"$BATS_TEST_TMPDIR/zstd" <<-P
		#!/bin/sh
		[ ! -e "$BATS_TEST_TMPDIR/large" ] || sleep 60
		exec $(command -v zstd) "\$@"
	P
	chmod 755 "$BATS_TEST_TMPDIR/zstd"
	: >"$BATS_TEST_TMPDIR/large"
	github_step ci/job
	wait_for find_half
	cancel_step 137
	rm "$BATS_TEST_TMPDIR/large"
	equal archives "cache/$native.tar.zst.new" "$(ls cache/*.zst*)"
	github_step 'ci/job --put'
	wait "$step"
	in_archive '^./objects/.*/half$'
	equal archives "cache/$native.tar.zst" "$(ls cache/*.zst*)"
	# and what is there is not packed once more
	touch -d '1 hour ago' "cache/$native.tar.zst"
	before=$(stat -c %Y "cache/$native.tar.zst")
	ci/job --put
	equal "packed at" "$before" "$(stat -c %Y "cache/$native.tar.zst")"
}

@test "ci: without zstd nothing is begun" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	for tool in sh readlink dirname; do ln -s "$(command -v $tool)" "$BATS_TEST_TMPDIR/bin/$tool"; done
	PATH=$BATS_TEST_TMPDIR/bin run ci/local "$native"
	ended 3
	says "./bootstrap --setup=export"
	[ ! -e store ]
}

# A zstd or tar that fails when it is given this, as it does where a disk is full.
fails() { # PROGRAM ARGUMENT
	cat >"$BATS_TEST_TMPDIR/$1" <<-P
		#!/bin/sh
		case " \$* " in *" $2 "*) exit 1 ;; esac
		exec $(command -v "$1") "\$@"
	P
	chmod 755 "$BATS_TEST_TMPDIR/$1"
}

@test "ci: what could not be packed is gone on with, by a job for any target, in every sh" {
	TIME_LIMIT=60s
	in_every_sh
	fails zstd -T0
	mv "$BATS_TEST_TMPDIR/zstd" "$BATS_TEST_TMPDIR/broken"
	for sh in "${shells[@]}"; do
		rm -rf cache store
		cp "$BATS_TEST_TMPDIR/broken" "$BATS_TEST_TMPDIR/zstd"
		# shellcheck disable=SC2086 # a program and its first argument
		run $sh ci/job
		ended 3
		says "store/ cannot be packed; it is kept"
		equal "archives" "" "$(ls cache/*.zst*)"
		# shellcheck disable=SC2086
		TARGET=$foreign run $sh ci/job
		ended 3
		silent_on " start "
		rm "$BATS_TEST_TMPDIR/zstd"
		# shellcheck disable=SC2086
		run $sh ci/job
		ended 0
		says "going on with store/"
		equal "started again" "" "$(started)"
	done
	cp "$BATS_TEST_TMPDIR/broken" "$BATS_TEST_TMPDIR/zstd"
	add stage1 more for=build <<<'package() { : >"$OUT/more"; }'
	ci/job || :
	rm "$BATS_TEST_TMPDIR/zstd"
	TARGET=$foreign ci/job
	in_archive '^./trees/.*/more$'
}

@test "ci: a store whose job was killed is gone on with, and half of one is not" {
	add_slow
	TIME_LIMIT=60s
	ci/job 3>&- &
	wait_for find_half
	kill -9 $! "$(pgrep -P $!)"
	sed -i /^slow/d "$world/stages/stage1"
	run ci/job --last
	ended 0
	says "going on with store/"
	silent_on " start    stage1/compiler"
	: >store/.ci-target # as it is while a store is unpacked or removed
	rm -r store/records
	run ci/job --last
	ended 0
	equal "started again" "" "$(started)"
}

@test "ci: what people build in a job's store is kept, and a store of their own" {
	TIME_LIMIT=60s
	ci/job
	add stage1 byhand for=build <<<'package() { : >"$OUT/byhand"; }'
	./bootstrap --target "$native" --store store
	run ci/job
	equal "started again" "" "$(started)"
	in_archive '^./trees/.*/byhand$'
	rm -r cache
	run ci/job
	equal "started again" "" "$(started)"
	rm -rf store
	./bootstrap --target "$native" --store store --until stage1
	run ci/job
	ended 3
	says "a store/ that no job has made"
	ls store/records/*
}

packing() { [ -e "cache/$native.tar.zst.new" ]; }

@test "ci: the store goes back when the job is told to stop while it packs, in every sh" {
	TIME_LIMIT=60s STAGE=stage1
	in_every_sh
	cat >"$BATS_TEST_TMPDIR/zstd" <<-P
		#!/bin/sh
		sleep 2
		exec $(command -v zstd) "\$@"
	P
	chmod 755 "$BATS_TEST_TMPDIR/zstd"
	for sh in "${shells[@]}"; do
		rm -rf cache store
		# shellcheck disable=SC2086 # a program and its first argument
		$sh ci/job 3>&- &
		wait_for packing
		kill $!
		wait $! || :
		in_archive '^./records/.'
	done
}

tried() { [ "$(cat store/objects/*/build/tries 2>/dev/null | wc -l)" = "$1" ]; } # TIMES

@test "ci: what people went on with in a job's store is kept" {
	TIME_LIMIT=60s
	add stage1 slow for=build <<-'R'
		build() {
			echo one more >>tries
			[ "$(wc -l <tries)" = 3 ] || sleep 600
		}
		package() { cp tries "$OUT/slow"; }
	R
	ci/job 3>&- &
	wait_for tried 1
	kill $!
	wait $! || :
	./bootstrap --target "$native" --store store --only slow 3>&- &
	wait_for tried 2
	kill $!
	wait $! || :
	TIME_LIMIT=20s run ci/job
	says "going on with store/"
	says "done     stage1/slow"
}

@test "ci: an archive that the disk has no room for is kept" {
	TIME_LIMIT=60s
	ci/job
	cp "cache/$native.tar.zst" before
	fails tar -xpf
	run ci/job
	ended 3
	says "cannot be unpacked"
	cmp "cache/$native.tar.zst" before
	rm "$BATS_TEST_TMPDIR/tar"
	run ci/job
	ended 0
	equal "started again" "" "$(started)"
}

@test "ci: a broken cache is as good as none" {
	mkdir cache
	echo nothing >"cache/$native.tar.zst"
	run ci/job --last
	ended 0
	says "starting from nothing"
	check_result out "$native" 1
}

@test "ci: wrong use is told" {
	run ci/job --first
	ended 2
	says "usage: ci/job"
	run env -u TARGET ci/job
	says "TARGET: is not set; see ./bootstrap targets"
	run ci/local
	ended 2
	run env TARGET=nosuch ci/job
	ended 2
	says "there is no target 'nosuch'"
}

@test "ci: a word that will not do is told before the cache is unpacked" {
	mkdir cache
	echo nothing >"cache/$native.tar.zst"
	for wrong in TARGET=nosuch STAGE=nosuch TIME_LIMIT=soon FORMATS=zip "FORMATS=tar.zst zip" FORMATS=oci; do
		[ "$wrong" != FORMATS=oci ] || export STAGE=stage1
		run env "$wrong" ci/job
		ended 2
		silent_on "starting from nothing"
		[ ! -e store ]
		[ ! -e out ]
	done
	says "oci is for stages that run on the target"
}

@test "ci: where nothing was built for a mistake in a recipe, nothing is packed" {
	TIME_LIMIT=60s
	add stage1 wrong for=build <<<'build() { if; }'
	run ci/job
	ended 2
	says "nothing was built"
	[ ! -e "cache/$native.tar.zst" ]
	sed -i /^wrong/d "$world/stages/stage1"
	ci/job
	echo 'wrong for=build' >>"$world/stages/stage1"
	touch -d '1 hour ago' "cache/$native.tar.zst"
	before=$(stat -c %Y "cache/$native.tar.zst")
	run ci/job
	ended 2
	equal "packed at" "$before" "$(stat -c %Y "cache/$native.tar.zst")"
}

@test "ci: a store that has lost its records is as good as none" {
	TIME_LIMIT=60s
	ci/job
	rm -r store/records
	run ci/job
	ended 0
	silent_on "find:"
	equal "started again" "" "$(started)"
}

@test "ci: the workflow's jobs, run here, bootstrap both targets" {
	export_plainly near
	export_plainly far
	add_slow
	as_toys github.yml
	run_workflow
	ended 0
	equal "jobs that came to their limit" 4 "$(stops)"
	for target in near far; do
		check_result "$BATS_TEST_TMPDIR/room/artifacts/$target" $target 3
		cmp "$BATS_TEST_TMPDIR/room/artifacts/$target/$target-stage2.tar.zst" \
			"$BATS_TEST_TMPDIR/plain-$target.tar.zst"
	done
	grep -q kernel.apparmor_restrict_unprivileged_userns=0 "$BATS_TEST_TMPDIR/as-root"
}

@test "ci: the pipeline's jobs, run here, bootstrap both targets" {
	export_plainly near
	export_plainly far
	add_slow
	as_toys gitlab.yml
	run_pipeline
	ended 0
	equal "jobs that came to their limit" 4 "$(stops)"
	for target in near far; do
		check_result out $target 3
		cmp out/$target-stage2.tar.zst "$BATS_TEST_TMPDIR/plain-$target.tar.zst"
	done
}

@test "ci: a target that fails does not end the other, in neither" {
	add_slow
	add stage2 broken if=foreign <<<'build() { false; }'
	as_toys github.yml
	as_toys gitlab.yml
	run_workflow
	ended 1
	says "stage2/broken"
	check_result "$BATS_TEST_TMPDIR/room/artifacts/$native" "$native" 3
	[ ! -e "$BATS_TEST_TMPDIR/room/artifacts/$foreign/$foreign-stage2.tar.zst" ]
	run_pipeline
	ended 1
	check_result out "$native" 3
	[ ! -e "out/$foreign-stage2.tar.zst" ]
}
