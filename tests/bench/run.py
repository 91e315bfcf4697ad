#!/usr/bin/env python3
"""Measures two regions against a bare gRPC chain of the same number of hops, in one run, and writes the figures.

  run.py --bin build/bin --out build/bench [--seconds 5] [--rounds 3]

Everything is on loopback: two nodes, two Redis servers, the chains and the load share the machine's cores.
Figures are ratios within a run; absolute numbers depend on the machine. See docs/benchmarks.md.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time


sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from regions import CQ, SC, Regions  # noqa: E402


def median_ratio(pairs):
    return statistics.median(a / b for a, b in pairs)


def compare_with_bare_chain(args):
    """A B A B ..., so that a drift of the machine's speed meets both chains."""
    with Regions(args.bin) as bench:
        bare, front = bench.start_bare_chain(), bench.start_regions()
        full, lone = [], []
        for _ in range(args.rounds):
            full.append((bench.load(front, args.in_flight, args.seconds), bench.load(bare, args.in_flight, args.seconds)))
            lone.append((bench.load(front, 1, args.seconds), bench.load(bare, 1, args.seconds)))
        levels = {}
        for level in (64, 256, 1024):
            exchange, chain = bench.load(front, level, args.seconds), bench.load(bare, level, args.seconds)
            levels[level] = round(exchange["calls_per_second"] / chain["calls_per_second"], 3)
    rate = [(a["calls_per_second"], b["calls_per_second"]) for a, b in full]
    p50 = [(a["p50_us"], b["p50_us"]) for a, b in lone]
    return {
        "exchange_over_bare_chain": median_ratio(rate),
        "exchange_in_flight": args.in_flight,
        "exchange_over_bare_chain_by_in_flight": levels,
        "p50_over_bare_chain": median_ratio(p50),
        "exchanges_per_second": statistics.median(a for a, _ in rate),
        "bare_chain_calls_per_second": statistics.median(b for _, b in rate),
        "exchange_p50_us": statistics.median(a for a, _ in p50),
        "bare_chain_p50_us": statistics.median(b for _, b in p50),
        "exchange_p99_us_at_load": statistics.median(a["p99_us"] for a, _ in full),
        "errors": sum(a["errors"] for a, _ in full + lone),
    }


def per_message_signing(args, exchanges_per_second):
    """The same build with batches of one message: each is synced, signed and verified by itself."""
    with Regions(args.bin, extra="[batching]\nmax_records = 1\nmax_frame_bytes = 1") as bench:
        front = bench.start_regions()
        rate = statistics.median(bench.load(front, args.in_flight, args.seconds)["calls_per_second"]
                                 for _ in range(args.rounds))
    return {"exchange_over_per_message_signing": exchanges_per_second / rate,
            "per_message_signing_exchanges_per_second": rate}


def lease_recovery(args):
    """Kills the answering node under load, so that it dies with leased requests, and starts it again at once. The
    longest call is a request that ran under the dead worker's lease, or waited behind it: its recovery and its start."""
    longest = []
    with Regions(args.bin) as bench:
        front = bench.start_regions()
        for _ in range(args.rounds):
            load = bench.start_load(front, 64, 5)
            time.sleep(2)
            bench.kill(f"node {SC}")
            bench.start_node(SC)
            result = json.loads(load.communicate(timeout=90)[0])
            if result["errors"]:
                sys.exit(f"lease_recovery: {result['errors']} calls failed, first: {result['first_error']}")
            longest.append(result["max_us"] / 1e6)
    return {"lease_recovery_seconds": max(longest)}


def google_benchmarks(args):
    """Figures of one component; each program says its own in counters."""
    figures = {}
    for program in ("tracker_bench", "journal_bench"):
        if not (pathlib.Path(args.bin) / program).exists():
            continue
        out = subprocess.run([pathlib.Path(args.bin).resolve() / program, "--benchmark_format=json"],
                             capture_output=True, text=True, check=True).stdout
        for row in json.loads(out)["benchmarks"]:
            for key in ("tracker_lifecycles_per_second", "redis_bytes_per_request"):
                if key in row:
                    figures[key] = row[key]
            for name, key in (("Verify/MirrorSha256", "journal_verify_records_per_second"),
                              ("Verify/MirrorSm3", "journal_verify_records_per_second_sm3")):
                if row["name"] == name:
                    figures[key] = row["items_per_second"]
    return figures


def synthetic_number(n):
    """As tests/support/batches.cc makes it."""
    digits = f"500112{1960 + n // 336000 % 10:04}{1 + n // 28000 % 12:02}{1 + n // 1000 % 28:02}{n % 1000:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights)) % 11]


class World:
    """chuanyu-test-world and what it says; stopped at the end."""

    def __init__(self, args, *options):
        self.bin = pathlib.Path(args.bin).resolve()
        self.process = subprocess.Popen([self.bin / "chuanyu-test-world", *options], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        self.told = json.loads(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=60)

    def run(self, region, front, system, *command, identity="county/platform"):
        """Runs a program of the load against a front, as a system of its region; what it says."""
        tls = pathlib.Path(self.told["pki"]) / region / "tls" / identity
        program, *options = command
        out = subprocess.run([self.bin / program, *options, "--target", self.told[region][front], "--server-spiffe",
                              f"spiffe://{region}.chuanyu/mzj/{system}", "--cert", f"{tls}.pem", "--key",
                              f"{tls}.key", "--ca", pathlib.Path(self.told["pki"]) / "trust.pem"],
                             stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(out.stdout)

    def peak_rss_mib(self, region, ready):
        """Peak memory of a process, by the name of its ready file."""
        file = pathlib.Path(self.told["folder"]) / region / "run" / f"{ready}.ready"
        pid = json.loads(file.read_text())["pid"]
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def recognitions(args):
    """CheckRecognition across regions against the bare exchange, A B A B: the same hops, with a question of a
    school in them instead of an echo."""
    load = ("--in-flight", str(args.in_flight), "--seconds", str(args.seconds))
    with World(args, "--child-welfare") as world, Regions(args.bin) as bench:
        world.run(SC, "child", "child-welfare", "recognition_bench", "prepare")
        front = bench.start_regions()
        pairs = []
        for _ in range(args.rounds):
            asked = world.run(CQ, "child", "child-welfare", "recognition_bench", "load", *load,
                              identity="edu/school")
            pairs.append((asked, bench.load(front, args.in_flight, args.seconds)))
    if any(a["errors"] for a, _ in pairs):
        sys.exit(f"recognition_bench: {[a['first_error'] for a, _ in pairs if a['errors']][0]}")
    rate = [(a["calls_per_second"], b["calls_per_second"]) for a, b in pairs]
    return {"recognitions_over_exchange": median_ratio(rate),
            "recognitions_per_second": statistics.median(a for a, _ in rate),
            "recognitions_p99_us_at_load": statistics.median(a["p99_us"] for a, _ in pairs)}


def ledgers(args):
    """The monthly comparison of subsidy ledgers, small and large: its time, and that its memory does not grow."""
    figures = {}
    for lines in args.ledger_lines:
        out = subprocess.run([pathlib.Path(args.bin).resolve() / "ledger_bench", "--lines", str(lines)],
                             stdout=subprocess.PIPE, text=True, check=True)
        result = json.loads(out.stdout)
        figures["ledger_comparison_seconds"] = result["seconds"]  # of the largest, the last one
        figures[f"ledger_{lines}"] = result
    return figures


def family_economy(args):
    """Households one after another, then the periodic re-check: a small batch and then large ones, through the same
    processes."""
    persons = 10_000
    with tempfile.TemporaryDirectory(prefix="cy-registers.") as folder:
        for region, count in (("500000", 0), ("510000", persons)):
            records = [{"register": "A10", "doc_no": synthetic_number(n), "kind": "NCDB", "from_month": "2025-03"}
                       for n in range(count)]
            (pathlib.Path(folder) / f"{region}.json").write_text(json.dumps(
                {"synthetic": True, "complete_until": "2026-10-31T16:00:00Z", "records": records}))
        with World(args, "--registers", folder) as world:
            return {**measure_households(args, world), **measure_batches(args, world)}


def measure_households(args, world):
    result = world.run(CQ, "front", "family-economy", "household_bench", "--run", "bench", "--count",
                       str(args.households))
    return {"household_p50_ms": result["p50_us"] / 1000, "household_p99_ms": result["p99_us"] / 1000}


def measure_batches(args, world):
    processes = {f"{region}_{name}": (region, ready) for region in (CQ, SC)
                 for name, ready in (("family_economy", "family"), ("node", "node"))}
    figures = {}
    for lines in args.batch_lines:
        result = world.run(CQ, "front", "family-economy", "batch_bench", "--batch-no", f"bench-{lines}", "--lines",
                           str(lines))
        if result["ok"] != lines or result["hits"] != -(-lines // 100):
            sys.exit(f"batch_bench: wrong totals {result}")
        figures["batch_lines_per_second"] = result["lines_per_second"]  # of the largest, the last one
        figures[f"batch_{lines}"] = result
        figures[f"batch_{lines}_peak_rss_mib"] = {name: round(world.peak_rss_mib(*process), 1)
                                                    for name, process in processes.items()}
    return figures


def bookings(args):
    """Couples at a fixed rate for one day of one office, in the own region and through both nodes; then 200 at once for a
    last place. booking_bench compares what was answered with the stores, and fails when they differ."""
    figures = {}
    for name, rate, options in (("booking", args.booking_rate, []),
                                ("booking_postgresql", args.booking_postgresql_rate, ["--postgresql"]),
                                ("booking_across", args.booking_across_rate, ["--across"])):
        out = subprocess.run([pathlib.Path(args.bin).resolve() / "booking_bench", "--rate", str(rate), *options],
                             stdout=subprocess.PIPE, text=True, check=True).stdout
        result = json.loads(out)
        figures[name] = result
        figures[f"{name}_per_second"] = result["bookings_per_second"]
        figures[f"{name}_p99_ms"] = max(result["hold_p99_ms"], result["confirm_p99_ms"])
    return figures


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--in-flight", type=int, default=512)
    parser.add_argument("--batch-lines", type=int, nargs="+", default=[10_000, 100_000, 300_000])
    parser.add_argument("--households", type=int, default=500)
    parser.add_argument("--booking-rate", type=int, default=500)
    parser.add_argument("--booking-postgresql-rate", type=int, default=250, help="two cores carry no more of its conversations")
    parser.add_argument("--booking-across-rate", type=int, default=500)
    parser.add_argument("--ledger-lines", type=int, nargs="+", default=[20_000, 1_000_000])
    parts = {"family_economy": family_economy, "recognitions": recognitions, "ledgers": ledgers, "bookings": bookings}
    parser.add_argument("--only", choices=parts, help="measures one service alone, and prints its figures")
    args = parser.parse_args()
    if args.only:
        print(json.dumps(parts[args.only](args), indent=2))
        return
    figures = {"machine": machine(), **compare_with_bare_chain(args)}
    figures.update(per_message_signing(args, figures["exchanges_per_second"]))
    figures.update(lease_recovery(args))
    figures.update(google_benchmarks(args))
    for part in parts.values():
        figures.update(part(args))
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(figures, indent=2) + "\n")
    for key, value in figures.items():
        print(f"{key:45} {value:.3f}" if isinstance(value, float) else f"{key:45} {value}")


if __name__ == "__main__":
    main()
