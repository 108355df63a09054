// Events: mentions by type, quad class and status, and over time.

const QUADS = ["", "verbal cooperation", "material cooperation", "verbal conflict", "material conflict"], SIGNS = ["", "○", "●", "△", "▲"];

function mentionCount(view) {
  const all = rows.type.length;
  return [el("b", null, many(view.mentionCount, "mention")), view.mentionCount === all ? "" : ` of ${n(all)}`, ` with a confidence of at least ${view.state.confidence.toFixed(2)}`];
}

function noMentions(view) {
  if (!rows.type.length) return "This lake has no mentions of events.";
  return view.mentionCount ? "" : "No mention passes the filters.";
}

function mentionPick(view, title, has, conditions, ofArticle) {
  return { title, kind: "mentions", has, sql: mentionsSql(view.state, conditions, ofArticle) };
}

function quadSign(quad) {
  return el("span", { class: `q${quad}`, title: QUADS[quad] }, `${SIGNS[quad]} `);
}

function quadKey() {
  return el("ul", { class: "key" }, [1, 2, 3, 4].map((quad) => el("li", null, el("span", { class: `q${quad}`, "aria-hidden": true }, `${SIGNS[quad]} `), QUADS[quad])));
}

const typePlot = {
  id: "types", title: "Types of events", size: "half",
  make(view) {
    const ranked = ranking(rows.types.map(([name]) => name), count(view.mentions, rows.type, rows.types.length));
    const pick = (i) => mentionPick(view, `Mentions of ${ranked[i].name}: ${rows.types[ranked[i].i][2]}`, (row) => rows.type[row] === ranked[i].i, [`type = ${quoted(ranked[i].name)}`]);
    const documents = articlesWith(view);
    return {
      says: [...mentionCount(view), `, in ${n(documents)} of ${many(view.articleCount, "article")}.`], empty: noMentions(view), columns: ["type", "quad class", "mentions"],
      table: ranked.map((one) => [one.name, QUADS[rows.types[one.i][1]], one.count]), pick,
      draw: () => el("div", null, quadKey(), bars(ranked.map((one) => ({ ...one, label: one.name, icon: quadSign(rows.types[one.i][1]) })), { most: 16, colour: (one) => `q${rows.types[one.i][1]}`, onpick: (_, at) => openList(pick(at), view) })),
    };
  },
};

function articlesWith(view) {
  let found = 0, last = -1;
  view.mentions.forEach((kept, i) => { if (kept && rows.mentionArticle[i] !== last) { found++; last = rows.mentionArticle[i]; } });
  return found;
}

const statusPlot = {
  id: "statuses", title: "Status of events", size: "half",
  make(view) {
    const ranked = ranking(rows.statuses.map(([name]) => name), count(view.mentions, rows.status, rows.statuses.length));
    const pick = (i) => mentionPick(view, `${ranked[i].name}: ${rows.statuses[ranked[i].i][1]}`, (row) => rows.status[row] === ranked[i].i, [`status = ${quoted(ranked[i].name)}`]);
    return {
      says: [...mentionCount(view), ": only an asserted event is reported as a fact."], empty: noMentions(view), columns: ["status", "mentions"], table: ranked.map((one) => [one.name, one.count]), pick,
      draw: () => bars(ranked, { onpick: (_, at) => openList(pick(at), view) }),
    };
  },
};

const quadPlot = {
  id: "quads-over-time", title: "Cooperation and conflict over time",
  make(view) {
    const found = perBin(view, view.mentions, (i) => rows.types[rows.type[i]][1], 5, (i) => rows.mentionArticle[i]);
    const cells = [1, 2, 3, 4].flatMap((quad) => view.bins.list.map((bin, at) => ({ ...bin, at, quad, label: `${SIGNS[quad]} ${QUADS[quad]}`, count: found[quad][at] })));
    const pick = (i) => mentionPick(view, `${QUADS[cells[i].quad]}, ${cells[i].name}`, (row) => rows.types[rows.type[row]][1] === cells[i].quad && inBin(view, cells[i].at)(rows.mentionArticle[row]), [`quad = ${cells[i].quad}`], [binDays(cells[i])]);
    return {
      says: [...mentionCount(view), ` by ${view.bins.unit} of publication.`, undatedMentions(view), outside(view)], empty: noMentions(view) || noDates(view),
      columns: ["quad class", view.bins.unit, "mentions"], table: cells.map((cell) => [QUADS[cell.quad], cell.name, cell.count]), pick,
      draw: (width) => Plot.plot(overTime(view, width, {
        height: 350, marginTop: 22, fy: { label: null, axis: null, padding: 0.3 }, y: { label: null, ticks: ticksTo(Math.max(...cells.map((cell) => cell.count)), 3), grid: true, tickFormat: tick },
        marks: [
          Plot.rectY(cells, { fy: "quad", x1: "start", x2: "end", y: "count", fill: (cell) => `var(--quad${cell.quad})`, insetLeft: 0.5, insetRight: 0.5, className: "pick", title: (cell) => `${cell.label}, ${cell.name}: ${many(cell.count, "mention")}`, tip: true }),
          Plot.ruleY([0], { strokeOpacity: 0.4 }),
          Plot.text([1, 2, 3, 4], { fy: (quad) => quad, text: (quad) => `${SIGNS[quad]} ${QUADS[quad]}`, frameAnchor: "top-left", dx: 1, dy: -13, fontWeight: 600, fill: "currentColor" }),
        ],
      })),
    };
  },
};

const typeTimePlot = {
  id: "types-over-time", title: "Types over time",
  make(view) {
    const found = perBin(view, view.mentions, (i) => rows.type[i], rows.types.length, (i) => rows.mentionArticle[i]);
    const list = rows.types.map(([name, quad], i) => ({ name: `${SIGNS[quad]} ${name}`, type: name, i, cells: found[i] })).filter((one) => one.cells.some((cell) => cell));
    const table = [], picks = [];
    for (const row of list) row.cells.forEach((cell, bin) => { if (cell) { table.push([row.type, view.bins.list[bin].name, cell]); picks.push([row, bin]); } });
    return {
      says: [...mentionCount(view), ". The stronger the shade, the more mentions.", undatedMentions(view), outside(view)], empty: noMentions(view) || noDates(view), columns: ["type", view.bins.unit, "mentions"], table,
      pick: (i) => { const [row, bin] = picks[i]; return mentionPick(view, `${row.type}, ${view.bins.list[bin].name}`, (one) => rows.type[one] === row.i && inBin(view, bin)(rows.mentionArticle[one]), [`type = ${quoted(row.type)}`], [binDays(view.bins.list[bin])]); },
      draw: (width) => shades(view, list, width, view.bins.unit, "mentions"),
    };
  },
};

const events = { id: "events", title: "Events", says: "Sentences that report an event. An event that several sentences report is counted once for each.", plots: [typePlot, statusPlot, quadPlot, typeTimePlot] };
