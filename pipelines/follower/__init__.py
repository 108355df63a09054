"""The parts of `newslake follow`: follow loop, pending entries and pages, and dashboard."""
