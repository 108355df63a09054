"""Step Fetch: download pages over HTTP with crawl politeness, and protect private networks.

`fetch_page` fetches a page. `visitor` checks `robots`, waits as `pace` requires and sends one request
at a time to a host with `client`. `guard` blocks connections to private addresses. `archive` writes
responses to WARC files.
"""
