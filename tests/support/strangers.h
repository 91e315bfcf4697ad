// Certificates that make-pki.sh does not make, because nobody should have them.
#pragma once

#include "common/rpc/test_pki.h"
#include "common/rpc/tls_files.h"

namespace chuanyu::testing {

// Of Chongqing's own authority and valid, but without a SPIFFE identity. Aborts when it cannot be made.
rpc::TlsFiles IssueWithoutSpiffe(const rpc::TestPki& pki);

}  // namespace chuanyu::testing
