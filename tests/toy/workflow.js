// workflow.js FILE CHECKOUT ROOM: runs a GitHub workflow's jobs here, one after the other. Every job gets a fresh
// copy of CHECKOUT; caches are folders in ROOM/caches, artifacts folders in ROOM/artifacts.
// It knows no more of workflows than ci/github.yml uses, and dies of what it does not know.
const fs = require("fs"), path = require("path"), {spawnSync} = require("child_process");
const [file, checkout, room] = process.argv.slice(2);
const workflow = require("js-yaml").load(fs.readFileSync(file, "utf8"));

function die(why) {
	console.error(`workflow.js: ${why}`);
	process.exit(1);
}

// every ${{ name }} of a value, by the facts of one job
function filled(value, facts) {
	return String(value).replace(/\$\{\{ *([\w.]+) *\}\}/g, (whole, name) => {
		if (!(name in facts)) die(`${whole} is not known`);
		return facts[name];
	});
}

// the cache of that key, else the newest of those that begin with one of the prefixes
function found(key, prefixes) {
	const caches = fs.existsSync(`${room}/caches`) ? fs.readdirSync(`${room}/caches`) : [];
	const age = name => fs.statSync(`${room}/caches/${name}`).ctimeMs;
	const matching = caches.filter(name => name === key || prefixes.some(prefix => name.startsWith(prefix)));
	return matching.sort((one, two) => (two === key) - (one === key) || age(two) - age(one))[0];
}

function copy(from, to) {
	fs.mkdirSync(path.dirname(to), {recursive: true});
	fs.cpSync(from, to, {recursive: true, verbatimSymlinks: true});
}

const actions = {
	"actions/checkout": work => copy(checkout, work),
	"actions/cache/restore": (work, given) => {
		const name = found(given.key, (given["restore-keys"] || "").split("\n"));
		if (name) copy(`${room}/caches/${name}`, `${work}/${given.path}`);
		console.log(`cache: ${name}`);
	},
	"actions/cache/save": (work, given) => {
		if (fs.existsSync(`${room}/caches/${given.key}`)) die(`a cache is kept once: ${given.key}`);
		copy(`${work}/${given.path}`, `${room}/caches/${given.key}`);
	},
	"actions/upload-artifact": (work, given) => copy(`${work}/${given.path}`, `${room}/artifacts/${given.name}`),
};

function run(step, work, environment, facts) {
	if (step.uses) {
		const action = actions[step.uses.split("@")[0]] || die(`${step.uses} is not known`);
		const given = Object.entries(step.with || {}).map(([key, value]) => [key, filled(value, facts)]);
		action(work, Object.fromEntries(given));
		return 0;
	}
	const done = spawnSync("bash", ["-e", "-o", "pipefail", "-c", filled(step.run, facts)],
		{cwd: work, env: {...process.env, ...environment}, stdio: ["ignore", "inherit", "inherit"]});
	return done.status;
}

let failed = false, done = new Set();
for (const [name, job] of Object.entries(workflow.jobs)) {
	const always = job.if === "${{ !cancelled() }}";
	if (job.if && !always) die(`if: ${job.if} is not known`);
	if (failed && !always) continue;
	if (job.needs && !done.has(job.needs)) die(`${name} comes before ${job.needs}`);
	for (const target of job.strategy.matrix.target) {
		const facts = {"matrix.target": target, "github.run_id": 1, "github.run_attempt": 1, "github.job": name};
		const environment = {...workflow.env};
		for (const [key, value] of Object.entries(job.env)) environment[key] = filled(value, facts);
		let well = true;
		for (const step of job.steps)
			if (well || step.if === "always()")
				well = run(step, `${room}/${name}-${target}`, environment, facts) === 0 && well;
		failed = failed || !well;
	}
	done.add(name);
}
process.exit(failed ? 1 : 0);
