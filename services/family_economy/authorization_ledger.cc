#include "services/family_economy/authorization_ledger.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::family_economy {
namespace {

constexpr size_t kNumbersPerQuery = 500;

struct Known {
  absl::Status status;
  std::set<std::string> persons;  // of its checks that still hold their persons
};
using Ledger = std::map<std::string, Known>;

absl::Status StatusOf(const std::string& ended, const std::string& members, const std::string& newest) {
  if (!ended.empty()) {
    return MakeError(ParseReason(ended).value_or(Reason::AUTH_EXPIRED), {.field = "auth_no"});
  }
  if (!members.empty() && !newest.empty() && members != newest) {
    return MakeError(Reason::STALE_VERSION,
                     {.field = "auth_no", .detail = "the members changed since it was given"});
  }
  return absl::OkStatus();
}

absl::Status ReadPage(sql::Session& session, const std::string& org, const std::vector<std::string>& numbers,
                      Ledger* ledger) {
  sql::Binds binds = {{"org", org}};
  const std::string list = sql::BindList(numbers, &binds);
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result authorizations,
      session.Query(absl::StrCat("SELECT a.auth_no, a.ended, a.members, h.members FROM fe_authorization a "
                                 "LEFT JOIN fe_household h ON h.org = a.org AND h.household = a.household "
                                 "WHERE a.org = :org AND a.auth_no IN (",
                                 list, ")"),
                    binds));
  if (authorizations.rows.empty()) return absl::OkStatus();
  for (const sql::Row& row : authorizations.rows) {
    (*ledger)[sql::TextOf(row[0])].status =
        StatusOf(sql::TextOf(row[1]), sql::TextOf(row[2]), sql::TextOf(row[3]));
  }
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result members,
      session.Query(
          absl::StrCat("SELECT c.auth_no, m.person FROM fe_case c JOIN fe_member m ON "
                       "m.verification_no = c.verification_no WHERE c.org = :org AND c.auth_no IN (",
                       list, ")"),
          binds));
  for (const sql::Row& row : members.rows) {
    (*ledger)[sql::TextOf(row[0])].persons.insert(sql::TextOf(row[1]).substr(0, kPersonHexDigits));
  }
  return absl::OkStatus();
}

absl::Status Verdict(const Known& known, const std::string& person) {
  if (!known.status.ok() || known.persons.empty() || known.persons.contains(person)) return known.status;
  return MakeError(Reason::AUTH_SCOPE, {.field = "auth_no", .detail = "its household has no such member"});
}

}  // namespace

absl::StatusOr<std::map<size_t, absl::Status>> RefusedUses(sql::Session& session, const std::string& org,
                                                           const std::vector<AuthorizationUse>& uses) {
  std::set<std::string> numbers;
  for (const AuthorizationUse& use : uses) numbers.insert(use.auth_no);
  const std::vector<std::string> sorted(numbers.begin(), numbers.end());
  Ledger ledger;
  for (size_t begin = 0; begin < sorted.size(); begin += kNumbersPerQuery) {
    const auto first = sorted.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last =
        sorted.begin() + static_cast<std::ptrdiff_t>(std::min(sorted.size(), begin + kNumbersPerQuery));
    CHUANYU_RETURN_IF_ERROR(ReadPage(session, org, {first, last}, &ledger));
  }
  std::map<size_t, absl::Status> refused;
  for (size_t at = 0; at < uses.size(); ++at) {
    const auto known = ledger.find(uses[at].auth_no);
    if (known == ledger.end()) continue;
    absl::Status verdict = Verdict(known->second, uses[at].person);
    if (!verdict.ok()) refused.emplace(at, std::move(verdict));
  }
  return refused;
}

}  // namespace chuanyu::family_economy
