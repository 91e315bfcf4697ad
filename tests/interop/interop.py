#!/usr/bin/python3
"""Two regions as the demo starts them, called by clients in other languages that know only the .proto files.

  interop.py --bin build/release/bin --client node --modules build/release/interop/node_modules
  interop.py --bin build/release/bin --client python

The tests of the client run while the regions do, then its sample program, then the front is stopped and what the
client sees then is tested. All content is synthetic.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "deploy/demo"))
from regions import Regions  # noqa: E402
from services import FAMILY  # noqa: E402

CQ = "500000"
APPLICATION = ROOT / "deploy/demo/application.json"
CLIENTS = {
    "platform": f"{CQ}/county/platform/system",
    "sameOrganisation": f"{CQ}/county/archive/system",
    "otherOrganisation": f"{CQ}/district/window/system",
    "otherRegion": "510000/county/platform/system",
    "operator": f"{CQ}/ops/duty/operator",
}
# One step of a client; the slowest waits 60 s for a report.
STEP_LIMIT_S = 120


class Node:
    def __init__(self, args, _folder):
        self.env = {"NODE_PATH": str(args.modules.resolve())}

    def command(self, script):
        return ["node", HERE / f"node/{script}.js"]


class Python:
    """Stubs are made from the protos for each run, with nothing but Debian's protoc."""

    def __init__(self, _args, folder):
        stubs = folder / "stubs"
        stubs.mkdir()
        self.env = {"PYTHONPATH": str(stubs), "PYTHONDONTWRITEBYTECODE": "1"}
        subprocess.run([HERE / "python/make-stubs.sh", stubs, ROOT / "proto", HERE / "protos"], check=True)

    def command(self, script):
        return ["/usr/bin/python3", HERE / f"python/{script}.py"]


def describe(world, regions):
    """Writes what a client may know: addresses, names, its own certificates."""
    tls = {name: regions.base / "pki" / spec.split("/")[0] / "tls" / "/".join(spec.split("/")[1:3])
           for name, spec in CLIENTS.items()}
    world.write_text(json.dumps({
        "protos": str(ROOT / "proto"),
        "application": str(APPLICATION),
        "ca": str(regions.base / "pki/trust.pem"),
        "front": {"address": f"127.0.0.1:{regions.ports[CQ]['family_front']}",
                  "identity": f"spiffe://{CQ}.chuanyu/mzj/family-economy"},
        "node": {"address": f"127.0.0.1:{regions.ports[CQ]['node']}",
                 "identity": f"spiffe://{CQ}.chuanyu/exchange/node"},
        "clients": {name: {"cert": f"{path}.pem", "key": f"{path}.key"} for name, path in tls.items()},
    }))


def stop_front(regions):
    config = str(regions.config(CQ, FAMILY))
    front = next(p for p in regions.processes if config in p.args)
    front.send_signal(signal.SIGTERM)
    front.wait(timeout=30)


def check_sample(run, regions):
    """The sample program finds in a recheck what the tests found in the application."""
    front = regions.to(FAMILY, CQ)
    lines = run("submit", APPLICATION, "--recheck", *front, stdout=subprocess.PIPE).stdout.splitlines()
    print("submit:", *lines, sep="\n  ", flush=True)
    if lines[-1] != "DUP_BENEFIT P02 510000 ASSISTANCE_TYPE_DIBAO_RURAL 2025-03":
        sys.exit("FAILED: the sample program did not end with the benefit that Sichuan pays")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--client", required=True, choices=("node", "python"))
    parser.add_argument("--modules", type=pathlib.Path, help="node_modules, for node")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cy-interop."))
    regions = Regions(args.bin, folder / "regions")
    try:
        client = {"node": Node, "python": Python}[args.client](args, folder)
        regions.base.mkdir()
        regions.configure()
        regions.run(ROOT / "deploy/pki/make-pki.sh", regions.base / "pki", *CLIENTS.values())
        regions.start_all()
        world = folder / "world.json"
        describe(world, regions)
        env = {**os.environ, **client.env, "CHUANYU_WORLD": str(world)}

        def run(script, *more, **kwargs):
            return subprocess.run([str(c) for c in (*client.command(script), *more)], env=env, check=True, text=True,
                                  timeout=STEP_LIMIT_S, stdin=subprocess.DEVNULL, **kwargs)

        run("front_test")
        run("exchange_test")
        check_sample(run, regions)
        stop_front(regions)
        run("front_down_test")
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        sys.exit(f"FAILED: {error}")
    finally:
        regions.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
