"""Counts of what was asked and answered, for Prometheus (its text format, version 0.0.4)."""

# Seconds; what Prometheus' own libraries have, and finer where predictions are.
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
PROTOCOLS = ("mlflow", "kserve-v1", "kserve-v2", "vertex")
CLASSES = (200, 300, 400, 500)
IN_FLIGHT, ROWS, SECONDS, COUNT = range(4)
FIRST_BUCKET = 4
FIRST_STATUS = FIRST_BUCKET + len(BOUNDS)
SIZE = FIRST_STATUS + len(PROTOCOLS) * len(CLASSES)


class Metrics:
    """
    `slots`: for each process of this server `SIZE` numbers, in memory that they share; this process writes into its own only,
    from its event loop, and reads them all.
    """

    def __init__(self, slots=None, own=0):
        self.slots = slots if slots is not None else [0.0] * SIZE
        self.own = own * SIZE
        self.in_flight = 0
        # A process that took the place of one that died begins with none.
        self.slots[self.own + IN_FLIGHT] = 0.0

    def entered(self):
        self.in_flight += 1
        self.slots[self.own + IN_FLIGHT] = self.in_flight

    def left(self, protocol, status, rows, seconds):
        slots, own = self.slots, self.own
        self.in_flight -= 1
        slots[own + IN_FLIGHT] = self.in_flight
        slots[own + ROWS] += rows
        slots[own + SECONDS] += seconds
        slots[own + COUNT] += 1
        for index, bound in enumerate(BOUNDS):
            if seconds <= bound:
                slots[own + FIRST_BUCKET + index] += 1
                break
        kind = min(max(status // 100 - 2, 0), len(CLASSES) - 1)
        slots[own + FIRST_STATUS + PROTOCOLS.index(protocol) * len(CLASSES) + kind] += 1

    def text(self, model, version):
        total = [sum(self.slots[start] for start in range(index, len(self.slots), SIZE)) for index in range(SIZE)]
        lines = [
            "# HELP modeltrail_model_info The model that is served.",
            "# TYPE modeltrail_model_info gauge",
            'modeltrail_model_info{model="%s",version="%s"} 1' % (_escaped(model), version),
            "# HELP modeltrail_requests_total Requests for predictions, by protocol and class of status.",
            "# TYPE modeltrail_requests_total counter",
        ]
        for place, protocol in enumerate(PROTOCOLS):
            for kind, status in enumerate(CLASSES):
                count = total[FIRST_STATUS + place * len(CLASSES) + kind]
                lines.append(
                    'modeltrail_requests_total{protocol="%s",status="%dxx"} %d' % (protocol, status // 100, count)
                )
        lines += [
            "# HELP modeltrail_predictions_total Rows that were predicted.",
            "# TYPE modeltrail_predictions_total counter",
            "modeltrail_predictions_total %d" % total[ROWS],
            "# HELP modeltrail_requests_in_flight Requests that are not answered yet.",
            "# TYPE modeltrail_requests_in_flight gauge",
            "modeltrail_requests_in_flight %d" % total[IN_FLIGHT],
            "# HELP modeltrail_request_seconds From a request's first byte to its answer.",
            "# TYPE modeltrail_request_seconds histogram",
        ]
        below = 0
        for index, bound in enumerate(BOUNDS):
            below += total[FIRST_BUCKET + index]
            lines.append('modeltrail_request_seconds_bucket{le="%s"} %d' % (bound, below))
        lines.append('modeltrail_request_seconds_bucket{le="+Inf"} %d' % total[COUNT])
        lines.append("modeltrail_request_seconds_sum %s" % repr(float(total[SECONDS])))
        lines.append("modeltrail_request_seconds_count %d" % total[COUNT])
        return "\n".join(lines) + "\n"


def _escaped(text):
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
