"""The time of a stream: it follows the clock, but it never goes back."""

import time
from collections.abc import Callable

from apache_beam.utils.timestamp import Timestamp

from newslake.transforms.fetch.clock import Clock


class StreamClock:
    """The time of a stream in one process.

    If `clock` is set back, the time continues with the speed of `monotonic`, in seconds, so that no
    document is late and windows end as usual.
    """

    def __init__(self, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._monotonic = clock, monotonic
        self._last, self._at = Timestamp(0), monotonic()

    def now(self, watermark: Timestamp | None) -> Timestamp:
        """Return the time; it is neither before `watermark` nor before an earlier result."""
        at = self._monotonic()
        floor = max(self._last, watermark or self._last) + (at - self._at)
        self._last = max(Timestamp.of(self._clock.now().timestamp()), floor)
        self._at = at
        return self._last
