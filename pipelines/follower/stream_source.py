"""The source of a stream: a crawler in the background of a worker process.

Only one process crawls for a stream at a time: it holds a lock in the lake. What it hands out is *in
flight* until the lake holds it. If the runner loses it, the source starts again from the state of the
lake, as after a restart.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from threading import Thread

from newslake.pipelines.follower.in_flight import InFlight
from newslake.pipelines.follower.pending import Handed
from newslake.pipelines.follower.stream_crawl import STEP_SECONDS, StreamCrawl
from newslake.pipelines.follower.stream_files import StreamFiles
from newslake.pipelines.follower.stream_options import StreamOptions
from newslake.transforms.feeds.lists import Listed
from newslake.transforms.feeds.schedule.feed_state import NAME, FeedStates
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.lake.lake import LakeFolder

IDLE_SECONDS = 120.0
"""If the runner takes nothing for this number of seconds, the crawler ends."""
CHECK_SECONDS = 5.0
"""Time between two checks that the driver is running, in seconds."""
END_SECONDS = 600.0
"""Maximum time from the end of the crawler until the lake holds all that it has handed out, in seconds."""


class StreamSource:
    """Crawls in a thread until the stream must end, and hands out what has arrived.

    Args:
        lake: The lake of the stream.
        options: Its options.
        read_feeds: Returns the list of feeds as it is now.
        clock: The clock.
    """

    def __init__(
        self,
        lake: LakeFolder,
        options: StreamOptions,
        read_feeds: Callable[[], list[Listed]],
        clock: Clock,
    ) -> None:
        self._lake, self._start_id = lake, options.start_id
        self._files = StreamFiles(lake.storage, options.name)
        self._in_flight = InFlight(lake, options.run_id)
        self._crawl = StreamCrawl(lake, options, self._in_flight, read_feeds, clock)
        self._error: Exception | None = None
        self._is_last = False
        """True if nothing more will arrive."""
        self.has_ended = False
        """True if the thread has ended."""
        self._was_idle = False
        self._taken_at = time.monotonic()
        self._driver, self._next_check = True, 0.0
        Thread(target=self._run, name="stream", daemon=True).start()

    def take(self, number: int, window: str) -> tuple[list[Handed], bool]:
        """Return what has arrived since the last call, and whether nothing more will arrive.

        For the arguments, see `InFlight.take`.

        Raises:
            Exception: The source has failed.
        """
        self._taken_at = time.monotonic()
        if self._error:
            raise self._error
        is_last = self._is_last  # before `take`: all that arrives is put before this is set
        return self._in_flight.take(number, window), is_last

    @property
    def is_drained(self) -> bool:
        """True if the stream has ended, and the lake holds all that was handed out."""
        return self.has_ended and not self.must_start_again

    @property
    def must_start_again(self) -> bool:
        """True if the source has ended although the stream has not: it failed or was idle."""
        return self.has_ended and (self._error is not None or self._was_idle)

    def _run(self) -> None:
        """Crawl; this is the thread."""
        try:
            with ExitStack() as stack:
                if self._wait_for_lock(stack):
                    states = FeedStates(self._lake.storage.path(NAME))
                    self._crawl.open(stack.enter_context(states))
                    self._crawl.crawl(self._must_end)
                    self._is_last, end = True, time.monotonic() + END_SECONDS
                    self._crawl.wait_for_lake(
                        lambda: self._is_idle or not self._is_current or time.monotonic() > end
                    )
            self._was_idle = self._is_idle
            if self._is_current and not self._was_idle:
                self._crawl.write_status(drained=True)
        except Exception as error:  # noqa: BLE001 `take` raises it
            self._error = error
        self._is_last = self.has_ended = True

    def _wait_for_lock(self, stack: ExitStack) -> bool:
        """Return True with the lock of the crawler; return False if the stream must end before."""
        while not self._must_end():
            if (lock := self._files.hold_crawler()) is not None:
                stack.callback(self._files.release, lock)
                return True
            time.sleep(STEP_SECONDS)
        return False

    def _must_end(self) -> bool:
        now = time.monotonic()
        if now >= self._next_check:
            self._driver, self._next_check = self._files.has_driver(), now + CHECK_SECONDS
        return not self._driver or self._is_idle or self._files.must_stop(self._start_id)

    @property
    def _is_idle(self) -> bool:
        return time.monotonic() - self._taken_at > IDLE_SECONDS

    @property
    def _is_current(self) -> bool:
        return self._files.is_current(self._start_id)
