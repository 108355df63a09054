// A card: title, a sentence that says what it counts, a drawing, and the numbers as a table and as CSV.
//
// A plot is { id, title, size?, ignores?, make: (view) => { says, columns, table, pick?, draw, empty? } }.
// `table` has one list per row (`rowCount`: whether it has any, if it is made late); `pick(i)` gives what row i lists, see list.js; `draw(width)` gives the drawing.

const MAX_TABLE = 500;

function card(plot) {
  const says = el("p", { class: "says" }), drawing = el("div", { class: "drawing" }), numbers = el("details", { class: "numbers" });
  const figure = el("article", { class: `card ${plot.size ?? ""}`, id: plot.id, "aria-labelledby": `${plot.id}-title` },
    el("h3", { id: `${plot.id}-title` }, plot.title), says, drawing, numbers);
  numbers.addEventListener("toggle", () => { if (numbers.open) fillNumbers(); });
  let made = null, view = null;

  function fillNumbers() {
    const file = el("button", { type: "button", class: "plain", onclick: () => download(`${plot.id}.csv`, csv(made.columns, made.table)) }, "Save as CSV");
    const numeric = made.columns.map((_, at) => made.table.length > 0 && made.table.every((row) => typeof row[at] === "number" || row[at] === ""));
    const head = el("tr", null, made.columns.map((name, at) => el("th", { scope: "col", class: numeric[at] ? "number" : null }, name)));
    const body = made.table.slice(0, MAX_TABLE).map((row, i) => el("tr", null, row.map((value, at) => {
      const text = typeof value === "number" ? n(value) : foreign(value, 300);
      const pick = at === 0 && made.pick?.(i);
      return el("td", { class: numeric[at] ? "number" : null }, pick ? el("button", { type: "button", onclick: () => openList(pick, view) }, text) : text);
    })));
    const more = made.table.length > MAX_TABLE ? el("p", null, `The first ${MAX_TABLE} of ${n(made.table.length)} rows. The CSV has all.`) : null;
    numbers.replaceChildren(numbers.firstChild, el("p", null, file), el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Numbers: ${plot.title}` }, el("table", null, el("thead", null, head), el("tbody", null, body))), more ?? "");
  }

  function show(next) {
    view = next;
    made = plot.make(view);
    says.replaceChildren(...[made.says].flat(), ...ignored(plot, view));
    const hasRows = (made.rowCount ?? made.table.length) > 0;
    const node = hasRows && !made.empty ? made.draw(Math.max(240, drawing.clientWidth || figure.clientWidth - 36)) : el("p", { class: "none" }, made.empty || "Nothing to count here.");
    prepare(node);
    drawing.replaceChildren(node);
    placeLabels(drawing);
    numbers.hidden = !hasRows;
    numbers.replaceChildren(el("summary", null, "Numbers"));
    if (numbers.open) fillNumbers();
  }

  // What a mark stands for: the row of the table, and what it lists.
  function rowOf(mark) {
    return made.rowOf ? made.rowOf(mark.__data__) : mark.__data__;
  }

  // The drawing is one picture for a screen reader, with the table as its text; the mouse and the keyboard can pick its marks.
  function prepare(node) {
    for (const svg of node instanceof SVGSVGElement ? [node] : node.querySelectorAll("svg")) {
      for (const name of ["aria-label", "aria-hidden", "aria-description"]) for (const one of svg.querySelectorAll(`[${name}]`)) one.removeAttribute(name);
      svg.setAttribute("role", "img");
      svg.setAttribute("aria-label", `${plot.title}. ${says.textContent} The table "Numbers" has the values.`);
      svg.addEventListener("click", (event) => {
        // A tip of the plot may lie over the mark.
        const mark = document.elementsFromPoint(event.clientX, event.clientY).find((one) => svg.contains(one) && one.matches(".pick > *"));
        const pick = mark && made.pick?.(rowOf(mark));
        if (pick) openList(pick, view);
      });
      const labelOf = (mark) => made.table[rowOf(mark)].map((value) => (typeof value === "number" ? n(value) : short(value, 100))).join(", ");
      const marks = made.pick ? [...svg.querySelectorAll(".pick > *")].filter((mark) => rowOf(mark) >= 0) : [];
      if (marks.length) pickByKeys(svg, marks, labelOf, (mark) => { const pick = made.pick(rowOf(mark)); if (pick) openList(pick, view); });
    }
  }

  return { figure, show };
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Makes the marks of a drawing one stop of the Tab key: arrow keys go to the next mark in their direction, Enter picks it.
function pickByKeys(svg, marks, labelOf, pick) {
  svg.setAttribute("role", "group");
  let current = null;
  const middle = (mark) => { const box = mark.getBoundingClientRect(); return [box.left + box.width / 2, box.top + box.height / 2]; };
  const point = (type, [x, y]) => svg.dispatchEvent(new PointerEvent(type, { clientX: x, clientY: y, pointerType: "mouse" }));
  function set(mark) {
    for (const name of ["role", "tabindex", "aria-label"]) current?.removeAttribute(name);
    current = mark;
    current.setAttribute("role", "button");
    current.setAttribute("tabindex", 0);
    current.setAttribute("aria-label", labelOf(mark));
  }
  function next([right, down]) {
    const [x, y] = middle(current);
    let best = null, least = Infinity;
    for (const mark of marks) {
      const [toX, toY] = middle(mark), along = (toX - x) * right + (toY - y) * down, across = Math.abs((toX - x) * down) + Math.abs((toY - y) * right);
      if (along > 0.5 && along + 4 * across < least) [best, least] = [mark, along + 4 * across];
    }
    return best;
  }
  svg.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") pick(current);
    else if (event.key === "Home" || event.key === "End") { set(marks.at(event.key === "Home" ? 0 : -1)); current.focus(); }
    else if (ARROWS[event.key]) { const mark = next(ARROWS[event.key]); if (mark) { set(mark); mark.focus(); } }
    else return;
    event.preventDefault();
  });
  // The tip of the mark, as under the mouse.
  svg.addEventListener("focusin", () => { if (current.matches(":focus-visible")) point("pointermove", middle(current)); });
  svg.addEventListener("focusout", () => point("pointerleave", [0, 0]));
  set(marks[0]);
}

// Labels of dots, the most important first: above the dot or beside it, where they cover no other label and no dot of a network. On a map, one below could seem to be of another place.
function placeLabels(drawing) {
  const taken = [...drawing.querySelectorAll(".node circle")].map((dot) => dot.getBoundingClientRect()), isNetwork = taken.length > 0;
  for (const text of drawing.querySelectorAll(".label text")) {
    const frame = text.ownerSVGElement.getBoundingClientRect(), { width } = text.getBoundingClientRect(), up = -text.parentNode.transform.baseVal.consolidate().matrix.f;
    const isFree = ([x, y]) => {
      text.style.translate = `${x}px ${y}px`;
      const box = text.getBoundingClientRect();
      return box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom && !taken.some((one) => box.left < one.right && one.left < box.right && box.top + 2 < one.bottom && one.top + 2 < box.bottom);
    };
    if ([[0, 0], [width / 2 + up, up], [-width / 2 - up, up], ...(isNetwork ? [[0, 2 * up]] : [])].some(isFree)) taken.push(text.getBoundingClientRect());
    else text.remove();
  }
}

// A plot that a filter cannot speak to says so.
function ignored(plot, view) {
  const set = { date: view.state.from || view.state.to, source: view.state.source.size, language: view.state.language.size, type: view.state.type.size, status: view.state.status.size };
  const names = (plot.ignores ?? []).filter((name) => set[name]);
  return names.length ? [el("b", null, ` This plot does not follow the filter${names.length > 1 ? "s" : ""} ${names.join(", ")}: ${plot.because}`)] : [];
}

// A ranking as bars with their names: { name, count, parts?: [[class, count]], value?, pick? } each.
function bars(list, { long = false, most = 12, rest = "others", colour = () => "", onpick } = {}) {
  const shown = list.slice(0, most), others = list.slice(most);
  const largest = Math.max(...list.slice(0, most).map((one) => one.length ?? one.count), 1e-9);
  const bar = (one) => el("span", { class: "bar", "aria-hidden": true }, (one.parts ?? [[colour(one), one.length ?? one.count]]).filter(([, size]) => size > 0).map(([kind, size]) => el("i", { class: kind, width: `${(100 * size) / largest}%` })));
  return el("ol", { class: `bars ${long ? "long" : ""} ${shown.some((one) => one.value) ? "wide" : ""}` },
    shown.map((one, at) => el("li", null, el("button", { type: "button", title: clean(one.label ?? one.name), onclick: () => onpick(one, at) }, one.icon ?? null, foreign(one.label ?? one.name)), bar(one), el("span", { class: "value" }, one.value ?? n(one.count)))),
    others.length ? el("li", null, el("span", null, `${n(others.length)} ${rest}`), el("span"), el("span", { class: "value" }, others.some((one) => one.value) ? "" : n(others.reduce((sum, one) => sum + one.count, 0)))) : null);
}

// The usual settings of a drawing over time.
function overTime(view, width, more) {
  const { list, unit } = view.bins, [first, last] = [list[0].start, list.at(-1).end];
  const ticks = unit === "day" && list.length <= 8 ? "day" : Math.max(2, Math.floor(width / 110));
  // Few bars need no more than a part of the width.
  return { width: Math.min(width, (more.marginLeft ?? 48) + 90 * list.length), marginTop: 8, marginBottom: 36, marginLeft: 48, marginRight: 12, x: { type: "utc", label: null, domain: [first, last], ticks }, ...more };
}

// The number of ticks of an axis with counts: whole numbers only.
function ticksTo(largest, most) {
  return Math.max(1, Math.min(most, largest));
}

// A number at an axis, in little space.
function tick(number) {
  return number >= 1e6 ? `${number / 1e6}M` : number >= 1000 ? `${number / 1000}k` : String(number);
}

// A table of bins × rows as shades: { name, cells: counts per bin } each. The numbers of the data are those of the table.
function shades(view, list, width, unit, title) {
  const cells = list.flatMap((row) => Array.from(row.cells, (count, bin) => ({ ...view.bins.list[bin], row: short(row.name, width < 500 ? 15 : 26), isRest: row.i < 0, count }))).filter((cell) => cell.count);
  // The row of all others is not the measure: it would make the named rows pale.
  const largest = Math.max(...cells.filter((cell) => !cell.isRest).map((cell) => cell.count));
  const left = width < 500 ? 112 : 170;
  return Plot.plot(overTime(view, width, {
    height: 44 + 22 * list.length, marginLeft: left, y: { label: null, domain: list.map((row) => short(row.name, width < 500 ? 15 : 26)), tickSize: 0 },
    marks: [
      Plot.barX(cells, { x1: "start", x2: "end", y: "row", fill: "var(--accent)", fillOpacity: (cell) => 0.1 + 0.9 * Math.sqrt(Math.min(1, cell.count / largest)), inset: 0.5, className: "pick", title: (cell) => `${cell.row}, ${cell.name}: ${n(cell.count)} ${title}`, tip: true }),
    ],
  }));
}
