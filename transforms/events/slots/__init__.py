"""The slots of a mention: parties, event time, event place, number of victims."""
