#include <fstream>
#include <sstream>

#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "common/crypto/hash.h"
#include "common/policy/policy.h"

namespace chuanyu::policy {
namespace {

absl::StatusOr<Rule> ReadRule(const Config& table) {
  Rule rule;
  CHUANYU_ASSIGN_OR_RETURN(rule.id, table.String("id"));
  CHUANYU_ASSIGN_OR_RETURN(rule.caller, table.String("caller"));
  CHUANYU_ASSIGN_OR_RETURN(rule.operation, table.String("operation"));
  CHUANYU_ASSIGN_OR_RETURN(rule.purposes, table.Strings("purposes"));
  CHUANYU_ASSIGN_OR_RETURN(rule.from_region, table.String("from_region"));
  CHUANYU_ASSIGN_OR_RETURN(rule.to_region, table.String("to_region"));
  CHUANYU_ASSIGN_OR_RETURN(rule.requires_authorization, table.Bool("requires_authorization", false));
  if (rule.purposes.empty()) return table.Invalid("purposes", "names no purpose");
  return rule;
}

absl::StatusOr<Quota> ReadQuota(const Config& table) {
  Quota quota;
  CHUANYU_ASSIGN_OR_RETURN(quota.caller, table.String("caller"));
  CHUANYU_ASSIGN_OR_RETURN(quota.requests_per_second,
                           table.Int("requests_per_second", {.min = 1, .max = 10'000'000}));
  CHUANYU_ASSIGN_OR_RETURN(quota.burst, table.Int("burst", {.min = 1, .max = 10'000'000}));
  return quota;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Policy>> Policy::Load(const std::string& path) {
  // Read once, so that the digest is of exactly the bytes that were parsed.
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  if (!file) return Config::Load(path).status();
  const std::string text = bytes.str();
  const size_t slash = path.rfind('/');
  CHUANYU_ASSIGN_OR_RETURN(
      const Config top, Config::Parse(text, slash == std::string::npos ? "." : path.substr(0, slash), path));
  CHUANYU_ASSIGN_OR_RETURN(std::string version, top.String("version"));
  std::vector<Rule> rules;
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> rule_tables, top.Tables("rule"));
  for (const Config& table : rule_tables) {
    CHUANYU_ASSIGN_OR_RETURN(Rule rule, ReadRule(table));
    rules.push_back(std::move(rule));
  }
  std::vector<Quota> quotas;
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> quota_tables, top.Tables("quota"));
  for (const Config& table : quota_tables) {
    CHUANYU_ASSIGN_OR_RETURN(Quota quota, ReadQuota(table));
    quotas.push_back(std::move(quota));
  }
  CHUANYU_RETURN_IF_ERROR(top.CheckNoUnknownKeys());
  const crypto::Digest digest = crypto::Hash(crypto::HashAlg::kSm3, {text});
  return std::make_shared<const Policy>(std::move(version), crypto::HexEncode(crypto::View(digest)),
                                        std::move(rules), std::move(quotas));
}

}  // namespace chuanyu::policy
