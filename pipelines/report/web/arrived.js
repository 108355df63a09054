// What came in: articles over time, by source, language, source of the date, and delay.

const { Plot } = lib;

function articleCount(view) {
  const all = rows.day.length;
  return [el("b", null, many(view.articleCount, "article")), view.articleCount === all ? "" : ` of ${n(all)} in this report`];
}

function undated(view) {
  if (!view.undated) return "";
  return ` ${many(view.undated, "article")} without a date ${view.undated === 1 ? "is" : "are"} not in the drawing.`;
}

// The same for a drawing of mentions.
function undatedMentions(view) {
  let found = 0;
  for (let i = 0; i < view.mentions.length && rows.day[rows.mentionArticle[i]] === 0; i++) found += view.mentions[i];
  return found ? ` ${many(found, "mention")} in articles without a date ${found === 1 ? "is" : "are"} not in the drawing.` : "";
}

function outside(view) {
  return view.bins.outside ? ` ${many(view.bins.outside, "article")} with a day far from all others ${view.bins.outside === 1 ? "is" : "are"} not in the drawing; set the dates to see ${view.bins.outside === 1 ? "it" : "them"}.` : "";
}

function noDates(view) {
  if (!rows.day.length) return about.selection.any ? "No article of the lake was chosen for this report." : "This lake has no articles.";
  return view.bins.list.length ? "" : view.articleCount ? "No article has a date." : "No article passes the filters.";
}

function binDays(bin) {
  return days(isoDay(bin.start), isoDay(bin.end - DAY));
}

function inBin(view, at, more = () => true) {
  return (i) => rows.day[i] > 0 && view.bins.of[rows.day[i]] === at && more(i);
}

function articlePick(view, title, has, more) {
  return { title, kind: "articles", has, sql: articlesSql(view.state, more) };
}

// Counts per bin of the rows of `mask`, for each value of `column`; `article` maps a row to its article.
function perBin(view, mask, column, size, article = (i) => i) {
  const found = Array.from({ length: size }, () => new Uint32Array(view.bins.list.length));
  for (let i = 0; i < mask.length; i++) {
    const day = mask[i] ? rows.day[article(i)] : 0, bin = day ? view.bins.of[day] : -1;
    if (bin >= 0) found[column(i)][bin]++;
  }
  return found;
}

const perDayPlot = {
  id: "articles-over-time", title: "Articles over time",
  make(view) {
    const [found] = perBin(view, view.articles, () => 0, 1), list = view.bins.list.map((bin, i) => ({ ...bin, count: found[i] }));
    return {
      says: [...articleCount(view), ` by ${view.bins.unit} of publication (${about.zone}).`, undated(view), outside(view)],
      empty: noDates(view), columns: [view.bins.unit, "articles"], table: list.map((bin) => [bin.name, bin.count]),
      pick: (i) => articlePick(view, `Articles, ${list[i].name}`, inBin(view, i), [binDays(list[i])]),
      draw: (width) => Plot.plot(overTime(view, width, {
        height: 200, y: { label: null, grid: true, ticks: ticksTo(Math.max(...found), 4), tickFormat: tick, nice: true },
        marks: [Plot.rectY(list, { x1: "start", x2: "end", y: "count", fill: "var(--accent)", insetLeft: 0.5, insetRight: 0.5, className: "pick", title: (bin) => `${bin.name}: ${many(bin.count, "article")}`, tip: true }), Plot.ruleY([0])],
      })),
    };
  },
};

const bySourcePlot = {
  id: "articles-by-source", title: "Articles by source",
  make(view) {
    const ranked = ranking(rows.sources, count(view.articles, rows.source, rows.sources.length));
    const position = new Int32Array(rows.sources.length).fill(15);
    ranked.slice(0, 15).forEach((one, at) => { position[one.i] = at; });
    const cells = perBin(view, view.articles, (i) => position[rows.source[i]], 16);
    const list = ranked.slice(0, 15).map((one, at) => ({ ...one, cells: cells[at] }));
    if (ranked.length > 15) list.push({ name: many(ranked.length - 15, "other source"), i: -1, cells: cells[15] });
    const table = [], picks = [];
    list.forEach((row, at) => row.cells.forEach((found, bin) => { if (found) { table.push([row.name, view.bins.list[bin].name, found]); picks.push([row, at, bin]); } }));
    return {
      says: [...articleCount(view), ` from ${many(ranked.length, "source")}. The stronger the shade, the more articles.`, undated(view), outside(view)],
      empty: noDates(view), columns: ["source", view.bins.unit, "articles"], table,
      pick(i) {
        const [row, at, bin] = picks[i], known = ranked.slice(0, 15).map((one) => one.name);
        const condition = row.i < 0 ? `NOT (${among("source", known)})` : among("source", [row.name]);
        return articlePick(view, [foreign(row.name), `, ${view.bins.list[bin].name}`], inBin(view, bin, (one) => position[rows.source[one]] === at), [condition, binDays(view.bins.list[bin])]);
      },
      draw: (width) => shades(view, list, width, view.bins.unit, "articles"),
    };
  },
};

// A ranking of the articles by one column.
function articleRanking(id, title, list, column, name, says, label = (value) => value) {
  return {
    id, title, size: "third",
    make(view) {
      const ranked = ranking(rows[list], count(view.articles, rows[column], rows[list].length));
      const pick = (i) => articlePick(view, [`${title}: `, foreign(label(ranked[i].name))], (one) => rows[column][one] === ranked[i].i,
        [ranked[i].name === "" ? `${name} IS NULL` : among(name, [ranked[i].name])]);
      return {
        says: [...articleCount(view), says], empty: rows.coarse && column === "dateSource" ? "Left out of a report of this size." : "", columns: [name, "articles"], table: ranked.map((one) => [label(one.name), one.count]), pick,
        draw: () => bars(ranked.map((one) => ({ ...one, label: label(one.name) })), { most: 10, onpick: (_, at) => openList(pick(at), view) }),
      };
    },
  };
}

const languageNames = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });
function languageName(code) {
  if (!code) return "not known";
  try { return `${languageNames.of(code)} (${code})`; } catch { return code; }
}

const DATE_SOURCES = { none: "no date stated", json_ld: "JSON-LD of the page", meta: "meta tags", time_element: "time element", url: "URL", text: "text of the page", feed: "feed", field: "field of the input" };

function delayName(kind) {
  const limits = rows.delays, time = (seconds) => seconds < 3600 ? `${seconds / 60} min` : `${seconds / 3600} h`;
  if (kind === 0) return "not known";
  if (kind === 1) return "before its date";
  return kind > limits.length ? `${time(limits.at(-1))} or more` : kind === 2 ? `under ${time(limits[1])}` : `${time(limits[kind - 2])} to ${time(limits[kind - 1])}`;
}

const delayPlot = {
  id: "delay", title: "Delay from publication to fetch", size: "third",
  make(view) {
    const found = count(view.articles, rows.delay, rows.delays.length + 2), known = view.articleCount - found[0];
    const list = Array.from(found, (one, i) => ({ i, name: delayName(i), count: one })).filter((one) => one.i && (one.count || one.i > 1));
    const condition = (i) => {
      const span = "epoch(seen_at) - epoch(published_at)", limits = rows.delays, known = "NOT published_at_naive AND published_precision IS DISTINCT FROM 'day'";
      return i === 1 ? [known, `${span} < 0`] : [known, `${span} >= ${limits[i - 2]}`, ...(i - 1 < limits.length ? [`${span} < ${limits[i - 1]}`] : [])];
    };
    const pick = (at) => articlePick(view, `Delay: ${list[at].name}`, (one) => rows.delay[one] === list[at].i, condition(list[at].i));
    return {
      says: [el("b", null, n(known)), ` of ${many(view.articleCount, "article")} ${known === 1 ? "states" : "state"} a time with a zone, and the time of the fetch is known.`],
      empty: known ? "" : rows.coarse ? "Left out of a report of this size." : "No article has both times.", columns: ["delay", "articles"], table: list.map((one) => [one.name, one.count]), pick,
      draw: () => bars(list, { onpick: (_, at) => openList(pick(at), view) }),
    };
  },
};

const arrived = {
  id: "arrived", title: "What came in", says: "How many articles, from which sources, when, and how soon.",
  plots: [
    perDayPlot, bySourcePlot,
    articleRanking("languages", "Languages", "languages", "language", "language", " by the language of the text.", languageName),
    articleRanking("date-sources", "Where dates come from", "dateSources", "dateSource", "date_source", " by the place where the publisher states the date.", (name) => (Object.hasOwn(DATE_SOURCES, name) ? DATE_SOURCES[name] : name)),
    delayPlot,
  ],
};
