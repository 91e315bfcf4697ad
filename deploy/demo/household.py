"""One household of Chongqing, checked in Sichuan. Synthetic."""
import datetime
import json
import subprocess

from regions import NAMES, ROOT
from services import EVENTS, FAMILY

CLASSES = ["A01_HUKOU", "A02_MARRIAGE", "A03_DEATH", "A04_SOCIAL_INSURANCE", "A05_REAL_ESTATE", "A06_VEHICLE",
           "A07_BUSINESS", "A08_HOUSING_FUND", "A09_TAX", "A10_ASSISTANCE", "A11_DISABILITY_SUBSIDY",
           "A12_CHILD_WELFARE", "A13_TEMPORARY_RELIEF", "A14_FINANCE", "A15_UTILITIES"]


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


def show(demo):
    front = demo.to(FAMILY, "500000")
    application = demo.base / "application.json"
    application.write_text(json.dumps(application_of_the_demo(), ensure_ascii=False, indent=1))
    number = demo.chuanyu("verification", "submit", application, *front).strip()
    print(f"Submitted the application of a household to Chongqing: {number}\n")
    print(demo.chuanyu("verification", "watch", number, *front))
    check = json.loads(demo.chuanyu("verification", "get", number, *front))
    for query in check.get("remoteQueries", []):
        for region, name in NAMES.items():
            print(f"The question about {query['memberId']} as {name} sees it\n")
            ops = demo.to_node(region)
            print(demo.chuanyu("request", "show", query["requestId"], *ops))
    print(f"The report {check['report']['reportNo']}\n")
    print_findings(check)
    print("\nThe county enters what the family earns and owns; the next version of the report has a proposal\n")
    economy = demo.base / "economy.json"
    economy.write_text(json.dumps(economy_of_the_demo(), indent=1))
    print(demo.chuanyu("verification", "propose", number, "--economy", economy, *front))
    for one in json.loads(demo.chuanyu("verification", "get", number, *front)).get("discrepancies", []):
        print(f"  {one['memberId']}  {one['kind'].removeprefix('DISCREPANCY_KIND_')} "
              f"{one.get('dataClass', '').removeprefix('DATA_CLASS_')} in {NAMES[one['region']['code']]}")
    print()
    print_report(demo, number, front)
    return number


def guides(demo, number):
    """Who may call what from another terminal: file, options, who, command."""
    return [("platform", demo.to(FAMILY, "500000"), "a county platform of Chongqing", f"verification get {number}"),
            ("duty", demo.to(FAMILY, "500000", "ops/duty"), "an operator of Chongqing, for checks",
             "verification open-questions"),
            ("desk", demo.to(FAMILY, "500000", "county/desk"), "a desk of the county that may see persons in clear",
             f"verification reveal {number} --reason IDENTITY --officer zhang.san"),
            ("auditor", demo.to(FAMILY, "500000", "audit/auditor"), "an auditor of Chongqing",
             "verification audit-events"),
            ("police", demo.to(EVENTS, "510000", "police/registry"), "the police of Sichuan",
             "events import deploy/demo/moves.jsonl"),
            ("funeral", demo.to(EVENTS, "510000", "funeral/registry"), "a funeral registry of Sichuan",
             "events import deploy/demo/deaths.jsonl")]


def print_findings(check):
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


def print_report(demo, number, front):
    keys, page, as_json = (demo.base / name for name in ("500000/report.keys", "report.html", "report.json"))
    report = ("verification", "report", number, "--trust", keys, *front)
    demo.chuanyu(*report, "--out", page)
    demo.chuanyu(*report, "-o", "json", "--out", as_json)
    print(f"The report to print: {page}\nThe same as JSON: {as_json}, its signatures checked offline:\n")
    checked = demo.bin / "chuanyu", "verification", "check-report", as_json, "--trust", keys
    print(subprocess.run([str(c) for c in checked], check=True, capture_output=True, text=True).stderr, end="")
