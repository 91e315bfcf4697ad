"""Two regions of real processes on Unix sockets in a temporary folder: nodes, Redis servers, an echo provider and
a front, with a throw-away PKI. For benchmarks and for tests that kill things. All content is synthetic.
"""
import json
import os
import pathlib
import shutil
import signal
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


class Regions:
    """Two regions and, when asked for, a bare chain; stops what it started, by process id."""

    def __init__(self, bin_dir, extra=""):
        self.bin = pathlib.Path(bin_dir).resolve()
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="cy-regions."))
        self.pki = self.base / "pki"
        self.extra = extra
        self.processes = []
        self.named = {}  # the processes that a test may kill

    def __enter__(self):
        specs = [f"{r}/{w}" for r in (CQ, SC) for w in ("exchange/node/node", "mzj/bench/system",
                                                                   "ops/duty/operator")]
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

    def kill(self, name):
        """SIGKILL to the process that was started as `name`; it is gone on return."""
        self.named[name].kill()
        self.named[name].wait()

    def tls(self, region, system="mzj/bench"):
        path = self.pki / region / "tls" / system
        return ["--cert", f"{path}.pem", "--key", f"{path}.key", "--ca", self.pki / "trust.pem"]

    def serve(self, role, region, listen, *more):
        process = self.spawn(self.bin / "chain_bench", role, "--listen", f"unix:{listen}", *self.tls(region), *more,
                             stdout=subprocess.PIPE, text=True)
        if not process.stdout.readline():
            sys.exit(f"chain_bench {role} did not start")
        return process

    def next_hop(self, target, spiffe):
        return ["--target", f"unix:{target}", "--server-spiffe", spiffe]

    def start_bare_chain(self):
        me = f"spiffe://{CQ}.chuanyu/mzj/bench"
        self.serve("echo", CQ, self.base / "bare4")
        for hop in (3, 2, 1):
            self.serve("relay", CQ, self.base / f"bare{hop}", *self.next_hop(self.base / f"bare{hop + 1}", me))
        return self.base / "bare1"

    def start_redis(self, region):
        home = self.base / region
        socket = home / "redis.sock"
        socket.unlink(missing_ok=True)
        self.named[f"redis {region}"] = self.spawn("redis-server", home / "redis.conf", stdout=subprocess.DEVNULL)
        wait_for(socket)

    def start_node(self, region):
        home = self.base / region
        (home / "node.ready").unlink(missing_ok=True)
        self.named[f"node {region}"] = self.spawn(self.bin / "chuanyu-node", "serve", "--config", home / "node.toml")

    def start_provider(self):
        (self.base / SC / "provider.sock").unlink(missing_ok=True)
        self.named["provider"] = self.serve("echo", SC, self.base / SC / "provider.sock", "--region", SC)

    def wait_for_node(self, region):
        wait_for(self.base / region / "node.ready")

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
            (home / "redis.conf").write_text(REDIS.format(socket=home / "redis.sock", dir=home))
            self.start_redis(region)
        self.start_provider()
        for region in (CQ, SC):
            self.start_node(region)
        for region in (CQ, SC):
            self.wait_for_node(region)
        self.serve("front", CQ, self.base / "front.sock", "--operation", OPERATION, "--to-region", SC,
                   *self.next_hop(self.base / CQ / "node.sock", f"spiffe://{CQ}.chuanyu/exchange/node"))
        return self.base / "front.sock"

    def cli(self, *command, region=CQ):
        """Runs `chuanyu ... -o json` as the operator of `region`; what it prints, and its exit code."""
        done = subprocess.run([str(c) for c in (self.bin / "chuanyu", "-o", "json", *command)], capture_output=True,
                              text=True)
        return done.stdout or done.stderr, done.returncode

    def overview(self, region):
        return self.cli("overview", *self.tls(region, "ops/duty"), "--server", f"unix:{self.base}/{region}/node.sock",
                        "--identity", f"spiffe://{region}.chuanyu/exchange/node")

    def start_load(self, target, in_flight, seconds):
        return self.spawn(self.bin / "chain_bench", "load", *self.tls(CQ), "--in-flight", in_flight, "--seconds",
                          seconds, *self.next_hop(target, f"spiffe://{CQ}.chuanyu/mzj/bench"),
                          stdout=subprocess.PIPE, text=True)

    def load(self, target, in_flight, seconds):
        process = self.start_load(target, in_flight, seconds)
        result = json.loads(process.communicate(timeout=seconds + 60)[0])
        if result["errors"]:
            print(f"  {result['errors']} errors, first: {result['first_error']}", file=sys.stderr)
        return result


def wait_for(path, seconds=30):
    deadline = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > deadline:
            sys.exit(f"{path.name} did not appear within {seconds} s")
        time.sleep(0.05)
