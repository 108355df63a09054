"""Write input files, and read them as `backfill` does."""

from newslake.schemas.records import Metric
from newslake.transforms.read.chunks import chunks
from newslake.transforms.read.files import read_slice
from newslake.transforms.read.found import RejectedInput
from newslake.transforms.read.listing import list_inputs

MB = 2**20


def write(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def read(path, limit=MB):
    """Read every input at `path`, as one list."""
    return [found for slice in list_inputs([str(path)]) for found in read_slice(slice, limit)]


def cut_and_read(path, max_documents, limit=MB):
    """Read every input at `path` in chunks of `max_documents`, as one list."""
    cut = chunks(list_inputs([str(path)]), max_documents, max_document_bytes=limit)
    found = [[one for slice in chunk for one in read_slice(slice, limit)] for chunk in cut]
    for part in found:
        assert sum(not isinstance(one, Metric) for one in part) <= max_documents
    return [one for part in found for one in part]


def reason(found):
    return found.error.reason if isinstance(found, RejectedInput) else None


def outcomes(found):
    """Return by locator whether the input was read, or the reject reason."""
    return [
        (one.document.locator, one.error.reason)
        if isinstance(one, RejectedInput)
        else (one.locator, one.payload)
        for one in found
    ]
