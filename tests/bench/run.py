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
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CQ, SC = "500000", "510000"
OPERATION = "/bench.Echo/Call"
REDIS = """port 0
unixsocket {socket}
dir {dir}
appendonly yes
appendfsync always
maxmemory-policy noeviction
save ""
daemonize no
"""
POLICY = """version = "bench"
[[rule]]
id = "bench"
caller = "{cq}/mzj/bench"
operation = "{operation}"
purposes = ["P-DIBAO"]
from_region = "{cq}"
to_region = "{sc}"
requires_authorization = true
"""
NODE = """region = "{region}"
name = "node1"
listen = ["unix:{dir}/node.sock"]
peer_listen = ["unix:{dir}/peer.sock"]
ready_file = "{dir}/node.ready"
data_dir = "{dir}/data"
{extra}
[tls]
certificate = "{pki}/{region}/tls/exchange/node.pem"
key = "{pki}/{region}/tls/exchange/node.key"
ca = "{pki}/trust.pem"
[keys]
ed25519 = "{pki}/{region}/keys/ed25519.key"
sm2 = "{pki}/{region}/keys/sm2.key"
kek = "{pki}/{region}/keys/kek.bin"
[redis]
socket = "{dir}/redis.sock"
[policy]
file = "{base}/policy.toml"
[log]
file = "{dir}/node.log"
[[peer]]
region = "{other}"
origin = "{other}.chuanyu/node1"
identity = "spiffe://{other}.chuanyu/exchange/node"
target = "unix:{base}/{other}/peer.sock"
trust = "{base}/{other}.trust"
[[provider]]
service = "bench.Echo"
target = "unix:{dir}/provider.sock"
identity = "spiffe://{region}.chuanyu/mzj/bench"
"""


class Bench:
    """Two regions and a bare chain; stops what it started, by process id."""

    def __init__(self, bin_dir, extra=""):
        self.bin = pathlib.Path(bin_dir).resolve()
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="cybench."))
        self.pki = self.base / "pki"
        self.extra = extra
        self.processes = []

    def __enter__(self):
        specs = [f"{r}/{w}" for r in (CQ, SC) for w in ("exchange/node/node", "mzj/bench/system")]
        subprocess.run([ROOT / "deploy/pki/make-pki.sh", self.pki, *specs], check=True)
        (self.base / "policy.toml").write_text(POLICY.format(cq=CQ, sc=SC, operation=OPERATION))
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.base)

    def spawn(self, *command, **kwargs):
        process = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, **kwargs)
        self.processes.append(process)
        return process

    def tls(self, region, system="mzj/bench"):
        path = self.pki / region / "tls" / system
        return ["--cert", f"{path}.pem", "--key", f"{path}.key", "--ca", self.pki / "trust.pem"]

    def serve(self, role, region, listen, *more):
        process = self.spawn(self.bin / "chain_bench", role, "--listen", f"unix:{listen}", *self.tls(region), *more,
                             stdout=subprocess.PIPE, text=True)
        if not process.stdout.readline():
            sys.exit(f"chain_bench {role} did not start")

    def next_hop(self, target, spiffe):
        return ["--target", f"unix:{target}", "--server-spiffe", spiffe]

    def start_bare_chain(self):
        me = f"spiffe://{CQ}.chuanyu/mzj/bench"
        self.serve("echo", CQ, self.base / "bare4")
        for hop in (3, 2, 1):
            self.serve("relay", CQ, self.base / f"bare{hop}", *self.next_hop(self.base / f"bare{hop + 1}", me))
        return self.base / "bare1"

    def start_regions(self):
        for region, other in ((CQ, SC), (SC, CQ)):
            home = self.base / region
            home.mkdir()
            config = home / "node.toml"
            config.write_text(NODE.format(region=region, other=other, dir=home, base=self.base, pki=self.pki,
                                          extra=self.extra))
            trust = subprocess.run([self.bin / "chuanyu-node", "trust", "--config", config], check=True,
                                   capture_output=True, text=True).stdout
            (self.base / f"{region}.trust").write_text(trust)
            conf = home / "redis.conf"
            conf.write_text(REDIS.format(socket=home / "redis.sock", dir=home))
            self.spawn("redis-server", conf, stdout=subprocess.DEVNULL)
            wait_for(home / "redis.sock")
        self.serve("echo", SC, self.base / SC / "provider.sock")
        for region in (CQ, SC):
            self.spawn(self.bin / "chuanyu-node", "serve", "--config", self.base / region / "node.toml")
        for region in (CQ, SC):
            wait_for(self.base / region / "node.ready")
        self.serve("front", CQ, self.base / "front.sock", "--operation", OPERATION, "--to-region", SC,
                   *self.next_hop(self.base / CQ / "node.sock", f"spiffe://{CQ}.chuanyu/exchange/node"))
        return self.base / "front.sock"

    def load(self, target, in_flight, seconds):
        out = subprocess.run([str(c) for c in (self.bin / "chain_bench", "load", *self.tls(CQ), "--in-flight",
                              in_flight, "--seconds", seconds,
                              *self.next_hop(target, f"spiffe://{CQ}.chuanyu/mzj/bench"))],
                             check=True, capture_output=True, text=True).stdout
        result = json.loads(out)
        if result["errors"]:
            print(f"  {result['errors']} errors, first: {result['first_error']}", file=sys.stderr)
        return result


def wait_for(path, seconds=30):
    deadline = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > deadline:
            sys.exit(f"{path.name} did not appear within {seconds} s")
        time.sleep(0.05)


def median_ratio(pairs):
    return statistics.median(a / b for a, b in pairs)


def compare_with_bare_chain(args):
    """A B A B ..., so that a drift of the machine's speed meets both chains."""
    with Bench(args.bin) as bench:
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
    with Bench(args.bin, extra="[batching]\nmax_records = 1\nmax_frame_bytes = 1") as bench:
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
