"""The page is made again if the lake has changed, a browser asks, and ten seconds have passed."""

from types import SimpleNamespace

from newslake.pipelines.serving.live_page import PAUSE, LivePage, index_page


class Lake:
    number = 1

    def entry(self):
        return self.number


def test_the_page_is_made_at_most_once_in_ten_seconds():
    lake, now, made = Lake(), [100.0], []

    def make(reader):
        made.append(reader.number)
        return str(reader.number).encode()

    page = LivePage(lake, make, lambda: now[0])
    assert page.get() == (b"1", 1)
    lake.number = 2
    now[0] += PAUSE - 0.1
    assert page.get() == (b"1", 1)
    now[0] += 0.1
    assert page.get() == (b"2", 2)
    now[0] += 10 * PAUSE
    assert page.get() == (b"2", 2)
    assert made == [1, 2]


def test_the_index_names_the_lists_and_escapes_the_name_of_the_lake():
    reader = SimpleNamespace(entry=lambda: 7, lake=SimpleNamespace(name="<script>"))
    page = index_page(reader).decode()
    assert "&lt;script&gt;, log entry 7" in page
    assert "<script>" not in page
    assert 'href="/api/articles"' in page
