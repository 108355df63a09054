"""What flows: record types, identities, reject reasons, tables, event types. Imports nothing of ours."""
