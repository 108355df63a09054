"""Step Fetch: download pages over HTTP with crawl politeness, and protect private networks.

`fetch` is the stage. For each site, `visitor` checks `robots`, waits as `pace` requires and sends
one request at a time with `client`. `guard` blocks connections to private addresses. `archive`
writes responses to WARC files.
"""
