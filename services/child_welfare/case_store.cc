#include "services/child_welfare/case_store.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/crypto/sealed_text.h"
#include "common/errors/error.h"
#include "services/child_welfare/schema.h"

namespace chuanyu::child_welfare {
namespace {

constexpr char kApplication[] =
    "SELECT application_no, org, window_region, subject, claim_id, sealed FROM cw_application ";
constexpr char kDetermination[] = "SELECT determination_no, subject, check_on, sealed FROM cw_determination ";

std::string ApplicationSeal(const std::string& number) { return "cw_application/" + number; }
std::string DeterminationSeal(const std::string& number) { return "cw_determination/" + number; }
std::string ChangeSeal(int64_t sequence) { return absl::StrCat("cw_change/", sequence); }

template <typename Message>
absl::StatusOr<Message> OpenMessage(const crypto::Sealer& sealer, const sql::Value& sealed,
                                    const std::string& name) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string bytes, crypto::OpenText(sealer, sql::TextOf(sealed), name));
  Message message;
  if (!message.ParseFromString(bytes))
    return MakeError(Reason::INTERNAL, {.detail = "a stored row is unreadable"});
  return message;
}

absl::StatusOr<std::vector<std::string>> Texts(sql::Session& session, const std::string& statement,
                                               const sql::Binds& binds) {
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found, session.Query(statement, binds));
  std::vector<std::string> out;
  for (const sql::Row& row : found.rows) out.push_back(sql::TextOf(row[0]));
  return out;
}

}  // namespace

absl::StatusOr<std::unique_ptr<CaseStore>> CaseStore::Open(sql::Pool& pool, const crypto::Sealer& sealer) {
  CHUANYU_RETURN_IF_ERROR(sql::Migrate(pool, "child_welfare", StoreMigrations()));
  return std::unique_ptr<CaseStore>(new CaseStore(sealer));
}

absl::Status CaseStore::Lock(sql::Session& session) {
  return session.Execute("UPDATE cw_sequence SET value = value WHERE name = 'number'").status();
}

absl::StatusOr<int64_t> CaseStore::NextSequence(sql::Session& session) {
  CHUANYU_RETURN_IF_ERROR(
      session.Execute("UPDATE cw_sequence SET value = value + 1 WHERE name = 'number'").status());
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                           session.Query("SELECT value FROM cw_sequence WHERE name = 'number'"));
  if (found.rows.empty()) return MakeError(Reason::INTERNAL, {.detail = "cw_sequence is empty"});
  return sql::IntOf(found.rows[0][0]);
}

absl::StatusOr<std::optional<std::string>> CaseStore::FindAct(sql::Session& session, const ActKey& key) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT body_mac, number FROM cw_act WHERE org = :org AND request_id = :request",
                    {{"org", key.org}, {"request", key.request_id}}));
  if (found.rows.empty()) return std::optional<std::string>();
  if (sql::TextOf(found.rows[0][0]) != key.body_mac) {
    return MakeError(Reason::IDEMPOTENCY_CONFLICT, {.field = "request_id"});
  }
  return std::optional<std::string>(sql::TextOf(found.rows[0][1]));
}

absl::Status CaseStore::RememberAct(sql::Session& session, const ActKey& key, const std::string& number) {
  return session
      .Execute(
          "INSERT INTO cw_act (org, request_id, body_mac, number) VALUES (:org, :request, :mac, :number)",
          {{"org", key.org}, {"request", key.request_id}, {"mac", key.body_mac}, {"number", number}})
      .status();
}

absl::Status CaseStore::Insert(sql::Session& session, const StoredApplication& stored, int64_t sequence) {
  const v1::Application& application = stored.application;
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(sealer_, application.SerializeAsString(),
                                            ApplicationSeal(application.application_no())));
  return session
      .Execute(
          "INSERT INTO cw_application (application_no, seq, org, window_region, subject, claim_id, "
          "state, version, sealed) VALUES (:no, :seq, :org, :window, :subject, :claim, :state, :version, "
          ":sealed)",
          {{"no", application.application_no()},
           {"seq", sequence},
           {"org", stored.org},
           {"window", stored.window_region},
           {"subject", stored.subject},
           {"claim", stored.claim_id},
           {"state", int64_t{application.state()}},
           {"version", application.version()},
           {"sealed", sealed}})
      .status();
}

absl::StatusOr<StoredApplication> CaseStore::ReadApplication(const sql::Row& row) const {
  StoredApplication out{.org = sql::TextOf(row[1]),
                        .window_region = sql::TextOf(row[2]),
                        .subject = sql::TextOf(row[3]),
                        .claim_id = sql::TextOf(row[4])};
  CHUANYU_ASSIGN_OR_RETURN(
      out.application, OpenMessage<v1::Application>(sealer_, row[5], ApplicationSeal(sql::TextOf(row[0]))));
  return out;
}

absl::StatusOr<StoredApplication> CaseStore::Load(sql::Session& session, const std::string& application_no) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat(kApplication, "WHERE application_no = :no"), {{"no", application_no}}));
  if (found.rows.empty()) return MakeError(Reason::CASE_NOT_FOUND);
  return ReadApplication(found.rows[0]);
}

absl::StatusOr<std::optional<StoredApplication>> CaseStore::FindByClaim(sql::Session& session,
                                                                        const std::string& claim_id) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat(kApplication, "WHERE claim_id = :claim"), {{"claim", claim_id}}));
  if (found.rows.empty()) return std::optional<StoredApplication>();
  CHUANYU_ASSIGN_OR_RETURN(StoredApplication stored, ReadApplication(found.rows[0]));
  return std::optional<StoredApplication>(std::move(stored));
}

absl::StatusOr<std::vector<std::pair<int64_t, StoredApplication>>> CaseStore::Before(
    sql::Session& session, int64_t before, v1::ApplicationState state, int limit) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(
          absl::StrCat("SELECT application_no, org, window_region, subject, claim_id, sealed, seq FROM "
                       "cw_application WHERE (:before = 0 OR seq < :before) AND (:state = 0 OR state = "
                       ":state) ORDER BY seq DESC LIMIT ",
                       limit),
          {{"before", before}, {"state", int64_t{state}}}));
  std::vector<std::pair<int64_t, StoredApplication>> out;
  for (const sql::Row& row : found.rows) {
    CHUANYU_ASSIGN_OR_RETURN(StoredApplication stored, ReadApplication(row));
    out.emplace_back(sql::IntOf(row[6]), std::move(stored));
  }
  return out;
}

absl::Status CaseStore::Save(sql::Session& session, StoredApplication* stored) {
  v1::Application& application = stored->application;
  application.set_version(application.version() + 1);
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(sealer_, application.SerializeAsString(),
                                            ApplicationSeal(application.application_no())));
  return session
      .Execute(
          "UPDATE cw_application SET state = :state, version = :version, sealed = :sealed WHERE "
          "application_no = "
          ":no",
          {{"no", application.application_no()},
           {"state", int64_t{application.state()}},
           {"version", application.version()},
           {"sealed", sealed}})
      .status();
}

absl::Status CaseStore::InsertDetermination(sql::Session& session, const StoredDetermination& stored) {
  const v1::Determination& determination = stored.determination;
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(sealer_, determination.SerializeAsString(),
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
                                                  sealer_, row[3], DeterminationSeal(sql::TextOf(row[0]))));
  return out;
}

absl::StatusOr<StoredDetermination> CaseStore::LoadDetermination(sql::Session& session,
                                                                 const std::string& number) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat(kDetermination, "WHERE determination_no = :no"), {{"no", number}}));
  if (found.rows.empty()) return MakeError(Reason::CASE_NOT_FOUND);
  return ReadDetermination(found.rows[0]);
}

absl::StatusOr<std::optional<StoredDetermination>> CaseStore::Newest(sql::Session& session,
                                                                     const std::string& subject) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat(kDetermination, "WHERE subject = :subject ORDER BY seq DESC LIMIT 1"),
                    {{"subject", subject}}));
  if (found.rows.empty()) return std::optional<StoredDetermination>();
  CHUANYU_ASSIGN_OR_RETURN(StoredDetermination stored, ReadDetermination(found.rows[0]));
  return std::optional<StoredDetermination>(std::move(stored));
}

absl::Status CaseStore::SaveDetermination(sql::Session& session, StoredDetermination* stored) {
  v1::Determination& determination = stored->determination;
  determination.set_version(determination.version() + 1);
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(sealer_, determination.SerializeAsString(),
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

absl::StatusOr<std::vector<std::string>> CaseStore::ToCheck(sql::Session& session, Date today, int limit) {
  return Texts(
      session,
      absl::StrCat("SELECT determination_no FROM cw_determination WHERE state < :ended AND check_on <= "
                   ":today ORDER BY check_on LIMIT ",
                   limit),
      {{"ended", int64_t{v1::DETERMINATION_STATE_ENDED}}, {"today", FormatDate(today)}});
}

absl::Status CaseStore::Subscribe(sql::Session& session, const std::string& subject,
                                  const std::string& region) {
  return session
      .Execute(
          "INSERT INTO cw_subscriber (subject, region) VALUES (:subject, :region) ON CONFLICT DO NOTHING",
          {{"subject", subject}, {"region", region}})
      .status();
}

absl::StatusOr<std::vector<std::string>> CaseStore::Subscribers(sql::Session& session,
                                                                const std::string& subject) {
  return Texts(session, "SELECT region FROM cw_subscriber WHERE subject = :subject ORDER BY region",
               {{"subject", subject}});
}

absl::Status CaseStore::Watch(sql::Session& session, const std::string& org, const std::string& subject,
                              const std::string& subscription_id) {
  return session
      .Execute(
          "INSERT INTO cw_watch (org, subject, subscription_id) VALUES (:org, :subject, :id) ON CONFLICT DO "
          "NOTHING",
          {{"org", org}, {"subject", subject}, {"id", subscription_id}})
      .status();
}

absl::StatusOr<std::vector<std::string>> CaseStore::Watchers(sql::Session& session,
                                                             const std::string& subject) {
  return Texts(session, "SELECT org FROM cw_watch WHERE subject = :subject ORDER BY org",
               {{"subject", subject}});
}

absl::Status CaseStore::AddChange(sql::Session& session, const std::string& subject,
                                  const v1::SignedRecognition& recognition) {
  CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, NextSequence(session));
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(sealer_, recognition.SerializeAsString(), ChangeSeal(sequence)));
  return session
      .Execute("INSERT INTO cw_change (seq, subject, sealed) VALUES (:seq, :subject, :sealed)",
               {{"seq", sequence}, {"subject", subject}, {"sealed", sealed}})
      .status();
}

absl::StatusOr<std::vector<v1::RecognitionChange>> CaseStore::Changes(sql::Session& session,
                                                                      const std::string& org, int64_t after,
                                                                      int limit) {
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
        OpenMessage<v1::SignedRecognition>(sealer_, row[2], ChangeSeal(sql::IntOf(row[0]))));
    change.mutable_recognition()->ParseFromString(change.signed_recognition().statement());
  }
  return out;
}

}  // namespace chuanyu::child_welfare
