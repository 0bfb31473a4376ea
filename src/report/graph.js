// What needs what, in layers from left to right. Where there are too many jobs to be read, those
// around the selected one.

const graph = (() => {
	const MOST = 150, AROUND = 60; // nodes shown, and how many of them around one job
	const WIDE = 148, HIGH = 36, ROW = 46, THIN = 14, APART = 40, EDGE = 16;
	const READABLE = 11 / 12; // of text that is 12 px high: less is hard to read
	const box = byId('graph'), all = byId('graph-all'), note = byId('graph-note');
	let drawn = null, scale = 0; // 0: all of it is in the box

	const shown = job => all.checked || job.kind === 'build' || job.kind === 'stage';

	// The shown jobs nearest to a job in a direction, through those that are not.
	function nearest(job, direction) {
		const found = new Set(), seen = new Set([job]), stack = [...job[direction]];
		while (stack.length) {
			const next = stack.pop();
			if (seen.has(next)) continue;
			seen.add(next);
			if (shown(next)) found.add(next);
			else stack.push(...next[direction]);
		}
		return [...found];
	}

	function around(job) {
		const found = new Set();
		let ring = shown(job) ? [job] : [...nearest(job, 'neededBy').slice(0, 1)];
		for (let distance = 0; distance < 3 && ring.length; distance++) {
			const next = [];
			for (const one of ring) {
				if (found.size >= AROUND) break;
				found.add(one);
				if (distance < 2) next.push(...nearest(one, 'needs').slice(0, 12), ...nearest(one, 'neededBy').slice(0, 12));
			}
			ring = next.filter(one => !found.has(one));
		}
		return [...found];
	}

	function choose() {
		const every = jobs.filter(shown);
		if (every.length <= MOST) {
			note.textContent = amount(every.length, 'job') + '; a job stands right of what it needs. Lines that follow from others are left out.';
			return every;
		}
		const centre = selected || chain[chain.length - 1] || every[0], found = around(centre);
		note.textContent = amount(found.length, 'job') + ' of ' + count(every.length) + ': those around ' + centre.name +
			'. Select another job to see what is around it.';
		return found;
	}

	// Edges within `nodes`, without those that a longer way shows too.
	function edgesOf(nodes) {
		const inside = new Set(nodes), below = new Map(), edges = [];
		const needs = new Map(nodes.map(job => [job, nearest(job, 'needs').filter(need => inside.has(need))]));
		const order = inOrder(nodes, job => needs.get(job));
		for (const job of order) {
			const far = new Set();
			for (const need of needs.get(job)) for (const one of below.get(need)) far.add(one);
			for (const need of needs.get(job)) if (!far.has(need)) edges.push([need, job]);
			for (const need of needs.get(job)) far.add(need);
			below.set(job, far);
		}
		return {order, edges, below};
	}

	// Layers of places; a long edge gets a thin place in each layer that it crosses.
	function layersOf({order, edges}) {
		const level = new Map(), layers = [], places = new Map();
		const put = (at, place) => { (layers[at] = layers[at] || []).push(place); return place; };
		for (const job of order) level.set(job, 0);
		const inward = new Map(order.map(job => [job, []]));
		for (const edge of edges) inward.get(edge[1]).push(edge[0]);
		for (const job of order) for (const need of inward.get(job)) level.set(job, Math.max(level.get(job), level.get(need) + 1));
		for (const job of order) places.set(job, put(level.get(job), {job, level: level.get(job), before: [], after: []}));
		const ways = edges.map(([need, job]) => {
			const way = [places.get(need)];
			for (let at = level.get(need) + 1; at < level.get(job); at++) way.push(put(at, {level: at, before: [], after: []}));
			way.push(places.get(job));
			for (let i = 1; i < way.length; i++) { way[i].before.push(way[i - 1]); way[i - 1].after.push(way[i]); }
			return {need, job, way};
		});
		return {layers, ways, places};
	}

	// Each place as near as can be to the middle of its neighbours: few crossings.
	function sort(layers) {
		const stand = layer => layer.forEach((place, i) => { place.i = i / layer.length; });
		layers.forEach(stand);
		for (let sweep = 0; sweep < 8; sweep++) {
			const side = sweep % 2 ? 'after' : 'before';
			for (const layer of sweep % 2 ? [...layers].reverse() : layers) {
				for (const place of layer) {
					const near = place[side];
					place.want = near.length ? near.reduce((sum, one) => sum + one.i, 0) / near.length : place.i;
				}
				layer.sort((a, b) => a.want - b.want);
				stand(layer);
			}
		}
	}

	function setPlaces(layers) {
		const tall = layers.map(layer => layer.reduce((sum, place) => sum + (place.job ? ROW : THIN), 0));
		const most = Math.max(...tall);
		layers.forEach((layer, i) => {
			let y = EDGE + (most - tall[i]) / 2;
			for (const place of layer) {
				place.x = EDGE + i * (WIDE + APART);
				place.y = y + (place.job ? ROW : THIN) / 2;
				y += place.job ? ROW : THIN;
			}
		});
		return {width: 2 * EDGE + layers.length * (WIDE + APART) - APART, height: 2 * EDGE + most};
	}

	const svg = (name, attributes, ...children) => {
		const made = document.createElementNS('http://www.w3.org/2000/svg', name);
		for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
		made.append(...children);
		return made;
	};

	function line({way}) {
		let path = 'M' + (way[0].x + WIDE) + ',' + way[0].y;
		for (let i = 1; i < way.length; i++) {
			const x = way[i].x, middle = x - APART / 2, before = way[i - 1].y;
			path += 'C' + [middle, before, middle, way[i].y, x, way[i].y].join(' ');
			if (!way[i].job) path += 'H' + (x + WIDE);
		}
		return path;
	}

	function node({job, x, y}) {
		const label = job.name.length > 22 ? job.name.slice(0, 12) + '…' + job.name.slice(-9) : job.name;
		const made = svg('g', {class: 'node', tabindex: 0, role: 'button', 'aria-label': job.name + ', ' + seconds(job.took),
			transform: 'translate(' + x + ',' + (y - HIGH / 2) + ')', 'data-job': job.id},
			svg('title', {}, job.name + ' · ' + seconds(job.took)),
			svg('rect', {width: WIDE, height: HIGH, rx: 3}),
			svg('text', {x: 8, y: 15}, label),
			svg('text', {x: WIDE - 8, y: 29, class: 'time'}, job.took > 0 ? seconds(job.took) : ''));
		if (job.chain) made.classList.add('chain');
		if (!job.present) made.classList.add('missing');
		made.addEventListener('click', () => select(job));
		made.addEventListener('keydown', event => {
			if (event.key !== 'Enter' && event.key !== ' ') return;
			event.preventDefault();
			select(job);
		});
		return made;
	}

	function draw() {
		const nodes = choose();
		const found = edgesOf(nodes), {layers, ways, places} = layersOf(found);
		sort(layers);
		const size = layers.length ? setPlaces(layers) : {width: 0, height: 0};
		const picture = svg('svg', {width: size.width, height: size.height, viewBox: '0 0 ' + size.width + ' ' + size.height});
		for (const way of ways) {
			way.path = svg('path', {class: 'edge' + (way.need.chain && way.job.chain ? ' chain' : ''), d: line(way)});
			picture.append(way.path);
		}
		for (const place of places.values()) picture.append(place.made = node(place));
		box.replaceChildren(picture);
		drawn = {below: found.below, ways, places, nodes: new Set(nodes), picture, size};
		fit();
		mark();
	}

	// On paper the box has no end.
	function scaleNow() {
		const tall = parseFloat(getComputedStyle(box).maxHeight) || Infinity;
		return scale || Math.min(1, box.clientWidth / drawn.size.width, (tall - 2) / drawn.size.height);
	}

	function fit() {
		drawn.picture.setAttribute('width', drawn.size.width * scaleNow());
		drawn.picture.setAttribute('height', drawn.size.height * scaleNow());
	}

	// Around what is in the middle of the box.
	function zoom(factor) {
		const before = scaleNow(), x = (box.scrollLeft + box.clientWidth / 2) / before, y = (box.scrollTop + box.clientHeight / 2) / before;
		scale = factor && Math.max(0.1, Math.min(2, before * factor));
		fit();
		centre(x, y);
	}

	const centre = (x, y) => box.scrollTo(x * scaleNow() - box.clientWidth / 2, y * scaleNow() - box.clientHeight / 2);

	// The selected job, with all it needs and all that need it.
	function mark() {
		const here = selected && drawn.below.get(selected);
		const related = job => !here || job === selected || here.has(job) || drawn.below.get(job).has(selected);
		for (const [job, {made}] of drawn.places) {
			made.classList.toggle('chosen', job === selected);
			made.classList.toggle('far', !related(job));
		}
		for (const {need, job, path} of drawn.ways) {
			path.classList.toggle('near', !!here && (need === selected || job === selected));
			path.classList.toggle('far', !(related(need) && related(job)));
		}
	}

	function show(job) {
		if (scaleNow() < READABLE) zoom(READABLE / scaleNow());
		box.scrollIntoView({block: 'center'});
		reveal(job);
	}

	function reveal(job) {
		const place = drawn.places.get(job);
		if (place) centre(place.x + WIDE / 2, place.y);
	}

	function follow(job) {
		const many = job && jobs.filter(shown).length > MOST;
		if (many && !box.contains(document.activeElement)) draw();
		else mark();
		if (job && !box.contains(document.activeElement)) reveal(job);
	}

	const steps = {out: 1 / 1.4, in: 1.4, all: 0};
	for (const button of document.querySelectorAll('#needs [data-do]')) button.onclick = () => zoom(steps[button.dataset.do]);
	all.onchange = draw;
	onSelect.push(follow);
	new ResizeObserver(fit).observe(box);
	draw();
	return {show, shown};
})();
