// Copies: who copies, from which agencies, what was copied most, and how fast.

function copyCount(view) {
  return [el("b", null, many(view.copyCount, "copy", "copies")), view.copyCount === rows.copyArticle.length ? "" : ` of ${n(rows.copyArticle.length)}`, ` of ${many(view.articleCount, "article")}`];
}

const sharePlot = {
  id: "copy-share", title: "Share of copies by source", size: "half",
  make(view) {
    const own = count(view.articles, rows.source, rows.sources.length), copied = count(view.copies, rows.copySource, rows.sources.length);
    const list = rows.sources.map((name, i) => ({ name, i, count: copied[i], own: own[i], length: copied[i] / (own[i] + copied[i] || 1) })).filter((one) => one.count).sort((a, b) => b.count - a.count);
    const documents = view.articleCount + view.copyCount;
    return {
      says: [...copyCount(view), `: ${percent(view.copyCount, documents)} of ${many(documents, "document")}. For each source, the share of its documents that are copies of these articles; most copies first.`],
      empty: view.copyCount ? "" : "No copy.", columns: ["source", "copies", "own articles", "share of copies in %"], table: list.map((one) => [one.name, one.count, one.own, Math.round(1000 * one.length) / 10]),
      draw: () => bars(list.map((one) => ({ ...one, parts: [["", one.length]], length: 1, value: `${percent(one.length, 1)} (${n(one.count)})` })), { most: 10, rest: "other sources", onpick: (one) => openSql(["Copies at ", foreign(one.name)], one.count, "copies", copiesSql(view.state, [`source = ${quoted(one.name)}`])) }),
    };
  },
};

const agencyPlot = {
  id: "agencies", title: "News agencies", size: "half",
  make(view) {
    const inArticles = count(view.articles, rows.agency, rows.agencies.length), inCopies = count(view.copies, rows.copyAgency, rows.agencies.length);
    const list = rows.agencies.map((name, i) => ({ name, i, articles: inArticles[i], copies: inCopies[i], count: inArticles[i] + inCopies[i] })).filter((one) => one.name && one.count).sort((a, b) => b.count - a.count);
    const sum = list.reduce((found, one) => found + one.count, 0);
    const pick = (i) => articlePick(view, ["Articles that credit ", foreign(list[i].name)], (row) => rows.agency[row] === list[i].i, [`agency = ${quoted(list[i].name)}`]);
    return {
      says: [el("b", null, many(sum, "document")), ` of ${n(view.articleCount + view.copyCount)} credit${sum === 1 ? "s" : ""} an agency: articles and copies.`], empty: sum ? "" : rows.coarse ? "Left out of a report of this size." : "No document credits an agency.",
      columns: ["agency", "articles", "copies"], table: list.map((one) => [one.name, one.articles, one.copies]), pick,
      draw: () => el("div", null, el("ul", { class: "key" }, el("li", null, el("i"), "articles"), el("li", null, el("i", { class: "part" }), "copies")),
        bars(list.map((one) => ({ ...one, parts: [["", one.articles], ["part", one.copies]] })), { most: 10, onpick: (_, at) => openList(pick(at), view) })),
    };
  },
};

const mostCopiedPlot = {
  id: "most-copied", title: "Most copied articles", size: "half",
  make(view) {
    const found = new Map();
    view.copies.forEach((kept, i) => { if (kept) found.set(rows.copyArticle[i], (found.get(rows.copyArticle[i]) ?? 0) + 1); });
    const list = [...found].map(([row, count]) => ({ row, count, ...articleOf(row) })).sort((a, b) => b.count - a.count || a.row - b.row);
    const name = (one) => one.title || (one.id ? `${clean(rows.sources[rows.source[one.row]])}, ${one.id.slice(0, 8)}` : `${clean(rows.sources[rows.source[one.row]])}, title not in this file`);
    const condition = (one) => one.id ? [`article_id = ${quoted(one.id)}`] : [`source = ${quoted(rows.sources[rows.source[one.row]])}`];
    const pick = (i) => articlePick(view, name(list[i]), (row) => row === list[i].row, condition(list[i]));
    return {
      says: [...copyCount(view), `; ${many(list.length, "article has", "articles have")} at least one.`], empty: list.length ? "" : "No copy.",
      columns: ["article", "source", "copies"], table: list.map((one) => [name(one), rows.sources[rows.source[one.row]], one.count]), pick,
      draw: () => bars(list.slice(0, 10).map((one) => ({ ...one, name: name(one) })), { long: true, onpick: (_, at) => openList(pick(at), view) }),
    };
  },
};

const spreadPlot = {
  id: "spread", title: "How copies spread over the hours", size: "half",
  make(view) {
    const found = count(view.copies, rows.copyHours, rows.hours + 3), known = view.copyCount - found[0];
    const list = Array.from({ length: rows.hours + 1 }, (_, hour) => ({ hour, count: found[hour + 2], name: hour === rows.hours ? `${hour} hours or more` : `hour ${hour + 1}` }));
    let sum = 0;
    const within = list.findIndex((one) => (sum += one.count) >= (known - found[1]) / 2);
    return {
      says: [el("b", null, n(known)), ` of ${many(view.copyCount, "copy", "copies")} have times more precise than a day${found[1] ? `; ${n(found[1])} of them state a time before the article, and are not in the drawing` : ""}. ${known > found[1] ? `Half of ${found[1] ? "the rest" : "them"} appear within ${many(within + 1, "hour")} after the article.` : ""}`],
      empty: known ? "" : view.copyCount ? "No copy has a time." : "No copy.", columns: ["hours after the article", "copies"], table: [["before the article", found[1]], ...list.map((one) => [one.name, one.count])],
      draw: (width) => Plot.plot({ width, height: 240, marginBottom: 42, marginLeft: 44, x: { label: "hours after the article", labelAnchor: "right", labelOffset: 38, ticks: width < 450 ? 6 : 12, domain: [0, rows.hours + 1] }, y: { label: null, grid: true, ticks: ticksTo(Math.max(...list.map((one) => one.count)), 4), tickFormat: tick },
        marks: [Plot.rectY(list, { x1: (one) => one.hour, x2: (one) => one.hour + 1, y: "count", fill: "var(--accent)", insetLeft: 0.5, insetRight: 0.5, title: (one) => `${one.name}: ${many(one.count, "copy", "copies")}`, tip: true }), Plot.ruleY([0])] }),
    };
  },
};

const copies = { id: "copies", title: "Copies", says: "Documents with the text of an article: at other publishers, or at the same one. Filters choose the articles; the copies of these articles are counted.", plots: [sharePlot, agencyPlot, mostCopiedPlot, spreadPlot] };
