"""Which words report an event, of which type and status, and who takes part."""
