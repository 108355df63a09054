"""The options of Beam that a stream needs."""

import pytest

from newslake.pipelines.options import WrongOption
from newslake.pipelines.runners.streaming import has_savepoint


def test_a_savepoint_must_exist(tmp_path):
    assert not has_savepoint(["--parallelism=2"])
    for path in (str(tmp_path), tmp_path.as_uri(), "s3://news/savepoint"):
        assert has_savepoint([f"--savepoint_path={path}"])
    with pytest.raises(WrongOption, match="there is no such folder"):
        has_savepoint([f"--savepoint_path={tmp_path}/chk-1"])
