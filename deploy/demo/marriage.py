"""P04 of 华蓥 and P05 of 渝北 marry in Chongqing on the spot; Sichuan says that neither is married, and is told. Synthetic."""
import json
import sys
import time

from regions import ROOT
from services import MARRIAGE


def show(demo):
    officer = demo.to(MARRIAGE, "500000")
    number = demo.chuanyu("marriage", "start", ROOT / "deploy/demo/couple.json", *officer).strip()
    print(f"\nA couple stands at the counter in Chongqing; Sichuan is asked whether either is married: {number}\n")
    for _ in range(300):
        if json.loads(demo.chuanyu("marriage", "get", number, *officer))["state"] == "REGISTRATION_STATE_NETWORK_CHECKED":
            break
        time.sleep(0.1)
    else:
        sys.exit(f"{number} was never checked")
    for act in ("declare", "register"):
        print(demo.chuanyu("marriage", "act", number, act, "--role", "MARRIAGE_OFFICER", "--officer", "demo-officer",
                           "--both-present", *officer), end="")
    return number


def guides(demo, number):
    return [("officer", demo.to(MARRIAGE, "500000"), "an officer of a marriage registration office in Chongqing",
             f"marriage get {number}")]
