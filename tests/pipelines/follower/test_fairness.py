"""A feed that announces more than its site can deliver delays no other feed."""

from greedy import follow

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
