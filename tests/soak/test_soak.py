"""The soak in its short form: two days of a small farm, in which each habit occurs."""

import pytest
from clocks import leaping
from farm import HABITS
from soak import soak

pytestmark = pytest.mark.faults


def test_a_farm_is_followed_without_lost_or_doubled_stories_or_impolite_requests(tmp_path):
    leaping.cache_clear()
    feeds = len(HABITS) + 4  # the papers 0, 4 and 8 have two
    found = soak(tmp_path, feeds, days=2, per_day=8, every=60, flush=360, seed=1)
    broken = {bar.name: (bar.found, bar.wanted) for bar in found if not bar.holds}
    broken.pop("memory after warm-up", None)  # all of a short run is warm-up
    assert broken == {}
    [articles] = [bar.found for bar in found if bar.name == "articles"]
    assert int(articles) > 60
