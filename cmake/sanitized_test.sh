#!/bin/sh
# sanitized_test.sh COMMAND...   runs one test of a sanitizer build.
#
# The test fails when any process that it starts reports something, also one that it kills or whose exit code it
# does not look at: reports go to files of their own, and no file may be left.
here=$(cd "$(dirname "$0")" && pwd)
reports=$(mktemp -d "${TMPDIR:-/tmp}/cy-sanitizer.XXXXXX") || exit 1
log="log_path=$reports/report:print_suppressions=0"
# Without ignore_noninstrumented_modules, memory that gRPC, OpenSSL or SOCI hand between their own threads would be
# reported wherever they call memcpy or free: the edges in between are theirs (tsan_edges.cc has those that we need).
tsan="ignore_noninstrumented_modules=1:second_deadlock_stack=1:history_size=5"
export TSAN_OPTIONS="$log:$tsan:suppressions=$here/tsan.supp"
export ASAN_OPTIONS="$log:detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1"
export LSAN_OPTIONS="suppressions=$here/lsan.supp:print_suppressions=0"
export UBSAN_OPTIONS="$log:print_stacktrace=1"
export CHUANYU_SANITIZER_REPORTS="$reports/report"
"$@"
code=$?
for report in "$reports"/*; do
  [ -e "$report" ] || continue
  cat "$report"
  code=1
done
rm -r "$reports"
[ $code -eq 0 ] || echo "sanitized_test.sh: failed ($code)"
exit $code
