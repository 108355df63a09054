// The list behind a mark: its newest articles or mentions whose text is in this file, and the SQL for all.

const LISTED = 20;

// A pick is { title, kind: "articles" | "mentions", has: (row) => boolean, sql }.
function openList(pick, view) {
  const mask = pick.kind === "articles" ? view.articles : view.mentions;
  const texts = pick.kind === "articles" ? rows.articleTexts : rows.mentionTexts;
  let all = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i] && pick.has(i)) all++;
  const sample = texts.filter(([row]) => mask[row] && pick.has(row));
  const shown = sample.map((one) => [one, articleOf(pick.kind === "articles" ? one[0] : rows.mentionArticle[one[0]])])
    .sort((a, b) => newest(a[1], b[1]) || b[0][0] - a[0][0]).slice(0, LISTED);
  // Without --all, the command leaves out the mentions below the threshold at which the page starts.
  const command = view.state.confidence < about.confidence ? "newslake query --all" : "newslake query";
  openDialog(pick.title,
    el("p", { class: "says" }, el("b", null, `${n(shown.length)} of ${n(all)}`), ` ${pick.kind}, newest first. `,
      shown.length === all ? `The same with ${command}:` : sample.length === all ? `For all, run this SQL with ${command}:` : `This file has only a sample of the texts, the same each time. For all, run this SQL with ${command}:`),
    el("pre", { tabindex: 0 }, pick.sql),
    el("ul", { class: "items" }, shown.map(([one, article]) => pick.kind === "articles" ? articleItem(article) : mentionItem(one, article))));
}

// The SQL for rows that this file does not list.
function openSql(title, all, what, sql) {
  openDialog(title,
    el("p", { class: "says" }, el("b", null, `0 of ${n(all)}`), ` ${what}: this file does not have them. They are in the lake; run this SQL with newslake query:`),
    el("pre", { tabindex: 0 }, sql));
}

function openDialog(title, ...content) {
  const dialog = document.getElementById("list"), close = el("button", { type: "button", class: "plain", onclick: () => dialog.close() }, "Close");
  dialog.replaceChildren(el("header", null, el("h2", { id: "list-title" }, title), close), el("div", null, ...content));
  dialog.showModal();
  close.focus();
}

let textOfArticle = null;
function articleOf(row) {
  textOfArticle ??= new Map(rows.articleTexts.map((one) => [one[0], one]));
  const [, id, time, title, address] = textOfArticle.get(row) ?? [];
  return { row, id, time, title, address };
}

function newest(a, b) {
  const [left, right] = [a.time ?? "", b.time ?? ""];
  return left === right ? 0 : left < right ? 1 : -1;
}

function articleLine(article) {
  const language = rows.languages[rows.language[article.row]];
  return [
    el("small", null, article.time ?? "no date", " · ", foreign(rows.sources[rows.source[article.row]]), language ? ` · ${language}` : ""),
    el("p", null, link(article.address, foreign(clean(article.title).trim() || (about.selection.text ? "(no title)" : "(title left out)"))), article.title ? "" : el("small", null, ` ${article.id ?? ""}`)),
  ];
}

function articleItem(article) {
  return el("li", null, articleLine(article));
}

function mentionItem([row, id, evidence, start, end], article) {
  const letters = evidence === undefined ? null : [...evidence];
  const part = (from, to) => clean(letters.slice(from, to).join(""));
  const sides = [rows.who[row], rows.whom[row]].map(sideName);
  return el("li", null,
    el("span", { class: "tag" }, rows.types[rows.type[row]][0]), el("span", { class: "tag" }, rows.statuses[rows.status[row]][0]),
    el("small", null, `confidence ${(rows.confidence[row] / rows.confidenceSteps).toFixed(2)}`, sides[0] || sides[1] ? [" · ", foreign(sides[0] || "not named", 60), " → ", foreign(sides[1] || "not named", 60)] : null),
    letters ? el("p", { dir: "auto" }, part(0, start), el("mark", null, part(start, end)), part(end)) : el("p", null, el("small", null, `sentence left out · ${id}`)),
    articleLine(article));
}

// Without the inherited names of an object, such as `constructor`.
function countryName(code) {
  return Object.hasOwn(rows.countries, code) ? rows.countries[code] : code;
}

function partyName(party) {
  const [name, country, sector] = rows.parties[party];
  return clean(name) || [countryName(country), sector].filter(Boolean).join(" ") || "not named";
}

function sideName(side) {
  return rows.sides[side].map(partyName).join(", ");
}
