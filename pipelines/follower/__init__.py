"""The parts of `newslake follow`: the follow loop, streams, pending entries and pages, dashboard."""
