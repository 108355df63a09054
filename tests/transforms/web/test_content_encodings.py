import gzip
import zlib

import brotli
import pytest
from backports import zstd

from newslake.schemas.reasons import BadEncoding, TooLarge
from newslake.transforms.web.content_encodings import MAX_STREAMS, ContentDecoder

WORDS = [b"Both sides ", b"met on Monday", b""]
STREAMS = {"gzip": gzip.compress, "x-gzip": gzip.compress, "zstd": zstd.compress}
PACKERS = STREAMS | {
    "deflate": zlib.compress,
    "br": brotli.compress,
    "identity": bytes,
}


def unpacked(encoding, *pieces, most=1000):
    unpacking = ContentDecoder(encoding, most)
    for piece in pieces:
        unpacking.feed(piece)
    return bytes(unpacking.body), unpacking.is_complete


def one_by_one(data):
    return [data[at : at + 1] for at in range(len(data))]


@pytest.mark.parametrize("encoding", PACKERS)
@pytest.mark.parametrize("cut", [lambda data: [data], one_by_one], ids=["whole", "byte by byte"])
def test_a_body_is_unpacked_however_it_comes(encoding, cut):
    assert unpacked(encoding, *cut(PACKERS[encoding](WORDS[0]))) == (WORDS[0], True)


@pytest.mark.parametrize("encoding", STREAMS)
@pytest.mark.parametrize("cut", [lambda data: [data], one_by_one], ids=["whole", "byte by byte"])
def test_streams_one_behind_the_other_are_one_body(encoding, cut):
    data = b"".join(map(STREAMS[encoding], WORDS))
    assert unpacked(encoding, *cut(data)) == (b"".join(WORDS), True)


@pytest.mark.parametrize("encoding", [*STREAMS, "deflate"])
@pytest.mark.parametrize("cut", [lambda data: [data], one_by_one], ids=["whole", "byte by byte"])
def test_data_after_the_last_stream_is_not_part_of_the_body(encoding, cut):
    data = PACKERS[encoding](WORDS[0]) + b"\x1f(\0 rest"
    assert unpacked(encoding, *cut(data)) == (WORDS[0], True)


@pytest.mark.parametrize("encoding", STREAMS)
def test_a_second_stream_that_breaks_off_leaves_the_body_unfinished(encoding):
    pack = STREAMS[encoding]
    assert not unpacked(encoding, pack(WORDS[0]) + pack(WORDS[1])[:-3])[1]


@pytest.mark.parametrize("encoding", STREAMS)
def test_streams_are_bounded_together(encoding):
    with pytest.raises(TooLarge):
        unpacked(encoding, STREAMS[encoding](bytes(600)) * 2)


def test_streams_are_bounded_in_number():
    empty = gzip.compress(b"")
    with pytest.raises(BadEncoding, match="streams"):
        unpacked("gzip", empty * (MAX_STREAMS + 1), most=10**6)
    assert unpacked("gzip", empty * MAX_STREAMS, most=10**6) == (b"", True)
