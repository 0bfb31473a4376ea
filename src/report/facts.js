// The facts of the selected job, beside the rest, or at the foot of a small screen.

(() => {
	const body = byId('facts-body'), title = byId('facts-title');
	let opener = null;

	function names(list, label) {
		if (!list.length) return [];
		const box = element('div', {class: 'names'}), rest = list.slice(12);
		box.append(...list.slice(0, 12).map(job => jobButton(job)));
		if (rest.length) {
			const more = element('button', {type: 'button'}, 'Show ' + count(rest.length) + ' more');
			more.onclick = () => more.replaceWith(...rest.slice(0, 500).map(job => jobButton(job)));
			box.append(more);
		}
		return [element('h3', {}, label + ' (' + count(list.length) + ')'), box];
	}

	function row(list, name, value, wide) {
		if (value === undefined || value === null || value === '') return;
		list.append(element('dt', {class: wide && 'wide'}, name), element('dd', {class: wide && 'wide'}, value));
	}

	function facts(job) {
		const list = element('dl'), bar = job.bars[job.bars.length - 1];
		const cores = job.cpu && job.seconds > 0 ? ' (' + (job.cpu / job.seconds).toFixed(2) + ' cores)' : '';
		row(list, 'Kind', WORDS[job.kind] + (job.target === 'build' ? ', for all targets' : ''));
		row(list, 'Last run', BECAME[job.last] || 'not looked at');
		row(list, 'In the store', job.present ? 'yes' : 'no');
		row(list, 'Started', bar ? date(bar.start, true) : undefined);
		row(list, 'Time', job.took > 0 ? seconds(job.took) : undefined);
		row(list, 'CPU', job.cpu === undefined ? undefined : seconds(job.cpu) + cores);
		row(list, 'Memory', job.memory ? bytes(job.memory * 1024) : undefined);
		row(list, 'Size', job.bytes === undefined ? undefined : bytes(job.bytes));
		row(list, 'Slots', bar ? String(bar.slots) : undefined);
		for (const other of job.bars)
			if (other.what !== 'made') row(list, BECAME[other.what], seconds(other.end - other.start) + ', ' + date(other.start, true));
		return list;
	}

	function texts(job) {
		const list = element('dl'), mono = text => text && element('span', {class: 'mono'}, text);
		row(list, 'Key', mono(job.key), true);
		row(list, 'Output', mono(job.out), true);
		row(list, 'Log', job.log && logLink(job, mono(job.log)), true);
		return list;
	}

	function phases(job) {
		const box = element('div'), list = phasesOf(job).map(([label, value]) => ({label, value}));
		if (!job.phases || !job.phases.length) return [];
		shareTable(box, list, seconds, job.took, 8);
		return [element('h3', {}, 'Phases'), box];
	}

	function buttons(job) {
		const make = (label, act) => {
			const button = element('button', {type: 'button'}, label);
			button.onclick = act;
			return button;
		};
		const box = element('div', {class: 'buttons'});
		if (job.bars.length) box.append(make('In the time line', () => timeline.show(job)));
		if (graph.shown(job)) box.append(make('In the graph', () => graph.show(job)));
		return box;
	}

	function write(job) {
		title.textContent = job ? job.name : 'No job selected';
		if (!job) {
			body.replaceChildren(element('p', {class: 'muted'}, 'Click a job anywhere to see its facts.'));
			return;
		}
		const like = job.recipe ? jobs.filter(other => other.recipe === job.recipe && other !== job) : [];
		body.replaceChildren(buttons(job), facts(job), texts(job), ...phases(job), ...names(job.needs, 'Needs'),
			...names(job.neededBy, 'Needed by'), ...names(like, 'Of the same recipe'));
		byId('facts').scrollTop = 0;
	}

	function close() {
		select(null);
		if (opener && opener.isConnected) opener.focus({preventScroll: true});
	}

	onSelect.push(job => {
		if (job && !byId('facts').contains(document.activeElement)) opener = document.activeElement;
		write(job);
	});
	byId('close').onclick = close;
	addEventListener('keydown', event => { if (event.key === 'Escape' && selected) close(); });
	const asked = location.hash.startsWith('#job=') && decodeURIComponent(location.hash.slice(5));
	const job = asked && jobs.find(one => one.name === asked);
	if (job) select(job);
})();
