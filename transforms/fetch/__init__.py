"""From addresses to documents: polite, guarded HTTP.

`fetch`, the stage, gives each site's addresses to a `visitor`, which asks `robots` whether it may,
waits for its turn, and lets the `client` make one request at a time; `guard` watches every socket,
`archive` keeps what came.
"""
