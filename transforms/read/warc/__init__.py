"""Read WARC files (1.0 and 1.1): records, pages, and the header fields that newslake adds."""
