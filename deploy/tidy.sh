#!/bin/sh
# clang-tidy over the sources of the newest commit (or since the newest release tag): the whole tree takes longer
# than all tests. "tidy.sh BUILD all" checks everything.
set -eu
build=$1
if [ "${2:-}" = all ]; then
  files=$(git ls-files 'common/*.cc' 'services/*.cc')
else
  base=$(git describe --tags --abbrev=0 2>/dev/null || git rev-parse -q --verify HEAD~1 || git rev-parse HEAD)
  files=$(git diff --name-only --diff-filter=d "$base" -- 'common/*.cc' 'services/*.cc')
fi
[ -n "$files" ] || exit 0
# The compile commands are GCC's; clang does not know one of its warnings.
# shellcheck disable=SC2086
printf '%s\n' $files | xargs -P 2 -n 4 clang-tidy --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option
