"""Time, and names of hosts, as a test wants them."""

import asyncio
from datetime import UTC, datetime, timedelta


class FakeClock:
    """A clock that stands still, but for those who sleep."""

    def __init__(self, now=datetime(2026, 3, 1, 12, tzinfo=UTC)):
        self.time = now

    def now(self):
        return self.time

    async def sleep(self, seconds):
        self.time += timedelta(seconds=seconds)
        await asyncio.sleep(0)


class Names:
    """A name server of ours: each host's answers in turn, the last one for ever."""

    def __init__(self, **answers):
        self.answers = {host.replace("_", "."): list(lists) for host, lists in answers.items()}

    async def addresses(self, host):
        answers = self.answers.get(host, self.answers.get("anybody"))
        if not answers:
            raise OSError(f"no {host}")
        return answers.pop(0) if len(answers) > 1 else answers[0]
