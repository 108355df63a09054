"""Building blocks of all stages. Importing the package registers the coders of all records.

They are the coders, a map with a dead-letter output, and a sandbox for hostile input.
"""

from newslake.transforms.beam import record_coder as record_coder
