"""The domain services of a region in the demo. To add one: a Service here, and a module like child.py that shows a case.

In a configuration {front}, {provider} are the service's ports, the other names those of regions.values().
"""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Service:
    name: str  # of its files in the region's folder: <name>.ready, <name>.log
    program: str
    system: str  # of its certificate: mzj/<system>
    provider: str
    config: str
    trust: str = ""  # file that `trust` is printed to: the keys that sign what it states
    callers: tuple = ()  # systems that call it and nothing else: they get a certificate in each region


# What every service reads.
COMMON = """region = "{region}"
front_listen = ["127.0.0.1:{front}"]
provider_listen = ["127.0.0.1:{provider}"]
ready_file = "%(name)s.ready"
[tls]
certificate = "{pki}/tls/mzj/%(system)s.pem"
key = "{pki}/tls/mzj/%(system)s.key"
ca = "{trust}"
[exchange]
target = "127.0.0.1:{node}"
identity = "spiffe://{region}.chuanyu/exchange/node"
[store]
url = "sqlite3://db={home}/%(name)s.db"
[data]
divisions = "{root}/deploy/data/divisions"
calendar = "{base}/calendar"
[divisions.codes]
LIANGJIANG = "500199"  # SYNTHETIC: the real code is not known
[peers]
regions = ["{other}"]
[log]
file = "%(name)s.log"
[keys]
kek = "{pki}/keys/kek.bin"
index = "{pki}/keys/index.bin"
"""
# What every service with cases that are unique across regions reads besides; it has one office.
CASES = COMMON + """claim = "{base}/pki/match.bin"
claim_id = "demo"
%(keys)s[policy]
%(item)s = "{root}/deploy/policy/%(item)s"
flow = "{root}/deploy/policy/flows/%(item)s.toml"
%(policy)s[[office]]
org = "county"
roles = [%(roles)s]
counties = [{counties}]
"""


def case_service(name, item, roles, signs="", policy="", tables="", **rest):
    """A service of chuanyu.<item>.v1; `signs`: the file of the keys that sign what it states, `policy`: more lines of
    its [policy]; `tables`: more tables."""
    system = item.replace("_", "-")
    camel = "".join(word.capitalize() for word in item.split("_"))
    keys = ('sign_ed25519 = "{pki}/keys/report_ed25519.key"\nsign_sm2 = "{pki}/keys/report_sm2.key"\n' if signs else "")
    config = CASES % dict(name=name, system=system, item=item, keys=keys, policy=policy, roles=", ".join(f'"{r}"' for r in roles)) + tables
    return Service(name=name, program=f"chuanyu-{system}", system=system,
                   provider=f"chuanyu.{item}.v1.{camel}Provider", config=config, trust=signs, **rest)


# Of a service that acts on deaths.
FOLLOWS = """[life_events]
target = "127.0.0.1:{events_front}"
identity = "spiffe://{region}.chuanyu/mzj/life-events"
"""
# Of a service that looks persons up in its region's registers.
REGISTERS = """[registers]
url = "sqlite3://db={home}/welfare.db"
mapping = "{root}/deploy/registers/%s"
index = "{pki}/keys/index.bin"
"""
FAMILY = Service(
    name="family", program="chuanyu-family-economy", system="family-economy",
    provider="chuanyu.family_economy.v1.FamilyEconomyProvider", trust="report.keys",
    config=COMMON % dict(name="family", system="family-economy") + """report_ed25519 = "{pki}/keys/report_ed25519.key"
report_sm2 = "{pki}/keys/report_sm2.key"
[match]
keys = "match-keys.toml"
[registers]
url = "sqlite3://db={home}/registers.db"
mapping = "{root}/deploy/registers"
[reveal]
systems = ["county/desk"]
""" + FOLLOWS)
EVENTS = Service(
    name="events", program="chuanyu-life-events", system="life-events",
    provider="chuanyu.life_events.v1.LifeEventsProvider", callers=("funeral/registry", "police/registry"),
    config=COMMON % dict(name="events", system="life-events") + """[[feed]]
system = "funeral/registry"
kinds = ["DEATH"]
sources = ["FUNERAL"]
[[feed]]
system = "police/registry"
kinds = ["HUKOU_MOVE"]
sources = ["POLICE"]
[[reader]]
system = "mzj/family-economy"
kinds = ["DEATH", "PRISON_RELEASE"]
[[reader]]
system = "mzj/disability"
kinds = ["DEATH", "HUKOU_MOVE"]
[[reader]]
system = "mzj/child-welfare"
kinds = ["DEATH", "HUKOU_MOVE"]
""")
CHILD = case_service("child", "child_welfare", roles=("WINDOW", "TOWN", "COUNTY"), signs="recognition.keys",
                     tables=FOLLOWS + REGISTERS % "child_welfare")
MARRIAGE = case_service("marriage", "marriage", roles=("MARRIAGE_OFFICER",))
ELDERLY = case_service("elderly", "elderly_care", roles=("WINDOW", "COUNTY"))
DISABILITY = case_service("disability", "disability", roles=("WINDOW", "TOWN", "DISABLED_FED", "COUNTY"),
                          policy='standards = "{root}/deploy/demo/disability-standards.toml"\n',
                          tables=FOLLOWS + REGISTERS % "disability")
SERVICES = (EVENTS, FAMILY, CHILD, MARRIAGE, ELDERLY, DISABILITY)
