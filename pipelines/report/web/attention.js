// Attention: the share of all articles of a day that a source, type or language has, beside the counts.

const ATTENTION = {
  source: { names: () => rows.sources, label: (name) => name, says: "that are from a source" },
  type: { names: () => rows.types.map(([name]) => name), label: (name) => name, says: "with a mention of a type" },
  language: { names: () => rows.languages, label: (name) => languageName(name), says: "in a language" },
};

// For each value, the articles per bin; an article with several types counts for each of them once.
function attentionCells(view, kind, size) {
  if (kind !== "type") return perBin(view, view.articles, (i) => (kind === "source" ? rows.source : rows.language)[i], size);
  const found = Array.from({ length: size }, () => new Uint32Array(view.bins.list.length));
  const last = new Int32Array(size).fill(-1);
  view.mentions.forEach((kept, i) => {
    const article = rows.mentionArticle[i], type = rows.type[i];
    if (!kept || !rows.day[article] || last[type] === article) return;
    last[type] = article;
    const bin = view.bins.of[rows.day[article]];
    if (bin >= 0) found[type][bin]++;
  });
  return found;
}

const attentionPlot = {
  id: "attention-shares", title: "Share of all articles of a day",
  make(view) {
    const kind = view.state.attention, { names, label, says } = ATTENTION[kind], found = attentionCells(view, kind, names().length);
    const [whole] = perBin(view, rows.day, () => 0, 1); // day 0 is no day
    const list = names().map((name, i) => ({ name, i, cells: found[i], count: found[i].reduce((sum, one) => sum + one, 0) })).filter((one) => one.count).sort((a, b) => b.count - a.count || a.i - b.i);
    const all = list.flatMap((one) => view.bins.list.map((bin, at) => ({ bin: at, one, ...bin, name: short(label(one.name), 22), day: bin.name, count: one.cells[at], whole: whole[at], share: whole[at] ? one.cells[at] / whole[at] : 0 })));
    const first = new Set(list.slice(0, 6)), shown = all.filter((cell) => first.has(cell.one));
    const picker = (cell) => kind === "type"
      ? { title: [`Mentions of ${cell.one.name}, ${cell.day}`], kind: "mentions", has: (i) => rows.type[i] === cell.one.i && inBin(view, cell.bin)(rows.mentionArticle[i]), sql: mentionsSql(view.state, [among("type", [cell.one.name])], [binDays(cell)]) }
      : articlePick(view, [foreign(label(cell.one.name)), `, ${cell.day}`], inBin(view, cell.bin, (i) => (kind === "source" ? rows.source : rows.language)[i] === cell.one.i), [cell.one.name === "" ? `${kind} IS NULL` : among(kind, [cell.one.name]), binDays(cell)]);
    const table = all.filter((cell) => cell.count);
    return {
      says: [`Of all ${many(rows.day.length - rows.day.filter((day) => !day).length, "dated article")} in this report, per ${view.bins.unit}: the share of articles ${says} and that pass the filters. The whole is not filtered, so that shares of different filters can be compared.`, undated(view), outside(view), list.length > 6 ? ` The drawing has the first 6 of ${n(list.length)}; the table has all.` : ""],
      empty: noDates(view) || (list.length ? "" : "No mention passes the filters."), columns: [kind, view.bins.unit, "articles", "of all", "share in %"],
      table: table.map((cell) => [label(cell.one.name), cell.day, cell.count, cell.whole, Math.round(1000 * cell.share) / 10]), pick: (i) => picker(table[i]), rowOf: (at) => table.indexOf(shown[at]),
      draw(width) {
        const half = width < 620 ? width : (width - 20) / 2, names = [...new Set(shown.map((cell) => cell.name))];
        const plot = (y, format, title) => el("div", null, el("h4", null, title), Plot.plot(overTime(view, half, {
          height: 50 + 68 * names.length, marginTop: 22, marginLeft: 44, marginRight: 8, fy: { label: null, domain: names, padding: 0.32, axis: null }, y: { label: null, ticks: y === "count" ? ticksTo(Math.max(...shown.map((cell) => cell.count)), 2) : 2, tickFormat: format, grid: true },
          marks: [
            Plot.rectY(shown, { fy: "name", x1: "start", x2: "end", y, fill: "var(--accent)", insetLeft: 0.4, insetRight: 0.4, className: "pick", title: (cell) => `${cell.name}, ${cell.day}: ${n(cell.count)} of ${many(cell.whole, "article")} (${percent(cell.count, cell.whole)})`, tip: true }),
            Plot.ruleY([0], { strokeOpacity: 0.3 }),
            Plot.text(names.map((name) => ({ name })), { fy: "name", text: "name", frameAnchor: "top-left", dx: 1, dy: -13, fontWeight: 600, fill: "currentColor" }),
          ],
        })));
        const choice = el("fieldset", { class: "choice" }, el("legend", { class: "sr" }, "Share of"), Object.keys(ATTENTION).map((one) => { const input = el("input", { type: "radio", name: "attention", value: one, checked: one === kind, onchange: () => { choose({ attention: one }); document.querySelector(`input[name="attention"][value="${one}"]`)?.focus(); } }); return el("label", null, input, ` by ${one}`); }));
        return el("div", null, choice, el("div", { class: "pair" }, plot("share", "~%", "share of articles"), plot("count", tick, "articles")));
      },
    };
  },
};

const attention = { id: "attention", title: "Attention", says: "Counts follow how much was collected; shares do not.", plots: [attentionPlot] };
