// How checks of this region and of another about the same person learn of each other.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "services/family_economy/case_store.h"
#include "services/family_economy/rules/lifecycle.h"
#include "services/family_economy/rules/other_checks.h"

namespace chuanyu::family_economy {

absl::StatusOr<CaseStore::Met> CaseStore::MeetIn(sql::Session& session, const ForeignCheck& foreign,
                                                 const std::string& own_region, absl::Time now) {
  // Takes the lock of Create: a check that is filed at the same moment knows this one or
  // is found here.
  CHUANYU_RETURN_IF_ERROR(LockCreate(session));
  const std::string person = foreign.person.ToHex();
  CHUANYU_RETURN_IF_ERROR(
      session
          .Execute("INSERT INTO fe_other_check (person, region, type, until_ms) VALUES (:person, :region, "
                   ":type, :until) ON CONFLICT (person, region, type) DO UPDATE SET until_ms = "
                   "CASE WHEN excluded.until_ms > fe_other_check.until_ms THEN excluded.until_ms "
                   "ELSE fe_other_check.until_ms END",
                   {{"person", person},
                    {"region", foreign.region},
                    {"type", int64_t{foreign.type}},
                    {"until", absl::ToUnixMillis(foreign.until)}})
          .status());
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result checks,
      session.Query("SELECT verification_no, member_id FROM fe_member WHERE person = :person ORDER BY "
                    "verification_no",
                    {{"person", person}}));
  Met met;
  std::set<v1::VerificationType> open;
  for (const sql::Row& row : checks.rows) {
    v1::OtherCheck other;
    other.set_member_id(sql::TextOf(row[1]));
    other.mutable_region()->set_code(foreign.region);
    other.set_type(foreign.type);
    bool recorded = false;
    const auto record = [&](v1::Verification* check) {
      if (IsOpenToOthers(*check)) open.insert(check->type());
      recorded = RecordOtherCheck({.name = "", .now = now}, own_region, other, check);
      return recorded;
    };
    CHUANYU_RETURN_IF_ERROR(ApplyIn(session, sql::TextOf(row[0]), now, record).status());
    if (recorded) met.changed.push_back(sql::TextOf(row[0]));
  }
  met.open.assign(open.begin(), open.end());
  return met;
}

absl::StatusOr<CaseStore::Met> CaseStore::Meet(const ForeignCheck& foreign, const std::string& own_region,
                                               absl::Time now, MetFn then) {
  Met met;
  CHUANYU_RETURN_IF_ERROR(TransactUntilFresh([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(met, MeetIn(session, foreign, own_region, now));
    return then(session, met.open);
  }));
  return met;
}

absl::Status CaseStore::AddForeignChecks(sql::Session& session, const std::vector<IndexedMember>& members,
                                         absl::Time now, v1::Verification* verification) {
  if (members.empty()) return absl::OkStatus();
  std::vector<std::string> indexes;
  for (const IndexedMember& member : members) indexes.push_back(member.person.ToHex());
  sql::Binds binds = {{"now", absl::ToUnixMillis(now)}};
  const std::string persons = sql::BindList(indexes, &binds);
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat("SELECT person, region, type FROM fe_other_check WHERE person IN (", persons,
                                 ") AND until_ms > :now ORDER BY region, type"),
                    binds));
  for (const IndexedMember& member : members) {
    for (const sql::Row& row : found.rows) {
      if (sql::TextOf(row[0]) != member.person.ToHex()) continue;
      v1::OtherCheck other;
      other.set_member_id(member.member_id);
      other.mutable_region()->set_code(sql::TextOf(row[1]));
      other.set_type(static_cast<v1::VerificationType>(sql::IntOf(row[2])));
      AddOtherCheck(other, verification);
    }
  }
  return absl::OkStatus();
}

}  // namespace chuanyu::family_economy
