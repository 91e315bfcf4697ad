// How regions tell each other that a check is over which the other one knows of: by the questions through
// which they learnt of it, so that nothing is said of anybody.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "services/family_economy/case_store.h"
#include "services/family_economy/rules/other_checks.h"
#include "services/family_economy/rules/progress.h"

namespace chuanyu::family_economy {
namespace {

// As many as a message may have (provider.proto).
constexpr size_t kEndsPerMessage = 500;

v1::CheckEnd EndOf(const std::string& request_id, v1::VerificationType type) {
  v1::CheckEnd end;
  end.set_request_id(request_id);
  end.set_type(type);
  return end;
}

}  // namespace

absl::StatusOr<std::set<v1::VerificationType>> CaseStore::OpenKindsOf(sql::Session& session,
                                                                      const std::string& person,
                                                                      const std::string& but) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result checks,
      session.Query("SELECT DISTINCT verification_no FROM fe_member WHERE person = :person AND "
                    "verification_no <> :but",
                    {{"person", person}, {"but", but}}));
  std::set<v1::VerificationType> open;
  for (const sql::Row& row : checks.rows) {
    CHUANYU_ASSIGN_OR_RETURN(const v1::Verification check, Load(session, sql::TextOf(row[0])));
    if (IsOpenToOthers(check)) open.insert(check.type());
  }
  return open;
}

// An answer told of kinds, not of checks: the end is told once no check of the kind is open any more. Also to
// a check that is decided itself: it still shows what it knows, and a review makes it open again.
absl::Status CaseStore::AddEndsToldInAnswers(sql::Session& session, const v1::Verification& before,
                                             std::map<std::string, std::vector<v1::CheckEnd>>* ends) {
  const std::string& number = before.verification_no();
  const std::string kind = absl::StrCat(int{before.type()});
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result told,
      session.Query("SELECT DISTINCT f.region, f.request_id, f.person, f.told FROM fe_foreign_question f "
                    "JOIN fe_member m ON m.person = f.person WHERE m.verification_no = :no AND "
                    "f.told LIKE :kind",
                    {{"no", number}, {"kind", absl::StrCat("%", kind, "%")}}));
  for (const sql::Row& row : told.rows) {
    CHUANYU_ASSIGN_OR_RETURN(const std::set<v1::VerificationType> open,
                             OpenKindsOf(session, sql::TextOf(row[2]), number));
    if (open.contains(before.type())) continue;
    const std::string region = sql::TextOf(row[0]);
    const std::string request_id = sql::TextOf(row[1]);
    std::string left = sql::TextOf(row[3]);
    std::erase(left, kind[0]);
    CHUANYU_RETURN_IF_ERROR(session
                                .Execute("UPDATE fe_foreign_question SET told = :told WHERE region = :region "
                                         "AND request_id = :id",
                                         {{"told", left}, {"region", region}, {"id", request_id}})
                                .status());
    (*ends)[region].push_back(EndOf(request_id, before.type()));
  }
  return absl::OkStatus();
}

absl::Status CaseStore::TellEnds(sql::Session& session, const v1::Verification& before, absl::Time now) {
  if (options_.ends == nullptr) return absl::OkStatus();
  std::map<std::string, std::vector<v1::CheckEnd>> ends;
  for (const auto& [request_id, query] : AllQueries(before)) {
    const std::string& region = query->region().code();
    if (region != options_.region) ends[region].push_back(EndOf(request_id, before.type()));
  }
  CHUANYU_RETURN_IF_ERROR(AddEndsToldInAnswers(session, before, &ends));
  for (const auto& [region, all] : ends) {
    for (size_t begin = 0; begin < all.size(); begin += kEndsPerMessage) {
      const size_t end = std::min(all.size(), begin + kEndsPerMessage);
      v1::TellCheckEndsRequest told;
      for (size_t at = begin; at < end; ++at) *told.add_ends() = all[at];
      // Without the number of the check: of one that was told in an answer the other region has none.
      CHUANYU_RETURN_IF_ERROR(options_.ends
                                  ->Add(session,
                                        {.to_region = region,
                                         .operation = kEndsOperation,
                                         .purpose = kEndsPurpose,
                                         .correlation_id = "",
                                         .payload = told.SerializeAsString(),
                                         .subjects = static_cast<uint32_t>(end - begin)},
                                        now)
                                  .status());
    }
  }
  return absl::OkStatus();
}

absl::Status CaseStore::TakeEndOfAsker(sql::Session& session, const std::string& region,
                                       const v1::CheckEnd& end, absl::Time now,
                                       std::set<std::string>* changed) {
  // Without person while the question has not come.
  CHUANYU_RETURN_IF_ERROR(
      session
          .Execute("INSERT INTO fe_foreign_question (region, request_id, person, type, told, ended, "
                   "until_ms) VALUES (:region, :id, '', :type, '', 1, :until) "
                   "ON CONFLICT (region, request_id) DO UPDATE SET ended = 1",
                   {{"region", region},
                    {"id", end.request_id()},
                    {"type", int64_t{end.type()}},
                    {"until", absl::ToUnixMillis(now + kLongestCheck)}})
          .status());
  // Whoever is a member of a check here and is asked about by no other question of this kind that is open.
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result members,
      session.Query("SELECT m.verification_no, m.member_id, f.type FROM fe_foreign_question f "
                    "JOIN fe_member m ON m.person = f.person "
                    "WHERE f.region = :region AND f.request_id = :id AND NOT EXISTS (SELECT 1 FROM "
                    "fe_foreign_question o WHERE o.person = f.person AND o.region = f.region AND "
                    "o.type = f.type AND o.ended = 0 AND o.until_ms > :now) ORDER BY m.verification_no",
                    {{"region", region}, {"id", end.request_id()}, {"now", absl::ToUnixMillis(now)}}));
  for (const sql::Row& row : members.rows) {
    v1::OtherCheck other;
    other.set_member_id(sql::TextOf(row[1]));
    other.mutable_region()->set_code(region);
    other.set_type(static_cast<v1::VerificationType>(sql::IntOf(row[2])));
    CHUANYU_RETURN_IF_ERROR(ApplyIn(session, sql::TextOf(row[0]), std::nullopt, [&](v1::Verification* check) {
                              const bool noted = NotesEnds(*check) && EndOtherCheck(other, check);
                              if (noted) changed->insert(check->verification_no());
                              return noted;
                            }).status());
  }
  return absl::OkStatus();
}

absl::Status CaseStore::TakeEndOfAsked(sql::Session& session, const std::string& region,
                                       const std::string& verification_no, const v1::CheckEnd& end,
                                       absl::Time now, std::set<std::string>* changed) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT DISTINCT m.member_id FROM fe_member m JOIN fe_foreign_question f ON "
                    "f.person = m.person WHERE m.verification_no = :no AND f.region = :region AND "
                    "f.type = :type AND f.ended = 0 AND f.until_ms > :now",
                    {{"no", verification_no},
                     {"region", region},
                     {"type", int64_t{end.type()}},
                     {"now", absl::ToUnixMillis(now)}}));
  std::set<std::string> asking;
  for (const sql::Row& row : found.rows) asking.insert(sql::TextOf(row[0]));
  return ApplyIn(session, verification_no, std::nullopt,
                 [&](v1::Verification* check) {
                   const bool noted =
                       NotesEnds(*check) && TakeEndOfOpenCheck(end.request_id(), end.type(), asking, check);
                   if (noted) changed->insert(verification_no);
                   return noted;
                 })
      .status();
}

absl::StatusOr<std::vector<std::string>> CaseStore::TakeCheckEnds(const std::string& region,
                                                                  const std::vector<v1::CheckEnd>& ends,
                                                                  absl::Time now) {
  std::set<std::string> changed;
  CHUANYU_RETURN_IF_ERROR(TransactUntilFresh([&](sql::Session& session) -> absl::Status {
    changed.clear();
    // Takes the lock of Create, as Meet does.
    CHUANYU_RETURN_IF_ERROR(LockCreate(session));
    for (const v1::CheckEnd& end : ends) {
      CHUANYU_ASSIGN_OR_RETURN(
          const sql::Result own,
          session.Query("SELECT verification_no, region FROM fe_question WHERE request_id = :id",
                        {{"id", end.request_id()}}));
      if (own.rows.empty()) {
        CHUANYU_RETURN_IF_ERROR(TakeEndOfAsker(session, region, end, now, &changed));
      } else if (sql::TextOf(own.rows[0][1]) == region) {  // else: not a question to that region
        CHUANYU_RETURN_IF_ERROR(
            TakeEndOfAsked(session, region, sql::TextOf(own.rows[0][0]), end, now, &changed));
      }
    }
    return absl::OkStatus();
  }));
  return std::vector<std::string>(changed.begin(), changed.end());
}

}  // namespace chuanyu::family_economy
