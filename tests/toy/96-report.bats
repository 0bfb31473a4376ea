#!/usr/bin/env bats
# The page about the runs, and the trace: what is in them, and that a browser shows it.
load common

# what drives the browser, at one version
driver=playwright-core@1.65.1

setup_file() {
	common_setup_file
	needs node npm chromium
	npm_install $driver
	new_world "$BATS_FILE_TMPDIR/world"
	"$runner" --root="$BATS_FILE_TMPDIR/world" --store="$BATS_FILE_TMPDIR/warm" --quiet \
		--mirror="$mirror" --offline --target "$native" 3>&-
}

setup() {
	common_setup
	page=$BATS_TEST_TMPDIR/page.html
	trace=$BATS_TEST_TMPDIR/trace.json
	cp -a "$BATS_FILE_TMPDIR/warm" "$store"
}

teardown() { common_teardown; }

# facts EXPRESSION: of the data in the page, as `data`, and of the trace, as `trace`
facts() {
	node -e '
		const fs = require("fs"), [page, traced, expression] = process.argv.slice(1);
		const text = fs.readFileSync(page, "utf8"), mark = "id=\"data\">";
		const from = text.indexOf(mark) + mark.length;
		const data = JSON.parse(text.slice(from, text.indexOf("</script>", from)));
		const trace = fs.existsSync(traced) ? JSON.parse(fs.readFileSync(traced)) : null;
		const of = what => data.jobs.filter(job => job.last === what).map(job => job.name).sort().join(" ");
		console.log(eval(expression));
	' "$page" "$trace" "$1" 3>&-
}

# browse TEST [ARGUMENT]...: one of report.js
browse() {
	NODE_PATH=$BATS_FILE_TMPDIR/npm/node_modules \
		node "$top/tests/toy/report.js" "$@" "$BATS_TEST_TMPDIR" 3>&-
}

@test "report: a page that needs nothing else, and a trace" {
	run boot report --output "$page" --trace "$trace"
	ended 0
	equal said "$(lines_of "$page" "$trace")" "$output"
	run grep -nE '(src|href)=|@import|url\(|https?://' "$page"
	silent_on '="//'
	equal "places on the network" "" "$(printf '%s\n' "$output" | grep -v 'href="#jobs"\|http://www.w3.org/2000/svg')"
	equal jobs "$(outs | wc -l)" "$(facts 'data.jobs.filter(job => job.out).length')"
	# a later line of the stage has all of zed:small, so nobody wants that
	equal "jobs left out" "" "$(facts 'data.jobs.filter(job => !/zed:small/.test(job.name) && !["made", "found"].includes(job.last)).map(job => job.name).join()')"
	equal "bars without a time" 0 "$(facts 'data.bars.filter(bar => !(bar[3] >= bar[2] && bar[2] > 1e9)).length')"
	equal output "$(tree_of stage2/hello)" "$(facts "'$store/trees/' + data.jobs.find(job => job.name === 'stage2/hello').out")"
	[ -f "$(facts 'data.jobs.find(job => job.name === "stage2/hello").log')" ]
}

@test "report: of the toy world as it lies in the checkout" {
	"$runner" --root="$top/tests/world" --store="$store" --target "$native" report --output "$page"
	grep -q '<html' "$page"
}

@test "report: what it may not write, and nothing to say" {
	run boot report --quiet --output "$page" --trace "$trace"
	equal said "" "$output"
	run boot report --output "$page" --trace "$(dirname "$page")/./$(basename "$page")"
	ended 2
	says "the page is written there; give another name"
	head -n 1 "$page" | grep -qi "^<!doctype html"
	run boot report --output -
	ended 2
	says "--output -: a page is for a browser"
}

@test "report: the trace has every job once, and its phases within it" {
	boot report --output "$page" --trace "$trace"
	equal jobs "$(facts 'data.bars.length')" \
		"$(facts 'trace.traceEvents.filter(event => event.ph === "X" && event.cat === "made").length')"
	# shellcheck disable=SC2016
	equal "phases outside" "" "$(facts 'trace.traceEvents.filter(event => event.cat === "phase" && !trace.traceEvents.some(job =>
		job.cat === "made" && job.pid === event.pid && job.tid === event.tid && job.ts <= event.ts + 2000 &&
		job.ts + job.dur >= event.ts + event.dur - 2000)).map(event => event.name).join()')"
	[ "$(facts 'trace.traceEvents.filter(event => event.cat === "phase").length')" -gt 40 ]
	# no two jobs on one lane at a time
	equal overlaps "" "$(facts 'trace.traceEvents.filter(one => one.cat === "made" && trace.traceEvents.some(two =>
		two !== one && two.cat === "made" && one.pid === two.pid && one.tid === two.tid && two.ts >= one.ts &&
		two.ts < one.ts + one.dur - 1000)).map(event => event.name).join()')"
}

@test "report: the last run tells what was made, found and failed" {
	sed -i 's/--with-toys/--with-more/' "$world/recipes/hello/recipe"
	echo 'build() { false; }' >>"$world/recipes/zed/recipe"
	run boot --keep-going
	ended 1
	run boot report --output "$page"
	ended 0
	equal failed stage2/zed "$(facts 'of("failed")')"
	case $(facts 'of("made")') in *stage2/hello*) ;; *) facts 'of("made")'; return 1 ;; esac
	case $(facts 'of("found")') in *"stage1/libc "*) ;; *) facts 'of("found")'; return 1 ;; esac
	equal status 1 "$(facts 'data.runs.find(run => run.last).status')"
	equal "runs" 2 "$(facts 'data.runs.length')"
}

@test "report: changes nothing in the store, and neither does a run without work" {
	boot --quiet # this checkout is new to the store
	before=$(picture)
	boot --quiet
	boot report --output "$page"
	equal store "$before" "$(picture)"
}

@test "report: a store of an older runner" {
	rm -r "$store/runs"
	sed -i '/^started=/d; /^slots=/d' "$store"/records/*
	run boot report --output "$page"
	ended 0
	equal "bars, runs" "0 0" "$(facts 'data.bars.length + " " + data.runs.length')"
	[ "$(facts 'data.jobs.filter(job => job.seconds > 0).length')" -gt 10 ]
	run browse empty "$page"
	ended 0
}

@test "report: nothing built, in a store with an odd name" {
	odd="$BATS_TEST_TMPDIR/a</script><b>&\"'é"
	mkdir -p "$odd/trees"
	store=$odd run boot report --output "$page"
	ended 0
	equal store "$odd" "$(facts data.store)"
	run browse empty "$page"
	ended 0
}

@test "report: report.html is the default, and a file that cannot be written is said to be one" {
	cd "$BATS_TEST_TMPDIR"
	run boot report
	ended 0
	equal said report.html "$output"
	[ -s report.html ]
	run boot report --output /dev/full
	ended 3
	says "/dev/full: cannot be written"
	run boot report --output "$BATS_TEST_TMPDIR/no/such"
	ended 3
	says "No such file or directory"
}

@test "report: a failed run's page in a browser" {
	sed -i 's/--with-toys/--with-more/' "$world/recipes/hello/recipe"
	echo 'build() { false; }' >>"$world/recipes/zed/recipe"
	run boot --keep-going
	boot report --output "$page"
	run browse page "$page"
	ended 0
}

@test "report: a job that was gone on with in a browser" {
	boot report --output "$page"
	run browse resumed "$page"
	ended 0
}

@test "report: ten thousand jobs in a browser" {
	boot report --output "$page"
	run browse large "$page"
	ended 0
}
