#!/bin/sh
# Installs what SOURCE/package-lock.json names into TARGET/node_modules; does nothing when that is there already.
# The lock file names versions and digests and no registry: npm asks the one it is configured with.
#
#   npm-ci.sh SOURCE TARGET
set -eu
source=$1 target=$2
done_for="$target/node_modules/.installed-for.json"
cmp -s "$source/package-lock.json" "$done_for" && exit 0
mkdir -p "$target"
cp "$source/package.json" "$source/package-lock.json" "$target"
# No scripts of strangers; what we use needs none.
(cd "$target" && npm ci --ignore-scripts --no-audit --no-fund > npm.log 2>&1) || {
  cat "$target/npm.log" >&2
  exit 1
}
cp "$source/package-lock.json" "$done_for"
