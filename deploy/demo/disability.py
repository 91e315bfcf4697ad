"""P08, 户籍 in 邻水, lives in 北碚: both subsidies are applied for in Chongqing, decided and paid in Sichuan. Synthetic, the
amounts too."""
import datetime
import time

from regions import NAMES, ROOT
from services import DISABILITY

FILES = ROOT / "deploy/demo"


def show(demo):
    window, county = (demo.to(DISABILITY, region) for region in NAMES)
    number = demo.chuanyu("disability", "submit", FILES / "disability.json", *window).strip()
    print(f"\nA disabled person of Sichuan applies in Chongqing for both subsidies: {number}\n")
    for who, act, role, after, found in (
            (window, "push", "WINDOW", (county, "TOWN_REVIEW"), ()),
            (county, "town_pass", "TOWN", (county, "FED_CHECK"), ("--findings", FILES / "disability-unregistered.json")),
            (county, "fed_pass", "DISABLED_FED", (county, "COUNTY_DECISION"), ())):
        demo.act("disability", number, act, role, (*found, *who))
        demo.await_state("disability", number, *after)
    print("\nWhat the registers of Sichuan say: 低保 and the certificate; the town stated what no register knows\n")
    full = demo.get("disability", number, county, "--full")
    demo.print_answers(full["registerChecks"])
    for finding in full["findings"]["statuses"]:
        print(f"  {finding['status'].removeprefix('STATUS_'):<18} {finding['found'].removeprefix('FOUND_'):<4}"
              f" {finding['source']}")
    print()
    await_peers(demo, number, county)
    for who, act, role, after in ((county, "approve", "COUNTY", (window, "APPROVED")),
                                  (window, "notify", "WINDOW", (window, "NOTIFIED"))):
        demo.act("disability", number, act, role, who)
        demo.await_state("disability", number, *after)
    print("\nThe months that Sichuan has paid, what Chongqing is told of it, and the comparison of both ledgers\n")
    print(demo.chuanyu("disability", "grant", f"{number}-C", *county))
    print(demo.chuanyu("disability", "query", FILES / "disability-question.json", *window))
    month = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).strftime("%Y-%m")
    demo.chuanyu("disability", "compare", month, *county)
    while " DONE " not in (told := demo.chuanyu("disability", "compare", month, *county)):
        time.sleep(0.1)
    print(told)
    return number


def await_peers(demo, number, county):
    """Until Chongqing has said what it pays: nobody decides before."""
    for _ in range(300):
        if not demo.get("disability", number, county).get("askedRegions"):
            return
        time.sleep(0.1)
    raise SystemExit(f"{number}: no answer about what the other region pays")


def guides(demo, _number):
    window, county = (demo.to(DISABILITY, region) for region in NAMES)
    return [("disability-window", window, "a window of Chongqing, for the disabled", "disability list"),
            ("disability-county", county, "the county in Sichuan that decides and pays", "disability list")]
