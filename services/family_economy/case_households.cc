// Which households are checked under which authorisation, and in which version.
#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "services/family_economy/case_store.h"
#include "services/family_economy/rules/lifecycle.h"
#include "services/family_economy/rules/other_checks.h"

namespace chuanyu::family_economy {

absl::StatusOr<std::optional<HouseholdVersion>> CaseStore::NewestHousehold(sql::Session& session,
                                                                           const std::string& org,
                                                                           const std::string& household_id) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(
          "SELECT version, members, facts FROM fe_household WHERE org = :org AND household = :household",
          {{"org", org}, {"household", household_id}}));
  if (found.rows.empty()) return std::optional<HouseholdVersion>();
  const sql::Row& row = found.rows[0];
  return std::optional<HouseholdVersion>({.household_id = household_id,
                                          .version = sql::IntOf(row[0]),
                                          .members_mac = sql::TextOf(row[1]),
                                          .facts_mac = sql::TextOf(row[2])});
}

absl::Status CaseStore::TellChecksBefore(sql::Session& session, const NewCase& new_case,
                                         const HouseholdVersion& now) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result before,
      session.Query(
          "SELECT verification_no FROM fe_case WHERE org = :org AND household = :household AND "
          "household_members <> :members ORDER BY seq",
          {{"org", new_case.key.org}, {"household", now.household_id}, {"members", now.members_mac}}));
  const Actor service = {.name = "", .now = new_case.now};
  for (const sql::Row& row : before.rows) {
    const auto tell = [&](v1::Verification* check) {
      if (!IsOpenToOthers(*check)) return false;
      RecordEvent(v1::CASE_EVENT_KIND_HOUSEHOLD_CHANGED, service, check);
      return true;
    };
    CHUANYU_RETURN_IF_ERROR(ApplyIn(session, sql::TextOf(row[0]), new_case.now, tell).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<HouseholdVersion> CaseStore::FreezeHousehold(sql::Session& session, const NewCase& new_case,
                                                            const std::string& authorised) {
  const HouseholdVersion& submitted = new_case.household;
  if (submitted.household_id.empty()) return submitted;
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<HouseholdVersion> newest,
                           NewestHousehold(session, new_case.key.org, submitted.household_id));
  CHUANYU_ASSIGN_OR_RETURN(HouseholdVersion now, Freeze(newest, submitted, authorised));
  const sql::Binds row = {{"org", new_case.key.org},
                          {"household", now.household_id},
                          {"version", now.version},
                          {"members", now.members_mac},
                          {"facts", now.facts_mac}};
  CHUANYU_RETURN_IF_ERROR(
      session.Write("INSERT INTO fe_household (org, household, version, members, facts) VALUES (:org, "
                    ":household, :version, :members, :facts) ON CONFLICT (org, household) DO UPDATE SET "
                    "version = excluded.version, members = excluded.members, facts = excluded.facts",
                    row));
  CHUANYU_RETURN_IF_ERROR(
      session.Write("UPDATE fe_authorization SET household = :household, members = :members "
                    "WHERE org = :org AND auth_no = :auth AND members = ''",
                    {{"household", now.household_id},
                     {"members", now.members_mac},
                     {"org", new_case.key.org},
                     {"auth", new_case.verification.authorization().auth_no()}}));
  if (newest && Compare(*newest, now) == HouseholdChange::kMembers) {
    CHUANYU_RETURN_IF_ERROR(TellChecksBefore(session, new_case, now));
  }
  return now;
}

// Checks from before households were frozen have none.
absl::Status CaseStore::CheckHouseholdIn(sql::Session& session, const std::string& verification_no) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT c.household, c.household_version, c.household_members, h.version, h.members "
                    "FROM fe_case c JOIN fe_household h ON h.org = c.org AND h.household = c.household "
                    "WHERE c.verification_no = :no",
                    {{"no", verification_no}}));
  if (found.rows.empty()) return absl::OkStatus();
  const sql::Row& row = found.rows[0];
  const HouseholdVersion frozen = {
      .household_id = sql::TextOf(row[0]), .version = sql::IntOf(row[1]), .members_mac = sql::TextOf(row[2])};
  const HouseholdVersion newest = {
      .household_id = frozen.household_id, .version = sql::IntOf(row[3]), .members_mac = sql::TextOf(row[4])};
  return CheckFrozen(frozen, newest);
}

absl::Status CaseStore::CheckHousehold(const std::string& verification_no) {
  return pool_.Run([&](sql::Session& session) { return CheckHouseholdIn(session, verification_no); });
}

}  // namespace chuanyu::family_economy
