"""Record types, ids, reject reasons, tables and event types. Imports no other code of newslake."""
