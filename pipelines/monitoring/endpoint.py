"""The option `--metrics` and its HTTP server; see `newslake.pipelines.monitoring.monitor.monitored`."""

import errno
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from newslake import __version__
from newslake.pipelines.address import Address
from newslake.pipelines.commands import terminal
from newslake.pipelines.options import WrongOption

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

METRICS_HELP = (
    "serve metrics to Prometheus at this port; HOST is 127.0.0.1 by default, so that only this "
    "machine can read them; port 0 takes a free port"
)


@contextmanager
def served(address: Address) -> Iterator["CollectorRegistry"]:
    """Serve the metrics of the registry until the block ends.

    The registry contains the version of newslake and, on Linux, the memory and CPU time of this
    process.

    Raises:
        WrongOption: prometheus-client is not installed, or the port cannot be used.
    """
    try:
        # An extra: only --metrics needs it.
        from prometheus_client import CollectorRegistry, Gauge, ProcessCollector, start_http_server
        from prometheus_client.metrics import disable_created_metrics
    except ImportError:
        raise WrongOption(
            "--metrics needs the package prometheus-client; run pip install 'newslake[metrics]'"
        ) from None
    disable_created_metrics()
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    names = ("version", "python")
    build = Gauge(
        "newslake_build_info", "The version of newslake; always 1.", names, registry=registry
    )
    build.labels(__version__, platform.python_version()).set(1)
    try:
        server, thread = start_http_server(address.port, address.host, registry)
    except (OSError, UnicodeError) as error:  # no host name has an empty or a long label
        raise WrongOption(_refused(address, error)) from error
    terminal.say(
        f"newslake: metrics are at http://{address._replace(port=server.server_port)}/metrics"
    )
    try:
        yield registry
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _refused(address: Address, error: Exception) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return (
            f"--metrics: another program uses port {address.port} of {address.host}; stop that "
            "program, or choose another port"
        )
    if number == errno.EACCES:
        return f"--metrics: only root may use port {address.port}; choose a port above 1023"
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return (
        f"--metrics: {address.host} is not an address of this machine ({reason}); use 127.0.0.1, "
        "0.0.0.0 or another address of this machine"
    )
