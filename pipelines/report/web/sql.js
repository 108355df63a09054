// The SQL for `newslake query` that gives all rows of which the page lists a sample.

function quoted(text) {
  const plain = String(text).replaceAll("'", "''");
  // A control or direction mark would not be seen, or would turn the text around it.
  return `'${plain.replace(CONTROLS, (mark) => `' || chr(${mark.codePointAt(0)}) || '`)}'`;
}

function among(column, values) {
  return values.length === 1 ? `${column} = ${quoted(values[0])}` : `${column} IN (${values.map(quoted).join(", ")})`;
}

function dayColumn() {
  if (about.zone === "UTC") return "published_at::DATE";
  return `if(published_precision = 'day', published_at::DATE, timezone(${quoted(about.zone)}, published_at)::DATE)`;
}

function days(first, last) {
  return first === last ? `${dayColumn()} = ${quoted(first)}` : `${dayColumn()} BETWEEN ${quoted(first)} AND ${quoted(last)}`;
}

// The conditions of the filters and of the report itself on `articles`.
function articleConditions(state) {
  const selection = about.selection, found = [];
  const first = [selection.from, state.from].filter(Boolean).sort().at(-1);
  const last = [selection.to, state.to].filter(Boolean).sort()[0];
  if (first && last) found.push(days(first, last));
  else if (first) found.push(`${dayColumn()} >= ${quoted(first)}`);
  else if (last) found.push(`${dayColumn()} <= ${quoted(last)}`);
  for (const name of ["source", "language"]) {
    const values = state[name].size ? [...state[name]] : selection[name];
    if (!values) continue;
    const known = values.filter((value) => value !== "");
    const parts = known.length ? [among(name, known)] : [];
    if (values.includes("")) parts.push(`${name} IS NULL`);
    found.push(parts.length > 1 ? `(${parts.join(" OR ")})` : parts[0]);
  }
  return found;
}

function mentionConditions(state) {
  const found = [];
  for (const name of ["type", "status"]) if (state[name].size) found.push(among(name, [...state[name]]));
  if (state.confidence > 0) found.push(`confidence >= ${state.confidence}`);
  return found;
}

function where(conditions) {
  return conditions.length ? `\nWHERE ${conditions.join("\n  AND ")}` : "";
}

function keptArticles(state, more = []) {
  const found = [...articleConditions(state), ...more];
  if (state.type.size || state.status.size) found.push(`article_id IN (SELECT article_id FROM mentions WHERE ${mentionConditions(state).join(" AND ")})`);
  return found;
}

function articlesSql(state, more = []) {
  return `SELECT published_at, source, title, url FROM articles${where(keptArticles(state, more))}\nORDER BY published_at DESC NULLS LAST`;
}

function mentionsSql(state, more = [], ofArticle = []) {
  const articles = [...articleConditions(state), ...ofArticle];
  const inside = articles.length ? [`article_id IN (SELECT article_id FROM articles WHERE ${articles.join(" AND ")})`] : [];
  return `SELECT published_at, type, status, confidence, evidence, article_id FROM mentions${where([...mentionConditions(state), ...more, ...inside])}\nORDER BY published_at DESC NULLS LAST`;
}

function copiesSql(state, more = []) {
  const articles = keptArticles(state);
  const inside = articles.length ? [`duplicate_of IN (SELECT article_id FROM articles WHERE ${articles.join(" AND ")})`] : [];
  return `SELECT published_at, source, kind, agency, title, url, duplicate_of FROM duplicates${where([...more, ...inside])}\nORDER BY published_at DESC NULLS LAST`;
}
