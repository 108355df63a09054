// Places of events on a map of land without borders.

const PLACE_KINDS = { town: "town or site", region: "only a region", country: "only a country" };

const mapPlot = {
  id: "map", title: "Places of events",
  make(view) {
    const found = count(view.mentions, rows.place, rows.places.length + 1), stated = view.mentionCount - found[0];
    const list = rows.places.map(([name, country, latitude, longitude, kind], i) => ({ name, country, latitude, longitude, kind, i: i + 1, count: found[i + 1] })).filter((one) => one.count).sort((a, b) => b.count - a.count || a.i - b.i);
    const drawn = list.filter((one) => one.latitude !== null && one.longitude !== null), located = drawn.reduce((sum, one) => sum + one.count, 0);
    const only = drawn.filter((one) => one.kind !== "town").reduce((sum, one) => sum + one.count, 0);
    const pick = (one) => rows.coarse && one.name === "another place" ? null : mentionPick(view, ["Events at ", foreign(one.name || one.country)], (row) => rows.place[row] === one.i, [...(one.name ? [`coalesce(place.name, place.text) = ${quoted(one.name)}`] : []), one.country ? `place.country = ${quoted(one.country)}` : "place.country IS NULL"]);
    return {
      says: [el("b", null, many(stated, "mention")), ` of ${n(view.mentionCount)} state a place; ${n(located)} are on the map, ${n(only)} of them at the middle of a country or region, since the text names no town.`],
      empty: noMentions(view) || (stated ? (drawn.length ? "" : "No place has coordinates.") : "No mention states a place."), columns: ["place", "country", "precision", "mentions"],
      table: list.map((one) => [one.name, countryName(one.country), PLACE_KINDS[one.kind], one.count]), pick: (i) => pick(list[i]), rowOf: (i) => list.indexOf(drawn[i]),
      draw: (width) => drawMap(width, drawn),
    };
  },
};

// The land without Antarctica.
function inhabitedLand() {
  const all = lib.feature(lib.land, lib.land.objects.land), parts = (all.features ?? [all]).flatMap(({ geometry }) => geometry.coordinates);
  return { type: "MultiPolygon", coordinates: parts.filter(([ring]) => ring.some(([, latitude]) => latitude > -60)) };
}

function drawMap(width, drawn) {
  const land = inhabitedLand(), largest = Math.max(...drawn.map((one) => one.count));
  const size = (one) => (width < 500 ? 1.2 : 2.2) + (width < 500 ? 8 : 15) * Math.sqrt(one.count / largest), order = drawn.map((one, at) => ({ ...one, at }));
  const [x0, x1] = [Math.min(...drawn.map((one) => one.longitude)), Math.max(...drawn.map((one) => one.longitude))], [y0, y1] = [Math.min(...drawn.map((one) => one.latitude)), Math.max(...drawn.map((one) => one.latitude))];
  const wide = x1 - x0 > 100 || y1 - y0 > 70;
  // A part of the world, if all places are in it, with some space around.
  const middle = [(x0 + x1) / 2, (y0 + y1) / 2], half = [Math.max(36, (x1 - x0) * 0.65), Math.max(20, (y1 - y0) * 0.65)];
  const corners = { type: "MultiPoint", coordinates: [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([x, y]) => [middle[0] + x * half[0], Math.max(-85, Math.min(85, middle[1] + y * half[1]))]) };
  const projection = wide ? { type: "equal-earth", domain: { type: "MultiPoint", coordinates: [[-168, 0], [179, 0], [0, 80], [0, -56]] }, clip: "frame" } : { type: "mercator", rotate: [-middle[0], 0], domain: corners, clip: "frame" };
  const dots = (isTown) => Plot.dot(order, {
    filter: (one) => (one.kind === "town") === isTown, x: "longitude", y: "latitude", r: size, symbol: "circle", fill: "var(--accent)", fillOpacity: isTown ? 0.55 : 0, stroke: "var(--accent)", strokeWidth: isTown ? 0.8 : width < 500 ? 1.2 : 1.8, strokeDasharray: isTown ? null : "3 2", className: "pick", pointerEvents: "all",
    title: (one) => `${clean(one.name)}${one.kind === "town" ? "" : ` (${PLACE_KINDS[one.kind]})`}: ${many(one.count, "mention")}`, tip: true });
  const labels = order.slice(0, width < 500 ? 5 : 9);
  return el("div", null, el("ul", { class: "key" }, el("li", null, el("i", { class: "dot" }), "town or site"), el("li", null, el("i", { class: "ring" }), "only a country or region is known, drawn at its middle"), el("li", null, "larger: more mentions")),
    Plot.plot({ width, height: Math.round(width * (wide ? 0.5 : 0.52)), margin: 0, projection, r: { type: "identity" }, marks: [
      Plot.geo(land, { fill: "var(--land)", stroke: "var(--land-edge)", strokeWidth: 0.6 }), dots(false), dots(true),
      ...labels.map((one) => Plot.text([one], { x: "longitude", y: "latitude", text: () => short(one.name, 18), dy: -size(one) - 6, fill: "currentColor", stroke: "var(--card)", strokeWidth: 3.5, fontWeight: 600, fontSize: 11, pointerEvents: "none", className: "label" })),
    ] }));
}

const places = { id: "places", title: "Places", says: "Where the reported events happened, as far as the sentences say it.", plots: [mapPlot] };
