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


sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from regions import Regions  # noqa: E402


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
    rate = [(a["calls_per_second"], b["calls_per_second"]) for a, b in full]
    p50 = [(a["p50_us"], b["p50_us"]) for a, b in lone]
    return {
        "exchange_over_bare_chain": median_ratio(rate),
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


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--in-flight", type=int, default=256)
    args = parser.parse_args()
    figures = {"machine": machine(), **compare_with_bare_chain(args)}
    figures.update(per_message_signing(args, figures["exchanges_per_second"]))
    figures.update(google_benchmarks(args))
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(figures, indent=2) + "\n")
    for key, value in figures.items():
        print(f"{key:45} {value:.3f}" if isinstance(value, float) else f"{key:45} {value}")


if __name__ == "__main__":
    main()
