// The time line: every time at which a job was at work, on the lanes it held. A canvas, so that ten
// thousand of them stay quick.

const timeline = (() => {
	const canvas = byId('canvas'), pen = canvas.getContext('2d'), now = byId('time-now');
	const AXIS = 34, BUSY = 34, GAP = 6;
	// Four downloads at once is what a run allows. Twenty unions at once are one moment: they share.
	const BESIDE = Math.min(4, data.sideLanes);
	const ordered = [...bars].sort((a, b) => a.start - b.start);
	const parts = []; // {start, end, x}: stretches with work; x is seconds from the left, folded
	let total = 0, from = 0, to = 1, width = 0, row = 0, left = 0, colours = {}, planned = false;

	// Times without work are folded, else a rest overnight would hide all the rest.
	function fold() {
		let busy = 0, end = -Infinity;
		for (const bar of ordered) {
			busy += Math.max(0, bar.end - Math.max(bar.start, end));
			end = Math.max(end, bar.end);
		}
		const most = Math.max(1, busy / 20);
		for (const bar of ordered) {
			const part = parts[parts.length - 1];
			if (!part || bar.start - part.end > most) parts.push({start: bar.start, end: bar.end});
			else part.end = Math.max(part.end, bar.end);
			bar.part = parts[parts.length - 1];
		}
		const between = busy / Math.max(60, 8 * parts.length);
		for (const part of parts) {
			part.x = total;
			total += part.end - part.start + between;
		}
		total = Math.max(total - between, 0.001);
		for (const bar of ordered) {
			bar.x = bar.part.x + bar.start - bar.part.start;
			bar.long = bar.end - bar.start;
		}
		to = total;
	}

	// Processor time over time, as far as it is known: evenly over each job.
	const load = [];
	function addLoad() {
		const steps = [];
		for (const bar of ordered) {
			if (!(bar.what === 'made' && bar.job.cpu > 0 && bar.long > 0)) continue;
			const cores = Math.min(data.processors, bar.job.cpu / bar.long);
			steps.push([bar.x, cores], [bar.x + bar.long, -cores]);
		}
		steps.sort((a, b) => a[0] - b[0]);
		let level = 0;
		for (const [x, step] of steps) load.push([x, level = Math.max(0, level + step)]);
	}

	const pixel = x => left + (x - from) / (to - from) * (width - left);
	const yOf = bar => bar.slots ? AXIS + BUSY + bar.lane * row
		: AXIS + BUSY + data.lanes * row + (data.lanes ? GAP : 0) + bar.lane % BESIDE * row;
	const heightOf = bar => Math.max(1, bar.slots) * row - (row > 5 ? 2 : row > 2 ? 1 : 0);

	function measure() {
		const lanes = Math.max(1, data.lanes + BESIDE), scale = window.devicePixelRatio || 1;
		width = canvas.clientWidth;
		left = width < 500 ? 22 : 62;
		row = Math.max(3, Math.min(26, Math.floor(420 / lanes)));
		const height = AXIS + BUSY + lanes * row + GAP;
		canvas.style.height = height + 'px';
		canvas.width = Math.round(width * scale);
		canvas.height = Math.round(height * scale);
		pen.setTransform(scale, 0, 0, scale, 0, 0);
		const style = getComputedStyle(canvas);
		for (const name of ['paper', 'surface', 'ink', 'muted', 'line', 'bar', 'soft', 'accent', 'on-accent'])
			colours[name] = style.getPropertyValue('--' + name).trim();
		colours.font = style.fontFamily;
		colours.hatch = hatch();
	}

	function hatch() {
		const tile = element('canvas', {width: 6, height: 6}), ink = tile.getContext('2d');
		ink.fillStyle = colours.paper;
		ink.fillRect(0, 0, 6, 6);
		ink.strokeStyle = colours.ink;
		for (const shift of [-6, 0, 6]) { ink.moveTo(shift, 6); ink.lineTo(shift + 6, 0); }
		ink.stroke();
		return pen.createPattern(tile, 'repeat');
	}

	// ---- drawing ----

	function tickStep() {
		const nice = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600,
			900, 1800, 3600, 7200, 14400, 28800, 86400];
		const least = (to - from) * 88 / Math.max(1, width - left);
		return nice.find(step => step >= least) || nice[nice.length - 1];
	}

	function tickText(value, step) {
		if (step < 1) return value.toFixed(step < 0.01 ? 3 : step < 0.1 ? 2 : 1) + ' s';
		if (value < 60) return Math.round(value) + ' s';
		if (value < 3600 && step % 60 === 0) return Math.round(value / 60) + ' min';
		return seconds(value);
	}

	function drawAxis(height) {
		const step = tickStep();
		let freeDate = -Infinity, freeFold = -Infinity;
		pen.textAlign = 'left';
		for (const part of parts) {
			const begin = pixel(part.x), end = pixel(part.x + part.end - part.start), at = Math.max(begin, left);
			if (end < left || begin > width) continue;
			const label = fitting([date(part.start), date(part.start).slice(5), date(part.start).slice(11)], width - at - 4);
			pen.fillStyle = colours.ink;
			if (at > freeDate && label) {
				pen.fillText(label, at + 3, 11);
				freeDate = at + pen.measureText(label).width + 16;
			}
			if (part.x > 0 && begin >= left && begin > freeFold) { // where time was folded
				pen.strokeStyle = colours.muted;
				pen.setLineDash([3, 3]);
				line(begin - 0.5, 0, begin - 0.5, height);
				pen.setLineDash([]);
				freeFold = begin + 12;
			}
			drawTicks(part, step, Math.min(end, width), height);
		}
	}

	function drawTicks(part, step, end, height) {
		pen.fillStyle = colours.muted;
		pen.strokeStyle = colours.line;
		for (let tick = Math.max(0, Math.ceil((from - part.x) / step)); ; tick++) {
			const x = Math.round(pixel(part.x + tick * step)) + 0.5, text = tickText(tick * step, step);
			if (x > end) break;
			line(x, AXIS - 14, x, height);
			if (x + 3 + pen.measureText(text).width < end) pen.fillText(text, x + 3, 26);
		}
	}

	function line(x0, y0, x1, y1) {
		pen.beginPath();
		pen.moveTo(x0, y0);
		pen.lineTo(x1, y1);
		pen.stroke();
	}

	function drawLoad() {
		const top = Math.max(data.processors, ...load.map(step => step[1])), base = AXIS + BUSY - 6;
		const y = level => base - level / top * (BUSY - 10);
		pen.beginPath();
		pen.moveTo(left, base);
		let level = 0;
		for (const [x, next] of load) {
			const at = Math.max(left, Math.min(width, pixel(x)));
			pen.lineTo(at, y(level));
			pen.lineTo(at, y(next));
			level = next;
		}
		pen.lineTo(width, y(level));
		pen.lineTo(width, base);
		pen.fillStyle = colours.bar;
		pen.fill();
		pen.strokeStyle = colours.muted;
		pen.setLineDash([1, 3]);
		line(left, y(data.processors), width, y(data.processors));
		pen.setLineDash([]);
	}

	function drawRows(height) {
		pen.fillStyle = colours.surface;
		pen.fillRect(0, 0, left - 1, height);
		pen.strokeStyle = colours.line;
		line(left - 0.5, 0, left - 0.5, height);
		pen.fillStyle = colours.muted;
		pen.textAlign = 'right';
		const wide = left > 40, label = (text, y) => pen.fillText(text, left - 6, y);
		if (wide) label('CPU', AXIS + BUSY - 14);
		if (row >= 11)
			for (let lane = 0; lane < data.lanes; lane++)
				label((wide ? 'slot ' : '') + (lane + 1), AXIS + BUSY + (lane + 0.5) * row + 3);
		else if (wide && data.lanes) label(data.lanes + ' slots', AXIS + BUSY + 10);
		if (BESIDE && wide) label('beside', AXIS + BUSY + data.lanes * row + GAP + Math.min(row, 20) / 2 + 3);
		pen.textAlign = 'left';
	}

	function fillOf(bar) {
		if (bar.what !== 'made') return colours.hatch;
		if (bar.job.chain) return colours.accent;
		return bar.job.kind === 'build' ? colours.bar : colours.soft;
	}

	function drawPhases(bar, x0, x1, y, high) {
		let at = bar.x + (bar.job.started ? bar.job.started - bar.start : 0) + bar.job.seconds - (bar.job.earlier || 0);
		pen.fillStyle = colours.surface;
		for (const [, long] of [...bar.job.phases].reverse()) {
			at -= long;
			const x = Math.round(pixel(at));
			if (x > x0 + 2 && x < x1 - 2) pen.fillRect(x, y + high - 5, 1, 5);
		}
	}

	function drawBar(bar) {
		const x0 = Math.max(left, pixel(bar.x)), x1 = Math.min(width, pixel(bar.x + bar.long));
		const y = yOf(bar), high = heightOf(bar), wide = Math.max(1, x1 - x0 - (x1 - x0 > 3 ? 1 : 0));
		if (x1 < left || x0 > width) return;
		pen.fillStyle = fillOf(bar);
		pen.fillRect(x0, y, wide, high);
		if (bar.what === 'made' && wide > 40 && high > 8 && bar.job.phases) drawPhases(bar, x0, x1, y, high);
		if (wide < 34 || high < 11) return;
		pen.fillStyle = bar.what === 'made' && bar.job.chain ? colours['on-accent'] : colours.ink;
		const text = fitting([bar.job.name, bar.job.name.slice(bar.job.name.indexOf('/') + 1)], wide - 8);
		if (bar.what !== 'made' && text) {
			pen.fillStyle = colours.paper;
			pen.fillRect(x0 + 2, y + 2, pen.measureText(text).width + 4, high - 4);
			pen.fillStyle = colours.ink;
		}
		pen.fillText(text, x0 + 4, y + Math.min(high / 2, 14) + 4);
	}

	// The first that there is room for, or nothing.
	const fitting = (texts, room) => texts.find(text => pen.measureText(text).width <= room) || '';

	function draw() {
		if (!planned) { planned = true; requestAnimationFrame(paint); }
	}

	function paint() {
		planned = false;
		const height = canvas.height / (window.devicePixelRatio || 1);
		pen.clearRect(0, 0, width, height);
		pen.font = '11px ' + colours.font;
		drawAxis(height);
		drawLoad();
		for (const bar of ordered) drawBar(bar);
		pen.strokeStyle = colours.ink;
		pen.lineWidth = 2;
		for (const bar of selected ? selected.bars : []) {
			const x = Math.max(left, pixel(bar.x)), end = Math.min(width, pixel(bar.x + bar.long));
			if (end >= left && x <= width) pen.strokeRect(x - 1, yOf(bar) - 1, Math.max(3, end - x) + 1, heightOf(bar) + 2);
		}
		pen.lineWidth = 1;
		drawRows(height);
		canvas.dataset.from = from;
		canvas.dataset.to = to;
	}

	// ---- moving about ----

	function view(start, long) {
		long = Math.min(total, Math.max(total / 1e5, 0.002, long));
		from = Math.max(0, Math.min(total - long, start));
		to = from + long;
		draw();
	}

	function zoom(factor, x) {
		const share = (Math.max(left, x === undefined ? (left + width) / 2 : x) - left) / Math.max(1, width - left);
		const at = from + share * (to - from), long = Math.min(total, (to - from) * factor);
		view(at - share * long, long);
	}

	const pan = share => view(from + share * (to - from), to - from);

	function show(job) {
		const bar = job.bars[job.bars.length - 1];
		if (bar) view(bar.x - bar.long, Math.max(bar.long * 3, total / 1000));
		canvas.scrollIntoView({block: 'center'});
	}

	function at(event) {
		const box = canvas.getBoundingClientRect();
		const x = event.clientX - box.left, y = event.clientY - box.top, slack = 3;
		let best = null;
		for (const bar of ordered) {
			if (y < yOf(bar) || y > yOf(bar) + heightOf(bar)) continue;
			const x0 = pixel(bar.x), x1 = Math.max(x0 + 1, pixel(bar.x + bar.long));
			if (x < x0 - slack || x > x1 + slack || x < left) continue;
			if (!best || (x >= x0 && x <= x1)) best = bar;
		}
		return best;
	}

	function say(bar) {
		now.textContent = bar ? [bar.job.name, BECAME[bar.what], seconds(bar.end - bar.start), date(bar.start, true)].join(' · ') : '';
	}

	// To the next or earlier job by its start.
	function step(by) {
		const here = selected ? ordered.findIndex(bar => bar.job === selected) : by > 0 ? -1 : ordered.length;
		const bar = ordered[Math.max(0, Math.min(ordered.length - 1, here + by))];
		if (!bar) return;
		select(bar.job);
		say(bar);
		if (bar.x < from || bar.x > to) view(bar.x - (to - from) / 2, to - from);
	}

	const actions = {
		left: () => pan(-0.25), right: () => pan(0.25), in: () => zoom(0.5), out: () => zoom(2),
		all: () => view(0, total), up: () => step(-1), down: () => step(1),
	};
	const keys = {ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down', '+': 'in', '=': 'in',
		'-': 'out', Home: 'all', '0': 'all'};

	function listen() {
		const fingers = new Map();
		let moved = 0;
		for (const button of document.querySelectorAll('#time [data-do]')) button.onclick = actions[button.dataset.do];
		canvas.addEventListener('keydown', event => {
			if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
			event.preventDefault();
			actions[keys[event.key]]();
		});
		canvas.addEventListener('wheel', event => {
			const along = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.shiftKey ? event.deltaY : 0;
			if (!along && !event.ctrlKey && document.activeElement !== canvas) return;
			event.preventDefault();
			if (along) pan(along / 800);
			else zoom(Math.exp(Math.max(-100, Math.min(100, event.deltaY)) / 250), event.clientX - canvas.getBoundingClientRect().left);
		}, {passive: false});
		canvas.addEventListener('pointerdown', event => {
			fingers.set(event.pointerId, event.clientX);
			canvas.setPointerCapture(event.pointerId);
			if (fingers.size === 1) moved = 0;
		});
		canvas.addEventListener('pointermove', event => {
			if (!fingers.has(event.pointerId)) { say(at(event)); return; }
			const others = [...fingers].filter(([id]) => id !== event.pointerId), before = fingers.get(event.pointerId);
			moved += Math.abs(event.clientX - before);
			fingers.set(event.pointerId, event.clientX);
			if (!others.length) {
				if (moved > 4) { canvas.classList.add('moving'); pan((before - event.clientX) / (width - left)); }
				return;
			}
			const other = others[0][1], apart = Math.abs(event.clientX - other);
			if (apart > 10) zoom(Math.abs(before - other) / apart, (other + event.clientX) / 2 - canvas.getBoundingClientRect().left);
		});
		const lift = event => {
			if (fingers.delete(event.pointerId) && event.type === 'pointerup' && moved <= 4) {
				const bar = at(event);
				if (bar) select(bar.job);
				say(bar);
			}
			canvas.classList.remove('moving');
		};
		canvas.addEventListener('pointerup', lift);
		canvas.addEventListener('pointercancel', lift);
		canvas.addEventListener('pointerleave', () => say(null));
	}

	const refresh = () => { measure(); draw(); };
	fold();
	addLoad();
	measure();
	listen();
	draw();
	new ResizeObserver(refresh).observe(canvas);
	matchMedia('(prefers-color-scheme: dark)').addEventListener('change', refresh);
	for (const name of ['beforeprint', 'afterprint']) addEventListener(name, () => { measure(); paint(); });
	matchMedia('print').addEventListener('change', () => { measure(); paint(); });
	onSelect.push(draw);
	return {show};
})();
