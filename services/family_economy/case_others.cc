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
namespace {

// As fe_foreign_question.told, in which a kind is found by its digit.
static_assert(v1::VerificationType_ARRAYSIZE <= 10);
std::string KindDigits(const std::set<v1::VerificationType>& kinds) {
  std::string digits;
  for (const v1::VerificationType kind : kinds) absl::StrAppend(&digits, int{kind});
  return digits;
}

}  // namespace

// True when its end came first.
absl::StatusOr<bool> CaseStore::KeepForeign(sql::Session& session, const ForeignCheck& foreign) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result kept,
      session.Query("INSERT INTO fe_foreign_question (region, request_id, person, type, told, ended, "
                    "until_ms) VALUES (:region, :id, :person, :type, '', 0, :until) "
                    "ON CONFLICT (region, request_id) DO UPDATE SET person = excluded.person, "
                    "type = excluded.type, until_ms = excluded.until_ms RETURNING ended",
                    {{"region", foreign.region},
                     {"id", foreign.request_id},
                     {"person", foreign.person.ToHex()},
                     {"type", int64_t{foreign.type}},
                     {"until", absl::ToUnixMillis(foreign.until)}}));
  return !kept.rows.empty() && sql::IntOf(kept.rows[0][0]) != 0;
}

absl::StatusOr<CaseStore::Met> CaseStore::MeetIn(sql::Session& session, const ForeignCheck& foreign,
                                                 const std::string& own_region, absl::Time now) {
  // Takes the lock of Create: a check that is filed at the same moment knows this one or
  // is found here.
  CHUANYU_RETURN_IF_ERROR(LockCreate(session));
  const std::string person = foreign.person.ToHex();
  Met met;
  CHUANYU_ASSIGN_OR_RETURN(const bool over, KeepForeign(session, foreign));
  if (over) return met;
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result checks,
      session.Query("SELECT verification_no, member_id FROM fe_member WHERE person = :person ORDER BY "
                    "verification_no",
                    {{"person", person}}));
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
  CHUANYU_RETURN_IF_ERROR(
      session.Write("UPDATE fe_foreign_question SET told = :told WHERE region = :region AND request_id = :id",
                    {{"told", KindDigits(open)}, {"region", foreign.region}, {"id", foreign.request_id}}));
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
      session.Query(absl::StrCat("SELECT DISTINCT person, region, type FROM fe_foreign_question WHERE person "
                                 "IN (",
                                 persons, ") AND ended = 0 AND until_ms > :now ORDER BY region, type"),
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
