#!/usr/bin/env python3
"""No include crosses a border of the design (architecture.md §2, §3): what a folder may see is written here once.

  borders_test.py SOURCE_DIR

Lowest layer first: proto, common, services, tests. A service knows itself and common; the exchange node knows no
domain; rules know neither gRPC nor a store; a library that we wrap is seen by its wrapper alone.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#include\s+[<"]([^>"]+)[>"]', re.M)

# Folders of common that speak about one exchange or case message; the rest of common sees no generated code but types.
COMMON_MESSAGES = {"common/exchange_client": ("chuanyu/exchange/",), "common/outbox": ("chuanyu/exchange/",),
                   "common/service": ("chuanyu/exchange/",), "common/life_events": ("chuanyu/life_events/",)}

# What the command line checks offline is the services' own code.
CLI_SEES = ("services/exchange/journal/", "services/family_economy/report_signature.h",
            "services/family_economy/rules/report", "services/child_welfare/recognition_signature.h", "services/elderly_care/rules/geojson.h")

WRAPPED = {
    "hiredis/": ("common/redis/",),
    "soci/": ("common/sql/",),
    "toml++/": ("common/config/",),
    "spdlog/": ("common/telemetry/",),
    "prometheus/": ("common/telemetry/",),
    "openssl/": ("common/crypto/", "common/rpc/"),
}
NOT_IN_RULES = ("grpc/", "grpcpp/", "common/rpc/", "common/sql/", "common/redis/", "common/clock/clock.h", "common/telemetry/",
                "common/exchange_client/")


def service_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "services" and len(parts) > 2 else None


def is_test(path):
    return path.startswith("tests/") or re.search(r"_(test|testing|bench)\.(cc|h)$", path) is not None


def crossing(path, include):
    """Why `path` must not include `include`, or None."""
    for prefix, homes in WRAPPED.items():
        if include.startswith(prefix) and not path.startswith(homes) and not path.startswith("tests/"):
            return f"only {' and '.join(homes)} may see {prefix}"
    if include.startswith("tests/") and not is_test(path):
        return "only tests see tests"
    if path.startswith("common/"):
        if include.startswith("services/"):
            return "common is below services"
        messages = tuple(m for folder, seen in COMMON_MESSAGES.items() if path.startswith(folder) for m in seen)
        domain = re.match(r"chuanyu/(\w+)/v1/", include)
        if domain and domain[1] in SERVICE_NAMES and not include.startswith(messages or ("-",)):
            return "common knows no service's messages"
    service = service_of(path)
    other = service_of(include)
    if service and other and service != other and not (service == "cli" and include.startswith(CLI_SEES)):
        return "a service knows itself and common"
    if service == "exchange" and not is_test(path):
        domain = re.match(r"chuanyu/(\w+)/v1/", include)
        if domain and domain[1] in SERVICE_NAMES and domain[1] != "exchange":
            return "the exchange node knows no domain"
    if "/rules/" in path and not is_test(path) and (include.startswith(NOT_IN_RULES) or include.endswith(".grpc.pb.h")):
        return "rules are pure: no gRPC, no store, no clock"
    return None


def sources(root):
    for folder in ("common", "services", "tests"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".cc", ".h"):
                yield path


def self_check():
    """The rules refuse what they are for; without this an empty table would pass."""
    refused = [("common/sql/sql.cc", "services/exchange/node/node.h"),
               ("services/family_economy/front.cc", "services/exchange/node/node.h"),
               ("services/exchange/node/node.cc", "chuanyu/family_economy/v1/verification.pb.h"),
               ("services/family_economy/rules/report.cc", "common/sql/sql.h"),
               ("services/exchange/tracker/redis_tracker.cc", "hiredis/hiredis.h"),
               ("services/exchange/node/main.cc", "tests/support/world.h"),
               ("common/rpc/server.cc", "chuanyu/exchange/v1/exchange.pb.h")]
    return [f"not refused: {path} <- {include}" for path, include in refused if not crossing(path, include)]


def main():
    root = pathlib.Path(sys.argv[1])
    global SERVICE_NAMES
    SERVICE_NAMES = {p.name for p in (root / "services").iterdir() if p.is_dir()} | {"exchange"}
    wrong = self_check()
    seen = 0
    for path in sources(root):
        name = path.relative_to(root).as_posix()
        for include in INCLUDE.findall(path.read_text()):
            seen += 1
            why = crossing(name, include)
            if why:
                wrong.append(f"{name} includes {include}: {why}")
    print("\n".join(wrong) or f"{seen} includes, none crosses a border")
    return 1 if wrong or seen == 0 else 0


SERVICE_NAMES = set()
if __name__ == "__main__":
    sys.exit(main())
