#!/usr/bin/env python3
"""Two complete regions on loopback, and one case of each item: a household of Chongqing checked in Sichuan, a child of
Sichuan whose status is applied for, and recognised, in Chongqing, a couple of both regions that marries there, and a
home for the elderly that files across the border, and a disabled person of Sichuan who applies in Chongqing.

  run.py --bin build/release/bin --dir build/demo [--keep]

Chongqing (500000) and Sichuan (510000) each get a node, the services of services.py, a Redis of their own and SQLite
stores and registers with synthetic data. Everything that is started is stopped again, by process id, also on Ctrl-C.
"""
import argparse
import os
import shutil
import signal
import sys

import child
import disability
import elderly
import household
import marriage
from regions import NAMES, Regions

ITEMS = (household, child, marriage, elderly, disability)  # each: show(demo), a case's number; guides(demo, number)


def show_journals(demo):
    logs = [demo.base / region / "data/journal" for region in NAMES]
    trusts = [demo.base / region / "trust.keys" for region in NAMES]
    print("\nBoth journals, checked offline and against each other\n")
    print(demo.verify("audit", "verify-log", logs[0], "--trust", trusts[0], "--other", logs[1], "--other-trust",
                      trusts[1]))


def keep(demo, numbers):
    guides = [guide for item, number in numbers for guide in item.guides(demo, number)]
    guides.append(("operator", demo.to_node("500000"), "an operator of Chongqing's node", "overview"))
    print("Both regions are running; Ctrl-C stops them. To call them from another terminal:\n")
    for name, options, who, command in guides:
        print(f"  . {demo.write_environment(name, options)}    # as {who}\n  chuanyu {command}\n")
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
    demo = Regions(args.bin, args.dir)
    try:
        demo.configure()
        demo.start_all()
        numbers = [(item, item.show(demo)) for item in ITEMS]
        show_journals(demo)
        if args.keep:
            keep(demo, numbers)
    except KeyboardInterrupt:
        print("stopping")
    finally:
        demo.stop()


if __name__ == "__main__":
    main()
