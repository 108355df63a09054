// Disagreements: events for which mentions state different values, as in the column `disagreements` of the view `events`.

const CLAIMS = {
  status: (row) => rows.statuses[rows.status[row]][0],
  actors: (row) => sideClaim(rows.who[row]), recipients: (row) => sideClaim(rows.whom[row]),
  place: (row) => rows.place[row] ? clean(rows.places[rows.place[row] - 1][0]) : "",
  date: (row) => rows.dates[rows.date[row]], killed: (row) => rows.killed[rows.killedClaim[row]], injured: (row) => rows.injured[rows.injuredClaim[row]],
};
const claims = new Map();

function sideClaim(side) {
  if (!claims.has(side)) claims.set(side, [...new Set(rows.sides[side].map(partyName))].sort().join(", "));
  return claims.get(side);
}

function disputesOf(view) {
  const byEvent = new Map();
  view.mentions.forEach((kept, i) => { if (kept && rows.event[i]) { if (!byEvent.has(rows.event[i])) byEvent.set(rows.event[i], []); byEvent.get(rows.event[i]).push(i); } });
  const list = [];
  for (const [event, found] of byEvent) {
    if (found.length < 2) continue;
    const sides = {};
    for (const [field, value] of Object.entries(CLAIMS)) {
      const values = new Map();
      for (const row of found) {
        const one = value(row);
        if (!one) continue;
        if (!values.has(one)) values.set(one, new Set());
        values.get(one).add(rows.source[rows.mentionArticle[row]]);
      }
      if (values.size > 1) sides[field] = [...values].sort((a, b) => b[1].size - a[1].size);
    }
    if (Object.keys(sides).length) list.push({ event, rows: found, sides, sources: new Set(found.map((row) => rows.source[rows.mentionArticle[row]])).size });
  }
  const several = [...byEvent.values()].filter((found) => found.length > 1).length;
  return { several, list: list.sort((a, b) => b.sources - a.sources || b.rows.length - a.rows.length || a.event - b.event) };
}

const disputesPlot = {
  id: "disagreements", title: "What mentions of the same event disagree on",
  make(view) {
    let table = null;
    const { several, list } = disputesOf(view), fields = Object.keys(CLAIMS).map((name) => ({ name, count: list.filter((one) => one.sides[name]).length })).filter((one) => one.count).sort((a, b) => b.count - a.count);
    const inField = (name) => new Set(list.filter((one) => one.sides[name]).map((one) => one.event));
    const pick = (name) => { const kept = inField(name); return mentionPick(view, `Mentions of events that disagree on ${name}`, (row) => kept.has(rows.event[row]), ["event_key IS NOT NULL", `event_key IN (SELECT event_id FROM events WHERE len(list_filter(disagreements, lambda one: one.field = ${quoted(name)})) > 0)`]); };
    const makeTable = () => list.flatMap((one) => Object.entries(one.sides).flatMap(([field, values]) => values.map(([value, sources]) => [one.event, rows.types[rows.type[one.rows[0]]][0], field, value, [...sources].map((source) => clean(rows.sources[source])).join(", ")])));
    return {
      says: [el("b", null, many(list.length, "event")), ` of ${n(several)} that several mentions report. Only mentions that pass the filters are compared.`],
      empty: noMentions(view) || (list.length ? "" : rows.coarse ? "Left out of a report of this size." : several ? "All mentions of the same event agree." : "No event is reported by several mentions."),
      columns: ["event", "type", "field", "value", "sources"], rowCount: list.length, get table() { return (table ??= makeTable()); }, pick: (i) => { const one = list.find((other) => other.event === table[i][0]); return eventPick(view, one); },
      draw: () => el("div", { class: "pair" },
        el("div", null, el("h4", null, "events by field"), bars(fields, { onpick: (one) => openList(pick(one.name), view) })),
        el("div", null, el("h4", null, `${n(Math.min(4, list.length))} of ${n(list.length)}, most sources first`), el("ul", { class: "items" }, list.slice(0, 4).map((one) => disputeItem(view, one))))),
    };
  },
};

function eventPick(view, one) {
  const kept = new Set(one.rows), ids = rows.mentionTexts.filter(([row]) => kept.has(row)).map(([, id]) => id);
  const key = rows.eventKeys[one.event - 1];
  if (!key && !ids.length) return null;
  const condition = key ? `event_key = ${quoted(key)}` : `event_key IN (SELECT event_key FROM mentions WHERE mention_id = ${quoted(ids[0])})`;
  return mentionPick(view, `Mentions of one event: ${rows.types[rows.type[one.rows[0]]][0]}`, (row) => kept.has(row), [condition]);
}

function disputeItem(view, one) {
  const row = one.rows[0], [type, quad] = rows.types[rows.type[row]];
  return el("li", null, quadSign(quad), el("b", null, type), " ", foreign(sideName(rows.who[row]) || "not named", 40), " → ", foreign(sideName(rows.whom[row]) || "not named", 40), " ",
    el("small", null, `${many(one.rows.length, "mention")}, ${many(one.sources, "source")} `), eventPick(view, one) ? el("button", { type: "button", class: "plain small", onclick: () => openList(eventPick(view, one), view) }, "list") : null,
    Object.entries(one.sides).map(([field, values]) => el("p", null, el("small", null, `${field}: `), values.slice(0, 3).flatMap(([value, sources], at) => [at ? " · " : "", el("b", null, foreign(value, 40)), el("small", null, " (", foreign([...sources].slice(0, 3).map((source) => clean(rows.sources[source])).join(", "), 60), sources.size > 3 ? ` and ${n(sources.size - 3)} more` : "", ")")]), values.length > 3 ? ` · ${n(values.length - 3)} more` : "")));
}

const disputes = { id: "disputes", title: "Disagreements", says: "The same event with different values: who, where, when, how many.", plots: [disputesPlot] };
