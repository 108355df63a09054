// What was lost: open rejects, and the feeds whose entries did not all arrive.

const becauseOfRejects = "a reject has no source, language or event.";
const becauseOfFeeds = "these are the counts of a feed over all its time.";

const rejectsPlot = {
  id: "rejects", title: "Rejected documents by reason", size: "half",
  ignores: ["source", "language", "type", "status"], because: becauseOfRejects,
  make(view) {
    const { from, to } = view.state, kept = rows.rejects.filter((one) => (!from || one.day >= from) && (!to || one.day <= to));
    const reasons = new Map();
    for (const one of kept) reasons.set(one.reason, (reasons.get(one.reason) ?? 0) + one.n);
    const list = [...reasons].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
    const all = rows.rejects.reduce((sum, one) => sum + one.n, 0), sum = list.reduce((found, one) => found + one.count, 0);
    const day = `coalesce(timezone(${quoted(about.zone)}, started_at)::DATE, open_rejects.run_date)`;
    const conditions = (name) => [`reason = ${quoted(name)}`, ...(from ? [`${day} >= ${quoted(from)}`] : []), ...(to ? [`${day} <= ${quoted(to)}`] : [])];
    return {
      says: [el("b", null, many(sum, "document")), sum === all ? "" : ` of ${n(all)}`, " rejected and neither stored nor replaced since, by the day of the run.", about.selection.any ? " The rows chosen for this report do not limit them." : ""],
      empty: list.length ? "" : all ? "No reject in this time." : "Nothing was rejected, or all was stored later.", columns: ["reason", "documents"], table: list.map((one) => [one.name, one.count]),
      draw: () => bars(list, { onpick: (one) => openSql(`Rejected: ${one.name}`, one.count, "documents", `SELECT locator, stage, detail FROM open_rejects${from || to ? " LEFT JOIN runs USING (run_id)" : ""}${where(conditions(one.name))}`) }),
    };
  },
};

const coveragePlot = {
  id: "coverage", title: "Entries of feeds and what became of them", size: "half",
  ignores: ["date", "source", "language", "type", "status"], because: becauseOfFeeds,
  make(view) {
    const list = rows.feeds.filter((one) => one.entries).map((one) => ({ ...one, arrived: one.stored + one.duplicates + one.revisions }));
    const sum = (name) => list.reduce((found, one) => found + one[name], 0), all = sum("entries");
    return {
      says: all ? [el("b", null, `${percent(sum("arrived"), all)} of ${many(all, "entry", "entries")}`), ` of ${many(list.length, "feed")} are in the lake, as article, copy or revision; ${n(sum("rejected"))} were rejected, ${n(sum("waiting"))} wait.`] : ["No feed has announced an entry."],
      empty: all ? "" : "This lake was not filled from feeds.",
      columns: ["feed", "entries", "stored", "copies", "revisions", "rejected", "waiting", "other", "median seconds to commit"],
      table: list.map((one) => [one.feed, one.entries, one.stored, one.duplicates, one.revisions, one.rejected, one.waiting, one.others, one.latency ?? ""]),
      draw: () => el("div", null,
        el("ul", { class: "key" }, el("li", null, el("i"), "in the lake"), el("li", null, el("i", { class: "part" }), "rejected, waiting or forgotten")),
        bars(list.map((one) => ({ name: one.feed, label: feedName(one.feed), count: one.entries, length: one.entries, parts: [["", one.arrived], ["part", one.entries - one.arrived]], value: `${n(one.arrived)} / ${n(one.entries)}` })),
          { most: 10, rest: "other feeds", onpick: (one) => openSql(["Entries of ", foreign(one.name)], one.count, "entries", `SELECT url, state, detail, announced_at FROM outcomes\nWHERE feed = ${quoted(one.name)}\nORDER BY announced_at DESC`) })),
    };
  },
};

function feedName(address) {
  return clean(address).replace(/^https?:\/\/(www\.)?/, "");
}

const silentPlot = {
  id: "silent-feeds", title: "Silent and failing feeds",
  ignores: ["date", "source", "language", "type", "status"], because: becauseOfFeeds,
  make(view) {
    const list = rows.feeds.filter((one) => one.problem).sort((a, b) => (b.missed ?? 0) - (a.missed ?? 0));
    const cells = list.map((one) => [one.feed, one.problem, one.silent_since ?? "", one.missed ?? "", one.last_error ?? "", one.last_success ?? "never", one.last_entry ?? "never"]);
    const columns = ["feed", "state", "silent since", "entries expected since", "last error", "last answer", "last entry"];
    return {
      says: [el("b", null, n(list.length)), ` of ${many(rows.feeds.length, "feed")}: silent means that a feed answers, but announces nothing for much longer than usual; failing means that its last poll failed. Paused and removed feeds are left out.`],
      empty: list.length ? "" : rows.feeds.length ? "All feeds answer and announce as usual." : "This lake has no feeds.", columns, table: cells,
      draw: () => el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Silent and failing feeds", style: "overflow:auto" }, el("table", null, el("thead", null, el("tr", null, columns.slice(0, 6).map((name) => el("th", { scope: "col" }, name)))), el("tbody", null, cells.slice(0, 12).map((row) => el("tr", null, row.slice(0, 6).map((value) => el("td", null, typeof value === "number" ? n(value) : foreign(value, 80)))))))),
    };
  },
};

const lost = { id: "lost", title: "What was lost", says: "Documents that are not in the lake, and feeds that bring nothing.", plots: [rejectsPlot, coveragePlot, silentPlot] };
