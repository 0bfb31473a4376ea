// The facts of the page, made ready: who needs whom, who took how long, the longest chain, units.

const data = JSON.parse(document.getElementById('data').textContent);
const jobs = data.jobs;
const WORDS = {fetch: 'download', unpack: 'unpack', build: 'build', union: 'union', stage: 'stage'};
const BECAME = {made: 'made', found: 'from the store', failed: 'failed', stopped: 'stopped'};

const byId = id => document.getElementById(id);

// element('td', {class: 'number'}, 'text', otherElement)
function element(name, attributes, ...children) {
	const made = document.createElement(name);
	for (const [key, value] of Object.entries(attributes || {}))
		if (value !== undefined && value !== false) made.setAttribute(key, value);
	made.append(...children);
	return made;
}

// ---- units ----

function seconds(value) {
	if (value === undefined || value === null) return '–';
	if (value < 0.0005) return '0 s';
	if (value < 1) return value.toFixed(3) + ' s';
	if (value < 10) return value.toFixed(2) + ' s';
	if (value < 60) return value.toFixed(1) + ' s';
	const whole = Math.round(value), two = number => String(number).padStart(2, '0');
	if (whole < 3600) return Math.floor(whole / 60) + ' min ' + two(whole % 60) + ' s';
	return Math.floor(whole / 3600) + ' h ' + two(Math.floor(whole / 60) % 60) + ' min';
}

function bytes(value) {
	if (value === undefined || value === null) return '–';
	let unit = 0;
	for (; value >= 1024 && unit < 4; unit++) value /= 1024;
	return (unit ? value.toFixed(1) : value) + ' ' + ['B', 'KiB', 'MiB', 'GiB', 'TiB'][unit];
}

const count = value => String(value).replace(/\B(?=(\d{3})+$)/g, ' ');
const amount = (number, one, many) => count(number) + ' ' + (number === 1 ? one : many || one + 's');
const percent = (part, whole) => (whole > 0 ? (100 * part / whole).toFixed(1) : '0.0') + ' %';

function date(time, precise) {
	const day = new Date(time * 1000), two = number => String(number).padStart(2, '0');
	return day.getFullYear() + '-' + two(day.getMonth() + 1) + '-' + two(day.getDate()) + ' ' +
		two(day.getHours()) + ':' + two(day.getMinutes()) + (precise ? ':' + two(day.getSeconds()) : '');
}

// ---- the jobs ----

const bars = data.bars.map(([job, what, start, end, slots, lane]) =>
	({job: jobs[job], what, start, end, slots, lane}));

jobs.forEach((job, id) => {
	job.id = id;
	job.needs = [...new Set(job.needs)].map(need => jobs[need]);
	job.neededBy = [];
	job.bars = [];
	job.took = job.seconds || 0;
});
for (const job of jobs) for (const need of job.needs) need.neededBy.push(job);
for (const bar of bars) {
	bar.job.bars.push(bar);
	// a record has the time of earlier tries as well
	if (bar.what === 'made' && !bar.job.seconds) bar.job.took = bar.end - bar.start;
}
// A stage is as large as its parts; later parts may replace files of earlier ones.
for (const stage of data.stages)
	jobs[stage.job].bytes = stage.parts.reduce((sum, part) => sum + (jobs[part].bytes || 0), 0);

// Every job after what it needs; `next` gives what it needs.
function inOrder(all, next) {
	const order = [], seen = new Set();
	for (const first of all) {
		const stack = [[first, 0]];
		if (seen.has(first)) continue;
		seen.add(first);
		while (stack.length) {
			const top = stack[stack.length - 1], below = next(top[0])[top[1]++];
			if (!below) order.push(stack.pop()[0]);
			else if (!seen.has(below)) { seen.add(below); stack.push([below, 0]); }
		}
	}
	return order;
}

// The chain of jobs, each of which needs the one before, that takes longest.
const chain = (() => {
	const found = [];
	let last = null;
	for (const job of inOrder(jobs, job => job.needs)) {
		job.before = null;
		for (const need of job.needs) if (!job.before || need.path > job.before.path) job.before = need;
		job.path = job.took + (job.before ? job.before.path : 0);
		if (!last || job.path > last.path) last = job;
	}
	for (let job = last; job; job = job.before) if (job.took > 0) { job.chain = true; found.unshift(job); }
	return found;
})();

// ---- one selected job, for all parts of the page ----

let selected = null;
const onSelect = [];

function select(job) {
	selected = job;
	document.body.classList.toggle('selected', !!job);
	history.replaceState(null, '', job ? '#job=' + encodeURIComponent(job.name) : location.pathname);
	for (const button of document.querySelectorAll('button.job'))
		button.classList.toggle('chosen', !!job && button.dataset.job === String(job.id));
	for (const listener of onSelect) listener(job);
}

function jobButton(job, label) {
	const button = element('button', {type: 'button', class: 'job' + (job === selected ? ' chosen' : ''),
		'data-job': job.id}, label || job.name);
	button.onclick = () => select(job);
	return button;
}
