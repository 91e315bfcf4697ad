// Who may ask what, for which purpose, of which region. Default deny: what no rule names is refused.
// Source: architecture §6, purposes of domain page §3.7.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace chuanyu::policy {

// One question as the policy sees it. Views must outlive the call.
struct Access {
  std::string_view caller;       // "<region>/<org>/<system>"
  std::string_view operation;    // "/package.Service/Method"
  std::string_view purpose;      // "P-DIBAO"
  std::string_view from_region;  // "500000"
  std::string_view to_region;
  bool has_authorization = false;  // an authorisation number is in the envelope
};

// `caller` and `operation` may be "*" or end in "/*"; regions may be "*". Nothing else is a pattern.
struct Rule {
  std::string id;
  std::string caller;
  std::string operation;
  std::vector<std::string> purposes;
  std::string from_region;
  std::string to_region;
  bool requires_authorization = false;
};

struct Quota {
  std::string caller;  // as in Rule
  int64_t requests_per_second = 0;
  int64_t burst = 0;
};

// Immutable once loaded; thread-safe.
class Policy {
 public:
  // CONFIG_INVALID names what is wrong. Relative to nothing: `path` is opened as given.
  static absl::StatusOr<std::shared_ptr<const Policy>> Load(const std::string& path);
  Policy(std::string version, std::string digest_hex, std::vector<Rule> rules, std::vector<Quota> quotas);

  // OK, or POLICY_DENIED when no rule names caller, operation and regions, PURPOSE_DENIED when one does but
  // not for this purpose, AUTH_MISSING when the rule asks for an authorisation number.
  absl::Status Check(const Access& access) const;
  // The first quota whose caller matches; null when there is none.
  const Quota* QuotaFor(std::string_view caller) const;

  const std::string& version() const { return version_; }
  const std::string& digest_hex() const { return digest_hex_; }  // SM3 of the file

 private:
  std::string version_;
  std::string digest_hex_;
  std::vector<Rule> rules_;
  std::vector<Quota> quotas_;
};

}  // namespace chuanyu::policy
