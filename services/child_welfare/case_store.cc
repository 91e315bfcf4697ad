#include "services/child_welfare/case_store.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/crypto/sealed_text.h"
#include "common/errors/error.h"

namespace chuanyu::child_welfare {
namespace {

constexpr char kDetermination[] = "SELECT determination_no, subject, check_on, sealed FROM cw_determination ";

std::string DeterminationSeal(const std::string& number) { return "cw_determination/" + number; }
std::string ChangeSeal(int64_t sequence) { return absl::StrCat("cw_change/", sequence); }

}  // namespace

absl::Status CaseStore::InsertDetermination(sql::Session& session, const StoredDetermination& stored) const {
  const v1::Determination& determination = stored.determination;
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(sealer(), determination.SerializeAsString(),
                                            DeterminationSeal(determination.determination_no())));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, NextSequence(session));
  return session
      .Execute(
          "INSERT INTO cw_determination (determination_no, seq, subject, state, check_on, version, sealed) "
          "VALUES "
          "(:no, :seq, :subject, :state, :check, :version, :sealed)",
          {{"no", determination.determination_no()},
           {"seq", sequence},
           {"subject", stored.subject},
           {"state", int64_t{determination.state()}},
           {"check", FormatDate(stored.check_on)},
           {"version", determination.version()},
           {"sealed", sealed}})
      .status();
}

absl::StatusOr<StoredDetermination> CaseStore::ReadDetermination(const sql::Row& row) const {
  StoredDetermination out{.subject = sql::TextOf(row[1])};
  CHUANYU_ASSIGN_OR_RETURN(out.check_on, ParseDate(sql::TextOf(row[2]), "check_on"));
  CHUANYU_ASSIGN_OR_RETURN(out.determination, OpenMessage<v1::Determination>(
                                                  sealer(), row[3], DeterminationSeal(sql::TextOf(row[0]))));
  return out;
}

absl::StatusOr<StoredDetermination> CaseStore::LoadDetermination(sql::Session& session,
                                                                 const std::string& number) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat(kDetermination, "WHERE determination_no = :no"), {{"no", number}}));
  if (found.rows.empty()) return MakeError(Reason::CASE_NOT_FOUND);
  return ReadDetermination(found.rows[0]);
}

absl::StatusOr<std::optional<StoredDetermination>> CaseStore::Newest(sql::Session& session,
                                                                     const std::string& subject) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat(kDetermination, "WHERE subject = :subject ORDER BY seq DESC LIMIT 1"),
                    {{"subject", subject}}));
  if (found.rows.empty()) return std::optional<StoredDetermination>();
  CHUANYU_ASSIGN_OR_RETURN(StoredDetermination stored, ReadDetermination(found.rows[0]));
  return std::optional<StoredDetermination>(std::move(stored));
}

absl::Status CaseStore::SaveDetermination(sql::Session& session, StoredDetermination* stored) const {
  v1::Determination& determination = stored->determination;
  determination.set_version(determination.version() + 1);
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(sealer(), determination.SerializeAsString(),
                                            DeterminationSeal(determination.determination_no())));
  return session
      .Execute(
          "UPDATE cw_determination SET state = :state, check_on = :check, version = :version, sealed = "
          ":sealed "
          "WHERE determination_no = :no",
          {{"no", determination.determination_no()},
           {"state", int64_t{determination.state()}},
           {"check", FormatDate(stored->check_on)},
           {"version", determination.version()},
           {"sealed", sealed}})
      .status();
}

absl::Status CaseStore::ForgetSubjectOf(sql::Session& session, const std::string& number) const {
  return session
      .Execute("UPDATE cw_determination SET subject = '' WHERE determination_no = :no", {{"no", number}})
      .status();
}

absl::StatusOr<std::vector<std::string>> CaseStore::ToCheck(sql::Session& session, Date today,
                                                            int limit) const {
  return Texts(
      session,
      absl::StrCat("SELECT determination_no FROM cw_determination WHERE state <> :ended AND check_on <= "
                   ":today ORDER BY check_on LIMIT ",
                   limit),
      {{"ended", int64_t{v1::DETERMINATION_STATE_ENDED}}, {"today", FormatDate(today)}});
}

absl::Status CaseStore::Subscribe(sql::Session& session, const std::string& subject,
                                  const std::string& region) const {
  return session
      .Execute(
          "INSERT INTO cw_subscriber (subject, region) VALUES (:subject, :region) ON CONFLICT DO NOTHING",
          {{"subject", subject}, {"region", region}})
      .status();
}

absl::StatusOr<std::vector<std::string>> CaseStore::Subscribers(sql::Session& session,
                                                                const std::string& subject) const {
  return Texts(session, "SELECT region FROM cw_subscriber WHERE subject = :subject ORDER BY region",
               {{"subject", subject}});
}

absl::Status CaseStore::Watch(sql::Session& session, const std::string& org, const std::string& subject,
                              const std::string& subscription_id) const {
  return session
      .Execute(
          "INSERT INTO cw_watch (org, subject, subscription_id) VALUES (:org, :subject, :id) ON CONFLICT DO "
          "NOTHING",
          {{"org", org}, {"subject", subject}, {"id", subscription_id}})
      .status();
}

absl::StatusOr<std::vector<std::string>> CaseStore::Watchers(sql::Session& session,
                                                             const std::string& subject) const {
  return Texts(session, "SELECT org FROM cw_watch WHERE subject = :subject ORDER BY org",
               {{"subject", subject}});
}

absl::Status CaseStore::AddChange(sql::Session& session, const std::string& subject,
                                  const v1::SignedRecognition& recognition, Date today) const {
  CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, NextSequence(session));
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(sealer(), recognition.SerializeAsString(), ChangeSeal(sequence)));
  return session
      .Execute("INSERT INTO cw_change (seq, subject, sealed, told_on) VALUES (:seq, :subject, :sealed, :on)",
               {{"seq", sequence}, {"subject", subject}, {"sealed", sealed}, {"on", FormatDate(today)}})
      .status();
}

absl::Status CaseStore::ForgetSubscriptions(sql::Session& session, const std::string& subject) const {
  for (const char* table : {"cw_subscriber", "cw_watch", "cw_heard", "cw_change"}) {
    CHUANYU_RETURN_IF_ERROR(
        session
            .Execute(absl::StrCat("DELETE FROM ", table, " WHERE subject = :subject"), {{"subject", subject}})
            .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<int> CaseStore::EraseChanges(sql::Session& session, Date last, int limit) const {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> subjects,
                           Texts(session,
                                 absl::StrCat("SELECT subject FROM cw_change GROUP BY subject HAVING "
                                              "MAX(told_on) <= :last ORDER BY subject LIMIT ",
                                              limit),
                                 {{"last", FormatDate(last)}}));
  for (const std::string& subject : subjects) {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result newest,
        session.Query("SELECT seq, sealed FROM cw_change WHERE subject = :subject ORDER BY seq DESC LIMIT 1",
                      {{"subject", subject}}));
    CHUANYU_ASSIGN_OR_RETURN(const auto told,
                             OpenMessage<v1::SignedRecognition>(sealer(), newest.rows.at(0)[1],
                                                                ChangeSeal(sql::IntOf(newest.rows[0][0]))));
    v1::Recognition recognition;
    CHUANYU_ASSIGN_OR_RETURN(const auto here, Newest(session, subject));
    const bool goes_on = here && here->determination.state() != v1::DETERMINATION_STATE_ENDED;
    if (!goes_on && recognition.ParseFromString(told.statement()) && !recognition.valid()) {
      CHUANYU_RETURN_IF_ERROR(ForgetSubscriptions(session, subject));
      continue;
    }
    CHUANYU_RETURN_IF_ERROR(
        session.Execute("DELETE FROM cw_change WHERE subject = :subject", {{"subject", subject}}).status());
  }
  return static_cast<int>(subjects.size());
}

absl::StatusOr<bool> CaseStore::Hear(sql::Session& session, const std::string& subject,
                                     const std::string& region, int64_t sequence) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const int64_t changed,
      session.Execute("INSERT INTO cw_heard (subject, region, seq) VALUES (:subject, :region, :seq) ON "
                      "CONFLICT (subject, region) DO UPDATE SET seq = excluded.seq WHERE cw_heard.seq < "
                      "excluded.seq",
                      {{"subject", subject}, {"region", region}, {"seq", sequence}}));
  return changed > 0;
}

absl::StatusOr<int64_t> CaseStore::LastChange(sql::Session& session, const std::string& org) const {
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                           session.Query("SELECT c.seq FROM cw_change c JOIN cw_watch w ON w.subject = "
                                         "c.subject WHERE w.org = :org ORDER BY c.seq DESC LIMIT 1",
                                         {{"org", org}}));
  return found.rows.empty() ? 0 : sql::IntOf(found.rows[0][0]);
}

absl::StatusOr<std::vector<v1::RecognitionChange>> CaseStore::Changes(sql::Session& session,
                                                                      const std::string& org, int64_t after,
                                                                      int limit) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(
          absl::StrCat(
              "SELECT c.seq, w.subscription_id, c.sealed FROM cw_change c JOIN cw_watch w ON w.subject = "
              "c.subject WHERE w.org = :org AND c.seq > :after ORDER BY c.seq LIMIT ",
              limit),
          {{"org", org}, {"after", after}}));
  std::vector<v1::RecognitionChange> out;
  for (const sql::Row& row : found.rows) {
    v1::RecognitionChange& change = out.emplace_back();
    change.set_sequence(sql::IntOf(row[0]));
    change.set_subscription_id(sql::TextOf(row[1]));
    CHUANYU_ASSIGN_OR_RETURN(
        *change.mutable_signed_recognition(),
        OpenMessage<v1::SignedRecognition>(sealer(), row[2], ChangeSeal(sql::IntOf(row[0]))));
    change.mutable_recognition()->ParseFromString(change.signed_recognition().statement());
  }
  return out;
}

}  // namespace chuanyu::child_welfare
