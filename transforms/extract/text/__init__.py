"""Other formats than HTML: plain text, Markdown, JSON; character sets and languages."""
