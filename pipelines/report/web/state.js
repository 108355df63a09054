// The state of the page: the filters and choices. It stands in the address after #, so links and "back" work.

const LISTS = ["source", "language", "type", "status"];

function emptyState() {
  return {
    from: "", to: "", source: new Set(), language: new Set(), type: new Set(), status: new Set(),
    confidence: about.confidence, attention: "source",
  };
}

function readState() {
  const state = emptyState(), given = new URLSearchParams(location.hash.slice(1));
  for (const name of ["from", "to"]) if (/^\d{4}-\d\d-\d\d$/.test(given.get(name)) && !Number.isNaN(Date.parse(given.get(name)))) state[name] = given.get(name);
  for (const name of LISTS) for (const value of given.getAll(name)) if (namesOf(name).includes(value)) state[name].add(value);
  const confidence = given.has("confidence") ? Number(given.get("confidence")) : about.confidence;
  if (confidence >= 0 && confidence <= 1) state.confidence = Math.round(confidence * rows.confidenceSteps) / rows.confidenceSteps;
  if (["source", "type", "language"].includes(given.get("attention"))) state.attention = given.get("attention");
  return state;
}

function addressOf(state) {
  const given = new URLSearchParams();
  for (const name of ["from", "to"]) if (state[name]) given.set(name, state[name]);
  for (const name of LISTS) for (const value of state[name]) given.append(name, value);
  if (state.confidence !== about.confidence) given.set("confidence", state.confidence);
  if (state.attention !== "source") given.set("attention", state.attention);
  return given.toString();
}

function namesOf(filter) {
  if (filter === "source") return rows.sources;
  if (filter === "language") return rows.languages;
  return (filter === "type" ? rows.types : rows.statuses).map(([name]) => name);
}

function isFiltered(state) {
  return addressOf({ ...state, attention: "source" }) !== "";
}
