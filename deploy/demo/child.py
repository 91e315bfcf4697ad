"""P09, 户籍 in 邻水, lives with her grandmother in 北碚: her status is applied for, and recognised, in Chongqing.
Synthetic."""
from regions import NAMES, ROOT
from services import CHILD


def show(demo):
    window, county = (demo.to(CHILD, region) for region in NAMES)
    school = demo.to(CHILD, "500000", "edu/school")
    number = demo.chuanyu("child", "submit", ROOT / "deploy/demo/child.json", *window).strip()
    print(f"\nA grandmother applies in Chongqing for the status of a child of Sichuan: {number}\n")
    for who, act, role, after in ((window, "push", "WINDOW", (county, "TOWN_REVIEW")),
                                  (county, "town_pass", "TOWN", (county, "COUNTY_REVIEW")),
                                  (county, "approve", "COUNTY", (window, "APPROVED")),
                                  (window, "notify", "WINDOW", (window, "NOTIFIED"))):
        demo.act("child", number, act, role, who)
        demo.await_state("child", number, *after)
        if act == "town_pass":
            print("\nWhat the registers of Sichuan say of her parents: her father's death is known there, so that nobody has to"
                  " bring a paper\n")
            demo.print_answers(demo.get("child", number, county, "--full")["parentChecks"])
            print()
    print("\nA school in Chongqing asks Sichuan about her, and checks offline who said what\n")
    question, answer = ROOT / "deploy/demo/child-question.json", demo.base / "recognition.json"
    answer.write_text(demo.chuanyu("child", "check", question, *school))
    print(demo.chuanyu("child", "check-recognition", question, "--answer", answer, "--trust",
                       demo.base / "510000" / CHILD.trust))
    return number


def guides(demo, _number):
    window, county = (demo.to(CHILD, region) for region in NAMES)
    return [("window", window, "a window of Chongqing, for children", "child list"),
            ("county", county, "the county in Sichuan that decides about a child", "child list"),
            ("school", demo.to(CHILD, "500000", "edu/school"), "a school in Chongqing",
             "child check deploy/demo/child-question.json")]
