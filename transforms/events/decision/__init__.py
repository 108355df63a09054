"""The learned decision: weights of named features decide type, status and parties of events."""
