#!/bin/sh
# Makes Python messages and stubs of all .proto files below the ROOTs. Needs Debian's protobuf-compiler and
# protobuf-compiler-grpc.
#
#   make-stubs.sh OUT_DIR ROOT...
set -eu
out=$1
shift
plugin=$(command -v grpc_python_plugin)
for root; do
  files=$(cd "$root" && find . -name '*.proto' | sed 's|^\./||')
  # shellcheck disable=SC2086
  protoc -I "$root" --python_out="$out" --grpc_python_out="$out" --plugin=protoc-gen-grpc_python="$plugin" $files
done
