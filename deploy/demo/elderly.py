"""A home in 邻水 is filed at a window in 北碚: corrected, filed in Sichuan, and on the map in Chongqing. Synthetic."""
import time

from regions import NAMES, ROOT
from services import ELDERLY


def show(demo):
    window, county = (demo.to(ELDERLY, region) for region in NAMES)
    number = demo.chuanyu("elderly", "create", ROOT / "deploy/demo/elderly.json", *window).strip()
    print(f"\nA home for the elderly in Sichuan files at a window in Chongqing, without its 承诺书: {number}\n")
    demo.chuanyu("elderly", "map-subscribe", "510000", *window)
    demo.act("elderly", number, "submit", "WINDOW", window)
    demo.act("elderly", number, "forward", "WINDOW", window)
    demo.await_state("elderly", number, window, "SUPPLEMENT")
    demo.act("elderly", number, "resubmit", "WINDOW", window, "--correction", ROOT / "deploy/demo/elderly-correction.json")
    demo.await_state("elderly", number, county, "CHECKING")
    demo.act("elderly", number, "file", "COUNTY", county)
    demo.await_state("elderly", number, window, "FILED")
    print("\nThe map as Chongqing shows it, and what an office that pays there learns (政策跟着老人走)\n")
    print(read_map(demo, window))
    filing_no = demo.get("elderly", number, window)["receipt"]["filingNo"]
    print(demo.chuanyu("elderly", "status", filing_no, "--region", "510000", *window))
    return number


def read_map(demo, window):
    """Once the message about it has arrived."""
    for _ in range(300):
        text = demo.chuanyu("elderly", "map", *window)
        if "测试夕阳红养老院" in text:
            break
        time.sleep(0.1)
    return text


def guides(demo, _number):
    window, county = (demo.to(ELDERLY, region) for region in NAMES)
    return [("elderly-window", window, "a window of Chongqing, for homes", "elderly map"),
            ("elderly-county", county, "the county in Sichuan that files a home", "elderly list")]
