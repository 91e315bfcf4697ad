#!/usr/bin/env python3
"""Two complete regions on loopback: one household of Chongqing checked in Sichuan, and one child of Sichuan whose
status is applied for, and recognised, in Chongqing.

  run.py --bin build/release/bin --dir build/demo [--keep]

Chongqing (500000) and Sichuan (510000) each get a node, the family_economy and child_welfare services, a Redis of their
own and SQLite registers with synthetic data. Everything that is started is stopped again, by process id, also on Ctrl-C.
"""
import argparse
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

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAMES = {"500000": "Chongqing", "510000": "Sichuan"}
COUNTIES = {"500000": '"500109", "500199"', "510000": '"511623", "511681"'}  # decided for by the demo's one office
SYSTEMS = ("exchange/node/node", "mzj/family-economy/system", "mzj/child-welfare/system", "county/platform/system",
           "edu/school/system", "ops/duty/operator", "audit/auditor/auditor")
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
[[provider]]
service = "chuanyu.family_economy.v1.FamilyEconomyProvider"
target = "127.0.0.1:{provider}"
identity = "spiffe://{region}.chuanyu/mzj/family-economy"
[[provider]]
service = "chuanyu.child_welfare.v1.ChildWelfareProvider"
target = "127.0.0.1:{child_provider}"
identity = "spiffe://{region}.chuanyu/mzj/child-welfare"
"""
CHILD = """region = "{region}"
front_listen = ["127.0.0.1:{child_front}"]
provider_listen = ["127.0.0.1:{child_provider}"]
ready_file = "child.ready"
[tls]
certificate = "{pki}/tls/mzj/child-welfare.pem"
key = "{pki}/tls/mzj/child-welfare.key"
ca = "{trust}"
[exchange]
target = "127.0.0.1:{node}"
identity = "spiffe://{region}.chuanyu/exchange/node"
[store]
url = "sqlite3://db={home}/children.db"
[keys]
kek = "{pki}/keys/kek.bin"
index = "{pki}/keys/index.bin"
claim = "{base}/pki/match.bin"
claim_id = "demo"
sign_ed25519 = "{pki}/keys/report_ed25519.key"
sign_sm2 = "{pki}/keys/report_sm2.key"
[policy]
child_welfare = "{root}/deploy/policy/child_welfare"
flow = "{root}/deploy/policy/flows/child_welfare.toml"
[data]
divisions = "{root}/deploy/data/divisions"
calendar = "{base}/calendar"
[divisions.codes]
LIANGJIANG = "500199"  # SYNTHETIC: the real code is not known
[peers]
regions = ["{other}"]
[log]
file = "child.log"
[[office]]
org = "county"
roles = ["WINDOW", "TOWN", "COUNTY"]
counties = [{counties}]
"""
FAMILY = """region = "{region}"
front_listen = ["127.0.0.1:{front}"]
provider_listen = ["127.0.0.1:{provider}"]
ready_file = "family.ready"
[tls]
certificate = "{pki}/tls/mzj/family-economy.pem"
key = "{pki}/tls/mzj/family-economy.key"
ca = "{trust}"
[exchange]
target = "127.0.0.1:{node}"
identity = "spiffe://{region}.chuanyu/exchange/node"
[store]
url = "sqlite3://db={home}/cases.db"
[registers]
url = "sqlite3://db={home}/registers.db"
mapping = "{root}/deploy/registers"
[keys]
kek = "{pki}/keys/kek.bin"
index = "{pki}/keys/index.bin"
report_ed25519 = "{pki}/keys/report_ed25519.key"
report_sm2 = "{pki}/keys/report_sm2.key"
[match]
keys = "match-keys.toml"
[data]
divisions = "{root}/deploy/data/divisions"
calendar = "{base}/calendar"
[divisions.codes]
LIANGJIANG = "500199"  # SYNTHETIC: the real code is not known
[peers]
regions = ["{other}"]
[log]
file = "family.log"
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


CLASSES = ["A01_HUKOU", "A02_MARRIAGE", "A03_DEATH", "A04_SOCIAL_INSURANCE", "A05_REAL_ESTATE", "A06_VEHICLE",
           "A07_BUSINESS", "A08_HOUSING_FUND", "A09_TAX", "A10_ASSISTANCE", "A11_DISABILITY_SUBSIDY",
           "A12_CHILD_WELFARE", "A13_TEMPORARY_RELIEF", "A14_FINANCE", "A15_UTILITIES"]


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


def application_of_the_demo():
    """A household that asks about everything. Synthetic."""
    application = json.loads((ROOT / "deploy/demo/application.json").read_text())
    check = application["verification"]
    check["classes"] = [f"DATA_CLASS_{name}" for name in CLASSES]
    check["authorization"]["scope"] = check["classes"]
    return application


def economy_of_the_demo():
    """Wages of the month before, and a flat; not all that registers have. Synthetic."""
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8)))
    month = (today.replace(day=1) - datetime.timedelta(days=1)).strftime("%Y-%m")
    return {"incomes": [{"memberId": "P01", "kind": "INCOME_KIND_WAGE", "month": {"value": month},
                         "net": {"amount": "150000"}}],
            "property": [{"memberId": "P01", "kind": "PROPERTY_KIND_HOUSING", "count": 1}]}


class Demo:
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

    def configure(self):
        for year in write_calendar(self.base / "calendar"):
            print(f"The working calendar of {year} is not in deploy/data/calendar: the demo makes one up.")
        pki = self.base / "pki"
        specs = [f"{region}/{system}" for region in NAMES for system in SYSTEMS]
        self.run(ROOT / "deploy/pki/make-pki.sh", pki, *specs)
        servers = ("node", "peer", "front", "provider", "child_front", "child_provider")
        ports = iter(free_ports(len(servers) * len(NAMES)))
        for region in NAMES:
            self.ports[region] = dict(zip(servers, ports))
        for region in NAMES:
            other = next(r for r in NAMES if r != region)
            home = self.base / region
            home.mkdir()
            values = dict(region=region, other=other, home=home, base=self.base, root=ROOT, pki=pki / region,
                          trust=pki / "trust.pem", counties=COUNTIES[region], other_peer=self.ports[other]["peer"], **self.ports[region])
            (home / "node.toml").write_text(NODE.format(**values))
            (home / "family-economy.toml").write_text(FAMILY.format(**values))
            (home / "child-welfare.toml").write_text(CHILD.format(**values))
            (home / "match-keys.toml").write_text(MATCH_KEYS.format(**values))
            (home / "redis.conf").write_text(REDIS.format(**values))
            trust = self.run(self.bin / "chuanyu-node", "trust", "--config", home / "node.toml")
            (home / "trust.keys").write_text(trust)
            keys = self.run(self.bin / "chuanyu-family-economy", "trust", "--config", home / "family-economy.toml")
            (home / "report.keys").write_text(keys)
            keys = self.run(self.bin / "chuanyu-child-welfare", "trust", "--config", home / "child-welfare.toml")
            (home / "recognition.keys").write_text(keys)

    def start_regions(self):
        for region, name in NAMES.items():
            home = self.base / region
            self.start(home, "redis-server", home / "redis.conf")
            self.wait_for(home / "redis.sock", f"Redis of {name}")
            self.start(home, self.bin / "chuanyu-node", "serve", "--config", home / "node.toml")
        for region, name in NAMES.items():
            home = self.base / region
            self.wait_for(home / "node.ready", f"the node of {name}")
            family = self.bin / "chuanyu-family-economy"
            self.run(family, "load-registers", "--config", home / "family-economy.toml", "--data",
                     ROOT / f"deploy/demo/registers/{region}.json")
            self.start(home, family, "--config", home / "family-economy.toml")
            self.start(home, self.bin / "chuanyu-child-welfare", "--config", home / "child-welfare.toml")
        for region, name in NAMES.items():
            self.wait_for(self.base / region / "family.ready", f"family_economy of {name}")
            self.wait_for(self.base / region / "child.ready", f"child_welfare of {name}")

    def cli(self, region, who, port, server):
        tls = self.base / "pki" / region / "tls" / who
        return ["--server", f"127.0.0.1:{self.ports[region][port]}", "--identity",
                f"spiffe://{region}.chuanyu/{server}", "--cert", f"{tls}.pem", "--key", f"{tls}.key", "--ca",
                str(self.base / "pki/trust.pem")]

    def chuanyu(self, *command):
        return self.run(self.bin / "chuanyu", *command)

    def show(self):
        front = self.cli("500000", "county/platform", "front", "mzj/family-economy")
        application = self.base / "application.json"
        application.write_text(json.dumps(application_of_the_demo(), ensure_ascii=False, indent=1))
        number = self.chuanyu("verification", "submit", application, *front).strip()
        print(f"Submitted the application of a household to Chongqing: {number}\n")
        print(self.chuanyu("verification", "watch", number, *front))
        check = json.loads(self.chuanyu("verification", "get", number, *front))
        for query in check.get("remoteQueries", []):
            for region, name in NAMES.items():
                print(f"The question about {query['memberId']} as {name} sees it\n")
                ops = self.cli(region, "ops/duty", "node", "exchange/node")
                print(self.chuanyu("request", "show", query["requestId"], *ops))
        print(f"The report {check['report']['reportNo']}\n")
        self.print_findings(check)
        print("\nThe county enters what the family earns and owns; the next version of the report has a proposal\n")
        economy = self.base / "economy.json"
        economy.write_text(json.dumps(economy_of_the_demo(), indent=1))
        print(self.chuanyu("verification", "propose", number, "--economy", economy, *front))
        for one in json.loads(self.chuanyu("verification", "get", number, *front)).get("discrepancies", []):
            print(f"  {one['memberId']}  {one['kind'].removeprefix('DISCREPANCY_KIND_')} "
                  f"{one.get('dataClass', '').removeprefix('DATA_CLASS_')} in {NAMES[one['region']['code']]}")
        print()
        self.print_report(number, front)
        self.show_child()
        logs = [self.base / region / "data/journal" for region in NAMES]
        trusts = [self.base / region / "trust.keys" for region in NAMES]
        print("\nBoth journals, checked offline and against each other\n")
        print(self.verify("audit", "verify-log", logs[0], "--trust", trusts[0], "--other", logs[1], "--other-trust",
                          trusts[1]))
        return number, front

    def show_child(self):
        """P09, 户籍 in 邻水, lives with her grandmother in 北碚. Synthetic."""
        window, county = (self.cli(region, "county/platform", "child_front", "mzj/child-welfare") for region in NAMES)
        school = self.cli("500000", "edu/school", "child_front", "mzj/child-welfare")
        number = self.chuanyu("child", "submit", ROOT / "deploy/demo/child.json", *window).strip()
        print(f"\nA grandmother applies in Chongqing for the status of a child of Sichuan: {number}\n")
        for who, act, role, after in ((window, "push", "WINDOW", (county, "TOWN_REVIEW")),
                                      (county, "town_pass", "TOWN", (county, "COUNTY_REVIEW")),
                                      (county, "approve", "COUNTY", (window, "APPROVED")),
                                      (window, "notify", "WINDOW", (window, "NOTIFIED"))):
            # Nobody decides on what was not seen; the other acts do not depend on the version.
            seen = ["--version", self.child(number, who)["version"]] if act == "approve" else []
            print(self.chuanyu("child", "act", number, act, "--role", role, "--officer", "demo-officer", *seen, *who),
                  end="")
            self.await_child(number, *after)
        print("\nA school in Chongqing asks Sichuan about her, and checks offline who said what\n")
        question, answer = ROOT / "deploy/demo/child-question.json", self.base / "recognition.json"
        answer.write_text(self.chuanyu("child", "check", question, *school))
        print(self.chuanyu("child", "check-recognition", question, "--answer", answer, "--trust",
                           self.base / "510000/recognition.keys"))

    def child(self, number, options):
        return json.loads(self.chuanyu("child", "get", number, *options))

    def await_child(self, number, options, state):
        for _ in range(300):
            done = subprocess.run([str(c) for c in (self.bin / "chuanyu", "child", "get", number, *options)],
                                  capture_output=True, text=True)
            if done.returncode == 0 and json.loads(done.stdout)["state"] == f"APPLICATION_STATE_{state}":
                return
            time.sleep(0.1)
        sys.exit(f"{number} never became {state}")

    def print_findings(self, check):
        for member in check["report"]["members"]:
            print(f"  {member['memberId']}  {member['maskedName']}  {member.get('maskedDocNo', '')}")
        for one in check["results"]:
            result = one["result"]
            if result["state"] != "RESULT_STATE_NO_HIT":
                state = result["state"].removeprefix("RESULT_STATE_")
                kind = result["dataClass"].removeprefix("DATA_CLASS_")
                where, reason = NAMES[one["region"]["code"]], result.get("reason", "")
                print(f"  {one['memberId']}  {kind} {state} in {where} {reason}".rstrip())
        for one in check.get("duplicates", []):
            print(f"  {one['memberId']}  {one['reason']}: {NAMES[one['region']['code']]} pays "
                  f"{one['type'].removeprefix('ASSISTANCE_TYPE_')} since {one['fromMonth']['value']}")

    def print_report(self, number, front):
        keys, page, as_json = (self.base / name for name in ("500000/report.keys", "report.html", "report.json"))
        report = ("verification", "report", number, "--trust", keys, *front)
        self.chuanyu(*report, "--out", page)
        self.chuanyu(*report, "-o", "json", "--out", as_json)
        print(f"The report to print: {page}\nThe same as JSON: {as_json}, its signatures checked offline:\n")
        checked = self.bin / "chuanyu", "verification", "check-report", as_json, "--trust", keys
        print(subprocess.run([str(c) for c in checked], check=True, capture_output=True, text=True).stderr, end="")

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

    def keep(self, number, front):
        ops = self.cli("500000", "ops/duty", "node", "exchange/node")
        window, county = (self.cli(region, "county/platform", "child_front", "mzj/child-welfare") for region in NAMES)
        school = self.cli("500000", "edu/school", "child_front", "mzj/child-welfare")
        print("Both regions are running; Ctrl-C stops them. To call them from another terminal:\n")
        for name, options, who, command in (
                ("platform", front, "a county platform of Chongqing", f"verification get {number}"),
                ("window", window, "a window of Chongqing, for children", "child list"),
                ("county", county, "the county in Sichuan that decides about a child", "child list"),
                ("school", school, "a school in Chongqing", "child check deploy/demo/child-question.json"),
                ("operator", ops, "an operator of Chongqing's node", "overview")):
            print(f"  . {self.write_environment(name, options)}    # as {who}\n  chuanyu {command}\n")
        sys.stdout.flush()
        signal.pause()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--dir", required=True)
    parser.add_argument("--keep", action="store_true")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    shutil.rmtree(args.dir, ignore_errors=True)
    os.makedirs(args.dir)
    demo = Demo(args.bin, args.dir)
    try:
        demo.configure()
        demo.start_regions()
        number, front = demo.show()
        if args.keep:
            demo.keep(number, front)
    except KeyboardInterrupt:
        print("stopping")
    finally:
        demo.stop()


if __name__ == "__main__":
    main()
