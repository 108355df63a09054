"""The poll schedule: feed state, poll times, server hints and outage detection."""
