#!/usr/bin/env python3
"""Every reason that a service can raise is named by a test beside the code that raises it, of the service, or end to end.

  reasons_test.py SOURCE_DIR SERVICE...

Raised is what the code mentions as Reason::X other than to compare with it. A test names a reason as Reason::X or as the text
"X". That the test makes the code raise it, only its reader can see; that nobody ever thought of one, this sees.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#include\s+"(common/\w+)/', re.M)
MENTION = re.compile(r"\bReason::([A-Z][A-Z0-9_]+)\b")
COMPARED = re.compile(r"\bHasReason\((?:[^()]|\([^()]*\))*\)|\bcase\s+Reason::\w+\s*:|[!=]=\s*Reason::\w+|\bReason::\w+\s*[!=]=")
COMMENT = re.compile(r"//[^\n]*")
# Reasons of the catalogue that are a service's own: it raises them all.
OWN = {"marriage": ("C_",), "elderly_care": ("D_", "USCC_")}
CATALOGUE = re.compile(r"^CHUANYU_REASON\((\w+),", re.M)
TESTING = re.compile(r"_(test|testing|bench|fuzz)\.(cc|h)$")


def is_test(path):
    return path.parts[0] == "tests" or TESTING.search(path.name) is not None


def files(root, folder):
    return [p.relative_to(root) for p in sorted((root / folder).rglob("*")) if p.suffix in (".cc", ".h")]


def folders_used(root, service):
    """The service's folder, and every folder of common that it sees, directly or through another."""
    seen, todo = set(), [f"services/{service}"]
    while todo:
        folder = todo.pop()
        if folder in seen:
            continue
        seen.add(folder)
        for path in files(root, folder):
            if not is_test(path):
                todo.extend(INCLUDE.findall((root / path).read_text()))
    return seen


def raised(root, folder):
    """Reason to the first file of the folder that raises it."""
    found = {}
    for path in files(root, folder):
        if is_test(path):
            continue
        text = COMPARED.sub("", COMMENT.sub("", (root / path).read_text()))
        for name in MENTION.findall(text):
            found.setdefault(name, path.as_posix())
    return found


def named(root, folders):
    """What the tests in these folders name."""
    names = set()
    for folder in folders:
        for path in files(root, folder):
            if is_test(path):
                names.update(re.findall(r"\b[A-Z][A-Z0-9_]+\b", COMMENT.sub("", (root / path).read_text())))
    return names


def self_check():
    """What is only compared with is not raised."""
    text = 'if (HasReason(f(x), Reason::QUOTA)) return MakeError(Reason::BAD_REQUEST); if (r == Reason::INTERNAL) {}'
    return MENTION.findall(COMPARED.sub("", text)) == ["BAD_REQUEST"]


def main():
    root = pathlib.Path(sys.argv[1])
    catalogue = set(CATALOGUE.findall((root / "common/errors/reasons.def").read_text()))
    wrong = [] if self_check() and catalogue else ["the walk itself is broken"]
    for service in sys.argv[2:]:
        total, home = set(), f"services/{service}"
        for folder in sorted(folders_used(root, service)):
            found = raised(root, folder)
            names = named(root, {folder, home, "tests"})
            total.update(found)
            wrong += [f"{path} raises {name}, which is in no catalogue"
                      for name, path in sorted(found.items()) if name not in catalogue]
            wrong += [f"no test of {service} or of {folder} names {name}, which {path} raises"
                      for name, path in sorted(found.items()) if name not in names]
        wrong += [f"{service} never raises {name}" for name in sorted(catalogue)
                  if name.startswith(OWN.get(service, ())) and name not in total]
        if not total:
            wrong.append(f"{service} raises nothing: the walk is broken")
        print(f"{service}: {len(total)} reasons")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
