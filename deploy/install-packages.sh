#!/bin/sh
# Installs what deploy/packages.txt names and the machine lacks. Debian 12. Asks for root only when needed.
set -eu
list="$(dirname "$0")/packages.txt"
# Also what an installed package provides: a newer nodejs than Debian's brings npm with it and conflicts with Debian's.
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' | sed -n 's/^installed //p' | tr ',' '\n' |
  sed 's/^ *//; s/ .*//')
missing=
while read -r package; do
  printf '%s\n' "$installed" | grep -Fqx -- "$package" || missing="$missing $package"
done < "$list"
[ -n "$missing" ] || exit 0
echo "Installing:$missing"
root=
[ "$(id -u)" = 0 ] || root=sudo
# A server that Debian starts by itself would only be in the way: the tests start their own.
policy=/usr/sbin/policy-rc.d
made=
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | $root tee "$policy" > /dev/null
  $root chmod 755 "$policy"
  made=yes
fi
trap '[ -z "$made" ] || $root rm -f "$policy"' EXIT
$root apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $missing > /dev/null
