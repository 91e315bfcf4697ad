#!/bin/sh
# Makes a throw-away PKI for demos and tests. Production certificates come from the security administrator.
#
#   make-pki.sh OUT_DIR SPEC...
#   SPEC = <region>/<org>/<system>/<role>[/<days>]
#          role: system operator auditor security node; days: validity (default 30) or "expired"
#   e.g. make-pki.sh run/pki 500000/exchange/node/node 510000/exchange/node/node 500000/ops/duty/operator
#
# OUT_DIR/trust.pem                             the roots of all regions: "ca" of every server and client
# OUT_DIR/<region>/ca/{root,issuing}.{pem,key}  may name only spiffe://<region>.chuanyu/...
# OUT_DIR/<region>/tls/<org>/<system>.{pem,key} certificate with its issuer; P-256
# OUT_DIR/<region>/keys/{ed25519,sm2}.{key,pub} signing keys of the node, PEM (PKCS#8, SubjectPublicKeyInfo)
# OUT_DIR/<region>/keys/report_{ed25519,sm2}.{key,pub}  the same for the reports of household checks
# OUT_DIR/<region>/keys/{kek,index}.bin         48 random bytes that wrap data keys; 32 for the blind index
#
# What exists is kept, so a second run only adds what is missing; delete a .pem to have it issued anew.
# Needs OpenSSL 3.0. Every private file has mode 0600.
set -eu
umask 077

die() { echo "make-pki.sh: $*" >&2; exit 2; }
[ $# -ge 2 ] || die "usage: make-pki.sh OUT_DIR <region>/<org>/<system>/<role>[/<days>]..."
out=$1
shift
mkdir -p "$out"
work=$(mktemp -d "$out/.make-pki.XXXXXX")
trap 'rm -rf "$work"' EXIT
# The caller's own OpenSSL settings must not change what comes out.
export OPENSSL_CONF="$work/openssl.cnf" TRUST_DOMAIN=unset SAN=URI:unset

cat > "$OPENSSL_CONF" <<'CONF'
[req]
distinguished_name = dn
prompt = no
[dn]
CN = unset
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
# Whoever holds this root cannot issue in another region's name.
nameConstraints = critical, permitted;URI:${ENV::TRUST_DOMAIN}
[issuing]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
nameConstraints = critical, permitted;URI:${ENV::TRUST_DOMAIN}
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = ${ENV::SAN}
[ca]
default_ca = past
[past]
default_md = sha256
policy = any
rand_serial = yes
database = $ENV::PAST_DATABASE
new_certs_dir = $ENV::PAST_CERTS
[any]
organizationName = optional
organizationalUnitName = optional
commonName = supplied
CONF
export PAST_DATABASE="$work/index.txt" PAST_CERTS="$work"
: > "$PAST_DATABASE"

quiet() { "$@" 2> "$work/log" || { cat "$work/log" >&2; exit 1; }; }

# new_key FILE ALGORITHM [OPTION...]
new_key() {
  file=$1 algorithm=$2
  shift 2
  [ -s "$file" ] && return 0
  quiet openssl genpkey -algorithm "$algorithm" "$@" -out "$work/key"
  mv "$work/key" "$file"
}

new_p256() { new_key "$1" EC -pkeyopt ec_paramgen_curve:P-256; }

make_region() {
  region=$1
  ca="$out/$region/ca" keys="$out/$region/keys"
  export TRUST_DOMAIN="$region.chuanyu"
  mkdir -p "$ca" "$keys"
  if [ ! -s "$ca/root.pem" ]; then
    new_p256 "$ca/root.key"
    quiet openssl req -x509 -new -key "$ca/root.key" -days 3650 -extensions root \
      -subj "/O=$TRUST_DOMAIN/CN=$TRUST_DOMAIN root" -out "$work/root.pem"
    mv "$work/root.pem" "$ca/root.pem"
  fi
  if [ ! -s "$ca/issuing.pem" ]; then
    new_p256 "$ca/issuing.key"
    quiet openssl req -x509 -new -key "$ca/issuing.key" -CA "$ca/root.pem" -CAkey "$ca/root.key" -days 1825 \
      -extensions issuing -subj "/O=$TRUST_DOMAIN/CN=$TRUST_DOMAIN issuing" -out "$work/issuing.pem"
    mv "$work/issuing.pem" "$ca/issuing.pem"
  fi
  for name in ed25519 sm2 report_ed25519 report_sm2; do
    new_key "$keys/$name.key" "${name#report_}"
    [ -s "$keys/$name.pub" ] || quiet openssl pkey -in "$keys/$name.key" -pubout -out "$keys/$name.pub"
  done
  [ -s "$keys/kek.bin" ] || quiet openssl rand -out "$keys/kek.bin" 48
  [ -s "$keys/index.bin" ] || quiet openssl rand -out "$keys/index.bin" 32
}

make_leaf() {
  region=$1 org=$2 system=$3 role=$4 days=$5
  ca="$out/$region/ca" leaf="$out/$region/tls/$org/$system"
  [ -s "$leaf.pem" ] && return 0
  mkdir -p "$out/$region/tls/$org"
  new_p256 "$leaf.key"
  export SAN="URI:spiffe://$region.chuanyu/$org/$system, DNS:localhost, IP:127.0.0.1, IP:::1"
  subject="/O=$org/OU=role:$role/CN=$org $system $region"
  if [ "$days" = expired ]; then
    # Only "openssl ca" of OpenSSL 3.0 can date a certificate into the past.
    quiet openssl req -new -key "$leaf.key" -subj "$subject" -out "$work/leaf.csr"
    quiet openssl ca -batch -notext -in "$work/leaf.csr" -cert "$ca/issuing.pem" -keyfile "$ca/issuing.key" \
      -startdate 20200101000000Z -enddate 20200201000000Z -extensions leaf -out "$work/leaf.pem"
  else
    quiet openssl req -x509 -new -key "$leaf.key" -CA "$ca/issuing.pem" -CAkey "$ca/issuing.key" -days "$days" \
      -extensions leaf -subj "$subject" -out "$work/leaf.pem"
  fi
  cat "$work/leaf.pem" "$ca/issuing.pem" > "$work/chain.pem"
  mv "$work/chain.pem" "$leaf.pem"
}

for spec; do
  printf '%s\n' "$spec" |
    grep -Eqx '[0-9]{6}/[a-z0-9._-]+/[a-z0-9._-]+/(system|operator|auditor|security|node)(/([0-9]+|expired))?' ||
    die "bad spec: $spec"
  case /$spec/ in */./* | */../*) die "bad spec: $spec" ;; esac
  days=30
  IFS=/ read -r region org system role given <<SPEC
$spec
SPEC
  [ -z "$given" ] || days=$given
  make_region "$region"
  make_leaf "$region" "$org" "$system" "$role" "$days"
done

# Shared by the regions of a test or a demo, to compare who is in their registers. In production two regions agree on
# one for each year, on a way that both trust.
[ -s "$out/match.bin" ] || quiet openssl rand -out "$out/match.bin" 32

cat "$out"/[0-9]*/ca/root.pem > "$work/trust.pem"
mv "$work/trust.pem" "$out/trust.pem"
