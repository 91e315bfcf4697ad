#!/usr/bin/env python3
"""Kills every process of two regions with SIGKILL while requests flow, and starts it again.

What must hold afterwards: every request that was ever acknowledged is in a final state at both nodes, nothing waits
forever, and both journals verify, alone and against each other. A call that the node refused while a store was away
is no loss: nothing was acknowledged.
"""
import argparse
import json
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from regions import CQ, SC, Regions  # noqa: E402

FINAL = {"REQUEST_STATE_DELIVERED", "REQUEST_STATE_CANCELLED", "REQUEST_STATE_EXPIRED", "REQUEST_STATE_REJECTED"}


def restart(regions, name):
    regions.kill(name)
    kind, _, region = name.partition(" ")
    if kind == "node":
        regions.start_node(region)
        regions.wait_for_node(region)
    elif kind == "redis":
        regions.start_redis(region)
    else:
        regions.start_provider()


def counts(regions, region):
    text, code = regions.overview(region)
    if code != 0:
        return None
    return {c["state"]: int(c["count"]) for c in json.loads(text).get("counts", [])}


def wait_until_final(regions, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        seen = [counts(regions, region) for region in (CQ, SC)]
        if all(c is not None and set(c) <= FINAL for c in seen):
            return seen
        if time.monotonic() > deadline:
            sys.exit(f"FAILED: after {seconds} s requests are not final: {seen}")
        time.sleep(0.5)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    args = parser.parse_args()
    print(f"seed {args.seed}")
    dice = random.Random(args.seed)
    with Regions(args.bin) as regions:
        front = regions.start_regions()
        load = regions.start_load(front, 64, args.seconds)
        names = [f"node {CQ}", f"node {SC}", f"redis {CQ}", f"redis {SC}", "provider"]
        dice.shuffle(names)
        kills = 0
        end = time.monotonic() + args.seconds - 3
        while time.monotonic() < end:
            time.sleep(dice.uniform(0.3, 1.5))
            restart(regions, names[kills % len(names)])
            kills += 1
        result = json.loads(load.communicate(timeout=120)[0])
        states = wait_until_final(regions)
        asked, answered = states[0], states[1]
        print(f"{kills} kills; {result['calls']} calls answered, {result['errors']} refused; {asked}; {answered}")
        if kills < len(names):
            sys.exit("FAILED: not every process was killed")
        if asked.get("REQUEST_STATE_DELIVERED", 0) < result["calls"]:
            sys.exit("FAILED: more calls were answered than requests are delivered")
        journals = [regions.base / region / "data/journal" for region in (CQ, SC)]
        text, code = regions.cli("audit", "verify-log", journals[0], "--trust", regions.base / f"{CQ}.trust",
                                 "--other", journals[1], "--other-trust", regions.base / f"{SC}.trust")
        if code != 0:
            sys.exit(f"FAILED: the journals do not verify: {text}")
    print("1 passed, 0 failed")


if __name__ == "__main__":
    main()
