// Who acts on whom: as a network of parties and as a matrix of countries.

const NODES = 28, EDGES = 60, COUNTRIES = 16;

// A narrow drawing can hold fewer parties.
function isNarrow() {
  return innerWidth <= 760;
}

// All pairs of an actor and a recipient; a mention counts once for each of its pairs.
function pairsOf(view, key) {
  const found = new Map();
  let sided = 0;
  view.mentions.forEach((kept, i) => {
    if (!kept || !rows.who[i] || !rows.whom[i]) return;
    sided++;
    const of = (side) => new Set(rows.sides[side].map(key).filter((one) => one !== null));
    for (const who of of(rows.who[i])) for (const whom of of(rows.whom[i])) {
      if (who === whom) continue;
      const id = `${who}\u0000${whom}`, one = found.get(id) ?? { who, whom, count: 0, conflict: 0 };
      one.count++;
      if (rows.types[rows.type[i]][1] > 2) one.conflict++;
      found.set(id, one);
    }
  });
  return { sided, list: [...found.values()].sort((a, b) => b.count - a.count || (a.who + a.whom < b.who + b.whom ? -1 : 1)) };
}

function sidesWith(test) {
  return rows.sides.map((side) => side.some(test));
}

// The mentions with an actor and a recipient of which `test` is true; `sql` gives [expression of `one`, value] of a party.
function pairPick(view, title, [who, whom], test, sql) {
  const of = (column, value) => {
    const found = sidesWith((party) => test(party) === value), party = rows.parties.findIndex((_, i) => test(i) === value), [field, text] = sql(rows.parties[party]);
    return [found, `list_contains(list_transform(${column}, lambda one: ${field}), ${quoted(text)})`];
  };
  const [[left, actors], [right, recipients]] = [of("actors", who), of("recipients", whom)];
  return mentionPick(view, title, (row) => left[rows.who[row]] && right[rows.whom[row]], [actors, recipients]);
}

// How SQL finds a party that this report shows by its name or, without names, by country and sector.
function partySql([name, country, sector]) {
  if (name) return ["coalesce(one.name, one.text)", name];
  return rows.coarse ? ["coalesce(one.country, '')", country] : ["concat_ws('/', coalesce(one.country, ''), coalesce(one.sector, ''))", `${country}/${sector}`];
}

const networkPlot = {
  id: "network", title: "Who acts on whom: the network",
  make(view) {
    const { sided, list } = pairsOf(view, (party) => partyName(party));
    const weight = new Map();
    for (const one of list) for (const name of [one.who, one.whom]) weight.set(name, (weight.get(name) ?? 0) + one.count);
    const names = [...weight].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, isNarrow() ? NODES / 2 : NODES).map(([name]) => name), kept = new Set(names);
    const edges = list.filter((one) => kept.has(one.who) && kept.has(one.whom)).slice(0, isNarrow() ? EDGES / 2 : EDGES);
    const isRest = (name) => rows.coarse && name === "another party";
    const pick = (one) => isRest(one.who) || isRest(one.whom) ? null : pairPick(view, [foreign(one.who, 50), " → ", foreign(one.whom, 50)], [one.who, one.whom], partyName, partySql);
    return {
      says: [el("b", null, many(sided, "mention")), ` of ${n(view.mentionCount)} name both an actor and a recipient. The drawing has the ${n(edges.length)} most frequent of ${many(list.length, "pair")} among the ${n(names.length)} most frequent parties; an arrow points at the recipient.`],
      empty: noMentions(view) || (list.length ? "" : "No mention names two parties."), columns: ["actor", "recipient", "mentions", "of them conflict"],
      table: list.map((one) => [one.who, one.whom, one.count, one.conflict]), pick: (i) => pick(list[i]), rowOf: (at) => list.indexOf(edges[at]),
      draw: (width) => drawNetwork(width, names, edges, weight),
    };
  },
};

function drawNetwork(width, names, edges, weight) {
  const drawn = names.filter((name) => edges.some((one) => one.who === name || one.whom === name));
  const height = Math.min(width < 500 ? 460 : 520, 140 + 34 * drawn.length), margin = width < 500 ? 54 : 80;
  const nodes = drawn.map((name, at) => ({ name, weight: weight.get(name), x: width / 2 + (width / 3) * Math.cos((2 * Math.PI * at) / drawn.length), y: height / 2 + (height / 3) * Math.sin((2 * Math.PI * at) / drawn.length) }));
  const byName = new Map(nodes.map((node) => [node.name, node])), heaviest = Math.max(...edges.map((one) => one.count)), largest = Math.max(...nodes.map((node) => node.weight));
  const radius = (node) => 4 + 14 * Math.sqrt(node.weight / largest);
  // Without a timer, and from fixed places: the same picture each time.
  lib.forceSimulation(nodes).force("charge", lib.forceManyBody().strength(-420)).force("x", lib.forceX(width / 2).strength(0.09)).force("y", lib.forceY(height / 2).strength(0.14))
    .force("links", lib.forceLink(edges.map((one) => ({ source: byName.get(one.who), target: byName.get(one.whom), count: one.count }))).distance(110).strength((one) => 0.15 + 0.5 * (one.count / heaviest)))
    .force("apart", lib.forceCollide((node) => radius(node) + 16)).stop().tick(260);
  const [x0, x1] = [Math.min(...nodes.map((one) => one.x)), Math.max(...nodes.map((one) => one.x))], [y0, y1] = [Math.min(...nodes.map((one) => one.y)), Math.max(...nodes.map((one) => one.y))];
  const [middle, half] = [(y0 + y1) / 2, Math.max(40, (y1 - y0) / 2)];
  const lines = edges.map((one, at) => ({ ...one, at, from: byName.get(one.who), to: byName.get(one.whom), fight: one.conflict * 2 > one.count }));
  // An inset is a constant of a mark: an arrow ends at the edge of its node.
  const arrows = (conflict) => nodes.map((node) => Plot.arrow(lines, {
    filter: (one) => one.fight === conflict && one.to === node, x1: (one) => one.from.x, y1: (one) => one.from.y, x2: (one) => one.to.x, y2: (one) => one.to.y, bend: 14, headLength: 20, insetStart: 6, insetEnd: radius(node) + 5,
    stroke: conflict ? "var(--quad4)" : "var(--quad2)", strokeDasharray: conflict ? "7 4" : null, strokeLinecap: "butt", strokeWidth: (one) => 1 + 4 * Math.sqrt(one.count / heaviest), strokeOpacity: 0.75, className: "pick",
    title: (one) => `${one.who} → ${one.whom}: ${many(one.count, "mention")}, ${n(one.conflict)} of conflict` }));
  return el("div", null, el("ul", { class: "key" }, el("li", null, el("i", { class: "solid-line" }), "mostly cooperation"), el("li", null, el("i", { class: "dash-line" }), "mostly conflict"), el("li", null, "wider line: more mentions")),
    Plot.plot({ width, height, margin: 0, x: { axis: null, domain: [x0, x1 + 1], range: [margin, width - margin] }, y: { axis: null, domain: [middle - half, middle + half], range: [34, height - 24] }, r: { type: "identity" }, marks: [
      ...arrows(false), ...arrows(true),
      Plot.dot(nodes, { x: "x", y: "y", r: radius, fill: "var(--ink)", stroke: "var(--card)", strokeWidth: 2, className: "node", title: (node) => node.name }),
      // An offset is a constant of a mark.
      ...nodes.map((node) => Plot.text([node], { x: "x", y: "y", text: () => short(node.name, width < 500 ? 16 : 24), dy: -radius(node) - 8, fill: "currentColor", stroke: "var(--card)", strokeWidth: 4, fontWeight: 600, fontSize: 12, className: "label" })),
    ] }));
}

const matrixPlot = {
  id: "matrix", title: "Which country acts on which",
  make(view) {
    const { list } = pairsOf(view, (party) => rows.parties[party][1] || null);
    const weight = new Map();
    for (const one of list) for (const code of [one.who, one.whom]) weight.set(code, (weight.get(code) ?? 0) + one.count);
    const codes = [...weight].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, isNarrow() ? COUNTRIES / 2 : COUNTRIES).map(([code]) => code), kept = new Set(codes);
    const cells = list.filter((one) => kept.has(one.who) && kept.has(one.whom)), largest = Math.max(...cells.map((one) => one.count));
    const pick = (one) => pairPick(view, `${countryName(one.who)} → ${countryName(one.whom)}`, [one.who, one.whom], (party) => rows.parties[party][1], (party) => ["one.country", party[1]]);
    return {
      says: [el("b", null, many(list.reduce((sum, one) => sum + one.count, 0), "pair")), ` of parties of two different countries, in ${many(list.length, "combination")}. The actor is on the left, the recipient on top. A mention counts once for each pair of countries. The stronger the shade, the more mentions${weight.size > codes.length ? `; the drawing has the first ${codes.length} of ${n(weight.size)} countries` : ""}.`],
      empty: noMentions(view) || (list.length ? "" : "No mention names parties of two countries."), columns: ["actor", "recipient", "mentions", "of them conflict"],
      table: list.map((one) => [countryName(one.who), countryName(one.whom), one.count, one.conflict]), pick: (i) => pick(list[i]), rowOf: (at) => list.indexOf(cells[at]),
      draw(width) {
        const small = width < 600, name = (code) => (small ? code : short(countryName(code), 18)), size = Math.min(34, (Math.min(width, 900) - (small ? 60 : 150)) / codes.length);
        const left = small ? 44 : 140, top = small ? 46 : 92;
        return Plot.plot({ width: Math.min(width, 900, left + 50 * codes.length + 60), height: size * codes.length + top + 10, marginLeft: left, marginRight: 60, marginTop: top, marginBottom: 8, padding: 0.06, x: { axis: "top", label: null, domain: codes, tickFormat: name, tickRotate: -50, tickSize: 0 }, y: { label: null, domain: codes, tickFormat: name, tickSize: 0 },
          marks: [
            Plot.cell(cells, { x: "whom", y: "who", fill: "var(--accent)", fillOpacity: (one) => 0.1 + 0.8 * Math.sqrt(one.count / largest), className: "pick", title: (one) => `${countryName(one.who)} → ${countryName(one.whom)}: ${many(one.count, "mention")}, ${n(one.conflict)} of conflict`, tip: true }),
            Plot.text(cells, { x: "whom", y: "who", text: (one) => one.count < 1000 ? String(one.count) : `${Math.round(one.count / 1000)}k`, fill: "var(--ink)", stroke: "var(--card)", strokeWidth: 2.5, fontSize: Math.min(11, size / 2.4), pointerEvents: "none" }),
          ] });
      },
    };
  },
};

const parties = { id: "parties", title: "Who acts on whom", says: "The parties of the mentions, as actor and recipient.", plots: [networkPlot, matrixPlot] };
