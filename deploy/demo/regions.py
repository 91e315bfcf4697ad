"""Two complete regions on loopback: processes, configurations, certificates. Synthetic but for the programs."""
import datetime
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import time

from services import FAMILY, SERVICES

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAMES = {"500000": "Chongqing", "510000": "Sichuan"}
COUNTIES = {"500000": '"500109", "500199"', "510000": '"511623", "511681"'}  # decided for by the demo's one office
SYSTEMS = ("exchange/node/node", "county/platform/system", "county/desk/system", "edu/school/system", "ops/duty/operator",
           "audit/auditor/auditor", *(f"mzj/{service.system}/system" for service in SERVICES),
           *(f"{caller}/system" for service in SERVICES for caller in service.callers))
NODE = """region = "{region}"
name = "node1"
listen = ["127.0.0.1:{node}"]
peer_listen = ["127.0.0.1:{peer}"]
ready_file = "node.ready"
data_dir = "data"
[tls]
certificate = "{pki}/tls/exchange/node.pem"
key = "{pki}/tls/exchange/node.key"
ca = "{trust}"
[keys]
ed25519 = "{pki}/keys/ed25519.key"
sm2 = "{pki}/keys/sm2.key"
kek = "{pki}/keys/kek.bin"
[redis]
socket = "redis.sock"
[policy]
file = "{root}/deploy/policy/{region}.toml"
[log]
file = "node.log"
[[peer]]
region = "{other}"
origin = "{other}.chuanyu/node1"
identity = "spiffe://{other}.chuanyu/exchange/node"
target = "127.0.0.1:{other_peer}"
trust = "{base}/{other}/trust.keys"
"""
PROVIDER = """[[provider]]
service = "{name}"
target = "127.0.0.1:{port}"
identity = "spiffe://{region}.chuanyu/mzj/{system}"
"""
MATCH_KEYS = """[[key]]
id = "demo"
peer = "{other}"
file = "{base}/pki/match.bin"
not_before = "2020-01-01"
not_after = "2099-12-31"
"""
REDIS = """port 0
unixsocket {home}/redis.sock
dir {home}
logfile {home}/redis.log
save ""
appendonly yes
appendfsync always
maxmemory-policy noeviction
"""


def free_ports(count):
    """Outside the range that the kernel gives to outgoing connections, where possible: a process that connects early
    could take such a port before the server that it is meant for has started."""
    first, last = map(int, pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    ports = range(10_000, 65_536)
    candidates = [p for p in ports if not first <= p <= last] or list(ports)
    found = []
    for port in random.sample(candidates, len(candidates)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    sys.exit("no free port")


def write_calendar(folder):
    """The shipped working calendars and, so that the demo also runs when the next one is not published yet, a
    SYNTHETIC one for each year up to the year after next: holidays of fixed date only, no make-up days."""
    shutil.copytree(ROOT / "deploy/data/calendar", folder)
    this_year = datetime.date.today().year
    missing = [y for y in range(this_year, this_year + 3) if not (folder / f"{y}.toml").exists()]
    for year in missing:
        days = ", ".join(f'"{year}-{day}"' for day in ("01-01", "05-01", "05-02", "10-01", "10-02", "10-03"))
        (folder / f"{year}.toml").write_text(f"# SYNTHETIC\nyear = {year}\nholidays = [{days}]\nworking_weekends = []\n")
    return missing


class Regions:
    def __init__(self, bin_dir, base):
        self.bin = pathlib.Path(bin_dir).resolve()
        self.base = pathlib.Path(base).resolve()
        self.processes = []
        self.ports = {}

    def stop(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(self, home, *command):
        out = open(home / f"{pathlib.Path(command[0]).name}.out", "w", encoding="utf-8")
        self.processes.append(subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=out,
                                               stderr=out, start_new_session=True))

    def wait_for(self, path, what):
        deadline = time.monotonic() + 60
        while not path.exists():
            dead = [p for p in self.processes if p.poll() is not None]
            if dead or time.monotonic() > deadline:
                for log in sorted(path.parent.glob("*.out")) + sorted(path.parent.glob("*.log")):
                    tail = log.read_text(errors="replace").splitlines()[-8:]
                    print(f"--- {log.name}", *tail, sep="\n", file=sys.stderr)
                sys.exit(f"{what} did not start")
            time.sleep(0.05)

    def run(self, *command):
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{done.stdout}\n{pathlib.Path(command[0]).name} {command[1]}: {done.stderr}")
        return done.stdout

    def values(self, region):
        other = next(r for r in NAMES if r != region)
        return dict(region=region, other=other, home=self.base / region, base=self.base, root=ROOT,
                    pki=self.base / "pki" / region, trust=self.base / "pki/trust.pem", counties=COUNTIES[region],
                    other_peer=self.ports[other]["peer"], **self.ports[region])

    def configure(self):
        for year in write_calendar(self.base / "calendar"):
            print(f"The working calendar of {year} is not in deploy/data/calendar: the demo makes one up.")
        specs = [f"{region}/{system}" for region in NAMES for system in SYSTEMS]
        self.run(ROOT / "deploy/pki/make-pki.sh", self.base / "pki", *specs)
        servers = ["node", "peer"] + [f"{s.name}_{side}" for s in SERVICES for side in ("front", "provider")]
        ports = iter(free_ports(len(servers) * len(NAMES)))
        for region in NAMES:
            self.ports[region] = dict(zip(servers, ports))
        for region in NAMES:
            self.configure_region(region)

    def configure_region(self, region):
        home, values = self.base / region, self.values(region)
        home.mkdir()
        providers = [PROVIDER.format(name=s.provider, port=values[f"{s.name}_provider"], region=region, system=s.system)
                     for s in SERVICES]
        (home / "node.toml").write_text(NODE.format(**values) + "".join(providers))
        (home / "match-keys.toml").write_text(MATCH_KEYS.format(**values))
        (home / "redis.conf").write_text(REDIS.format(**values))
        (home / "trust.keys").write_text(self.run(self.bin / "chuanyu-node", "trust", "--config", home / "node.toml"))
        for service in SERVICES:
            own = {side: values[f"{service.name}_{side}"] for side in ("front", "provider")}
            config = self.config(region, service)
            config.write_text(service.config.format(**values, **own))
            if service.trust:
                (home / service.trust).write_text(self.run(self.bin / service.program, "trust", "--config", config))

    def config(self, region, service):
        return self.base / region / f"{service.system}.toml"

    def start_all(self):
        for region, name in NAMES.items():
            home = self.base / region
            self.start(home, "redis-server", home / "redis.conf")
            self.wait_for(home / "redis.sock", f"Redis of {name}")
            self.start(home, self.bin / "chuanyu-node", "serve", "--config", home / "node.toml")
        for region, name in NAMES.items():
            home = self.base / region
            self.wait_for(home / "node.ready", f"the node of {name}")
            self.run(self.bin / FAMILY.program, "load-registers", "--config", self.config(region, FAMILY), "--data",
                     ROOT / f"deploy/demo/registers/{region}.json")
            self.run(ROOT / "deploy/demo/welfare_registers.py", "--key", self.base / "pki" / region / "keys/index.bin",
                     "--data", ROOT / f"deploy/demo/registers/welfare-{region}.json", "--db", home / "welfare.db")
            for service in SERVICES:
                self.start(home, self.bin / service.program, "--config", self.config(region, service))
        for region, name in NAMES.items():
            for service in SERVICES:
                self.wait_for(self.base / region / f"{service.name}.ready", f"{service.program} of {name}")

    def cli(self, region, who, port, server):
        tls = self.base / "pki" / region / "tls" / who
        return ["--server", f"127.0.0.1:{self.ports[region][port]}", "--identity",
                f"spiffe://{region}.chuanyu/{server}", "--cert", f"{tls}.pem", "--key", f"{tls}.key", "--ca",
                str(self.base / "pki/trust.pem")]

    def to(self, service, region, who="county/platform"):
        """Options of `chuanyu` for the front of a service."""
        return self.cli(region, who, f"{service.name}_front", f"mzj/{service.system}")

    def to_node(self, region, who="ops/duty"):
        return self.cli(region, who, "node", "exchange/node")

    def chuanyu(self, *command):
        return self.run(self.bin / "chuanyu", *command)

    def get(self, kind, number, options, *more):
        return json.loads(self.chuanyu(kind, "get", number, *more, *options))

    def print_answers(self, checks):
        """What registers said, of whom it is about the role alone."""
        for check in checks:
            answer, role = check["answer"], check.get("role", "").removeprefix("PARENT_ROLE_")
            print(f"  {role:<7}" if role else " ", answer["source"], answer["state"].removeprefix("REGISTER_STATE_"),
                  f"complete until {answer['dataAsOf']}" if "dataAsOf" in answer else answer.get("reason", ""))

    def act(self, kind, number, act, role, options, *more):
        """By the demo's officer. Nobody decides on what was not seen; the other acts do not depend on the version."""
        seen = ["--version", self.get(kind, number, options)["version"]] if act in ("approve", "reject", "file") else []
        print(self.chuanyu(kind, "act", number, act, "--role", role, "--officer", "demo-officer", *seen, *more, *options),
              end="")

    def await_state(self, kind, number, options, state):
        """Until the application has come there and is in that state."""
        for _ in range(300):
            done = subprocess.run([str(c) for c in (self.bin / "chuanyu", kind, "get", number, *options)],
                                  capture_output=True, text=True)
            if done.returncode == 0 and json.loads(done.stdout)["state"].endswith(f"_STATE_{state}"):
                return
            time.sleep(0.1)
        sys.exit(f"{number} never became {state}")

    def verify(self, *command):
        """The other region's cosignature is on disk with the next batch or the next publication, a second later."""
        for _ in range(3):
            if subprocess.run([str(c) for c in (self.bin / "chuanyu", *command)], capture_output=True).returncode == 0:
                break
            time.sleep(1)
        return self.chuanyu(*command)

    def write_environment(self, name, options):
        """What the options of `chuanyu` are taken from when they are left out, to be sourced by a shell."""
        lines = [f'export PATH="{self.bin}:$PATH"', f'export CHUANYU_OPTIONS="{" ".join(options)}"']
        for option, value in zip(options[::2], options[1::2]):
            lines.append(f'export CHUANYU_{option.lstrip("-").upper()}="{value}"')
        path = self.base / f"{name}.env"
        path.write_text("\n".join(lines) + "\n")
        return os.path.relpath(path)
