"""Web archives (WARC 1.0, 1.1): records, the pages in them, and the fields that newslake adds."""
