// Applies the filters to all rows. `view.articles[i]` and `view.mentions[i]` are 1 for a row that is kept.

function applied(state) {
  const articles = new Uint8Array(rows.day.length), mentions = new Uint8Array(rows.type.length);
  const from = state.from && rows.firstDay ? dayOf(state.from) : state.from ? Infinity : -Infinity;
  const to = state.to && rows.firstDay ? dayOf(state.to) : state.to ? -Infinity : Infinity;
  const byDay = Boolean(state.from || state.to);
  const source = chosen("source", state), language = chosen("language", state);
  const type = chosen("type", state), status = chosen("status", state);
  const least = Math.round(state.confidence * rows.confidenceSteps);
  for (let i = 0; i < articles.length; i++) {
    const day = rows.day[i];
    articles[i] = (!byDay || (day > 0 && day >= from && day <= to)) && source[rows.source[i]] && language[rows.language[i]] ? 1 : 0;
  }
  const byEvent = state.type.size > 0 || state.status.size > 0;
  const withEvent = byEvent ? new Uint8Array(articles.length) : null;
  for (let i = 0; i < mentions.length; i++) {
    const article = rows.mentionArticle[i];
    mentions[i] = articles[article] && type[rows.type[i]] && status[rows.status[i]] && rows.confidence[i] >= least ? 1 : 0;
    if (byEvent && mentions[i]) withEvent[article] = 1;
  }
  const view = { state, articles: withEvent ?? articles, mentions };
  const of = (column) => column.map((article) => view.articles[article]);
  view.copies = Uint8Array.from(of(rows.copyArticle));
  view.edits = Uint8Array.from(of(rows.editArticle));
  view.articleCount = total(view.articles);
  view.mentionCount = total(view.mentions);
  view.copyCount = total(view.copies);
  view.editCount = total(view.edits);
  view.undated = 0;
  for (let i = 0; i < view.articles.length && rows.day[i] === 0; i++) view.undated += view.articles[i];
  view.bins = binsOf(view);
  return view;
}

// For each position in a list: 1 if the filter keeps it. Without a choice, all are kept.
function chosen(filter, state) {
  const names = namesOf(filter), kept = new Uint8Array(names.length).fill(state[filter].size ? 0 : 1);
  for (const value of state[filter]) kept[names.indexOf(value)] = 1;
  return kept;
}

function total(mask) {
  let sum = 0;
  for (const one of mask) sum += one;
  return sum;
}

function count(mask, column, size) {
  const found = new Uint32Array(size);
  for (let i = 0; i < mask.length; i++) if (mask[i]) found[column[i]]++;
  return found;
}

// The rows of `names` with their counts, the largest first, without those of 0.
function ranking(names, found) {
  return names.map((name, i) => ({ name, i, count: found[i] })).filter((one) => one.count).sort((a, b) => b.count - a.count || a.i - b.i);
}

// Divides the days into days, weeks, months or years. A few articles with a day far from all others are outside.
function binsOf(view) {
  const perDay = count(view.articles, rows.day, rows.day.length ? rows.day[rows.day.length - 1] + 1 : 1);
  perDay[0] = 0;
  const dated = perDay.reduce((sum, one) => sum + one, 0);
  if (!dated) return { unit: "day", list: [], of: [], outside: 0 };
  const at = (share) => { let sum = 0; return perDay.findIndex((one) => (sum += one) > share * (dated - 1)); };
  let first = perDay.findIndex((one) => one), last = perDay.findLastIndex((one) => one);
  const [low, high] = [at(0.01), at(0.99)];
  if (last - first > 3 * (high - low + 10) && !view.state.from && dated >= 50) [first, last] = [Math.max(first, low - 3), Math.min(last, high + 3)];
  const days = last - first + 1, unit = days <= 100 ? "day" : days <= 730 ? "week" : days <= 3650 ? "month" : "year";
  const list = [], of = new Int32Array(perDay.length).fill(-1);
  for (let day = first; day <= last; day++) {
    const time = startOf(timeOf(day), unit);
    if (!list.length || list.at(-1).start.getTime() !== time) list.push({ start: new Date(time), end: new Date(endOf(time, unit)), name: nameOf(time, unit) });
    of[day] = list.length - 1;
  }
  let outside = 0;
  perDay.forEach((one, day) => { if (of[day] < 0) outside += one; });
  return { unit, list, of, outside };
}

function startOf(time, unit) {
  const date = new Date(time);
  if (unit === "week") return time - ((date.getUTCDay() + 6) % 7) * DAY;
  if (unit === "month") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  return unit === "year" ? Date.UTC(date.getUTCFullYear(), 0) : time;
}

function endOf(time, unit) {
  const date = new Date(time);
  if (unit === "month") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
  if (unit === "year") return Date.UTC(date.getUTCFullYear() + 1, 0);
  return time + (unit === "week" ? 7 : 1) * DAY;
}

function nameOf(time, unit) {
  const day = isoDay(time);
  return unit === "day" ? day : unit === "week" ? `week of ${day}` : unit === "month" ? day.slice(0, 7) : day.slice(0, 4);
}
