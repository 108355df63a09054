"""The web's own formats, for whoever reads or fetches: URLs, content encodings, HTTP times, opt-outs."""
