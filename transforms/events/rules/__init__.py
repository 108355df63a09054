"""The rules on the parse: which words report an event, its type, status and parties."""
