"""The page is made again if the lake has changed, a browser asks, and ten seconds have passed."""

import sys
import threading

import pytest
from waits import HANG_SECONDS

from newslake.pipelines.serving import live_page
from newslake.pipelines.serving.live_page import PAUSE, SHARE, LivePage, MadePage, ReportProcess
from newslake.pipelines.serving.query_request import QueryError
from newslake.transforms.dedupe.lake_index import open_lake


class Lake:
    lake = None
    number = 1

    def entry(self):
        return self.number


class Maker:
    """Makes pages of a lake. Each takes `seconds`, and fails with `problem` if there is one."""

    def __init__(self, seconds=0.0):
        self.lake, self.now, self.seconds = Lake(), 100.0, seconds
        self.problem, self.made = None, []
        self.page = LivePage(self.lake, self.make, lambda: self.now)

    def make(self, lake):
        self.made.append(self.lake.number)
        self.now += self.seconds
        if self.problem:
            raise self.problem
        return MadePage(b"%d" % self.lake.number, self.lake.number, "policy")


def test_the_page_is_made_at_most_once_in_ten_seconds():
    maker = Maker()
    assert maker.page.get() == (b"1", 1, "policy")
    maker.lake.number = 2
    maker.now += PAUSE - 0.1
    assert maker.page.get().entry == 1
    maker.now += 0.1
    assert maker.page.get().entry == 2
    maker.now += 10 * PAUSE
    assert maker.page.get().entry == 2
    assert maker.made == [1, 2]


def test_a_page_that_takes_long_is_made_less_often():
    maker = Maker(seconds=12.0)
    maker.page.get()
    maker.lake.number = 2
    maker.now += 12 / SHARE - 12.1
    assert maker.page.get().entry == 1
    maker.now += 0.1
    assert maker.page.get().entry == 2


def test_a_page_that_cannot_be_made_is_tried_again_after_the_pause():
    maker = Maker()
    maker.problem = QueryError("failed", "the lake is damaged")
    for _ in range(2):
        with pytest.raises(QueryError, match="no page can be made: the lake is damaged"):
            maker.page.get()
    assert maker.made == [1]
    maker.problem = None
    maker.now += PAUSE
    assert maker.page.get().entry == 1


def test_other_browsers_get_the_old_page_while_a_new_one_is_made():
    maker = Maker()
    maker.page.get()
    maker.lake.number, maker.now = 2, maker.now + PAUSE
    started, may_end = threading.Event(), threading.Event()

    def slow(lake):
        started.set()
        assert may_end.wait(HANG_SECONDS)
        return MadePage(b"2", 2, "policy")

    maker.page._make = slow
    asking = threading.Thread(target=maker.page.get)
    asking.start()
    assert started.wait(HANG_SECONDS)
    assert maker.page.get().entry == 1
    may_end.set()
    asking.join()
    assert maker.page.get().entry == 2


def test_the_page_is_the_report_of_the_lake(made_lake):
    page = ReportProcess().make(made_lake.storage.root)
    assert page.entry == made_lake.log.last()
    assert b"function keepLive()" in page.content
    assert "default-src 'none'; script-src 'sha256-" in page.policy
    assert "connect-src 'self'" in page.policy


def test_an_empty_lake_has_a_page_too(tmp_path):
    lake = open_lake(tmp_path / "[a] *lake")
    lake.create()
    assert ReportProcess().make(lake.storage.root).entry == 0


def test_a_damaged_lake_has_a_plain_error(lake):
    for path in lake.storage.root.glob("articles/**/*.parquet"):
        path.write_bytes(b"PAR1 damaged")
    with pytest.raises(QueryError, match=r"\.parquet") as raised:
        ReportProcess().make(lake.storage.root)
    assert "Traceback" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_process_that_ends_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(live_page, "_COMMAND", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(QueryError, match=r"process of the report ended \(code 3\)"):
        ReportProcess().make(tmp_path)


def test_a_process_that_takes_too_long_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(
        live_page, "_COMMAND", [sys.executable, "-c", "import time; time.sleep(999)"]
    )
    monkeypatch.setattr(live_page, "MAKING_SECONDS", 0.1)
    with pytest.raises(QueryError, match=r"more than 0\.1 seconds"):
        ReportProcess().make(tmp_path)


def test_a_stop_ends_the_process(tmp_path, monkeypatch):
    monkeypatch.setattr(
        live_page, "_COMMAND", [sys.executable, "-c", "import time; time.sleep(999)"]
    )
    process = ReportProcess()
    process.stop()
    with pytest.raises(QueryError, match=r"process of the report ended \(code -9\)"):
        process.make(tmp_path)
