"""A feed that announces more than its site can deliver delays no other feed."""

import pytest
from greedy import Greedy, follow
from hostile import SITE_FILES, http_response

from newslake.pipelines.follower import pending
from newslake.pipelines.sql.views import connect

PER_POLL, PAGES = 120, 10
"""One poll announces pages for all turns of two hours: the poll times depend on the server's port."""


def test_a_greedy_feed_delays_neither_its_site_nor_others(tmp_path):
    paper = follow(tmp_path / "lake", hours=2, per_poll=PER_POLL, pages_per_site=PAGES)

    assert min(paper.within(tmp_path / "lake", commits=2)) >= 0.95

    _, *turns = paper.turns(PAGES)  # the site has no pages before the first commit
    assert len(turns) >= 10
    assert all(used == possible for possible, used in turns)

    rows = connect(tmp_path / "lake")
    coverage = "SELECT entries, waiting FROM coverage WHERE feed LIKE '%/greedy'"
    [(entries, waiting)] = rows.execute(coverage).fetchall()
    assert entries >= (paper.polls - 1) * PER_POLL
    greedy = "SELECT count(*) FROM fetches WHERE url LIKE '%/greedy/%'"
    assert rows.execute(greedy).fetchall() == [(entries - waiting,)]


class Resting(Greedy):
    """Nine hosts that say at the first page that they need a rest, and one other host."""

    robots, answer = b"", "429 Too Many Requests"

    def feeds(self):
        hosts = [f"resting{number}.example" for number in range(9)]
        return [self.url(host, "/greedy") for host in [*hosts, "paper.example"]]

    def http_response(self, request):
        is_resting = request.host.startswith("resting")
        if request.target == "/greedy":
            return self._feed(request, range(self.per_poll))
        if is_resting and request.target == "/robots.txt":
            return http_response(self.robots, Content_Type="text/plain")
        if is_resting and request.target not in SITE_FILES and self.answer:
            return http_response(b"", self.answer, Retry_After=3 * 3600)
        return super().http_response(request)


class Slow(Resting):
    """Nine hosts with a crawl delay, and one other host."""

    robots, answer = b"User-agent: *\nCrawl-delay: 60\n", ""


@pytest.mark.parametrize("kind", [Resting, Slow])
def test_hosts_that_need_a_rest_leave_the_portion_of_pages_to_others(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(pending, "MAX_PAGES", 250)  # by turns, each site would get 25
    paper = follow(tmp_path / "lake", hours=1, per_poll=200, pages_per_site=60, kind=kind)
    assert all(used >= 60 for _, used in paper.turns(60)[:2])
