"""Answers about a lake for other programs: the limits, the HTTP API, and the MCP server."""
