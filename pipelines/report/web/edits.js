// Edits: later versions of articles, with the words that changed.

const editSourcePlot = {
  id: "edits-by-source", title: "Edits by source", size: "half",
  make(view) {
    const found = new Map();
    view.edits.forEach((kept, i) => {
      if (!kept) return;
      const source = rows.source[rows.editArticle[i]], one = found.get(source) ?? { i: source, name: rows.sources[source], count: 0, titles: 0, numbers: 0 };
      one.count++;
      one.titles += rows.editFlags[i] & 1;
      one.numbers += rows.editFlags[i] >> 1;
      found.set(source, one);
    });
    const list = [...found.values()].sort((a, b) => b.count - a.count || a.i - b.i), sum = (name) => list.reduce((all, one) => all + one[name], 0);
    const edited = new Set(rows.editArticle);
    const pick = (i) => articlePick(view, ["Edited articles of ", foreign(list[i].name)], (row) => rows.source[row] === list[i].i && edited.has(row),
      [`source = ${quoted(list[i].name)}`, "article_id IN (SELECT article_id FROM revisions)"]);
    return {
      says: [el("b", null, many(view.editCount, "edit")), view.editCount === rows.editArticle.length ? "" : ` of ${n(rows.editArticle.length)}`, `: ${n(sum("titles"))} changed the headline, ${n(sum("numbers"))} changed a number.`],
      empty: view.editCount ? "" : "No article was fetched in two versions.", columns: ["source", "edits", "headline changed", "number changed"], table: list.map((one) => [one.name, one.count, one.titles, one.numbers]), pick,
      draw: () => bars(list, { most: 12, rest: "other sources", onpick: (_, at) => openList(pick(at), view) }),
    };
  },
};

const editListPlot = {
  id: "edit-list", title: "The newest edits", size: "half",
  make(view) {
    const kept = rows.editTexts.filter(([row]) => view.edits[row]), marked = kept.filter(([row]) => rows.editFlags[row]);
    const shown = (marked.length ? marked : kept).slice(0, 8);
    const kind = marked.length ? "edits that changed the headline or a number" : "edits";
    const isSample = rows.editTexts.length < rows.editArticle.length;
    let all = 0;
    view.edits.forEach((one, i) => { if (one && (!marked.length || rows.editFlags[i])) all++; });
    return {
      says: [el("b", null, `${n(shown.length)} of ${n(all)}`), ` ${kind}, newest first.`, isSample ? ` The table has the newest ${n(rows.editTexts.length)}, whose text is in this file.` : ""], empty: view.editCount ? (shown.length ? "" : "The texts of these edits are not in this file.") : "No edit.",
      columns: ["source", "seen", "old headline", "new headline", "changes"],
      table: kept.map(([row, time, old, title, changes]) => [rows.sources[rows.source[rows.editArticle[row]]], time ?? "", old ?? "", title ?? "", changes ?? ""]),
      draw: () => el("ul", { class: "items" }, shown.map((one) => editItem(...one))),
    };
  },
};

function editItem(row, time, old, title, changes) {
  const article = articleOf(rows.editArticle[row]);
  const flags = rows.editFlags[row], tags = [flags & 1 && "headline", flags & 2 && "number"].filter(Boolean);
  return el("li", null,
    tags.map((tag) => el("span", { class: "tag" }, tag)), el("small", null, time ?? "time not known", " · ", foreign(rows.sources[rows.source[article.row]]), ` · ${many(rows.editWords[row], "word")} changed`, article.address ? [" · ", link(article.address, "page")] : null),
    flags & 1 && old && title ? el("p", { dir: "auto" }, differences(clean(old), clean(title))) : el("p", null, link(article.address, foreign(title || article.title || (about.selection.text ? "(no title)" : "(title left out)")))),
    changes ? el("p", { dir: "auto" }, el("small", null, changesOf(clean(changes)))) : null);
}

// The words of two headlines, marked where they differ (the longest common subsequence).
function differences(old, title) {
  const a = old.split(/\s+/).slice(0, 80), b = title.split(/\s+/).slice(0, 80);
  const long = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) long[i][j] = a[i] === b[j] ? long[i + 1][j + 1] + 1 : Math.max(long[i + 1][j], long[i][j + 1]);
  const parts = [];
  const add = (kind, word) => { if (parts.at(-1)?.[0] === kind) parts.at(-1)[1].push(word); else parts.push([kind, [word]]); };
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { add("", a[i++]); j++; }
    else if (i < a.length && (j === b.length || long[i + 1][j] >= long[i][j + 1])) add("del", a[i++]);
    else add("ins", b[j++]);
  }
  return parts.flatMap(([kind, words], at) => [at ? " " : "", kind ? el(kind, null, words.join(" ")) : words.join(" ")]);
}

// The column `changes`: “old” → “new”; + “added”; − “removed”.
function changesOf(changes) {
  return changes.split(/(“[^”]*”(?: → “[^”]*”)?)/).map((part, at, all) => {
    const [old, next] = [...part.matchAll(/“([^”]*)”/g)].map((one) => one[1]);
    if (old === undefined) return part.replace(/[+−] $/, "");
    if (next !== undefined) return [el("del", null, old), " ", el("ins", null, next)];
    return el(/− $/.test(all[at - 1] ?? "") ? "del" : "ins", null, old);
  }).flat();
}

const edits = { id: "edits", title: "Edits", says: "Later versions of articles: what publishers changed after publication.", plots: [editSourcePlot, editListPlot] };
