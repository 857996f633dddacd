"use strict";

/* The charts of an experiment: the conversion rate to date of each alternative with its
   95% interval, the participants per period, and the traffic split over time. */
(() => {
  const section = document.getElementById("charts");
  const plots = section.querySelector(".plots");
  const legend = plots.querySelector(".legend");
  const broken = "broken" in section.dataset;
  const colors = 6;
  const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [14, 4], [4, 4]];
  const hidden = new Set();
  let series, epochs, charts = [];

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const percent = (x, wide) => {
    const decimals = Math.min(Math.max(1, 1 - Math.floor(Math.log10(100 * wide || 1))), 5);
    return `${(100 * x).toFixed(decimals)}%`;
  };
  const number = (n) => n.toLocaleString("en");
  const people = (n) => `${number(n)} ${n === 1 ? "participant" : "participants"}`;
  const dates = [
    [31536000, "{YYYY}", null, null, null, null, null, null, 1],
    [2419200, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
    [86400, "{D} {MMM}", "\n{YYYY}", null, null, null, null, null, 1],
    [1, "", null, null, null, null, null, null, 1],
  ];
  const moments = [
    ...dates.slice(0, 3),
    [60, "{HH}:{mm}", "\n{D} {MMM}", null, "\n{D} {MMM}", null, null, null, 1],
    [1, "", null, null, null, null, null, null, 1],
  ];
  /* Periods are whole days, so the steps of the axis are days, months and years. */
  const days = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 30, 60, 90, 120, 180, 365, 730, 1825];
  const steps = days.map((n) => n * 86400);
  const sync = uPlot.sync("time");

  /* A single period is centered in a range of days. */
  const around = 3 * 86400;
  const x = { range: (_, lo, hi) => (lo === hi ? [lo - around, hi + around] : [lo, hi]) };

  const options = (box, height, write) => ({
    width: box.clientWidth,
    height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
    legend: { show: false },
    cursor: { sync: { key: sync.key }, drag: { x: true, y: false }, points: { size: pointSize } },
    axes: [
      { stroke: color("--quiet"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false }, space: 64, incrs: steps, values: dates },
      {
        stroke: color("--quiet"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false }, size: 64,
        values: (_, all) => all.map(write),
      },
    ],
    hooks: { setCursor: [(u) => showValues(u.cursor.idx)] },
  });

  /* The edges of bands have no points. */
  const pointSize = (u, i) => (u.series[i].width ? 7 : 0);

  /* The more bands overlap, the more transparent they are. */
  const shade = () => ["26", "26", "26", "1c", "14"][series.alternatives.length] ?? "10";

  const line = (i, more) => ({
    stroke: color(`--series-${i % colors}`), width: 2, dash: dashes[i % colors], show: !hidden.has(i),
    points: { show: series.starts.length < 2 }, ...more,
  });

  /* All rates are drawn above all bands. */
  const rates = (box, times) => {
    const o = options(box, 260, (v) => `${+(100 * v).toFixed(2)}%`);
    const data = [times];
    o.series = [{}];
    o.bands = [];
    series.alternatives.forEach((a, i) => {
      const edge = { width: 0, dash: [], points: { show: false } };
      o.bands.push({ series: [data.length, data.length + 1], fill: `${color(`--series-${i % colors}`)}${shade()}` });
      data.push(a.hi, a.lo);
      o.series.push(line(i, edge), line(i, edge));
    });
    series.alternatives.forEach((a, i) => {
      data.push(a.rate);
      o.series.push(line(i));
    });
    o.scales = { x, y: { range: (_, lo, hi) => spread(lo, hi) } };
    return new uPlot(o, data, box);
  };

  /* The wide intervals of the first days must not flatten the rest: the scale covers the
     intervals of the last two thirds, and all rates but the first tenth. */
  const spread = () => {
    let lo = Infinity, hi = -Infinity;
    series.alternatives.forEach((a, i) => {
      if (hidden.has(i)) return;
      const n = a.rate.length;
      a.rate.forEach((r, t) => {
        if (r === null || t < Math.floor(n / 10)) return;
        const settled = t >= Math.floor(n / 3);
        lo = Math.min(lo, settled ? a.lo[t] : r);
        hi = Math.max(hi, settled ? a.hi[t] : r);
      });
    });
    if (!(hi > lo)) return [0, 1];
    const margin = 0.05 * (hi - lo);
    return [Math.max(0, lo - margin), Math.min(1, hi + margin)];
  };

  const participants = (box, times) => {
    const o = options(box, 160, number);
    o.series = [{}, ...series.alternatives.map((_, i) => line(i))];
    o.scales = { x, y: { range: (_, lo, hi) => [0, Math.max(1, hi * 1.05)] } };
    return new uPlot(o, [times, ...series.alternatives.map((a) => a.participants)], box);
  };

  /* Shares apply from the start of an epoch to the start of the next. Epochs can be hours
     long, so the axis is not the axis of days. */
  const shares = (box, times) => {
    const o = options(box, 160, (v) => `${+(100 * v).toFixed(2)}%`);
    o.cursor = { drag: { x: true, y: false } };
    o.hooks = { setCursor: [(u) => (u.cursor.idx == null ? showValues() : showShares(u.cursor.idx))] };
    delete o.axes[0].incrs;
    o.axes[0].values = moments;
    o.tzDate = (seconds) => new Date(seconds * 1000);
    const starts = epochs.epochs.map((e) => (e.start ? Date.parse(e.start) / 1000 : times[0]));
    const end = Math.max(starts.at(-1) + 1, epochs.end ? Date.parse(epochs.end) / 1000 : 0);
    const stepped = { paths: uPlot.paths.stepped({ align: 1 }), points: { show: false } };
    o.series = [{}, ...series.alternatives.map((_, i) => line(i, stepped))];
    o.scales = { x, y: { range: [0, 1] } };
    return new uPlot(o, [[...starts, end], ...series.alternatives.map((_, i) => {
      const of = epochs.epochs.map((e) => e.weights[i]);
      return [...of, of.at(-1)];
    })], box);
  };

  const showShares = (at) => {
    const e = epochs.epochs[Math.min(at, epochs.epochs.length - 1)];
    legend.querySelector(".when").textContent = e.start ? `From ${new Date(e.start).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })}` : "";
    legend.querySelectorAll("output").forEach((out, i) => {
      out.textContent = `${(100 * e.weights[i]).toFixed(1)}% of new participants, ${people(e.participants[i])}`;
    });
  };

  /* Shows the values of the period under the pointer, or of the last period. */
  const showValues = (at) => {
    const t = at ?? series.labels.length - 1;
    legend.querySelector(".when").textContent = series.labels[t] ?? "";
    legend.querySelectorAll("output").forEach((out, i) => {
      const a = series.alternatives[i];
      const wide = a.hi[t] - a.lo[t];
      const rate = broken || a.rate[t] == null ? "" : `${percent(a.rate[t], wide)} (${percent(a.lo[t], wide)} to ${percent(a.hi[t], wide)}), `;
      out.textContent = t < 0 ? "" : `${rate}${people(a.participants[t])}`;
    });
  };

  const toggle = (i, visible) => {
    if (visible) hidden.delete(i);
    else hidden.add(i);
    draw();
  };

  const svg = (name, attributes) => {
    const e = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
    return e;
  };

  const list = () => {
    legend.replaceChildren(...series.alternatives.map((a, i) => {
      const label = document.createElement("label");
      const box = document.createElement("input");
      const sample = svg("svg", { viewBox: "0 0 28 8", "aria-hidden": "true" });
      const name = document.createElement("span");
      const value = document.createElement("output");
      label.className = `s${i % colors}`;
      box.type = "checkbox";
      box.checked = !hidden.has(i);
      box.addEventListener("change", () => toggle(i, box.checked));
      sample.append(svg("line", { x1: 0, y1: 4, x2: 28, y2: 4, "stroke-dasharray": dashes[i % colors].join(" ") }));
      name.textContent = a.name;
      value.setAttribute("aria-live", "off");
      label.append(box, sample, name, value);
      return label;
    }));
    const when = document.createElement("p");
    when.className = "when";
    legend.prepend(when);
  };

  const kinds = { rate: rates, participants, shares };
  const draw = () => {
    const times = series.starts.map((day) => Date.parse(day) / 1000);
    for (const c of charts) c.destroy();
    charts = [...plots.querySelectorAll("[data-plot]")].filter((box) => epochs || box.dataset.plot !== "shares").map((box) => kinds[box.dataset.plot](box, times));
    showValues();
  };

  const load = async () => {
    const answer = await fetch(section.dataset.series);
    if (!answer.ok) return;
    const text = await answer.text();
    const shared = section.dataset.epochs ? await fetch(section.dataset.epochs) : null;
    const more = shared?.ok ? await shared.text() : "null";
    if (text + more === load.last) return;
    load.last = text + more;
    series = JSON.parse(text);
    epochs = JSON.parse(more);
    plots.hidden = series.labels.length === 0;
    if (plots.hidden) return;
    const names = JSON.stringify(series.alternatives.map((a) => a.name));
    if (names !== load.names) list();
    load.names = names;
    draw();
  };

  let width = 0;
  new ResizeObserver(() => {
    if (!series || plots.hidden || plots.clientWidth === width) return;
    width = plots.clientWidth;
    for (const c of charts) c.setSize({ width: c.root.parentNode.clientWidth, height: c.height });
  }).observe(plots);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => series && draw());
  document.addEventListener("refreshed", () => load().catch(() => {}));
  load().catch(() => {});
})();
