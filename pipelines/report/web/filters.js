// The bar with the filters. `change(state, isFinal)` gets the new state; a slider in motion is not final.

function filters(change) {
  const form = document.getElementById("filters"), line = el("p", { id: "state", role: "status" });
  let state = emptyState();
  const date = (name, label) => {
    const input = el("input", { type: "date", id: `filter-${name}`, onchange: () => change({ ...state, [name]: input.value }, true) });
    const box = el("label", { class: "control", for: input.id }, label, input);
    return { box, show() { input.value = state[name]; box.classList.toggle("on", Boolean(state[name])); } };
  };
  const slider = el("input", { type: "range", min: 0, max: 1, step: Math.max(0.05, 1 / rows.confidenceSteps), id: "filter-confidence", "aria-describedby": "confidence-value",
    oninput: () => change({ ...state, confidence: Number(slider.value) }, false), onchange: () => change({ ...state, confidence: Number(slider.value) }, true) });
  const value = el("output", { for: slider.id, id: "confidence-value" });
  const confidence = el("label", { class: "control", for: slider.id, title: "Mentions with a lower confidence are not counted" }, "Confidence ≥", slider, value);
  const reset = el("button", { type: "button", id: "reset", class: "plain", onclick: () => change({ ...emptyState(), attention: state.attention }, true) }, "Reset");
  const more = el("button", { type: "button", id: "more-filters", class: "plain", "aria-expanded": "false", "aria-controls": "filters", onclick: () => { const open = form.classList.toggle("open"); more.setAttribute("aria-expanded", String(open)); } }, "Filters");
  const change1 = (name, values) => change({ ...state, [name]: values }, true);
  const lists = [
    choiceList("source", "Source", (value) => value, change1), choiceList("language", "Language", languageName, change1),
    choiceList("type", "Type", (value) => value, change1), choiceList("status", "Status", (value) => value, change1),
  ];
  const dates = [date("from", "From"), date("to", "To")];
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("click", (event) => { for (const one of lists) if (!one.box.contains(event.target)) one.box.open = false; });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") for (const one of lists) if (one.box.open) { one.box.open = false; one.box.querySelector("summary").focus(); } });
  form.replaceChildren(el("div", null, more, dates.map((one) => one.box), lists.map((one) => one.box), confidence, reset, line));
  return {
    show(view) {
      state = view.state;
      for (const one of [...dates, ...lists]) one.show(state);
      if (document.activeElement !== slider) slider.value = state.confidence;
      value.textContent = state.confidence.toFixed(2);
      confidence.classList.toggle("on", state.confidence !== about.confidence);
      reset.disabled = !isFiltered(state);
      line.textContent = `${n(view.articleCount)} of ${many(rows.day.length, "article")}, ${n(view.mentionCount)} of ${many(rows.type.length, "mention")}`;
    },
  };
}

// A list of values to choose from, each with its number of articles or mentions in the whole report.
function choiceList(name, title, label, change) {
  const names = namesOf(name), column = { source: rows.source, language: rows.language, type: rows.type, status: rows.status }[name];
  const found = new Uint32Array(names.length);
  for (const value of column) found[value]++;
  const ranked = ranking(names, found);
  const head = el("summary", null, title), body = el("div", null), box = el("details", { class: "control" }, head, body);
  let chosen = new Set();
  const search = ranked.length > 12 ? el("input", { type: "search", placeholder: "Search", "aria-label": `Search ${title.toLowerCase()}`, oninput: () => fill() }) : null;
  const items = el("div", null);
  if (search) body.append(search);
  body.append(items);
  function fill() {
    const words = (search?.value ?? "").toLowerCase(), some = ranked.filter((one) => label(one.name).toLowerCase().includes(words));
    items.replaceChildren(...some.slice(0, 200).map((one) => {
      const input = el("input", { type: "checkbox", onchange: () => { const next = new Set(chosen); if (input.checked) next.add(one.name); else next.delete(one.name); change(name, next); } });
      input.checked = chosen.has(one.name);
      return el("label", null, input, foreign(label(one.name), 60), el("small", null, n(one.count)));
    }), ...(some.length > 200 ? [`${n(some.length - 200)} more: search`] : []), ...(some.length ? [] : ["none"]));
  }
  box.addEventListener("toggle", () => { if (box.open) fill(); });
  return {
    box,
    show(state) {
      chosen = state[name];
      head.replaceChildren(title, chosen.size ? ": " : "", ...(chosen.size === 1 ? [foreign(label([...chosen][0]), 20)] : chosen.size ? [String(chosen.size)] : []));
      box.classList.toggle("on", chosen.size > 0);
      if (box.open && !box.contains(document.activeElement)) fill();
    },
  };
}
