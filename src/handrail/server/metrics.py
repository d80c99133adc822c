"""What is counted, in the text format of Prometheus."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 30.0, 60.0)


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        self.registry: Final = CollectorRegistry()
        self.requests: Final = Counter(
            "handrail_requests", "Answered requests.", ("method", "route", "status"), registry=self.registry
        )
        self.seconds: Final = Histogram(
            "handrail_request_seconds", "From the first byte to the answer.", ("route",), buckets=BUCKETS,
            registry=self.registry,
        )  # fmt: skip
        self.waiting: Final = Gauge("handrail_waiting", "Requests that wait for people.", registry=self.registry)
        self.readers: Final = Gauge("handrail_stream_readers", "Readers of the stream.", registry=self.registry)
        self.cut: Final = Counter("handrail_stream_cut", "Readers cut for being slow.", registry=self.registry)
        self.entries: Final = Gauge("handrail_log_entries", "Length of the log.", ("tenant",), registry=self.registry)
        self.capped: Final = Counter(
            "handrail_capped", "Asks and waits refused by a cap.", ("cap",), registry=self.registry
        )

    def text(self) -> bytes:
        """Everything, to be scraped."""
        return generate_latest(self.registry)
