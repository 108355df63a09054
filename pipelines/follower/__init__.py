"""The parts of `newslake follow`: the follow loop, the pending entries and pages, and the dashboard."""
