// On the page of `newslake serve`: loads the page again when the lake has changed and the page is visible.

const LOOK_SECONDS = 10;

function keepLive() {
  const says = el("p", { id: "live", role: "status" });
  document.getElementById("head").append(says);
  let tag = null, busy = 0;
  for (const name of ["pointerdown", "keydown", "wheel", "scroll"]) addEventListener(name, () => { busy = Date.now(); }, { passive: true });
  const tell = (text) => { if (says.textContent !== text) says.textContent = text; };
  async function look() {
    if (document.hidden) return;
    let answer;
    try { answer = await fetch("/", { method: "HEAD", cache: "no-store" }); } catch {
      tell(`The server does not answer. This page shows log entry ${n(about.entry)}.`);
      return;
    }
    const found = answer.headers.get("etag");
    if (!answer.ok || !found) {
      tell(`The server cannot read the lake (status ${answer.status}). This page shows log entry ${n(about.entry)}.`);
      return;
    }
    tag ??= found;
    if (found === tag && Number(found.replace('"', "").split("-")[0]) === about.entry) {
      tell("");
      return;
    }
    tell("The lake has changed.");
    // A list that is open, or a filter that is being changed, must not vanish.
    if (document.getElementById("list").open || Date.now() - busy < LOOK_SECONDS * 500) return;
    sessionStorage.setItem("scroll", scrollY);
    location.reload();
  }
  const before = sessionStorage.getItem("scroll");
  sessionStorage.removeItem("scroll");
  if (before) scrollTo(0, Number(before));
  setInterval(look, LOOK_SECONDS * 1000);
  document.addEventListener("visibilitychange", look);
}
