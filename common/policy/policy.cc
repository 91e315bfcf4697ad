#include "common/policy/policy.h"

#include <algorithm>
#include <utility>

#include "common/errors/error.h"

namespace chuanyu::policy {
namespace {

bool Matches(std::string_view pattern, std::string_view value) {
  if (pattern == "*" || pattern == value) return true;
  // "a/*" covers everything below a/, never a itself and never a longer name that merely starts alike.
  return pattern.size() > 1 && pattern.ends_with("/*") &&
         value.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

Policy::Policy(std::string version, std::string digest_hex, std::vector<Rule> rules,
               std::vector<Quota> quotas)
    : version_(std::move(version)),
      digest_hex_(std::move(digest_hex)),
      rules_(std::move(rules)),
      quotas_(std::move(quotas)) {}

absl::Status Policy::Check(const Access& access) const {
  bool named = false;
  bool purpose_fits = false;
  for (const Rule& rule : rules_) {
    if (!Matches(rule.caller, access.caller) || !Matches(rule.operation, access.operation) ||
        !Matches(rule.from_region, access.from_region) || !Matches(rule.to_region, access.to_region)) {
      continue;
    }
    named = true;
    if (std::find(rule.purposes.begin(), rule.purposes.end(), access.purpose) == rule.purposes.end())
      continue;
    purpose_fits = true;
    if (!rule.requires_authorization || access.has_authorization) return absl::OkStatus();
  }
  if (purpose_fits) return MakeError(Reason::AUTH_MISSING, {.field = "envelope.authorization_no"});
  if (named) return MakeError(Reason::PURPOSE_DENIED, {.field = "envelope.purpose"});
  return MakeError(Reason::POLICY_DENIED);
}

const Quota* Policy::QuotaFor(std::string_view caller) const {
  for (const Quota& quota : quotas_) {
    if (Matches(quota.caller, caller)) return &quota;
  }
  return nullptr;
}

}  // namespace chuanyu::policy
