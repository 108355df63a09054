// Makes elements of the page. Text from the lake only gets in as text, never as HTML.

function el(name, given, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "width") made.style.width = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

// Text from the lake without control and direction marks, which could change the text around it.
function clean(text) {
  return String(text ?? "").toWellFormed().replace(CONTROLS, "");
}

function short(text, length = 42) {
  const letters = [...clean(text)];
  return letters.length > length ? letters.slice(0, length - 1).join("") + "…" : letters.join("");
}

// Foreign text in its own direction.
function foreign(text, length) {
  return el("bdi", { dir: "auto", title: length && clean(text).length > length ? clean(text).slice(0, 500) : null }, length ? short(text, length) : clean(text));
}

const counts = new Intl.NumberFormat("en");
function n(number) {
  return counts.format(number);
}

function many(number, one, more = `${one}s`) {
  return `${n(number)} ${number === 1 ? one : more}`;
}

function percent(part, whole) {
  if (!whole) return "0 %";
  const share = (100 * part) / whole;
  return `${share > 0 && share < 0.1 ? "< 0.1" : share.toFixed(share < 10 && share > 0 ? 1 : 0)} %`;
}

// A link only to a web page: other addresses, such as javascript:, are shown as text.
function link(address, text) {
  let url = null;
  try { url = new URL(address); } catch { /* not an address */ }
  if (!url || !/^https?:$/.test(url.protocol)) return el("span", null, text);
  return el("a", { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow", referrerpolicy: "no-referrer" }, text);
}

function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

// A spreadsheet would run a text that begins like a formula, so it gets an apostrophe.
function csv(columns, table) {
  const cell = (value) => {
    const text = typeof value === "number" ? String(value) : clean(value).replace(/^(?=[=+\-@\t\r])/, "'");
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...table].map((row) => row.map(cell).join(",") + "\r\n").join("");
}
