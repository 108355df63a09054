"""A report in headless Chromium without network: it asks for nothing, and counts as SQL does."""

import csv
import io
import json
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from browser import TOOLS, Page, chromium, needs_browser
from lakes import article, commit, mention
from paths import ROOT
from reports import NOW, news_lake, party, place

from newslake.api import Lake, connect
from newslake.pipelines.report.report_columns import Selection
from newslake.pipelines.report.report_page import page, read_report
from newslake.transforms.dedupe.lake_index import open_lake

pytestmark = pytest.mark.browser

WEB = ROOT / "pipelines/report/web"
PLOTS = (
    "articles-over-time",
    "articles-by-source",
    "languages",
    "date-sources",
    "delay",
    "rejects",
    "coverage",
    "silent-feeds",
    "copy-share",
    "agencies",
    "most-copied",
    "spread",
    "edits-by-source",
    "edit-list",
    "attention-shares",
    "types",
    "statuses",
    "quads-over-time",
    "types-over-time",
    "network",
    "matrix",
    "map",
    "disagreements",
)


@pytest.fixture(scope="module")
def browser():
    needs_browser()
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    return news_lake(tmp_path_factory.mktemp("report")).storage.root


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """A lake with places and parties near each other, and some places in all parts of the world."""
    lake = open_lake(tmp_path_factory.mktemp("crowd") / "lake")
    lake.create()
    places = [("Moscow", 55.7, 37.6), ("Ukraine", 49.0, 32.0), ("Kryvyi Rih", 47.9, 33.4)]
    places += [("White House", 38.9, -77.0), ("Longyearbyen", 78.2, 15.6), ("Sydney", -33.9, 151.2)]
    parties = ["Vladimir Putin", "Volodymyr Zelenskyy", "many world leaders", "Kryvyi Rih"]
    parties += ["Antony Blinken", "United States", "West", "Russia", "Ukraine", "Moscow"]
    rows = []
    for number in range(30):
        story = article(f"story {number}")
        name, latitude, longitude = places[number % len(places)]
        sides = [parties[number % len(parties)], parties[(number * number + 1) % len(parties)]]
        found = replace(
            mention(story),
            quad=4,
            actors=[party(sides[0])],
            recipients=[party(sides[1])],
            place=place(name, "UKR", latitude, longitude),
        )
        rows += [story, found]
    commit(lake, *rows, run_id="run", number=1)
    return lake.storage.root


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A function that writes a report of a lake and returns its path."""

    def write(root, **selection):
        path = tmp_path_factory.mktemp("page") / "report.html"
        path.write_text(page(read_report(Path(root), Selection(**selection), NOW).packed), "utf-8")
        return path

    return write


@pytest.fixture
def opened(browser):
    """A function that opens a report. At the end of the test, nothing may have gone wrong in it."""
    pages = []

    def opened(path, *where, **how):
        pages.append(Page(browser, path, *where, **how))
        return pages[-1]

    yield opened
    for one in pages:
        assert one.problems == []
        one.context.close()


def sql(root, query):
    return Lake(root, min_confidence=0).sql(query).to_pylist()


FILTERS = {
    "confidence=0": ("true", "true"),
    "confidence=0.59": ("true", "confidence >= 0.59"),
    "source=one.example&source=two.example&confidence=0": ("source IN ('one.example', 'two.example')", "true"),
    "language=&confidence=0": ("language IS NULL", "true"),
    "from=2026-03-02&to=2026-03-04&confidence=0": ("published_at::DATE BETWEEN '2026-03-02' AND '2026-03-04'", "true"),
    "from=2026-03-03&confidence=0": ("published_at::DATE >= '2026-03-03'", "true"),
    "type=ASSAULT&type=AID&confidence=0": ("true", "type IN ('ASSAULT', 'AID')"),
    "type=AGREE&status=future&confidence=0.5": ("true", "type = 'AGREE' AND status = 'future' AND confidence >= 0.5"),
    "source=two.example&status=future&to=2026-03-05&confidence=0.6": (
        "source = 'two.example' AND published_at::DATE <= '2026-03-05'",
        "status = 'future' AND confidence >= 0.6",
    ),
}  # fmt: skip
"""The state in the address, and the conditions on articles and on mentions that it stands for."""


@pytest.mark.parametrize("address", FILTERS)
def test_counts_under_a_filter_are_those_of_sql(news, written, opened, address):
    of_articles, of_mentions = FILTERS[address]
    shown = opened(written(news), f"#{address}")
    mentions = f"SELECT m.* FROM mentions m JOIN (SELECT article_id, source FROM articles WHERE {of_articles}) USING (article_id) WHERE {of_mentions}"
    events = "type=" in address or "status=" in address
    kept = f"SELECT * FROM articles WHERE {of_articles}"
    if events:
        kept += f" AND article_id IN (SELECT article_id FROM ({mentions}))"
    [articles] = sql(news, f"SELECT count(*) AS n FROM ({kept})")
    [found] = sql(news, f"SELECT count(*) AS n FROM ({mentions})")
    assert shown.counts() == (articles["n"], found["n"])
    by_day = sql(
        news,
        f"SELECT published_at::DATE::VARCHAR AS day, count(*) AS n FROM ({kept}) WHERE published_at IS NOT NULL GROUP BY 1",
    )
    assert {day: int(n) for day, n in shown.numbers("articles-over-time") if n != "0"} == {
        row["day"]: row["n"] for row in by_day
    }
    by_type = sql(news, f"SELECT type, count(*) AS n FROM ({mentions}) GROUP BY 1")
    assert {type: int(n) for type, _, n in shown.numbers("types")} == {
        row["type"]: row["n"] for row in by_type
    }
    copied = sql(
        news,
        f"SELECT count(*) AS n FROM duplicates WHERE duplicate_of IN (SELECT article_id FROM ({kept}))",
    )
    assert sum(int(row[1]) for row in shown.numbers("copy-share")) == copied[0]["n"]
    edited = sql(
        news,
        f"SELECT count(*) AS n FROM revisions WHERE article_id IN (SELECT article_id FROM ({kept}))",
    )
    assert sum(int(row[1]) for row in shown.numbers("edits-by-source")) == edited[0]["n"]
    placed = sql(news, f"SELECT count(*) AS n FROM ({mentions}) WHERE place IS NOT NULL")
    assert sum(int(row[3]) for row in shown.numbers("map")) == placed[0]["n"]


def test_disagreements_are_those_of_the_view_events(news, written, opened):
    shown = opened(written(news), "#confidence=0")
    rows = sql(
        news,
        "SELECT one.field, one.value, list_sort(one.sources) AS sources FROM (SELECT unnest(disagreements) AS one FROM events)",
    )
    found = {
        (field, value, tuple(sorted(sources.split(", "))))
        for _, _, field, value, sources in shown.numbers("disagreements")
    }
    assert found == {(row["field"], row["value"], tuple(row["sources"])) for row in rows}
    assert found


@pytest.mark.parametrize(
    ("address", "selection"),
    [
        ("#source=one.example&source=three.example&confidence=0.3", {}),
        ("#type=AGREE&type=AID&status=future&status=negated&confidence=0.4&to=2026-03-06", {}),
        ("#language=&language=de&confidence=0", {"zone": "Asia/Tokyo", "last": date(2026, 3, 6)}),
        ("#confidence=0", {"with_text": False, "sources": ["two.example", "three.example"]}),
    ],
)
def test_the_sql_of_a_list_gives_the_rows_that_the_page_counts(
    news, written, opened, address, selection
):
    shown = opened(written(news, **selection), address)
    of = {
        "newslake query:": connect(news),
        "newslake query --all:": connect(news, min_confidence=0),
    }
    for plot in (
        "articles-over-time",
        "articles-by-source",
        "languages",
        "date-sources",
        "delay",
        "most-copied",
        "edits-by-source",
        "types",
        "statuses",
        "quads-over-time",
        "types-over-time",
        "network",
        "matrix",
        "map",
        "attention-shares",
    ):
        table = shown.numbers(plot)
        assert table, plot
        for number, row in enumerate(table):
            buttons = shown.page.query_selector_all(
                f"#{plot} .numbers tbody tr:nth-child({number + 1}) button"
            )
            if not buttons or "0" in row[1:]:
                continue
            buttons[0].click()
            [head] = shown.page.query_selector_all("#list .says b")
            [lake] = [
                of[name] for name in of if shown.page.text_content("#list .says").endswith(name)
            ]
            all_rows = int(head.text_content().split(" of ")[1].replace(",", ""))
            assert len(lake.execute(shown.page.text_content("#list pre")).fetchall()) == all_rows, (
                plot,
                row,
            )
            shown.page.keyboard.press("Escape")


def test_a_list_shows_the_newest_first_with_the_trigger_marked_and_a_link(news, written, opened):
    shown = opened(written(news), "#confidence=0")
    shown.page.click("#types .bars button >> nth=0")
    items = shown.page.query_selector_all("#list .items li")
    times = [item.query_selector("small >> nth=1").text_content().split(" · ")[0] for item in items]
    dated = [time for time in times if time != "no date"]
    assert dated == sorted(dated, reverse=True)
    assert times.index("no date") == len(times) - 1 if "no date" in times else True
    assert {item.query_selector("mark").text_content() for item in items} == {"The"}
    links = [item.query_selector("a") for item in items]
    assert {one.get_attribute("rel") for one in links} == {"noopener noreferrer nofollow"}
    assert {one.get_attribute("referrerpolicy") for one in links} == {"no-referrer"}


def test_a_click_on_a_mark_lists_its_articles(news, written, opened):
    shown = opened(written(news))
    shown.page.click("#articles-over-time .pick > * >> nth=0")
    assert "2 of 2" in shown.page.text_content("#list .says")


MARKED = ("articles-over-time", "articles-by-source", "attention-shares", "quads-over-time", "types-over-time", "network", "matrix", "map")  # fmt: skip


def test_the_keyboard_reaches_the_marks_of_each_drawing(news, written, opened):
    shown = opened(written(news), "#confidence=0")
    focused = "document.activeElement"
    for plot in MARKED:
        stops = shown.page.query_selector_all(f"#{plot} svg [tabindex='0']")
        assert len(stops) == len(shown.page.query_selector_all(f"#{plot} svg[role=group]")), plot
        stops[0].focus()
        first = shown.page.evaluate(f"{focused}.getAttribute('aria-label')")
        shown.page.keyboard.press("End")
        assert shown.page.evaluate(f"getComputedStyle({focused}).outlineStyle") == "solid", plot
        last = shown.page.evaluate(f"{focused}.getAttribute('aria-label')")
        shown.page.keyboard.press("Enter")
        assert " of " in shown.page.text_content("#list .says"), plot
        shown.page.keyboard.press("Escape")
        assert shown.page.evaluate(f"{focused}.getAttribute('aria-label')") == last, plot
        shown.page.keyboard.press("Home")
        assert shown.page.evaluate(f"{focused}.getAttribute('aria-label')") == first, plot


def test_arrow_keys_go_to_the_mark_in_their_direction(news, written, opened):
    shown = opened(written(news))
    shown.page.query_selector("#articles-over-time svg [tabindex='0']").focus()
    label = "document.activeElement.getAttribute('aria-label')"
    days = [shown.page.evaluate(label)]
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp"):
        shown.page.keyboard.press(key)
        days.append(shown.page.evaluate(label))
    assert days[:4] == ["2026-03-01, 2", "2026-03-02, 2", "2026-03-03, 2", "2026-03-02, 2"]


def test_the_address_has_the_state_and_back_returns_to_it(news, written, opened):
    path = written(news)
    shown = opened(path)
    all_rows = shown.counts()
    shown.page.click("summary:has-text('Source')")
    shown.page.check("#filters label:has-text('two.example') input")
    assert shown.page.evaluate("location.hash") == "#source=two.example"
    some = shown.counts()
    assert some != all_rows
    assert opened(path, "#source=two.example").counts() == some
    shown.page.fill("#filter-from", "2026-03-03")
    shown.page.go_back()
    shown.page.wait_for_function("location.hash === '#source=two.example'")
    assert shown.counts() == some
    shown.page.click("#reset")
    assert shown.counts() == all_rows


@pytest.mark.parametrize(
    "address",
    ["#from=never&type=NONE&confidence=x", "#%", "#source=<script>", "#attention=1&confidence=7"],
)
def test_a_wrong_address_is_the_state_without_filters(news, written, opened, address):
    assert opened(written(news), address).counts()[0] == 12


def test_a_plot_that_a_filter_cannot_change_says_so(news, written, opened):
    shown = opened(written(news))
    assert "does not follow" not in shown.says("rejects")
    shown.go("language=en&type=AID")
    shown.page.wait_for_function(
        "document.querySelector('#rejects .says').textContent.includes('does not follow the filters language, type')"
    )


def test_numbers_are_saved_as_csv_that_a_spreadsheet_does_not_run(tmp_path, written, opened):
    lake = open_lake(tmp_path / "formula")
    lake.create()
    commit(lake, article("one", source='=HYPERLINK("x")'))
    shown = opened(written(lake.storage.root))
    shown.numbers("articles-by-source")
    with shown.page.expect_download() as download:
        shown.page.click("#articles-by-source .numbers button:has-text('CSV')")
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8"))))
    assert rows == [["source", "day", "articles"], ['\'=HYPERLINK("x")', "2026-03-01", "1"]]


HOSTILE = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "end": "</script><svg onload=alert(3)>{rows}{program}",
    "arabic": "وزير الخارجية يلتقي نظيره \u202eevil",
    "hebrew": "ראש הממשלה נפגש עם שר החוץ",
    "chinese": "外交部长在北京会见代表团",
    "marks": "a\u0000b\u2066c\u202ed\u200fe",
    "long": "long " * 2000,
}


def test_foreign_text_is_shown_as_text_and_nothing_runs(tmp_path, written, opened):
    lake = open_lake(tmp_path / "hostile '\"<b>")
    lake.create()
    for number, (name, text) in enumerate(HOSTILE.items()):
        story = article(
            name,
            text=text,
            title=text,
            source=f"{text[:40]}.example",
            url="javascript:alert(4)",
            language=None,
        )
        commit(lake, story, mention(story), run_id=name, number=number)
    shown = opened(written(lake.storage.root), "#confidence=0")
    shown.page.click("#articles-over-time .pick > * >> nth=0")
    listed = shown.page.text_content("#list .items")
    assert HOSTILE["script"] in listed
    assert HOSTILE["end"] in listed
    assert "abcde" in listed
    assert not {"\u202e", "\u2066", "\u0000"} & set(shown.page.text_content("body"))
    assert shown.page.query_selector_all("#list .items a") == []
    direction = "text => { const all = [...document.querySelectorAll('#list bdi')]; return getComputedStyle(all.find(one => one.textContent.includes(text))).direction; }"
    assert shown.page.evaluate(direction, "وزير") == "rtl"
    assert shown.page.evaluate(direction, "ראש") == "rtl"
    assert shown.page.evaluate(direction, "外交") == "ltr"
    for plot in PLOTS:
        shown.page.evaluate(
            "id => { document.querySelector(`#${id} .numbers`).open = true; }", plot
        )
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= 1200
    assert len(sql(lake.storage.root, shown.page.text_content("#list pre"))) == len(HOSTILE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 390])
def test_axe_finds_nothing_serious(news, written, opened, width, scheme):
    shown = opened(written(news), width=width, scheme=scheme)
    axe = (TOOLS / "node_modules/axe-core/axe.min.js").read_text("utf-8")
    for step in ("", "document.querySelector('#types .bars button').click()"):
        if step:
            shown.page.evaluate(step)
        shown.page.evaluate(axe + ";0")
        found = shown.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        grave = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in grave] == []
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width


BOXES = """one => [...document.querySelectorAll(one)].map(node => {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    return [node.textContent, left, right, top + 2, bottom - 2];
})"""


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("plot", ["map", "network"])
def test_labels_cover_no_other_label_and_are_not_cut_off(crowd, written, opened, plot, width):
    shown = opened(written(crowd), width=width)
    [(_, *frame)] = shown.page.evaluate(BOXES, f"#{plot} svg:has(.label)")
    labels = shown.page.evaluate(BOXES, f"#{plot} .label text")
    assert len(labels) > 2
    for name, left, right, top, bottom in labels:
        assert frame[0] <= left < right <= frame[1], name
        assert frame[2] - 4 <= top < bottom <= frame[3] + 4, name
        for other, *box in labels:
            covers = left < box[1] and box[0] < right and top < box[3] and box[2] < bottom
            assert other == name or not covers, (name, other)


def test_a_line_of_conflict_is_dashed_also_if_it_is_wide(crowd, written, opened):
    shown = opened(written(crowd))
    styles = "nodes => nodes.map(node => [getComputedStyle(node).strokeDasharray, getComputedStyle(node).strokeLinecap])"
    found = shown.page.eval_on_selector_all("#network .pick path", styles)
    assert ["7px, 4px", "butt"] in found


def test_no_name_of_a_delay_is_cut_off(news, written, opened):
    shown = opened(written(news), width=390)
    cut = "nodes => nodes.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"
    assert shown.page.eval_on_selector_all("#delay .bars button", cut) == []


def test_all_is_reached_by_keyboard_with_a_visible_focus(news, written, opened):
    shown = opened(written(news))
    look = "() => { const one = document.activeElement, box = one.closest('label.control') ?? one; return [one.textContent || one.id, getComputedStyle(box).outlineStyle]; }"
    reached = []
    for _ in range(400):
        shown.page.keyboard.press("Tab")
        words, outline = shown.page.evaluate(look)
        if reached and shown.page.evaluate("document.activeElement === document.body"):
            break
        assert outline != "none", words
        reached.append(words)
    assert "What came in" in reached
    assert "ASSAULT" in "".join(reached)
    assert reached.count("Numbers") > 10
    shown.page.focus("#types .bars button")
    shown.page.keyboard.press("Enter")
    assert shown.page.evaluate("document.activeElement.textContent") == "Close"
    shown.page.keyboard.press("Enter")
    assert shown.page.evaluate("document.getElementById('list').open") is False


@pytest.mark.parametrize("kind", ["empty", "seeds", "few", "undated", "chosen", "no text"])
def test_every_lake_has_a_page_with_all_plots(kind, tmp_path, seed_lake, news, written, opened):
    selection = {}
    if kind in ("seeds", "chosen", "no text"):
        root = seed_lake if kind == "seeds" else news
        selection = {
            "chosen": {"sources": ["nobody.example"]},
            "no text": {"with_text": False},
        }.get(kind, {})
    else:
        lake = open_lake(tmp_path / "lake")
        lake.create()
        root = lake.storage.root
        for number in range({"few": 10, "undated": 3}.get(kind, 0)):
            story = article(
                f"{kind} {number}", **({"published_at": None} if kind == "undated" else {})
            )
            commit(lake, story, run_id=str(number), number=number)
    for width in (1200, 390):
        shown = opened(written(root, **selection), width=width)
        assert [one.get_attribute("id") for one in shown.page.query_selector_all(".card")] == [
            *PLOTS
        ]
        assert all(shown.page.query_selector_all(f"#{plot} .drawing > *") for plot in PLOTS)
        assert shown.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_library_is_what_its_packages_give(tmp_path):
    needs_browser()
    subprocess.run(["node", TOOLS / "build.mjs", tmp_path], check=True)
    for name in ("library.js", "LICENSES.txt"):
        assert (tmp_path / name).read_bytes() == (WEB / name).read_bytes(), name
    for name in ("build.mjs", "library.js", "package.json", "package-lock.json"):
        assert (TOOLS / name).read_bytes() == (ROOT / "requirements/report" / name).read_bytes(), (
            f"{name}: run `make browser`"
        )


def test_the_versions_in_the_lock_have_hashes_and_no_host():
    lock = json.loads((ROOT / "requirements/report/package-lock.json").read_text("utf-8"))
    packages = [one for name, one in lock["packages"].items() if name]
    assert all(one["integrity"].startswith("sha512-") for one in packages)
    assert not any("resolved" in one for one in packages)
