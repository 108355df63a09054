// The rows of the report: `unpack` reads what packing.py has packed.

async function unpack(text) {
  const stream = new Blob([fromBase85(text)]).stream().pipeThrough(new DecompressionStream("gzip"));
  const content = await new Response(stream).arrayBuffer();
  const length = new DataView(content).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, length)));
  const columns = {};
  let offset = 4 + length;
  for (const { name, width, rows, second, size } of head.columns) {
    columns[name] = joined(new Uint8Array(content, offset, rows * width), width, rows);
    if (second) {
      columns[second] = columns[name].map((both) => both % size);
      columns[name] = columns[name].map((both) => both / size);
    }
    offset += rows * width;
  }
  for (const name of ["day", "copyArticle", "editArticle", "mentionArticle"]) addUp(columns, name);
  return { ...head, ...columns };
}

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;,=>?@^_`{|}~";

// Five digits are four bytes. The first character is the number of bytes to leave out at the end.
function fromBase85(text) {
  const values = new Uint8Array(128), view = new DataView(new ArrayBuffer(((text.length - 1) / 5) * 4));
  for (let digit = 0; digit < 85; digit++) values[DIGITS.charCodeAt(digit)] = digit;
  for (let at = 1, to = 0; at < text.length; at += 5, to += 4) {
    let word = 0;
    for (let place = 0; place < 5; place++) word = word * 85 + values[text.charCodeAt(at + place)];
    view.setUint32(to, word);
  }
  return new Uint8Array(view.buffer, 0, view.byteLength - Number(text[0]));
}

// Each number's first byte, then each number's second byte, and so on, the lowest first.
function joined(octets, width, rows) {
  if (width === 1) return octets;
  const values = width === 2 ? new Uint16Array(rows) : new Uint32Array(rows);
  for (let place = 0; place < width; place++) {
    const scale = 256 ** place, start = place * rows;
    for (let row = 0; row < rows; row++) values[row] += octets[start + row] * scale;
  }
  return values;
}

function addUp(columns, name) {
  const values = new Uint32Array(columns[name].length);
  let sum = 0;
  for (let row = 0; row < values.length; row++) values[row] = sum += columns[name][row];
  columns[name] = values;
}

const DAY = 86_400_000;

// The first millisecond of a day, as a number of the column `day`; 0 is no day.
function timeOf(day) {
  return Date.parse(rows.firstDay) + (day - 1) * DAY;
}

function dayOf(text) {
  return Math.round((Date.parse(text) - Date.parse(rows.firstDay)) / DAY) + 1;
}

function isoDay(time) {
  return new Date(time).toISOString().slice(0, 10);
}
