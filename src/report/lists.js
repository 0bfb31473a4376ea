// The tables: the summary, the longest chain, shares of time and size, the last run, all jobs.

const sum = (list, value) => list.reduce((all, one) => all + (value(one) || 0), 0);
const byValue = (a, b) => b.value - a.value;

// rows: {label, job, value, accent}; each with a bar, its value and its share of `whole`.
function shareTable(place, rows, text, whole, least, caption) {
	const body = element('tbody'), most = Math.max(...rows.map(row => row.value), 0);
	const line = row => {
		const bar = element('i', {class: row.accent && 'accent'});
		bar.style.width = (most > 0 ? 100 * row.value / most : 0) + '%';
		return element('tr', {},
			element('td', {}, row.job ? jobButton(row.job, row.label) : row.label),
			element('td', {class: 'share', 'aria-hidden': 'true'}, bar),
			element('td', {class: 'number'}, text(row.value)),
			element('td', {class: 'number less'}, percent(row.value, whole)));
	};
	const table = element('table', {}, caption ? element('caption', {}, caption) : '', body);
	body.append(...rows.slice(0, least).map(line));
	place.append(rows.length ? table : element('p', {class: 'muted'}, 'Nothing is known yet.'));
	if (rows.length <= least) return;
	const rest = rows.slice(least, 1000);
	const more = element('button', {type: 'button'}, 'Show ' + count(rest.length) + ' more');
	more.onclick = () => { body.append(...rest.map(line)); more.remove(); };
	place.append(element('p', {}, more));
}

function grouped(list, name, value) {
	const groups = new Map();
	for (const one of list) {
		if (!name(one) || !(value(one) > 0)) continue;
		const group = groups.get(name(one)) || {label: name(one), value: 0, jobs: []};
		group.value += value(one);
		group.jobs.push(one);
		groups.set(name(one), group);
	}
	for (const group of groups.values()) {
		group.job = group.jobs.reduce((a, b) => value(b) > value(a) ? b : a);
		group.accent = group.jobs.some(job => job.chain);
	}
	return [...groups.values()].sort(byValue);
}

// ---- the top ----

const worked = sum(jobs, job => job.took);
const lastRun = data.runs.find(run => run.last);

// What share of the last run's time its processors worked for it; what earlier tries of a job took is not that run's.
function busy(made) {
	const could = lastRun && lastRun.end ? (lastRun.end - lastRun.start) * lastRun.slots : 0;
	const used = sum(made, job => job.cpu * (1 - (job.earlier || 0) / (job.seconds || 1)));
	return could > 0 && used > 0 ? percent(used, could) + ' of its processors' : '';
}

function writeSummary() {
	const box = byId('summary'), processor = sum(jobs, job => job.cpu);
	const add = (name, value, more) => box.append(element('div', {}, element('dt', {}, name),
		element('dd', {}, value, more ? element('small', {}, more) : '')));
	document.title = 'Report: ' + data.target;
	byId('title').textContent = data.name + ' for ' + data.target;
	byId('about').append(data.triple + ' · written ' + date(data.written) + ' · store ', element('code', {}, data.store));
	const present = jobs.filter(job => job.present).length;
	add('Jobs', count(jobs.length), present === jobs.length ? 'all in the store' : count(present) + ' in the store');
	add('Work', seconds(worked), 'one job after another');
	add('Longest chain', seconds(sum(chain, job => job.took)), amount(chain.length, 'job'));
	add('Processor time', seconds(processor), worked > 0 ? (processor / worked).toFixed(2) + ' cores a job on average' : '');
	const largest = jobs.filter(job => job.memory).sort((a, b) => b.memory - a.memory)[0];
	add('Largest process', largest ? bytes(largest.memory * 1024) : '–', largest ? largest.name : '');
	const made = jobs.filter(job => job.last === 'made'), found = jobs.filter(job => job.last === 'found').length;
	add('Last run', lastRun ? count(made.length) + ' made' : '–', lastRun ? [count(found) + ' from the store', busy(made)].filter(Boolean).join(', ') : 'no journal');
}

function writeChain() {
	const whole = sum(chain, job => job.took);
	byId('chain-note').textContent = chain.length ? 'Each of these jobs needs the one before it. However many jobs run at once, the whole takes at least ' +
		seconds(whole) + ', unless one of these takes less.' : '';
	shareTable(byId('chain'), chain.map(job => ({label: job.name, job, value: job.took, accent: true})), seconds, whole, 12);
}

// ---- time ----

const recipeOf = job => job.recipe || (job.kind === 'stage' || job.kind === 'union' ? 'unions' : job.name);

// What a job did when, as [phase, seconds].
function phasesOf(job) {
	if (!job.phases || !job.phases.length) return job.took > 0 ? [[WORDS[job.kind], job.took]] : [];
	const known = sum(job.phases, phase => phase[1]);
	return [...job.phases, ['before and after', Math.max(0, job.took - known)]];
}

function writeTimes() {
	shareTable(byId('recipes'), grouped(jobs, recipeOf, job => job.took), seconds, worked, 12);
	const phases = grouped(jobs.flatMap(job => phasesOf(job).map(([name, value]) => ({name, value}))), one => one.name, one => one.value)
		.map(({label, value}) => ({label, value}));
	shareTable(byId('phases'), phases, seconds, worked, 12);
	const choice = byId('slow-phase'), names = phases.map(phase => phase.label);
	choice.append(...names.sort().map(name => element('option', {selected: name === 'configure' ? '' : undefined}, name)));
	choice.onchange = writeSlow;
	writeSlow();
}

function writeSlow() {
	const name = byId('slow-phase').value, rows = [];
	for (const job of jobs)
		for (const [phase, value] of phasesOf(job)) if (phase === name) rows.push({label: job.name, job, value, accent: job.chain});
	byId('slow').replaceChildren();
	shareTable(byId('slow'), rows.sort(byValue), seconds, sum(rows, row => row.value), 8);
}

// ---- sizes, the last run ----

function writeSizes() {
	for (const stage of data.stages) {
		const parts = stage.parts.map(part => jobs[part]), job = jobs[stage.job], place = element('section');
		place.append(element('h3', {}, jobButton(job), ' · ' + bytes(job.bytes)));
		const rows = parts.filter(part => part.bytes).map(part => ({label: part.recipe || part.name, job: part, value: part.bytes}));
		shareTable(place, rows.sort(byValue), bytes, job.bytes, 12);
		byId('sizes').append(place);
	}
}

function writeLast() {
	const groups = [['made', 'Made'], ['found', 'From the store'], ['failed', 'Failed'], ['stopped', 'Stopped'], ['', 'Not looked at']];
	if (!lastRun) {
		byId('last-note').textContent = 'No journal of a run is in the store. The next run that has work to do writes one.';
		return;
	}
	const end = lastRun.end ? 'took ' + seconds(lastRun.end - lastRun.start) + ' with ' + amount(lastRun.slots, 'slot') +
		' and ended with status ' + lastRun.status : 'did not end, or is at work';
	byId('last-note').textContent = 'The last run that had work to do began ' + date(lastRun.start, true) + ', ' + end + '.';
	const body = element('tbody');
	byId('last').append(element('table', {}, element('thead', {}, element('tr', {}, element('th', {}, 'What became of a job'),
		element('th', {class: 'number'}, 'Jobs'), element('th', {class: 'number'}, 'Time'))), body));
	for (const [what, label] of groups) {
		const those = jobs.filter(job => job.last === what);
		if (!those.length) continue;
		const names = element('div', {class: 'names'}), fold = element('details', {'data-what': what || 'none'}, element('summary', {}, label), names);
		fold.ontoggle = () => {
			if (names.childElementCount) return;
			names.append(...those.slice(0, 200).map(job => jobButton(job)));
			if (those.length > 200) names.append('and ' + count(those.length - 200) + ' more');
		};
		const time = sum(those, job => job.took);
		body.append(element('tr', {}, element('td', {}, fold), element('td', {class: 'number'}, count(those.length)),
			element('td', {class: 'number'}, what === 'found' ? seconds(time) + ' saved' : what === 'made' ? seconds(time) : '–')));
	}
}

// ---- all jobs ----

const jobTable = (() => {
	const columns = [
		{name: 'Job', text: job => jobButton(job), sort: job => job.name},
		{name: 'Kind', text: job => WORDS[job.kind], sort: job => job.kind, less: true},
		{name: 'Last run', text: job => BECAME[job.last] || (job.present ? 'not looked at' : 'not built'), sort: job => job.last, less: true},
		{name: 'Time', number: true, text: job => job.took > 0 ? seconds(job.took) : '–', sort: job => job.took},
		{name: 'CPU', number: true, less: true, text: job => seconds(job.cpu), sort: job => job.cpu || 0},
		{name: 'Memory', number: true, less: true, text: job => bytes(job.memory && job.memory * 1024), sort: job => job.memory || 0},
		{name: 'Size', number: true, text: job => bytes(job.bytes), sort: job => job.bytes || 0},
		{name: 'Log', text: job => logLink(job, 'log'), sort: job => job.log ? 1 : 0},
	];
	const body = element('tbody'), head = element('tr'), find = byId('find'), more = byId('more');
	let column = columns[3], down = true, most = 50;
	const style = one => (one.number ? 'number ' : '') + (one.less ? 'less' : '');

	function write() {
		const wanted = find.value.trim().toLowerCase();
		const found = jobs.filter(job => !wanted || job.name.toLowerCase().includes(wanted)), sign = down ? -1 : 1;
		const value = new Map(found.map(job => [job, column.sort(job)]));
		found.sort((a, b) => {
			const one = value.get(a), two = value.get(b);
			return one === two ? a.id - b.id : sign * (one < two ? -1 : 1);
		});
		body.replaceChildren(...found.slice(0, most).map(job => element('tr', {},
			...columns.map(one => element('td', {class: style(one)}, one.text(job))))));
		byId('jobs-note').textContent = count(Math.min(most, found.length)) + ' of ' + amount(found.length, 'job') + ' shown' +
			(wanted ? ', with “' + find.value.trim() + '” in the name' : '');
		more.hidden = found.length <= most;
		columns.forEach((one, i) => head.children[i].setAttribute('aria-sort', one !== column ? 'none' : down ? 'descending' : 'ascending'));
	}

	for (const one of columns) {
		const button = element('button', {type: 'button'}, one.name);
		button.onclick = () => {
			down = column === one ? !down : !!one.number;
			column = one;
			write();
		};
		head.append(element('th', {scope: 'col', class: style(one)}, button));
	}
	byId('table').append(element('thead', {}, head), body);
	find.oninput = () => { most = 50; write(); };
	more.onclick = () => { most += 200; write(); };
	return {write};
})();

function logLink(job, label) {
	if (!job.log) return '–';
	return element('a', {href: 'file://' + job.log.split('/').map(encodeURIComponent).join('/'), 'aria-label': 'log of ' + job.name}, label);
}

writeSummary();
writeChain();
writeTimes();
writeSizes();
writeLast();
jobTable.write();
