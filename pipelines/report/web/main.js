// Starts the page: unpacks the rows, makes the filters and the cards, and draws them for each state.

let rows = null, about = null;

async function start() {
  rows = await unpack(document.getElementById("rows").textContent);
  about = rows.about;
  const sections = [arrived, lost, copies, edits, attention, events, parties, places, disputes];
  const cards = [];
  document.title = `News report: ${clean(about.name)}`;
  document.querySelector("h1").replaceChildren("News in ", foreign(about.name));
  document.getElementById("about").append(...summary(), rows.coarse ? ` ${rows.coarse}` : "");
  document.getElementById("contents").append(...sections.map((section) => el("button", { type: "button", onclick: () => goTo(section.id) }, section.title)));
  document.getElementById("main").replaceChildren(...sections.map((section) => el("section", { id: section.id, "aria-labelledby": `${section.id}-title` },
    el("h2", { id: `${section.id}-title`, tabindex: -1 }, section.title), el("p", null, section.says),
    el("div", { class: "grid" }, section.plots.map((plot) => { const made = card(plot); cards.push(made); return made.figure; })))));
  document.getElementById("foot").append(...colophon());
  let state = readState(), view = null, queue = [], drawing = 0;
  const controls = filters((next, isFinal) => { if (isFinal) setState(next); else draw(next); });

  function draw(next) {
    state = next;
    view = applied(state);
    controls.show(view);
    delete document.body.dataset.ready;
    const isNear = ({ figure }) => { const box = figure.getBoundingClientRect(); return box.top < 1.3 * innerHeight && box.bottom > -200; };
    const near = new Set(cards.filter(isNear));
    for (const one of near) one.show(view);
    queue = cards.filter((one) => !near.has(one));
    clearTimeout(drawing);
    drawing = setTimeout(drawNext);
  }
  // The cards out of sight come one after the other, so that the page answers meanwhile.
  function drawNext() {
    const one = queue.shift();
    if (!one) { document.body.dataset.ready = ""; return; }
    one.show(view);
    drawing = setTimeout(drawNext);
  }
  function setState(next) {
    const address = addressOf(next);
    if (address !== location.hash.slice(1)) history.pushState(null, "", `#${address}`);
    draw(next);
  }
  choose = (change) => setState({ ...state, ...change });
  addEventListener("popstate", () => draw(readState()));
  let width = innerWidth, waiting = 0;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(() => draw(state), 120);
  });
  draw(state);
  if (isLive()) keepLive();
}

// Whether `newslake serve` made the page: its program has live.js.
function isLive() {
  return typeof keepLive === "function";
}

// Changes choices of the state from inside a card.
let choose = () => {};

function goTo(id) {
  document.getElementById(id).scrollIntoView();
  document.getElementById(`${id}-title`).focus({ preventScroll: true });
}

function summary() {
  const dated = rows.day.findIndex((day) => day > 0), day = (at) => el("span", { class: "whole" }, isoDay(timeOf(rows.day[at]))), days = dated < 0 ? ["no article has a date"] : [day(dated), " to ", day(rows.day.length - 1)];
  return [`${many(rows.day.length, "article")} from ${many(new Set(rows.source).size, "source")}, `, ...days, `; ${many(rows.copyArticle.length, "copy", "copies")}, ${many(rows.editArticle.length, "edit")}, ${many(rows.type.length, "mention")} of events.`];
}

function colophon() {
  const selection = about.selection;
  const chosenRows = [selection.from && `from ${selection.from}`, selection.to && `to ${selection.to}`, selection.source && `sources ${selection.source.map(clean).join(", ")}`, selection.language && `languages ${selection.language.join(", ")}`].filter(Boolean);
  const facts = { "Lake": clean(about.lake), "State": `log entry ${n(about.entry)}`, "Rows": chosenRows.join("; ") || "all", "Time zone of days and times": about.zone, "Made": about.made, "By": `newslake ${about.version}, schema ${about.schema}` };
  const texts = selection.text
    ? [`${many(rows.articleTexts.length, "title")} and ${many(rows.mentionTexts.length, "sentence")} are text of the publishers, and sentences, changes and parties can name persons: that is personal data. Before you pass this file on, check that you may. `, el("span", { class: "whole" }, "newslake report --no-text"), " leaves titles, sentences, addresses of pages and names of parties out."]
    : "This report was made with --no-text: it has no titles, sentences, addresses of pages or names of persons. Parties are only named by country and sector.";
  return [el("h2", null, "About this report"), el("dl", null, Object.entries(facts).flatMap(([name, value]) => [el("dt", null, name), el("dd", null, el("bdi", null, value))])),
    el("p", null, texts),
    el("p", null, "Counts are exact under each filter. A filter on type or status keeps the articles with at least one such mention of at least the chosen confidence; confidence alone decides which mentions count. A date filter leaves undated articles out. Only lists are samples: the newest of each day, source, type and party, chosen the same each time."),
    el("p", null, `The map draws land without borders (Natural Earth). ${isLive() ? "This page only asks its own server whether the lake has changed" : "This file loads nothing"}. A click on a link opens the publisher's page without telling it where the click came from.`),
    rows.coarse ? el("p", null, rows.coarse) : null].filter(Boolean);
}

start().catch((error) => {
  document.getElementById("main").replaceChildren(el("p", { class: "card" }, `The report cannot be drawn: ${error.message}. It needs a browser of 2024 or later.`));
  throw error;
});
