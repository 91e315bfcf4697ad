// Throw-away certificates for tests, made by deploy/pki/make-pki.sh in a temporary folder that goes away with
// the object. Aborts the test program when they cannot be made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/rpc/tls_files.h"

namespace chuanyu::rpc {

class TestPki {
 public:
  // Specs of make-pki.sh: "500000/exchange/node/node", "500000/ops/duty/operator/expired" ...
  explicit TestPki(const std::vector<std::string>& specs);
  ~TestPki();
  TestPki(const TestPki&) = delete;
  TestPki& operator=(const TestPki&) = delete;

  // More certificates of the same authorities.
  void Issue(const std::string& spec) const;
  // A new key and certificate in place of those of the same name.
  void Reissue(const std::string& spec) const;
  // Files of "<region>/<org>/<system>", trusting every region of this PKI.
  TlsFiles Files(std::string_view name) const;
  // Where make-pki.sh wrote; signing keys are in "<folder>/<region>/keys".
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
};

}  // namespace chuanyu::rpc
