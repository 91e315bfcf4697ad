#include "services/disability/grant_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/calendar/month.h"
#include "services/disability/rules/grants.h"

namespace chuanyu::disability {
namespace {

constexpr char kSelect[] = "SELECT grant_no, subject, sealed FROM dis_grant ";
constexpr char kNever[] = "9999-12-31";

std::string SealOf(const std::string& number) { return "dis_grant/" + number; }

std::string LookOn(const v1::Grant& grant, Date today) {
  const auto next = NextLook(grant, today);
  return next ? FormatDate(*next) : kNever;
}

}  // namespace

absl::Status GrantStore::Insert(sql::Session& session, const StoredGrant& stored, Date today) const {
  const v1::Grant& grant = stored.grant;
  CHUANYU_ASSIGN_OR_RETURN(
      const std::string sealed,
      crypto::SealText(rows_.sealer(), grant.SerializeAsString(), SealOf(grant.grant_no())));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, rows_.NextSequence(session));
  return session
      .Execute(
          "INSERT INTO dis_grant (grant_no, seq, subject, benefit, active, look_on, org, version, "
          "sealed) VALUES (:no, :seq, :subject, :benefit, :active, :look, :org, :version, :sealed)",
          {{"no", grant.grant_no()},
           {"seq", sequence},
           {"subject", stored.subject},
           {"benefit", int64_t{grant.benefit()}},
           {"active", int64_t{IsActive(grant)}},
           {"look", LookOn(grant, today)},
           {"org", grant.org()},
           {"version", grant.version()},
           {"sealed", sealed}})
      .status();
}

absl::StatusOr<StoredGrant> GrantStore::Read(const sql::Row& row) const {
  StoredGrant out{.subject = sql::TextOf(row[1])};
  CHUANYU_ASSIGN_OR_RETURN(out.grant,
                           OpenMessage<v1::Grant>(rows_.sealer(), row[2], SealOf(sql::TextOf(row[0]))));
  return out;
}

absl::StatusOr<StoredGrant> GrantStore::Load(sql::Session& session, const std::string& grant_no) const {
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                           session.Query(absl::StrCat(kSelect, "WHERE grant_no = :no"), {{"no", grant_no}}));
  if (found.rows.empty()) return MakeError(Reason::CASE_NOT_FOUND);
  return Read(found.rows[0]);
}

absl::StatusOr<std::optional<StoredGrant>> GrantStore::Newest(sql::Session& session,
                                                              const std::string& subject,
                                                              v1::Benefit benefit) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(
          absl::StrCat(kSelect, "WHERE subject = :subject AND benefit = :benefit ORDER BY seq DESC LIMIT 1"),
          {{"subject", subject}, {"benefit", int64_t{benefit}}}));
  if (found.rows.empty()) return std::optional<StoredGrant>();
  CHUANYU_ASSIGN_OR_RETURN(StoredGrant stored, Read(found.rows[0]));
  return std::optional<StoredGrant>(std::move(stored));
}

absl::Status GrantStore::Save(sql::Session& session, StoredGrant* stored, Date today) const {
  v1::Grant& grant = stored->grant;
  if (grant.state() == v1::GRANT_STATE_STOPPED) {
    CHUANYU_ASSIGN_OR_RETURN(const Month last, ParseMonth(grant.to_month().value()));
    CHUANYU_RETURN_IF_ERROR(closed_.Add(session, grant.application_no(), Date(last + 1) - 1));
  }
  grant.set_version(grant.version() + 1);
  CHUANYU_ASSIGN_OR_RETURN(
      const std::string sealed,
      crypto::SealText(rows_.sealer(), grant.SerializeAsString(), SealOf(grant.grant_no())));
  return session
      .Execute(
          "UPDATE dis_grant SET active = :active, look_on = :look, version = :version, sealed = :sealed, "
          "recovers = CASE WHEN :recovers = 1 THEN 1 ELSE recovers END WHERE grant_no = :no",
          {{"no", grant.grant_no()},
           {"recovers", int64_t{grant.recover().amount() > 0}},
           {"active", int64_t{IsActive(grant)}},
           {"look", LookOn(grant, today)},
           {"version", grant.version()},
           {"sealed", sealed}})
      .status();
}

absl::Status GrantStore::ForgetSubjectOf(sql::Session& session, const std::string& grant_no) const {
  return session
      .Execute("UPDATE dis_grant SET subject = '', recovers = 0 WHERE grant_no = :no", {{"no", grant_no}})
      .status();
}

absl::StatusOr<std::vector<std::string>> GrantStore::ToLookAt(sql::Session& session, Date today,
                                                              int limit) const {
  return Texts(session,
               absl::StrCat("SELECT grant_no FROM dis_grant WHERE look_on <= :today ORDER BY look_on, seq "
                            "LIMIT ",
                            limit),
               {{"today", FormatDate(today)}});
}

}  // namespace chuanyu::disability
