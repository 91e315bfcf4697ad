#include "services/marriage/register.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/case_service/case_series.h"

namespace chuanyu::marriage {
namespace {

absl::StatusOr<bool> Any(sql::Session& session, const std::string& statement, const sql::Binds& binds) {
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found, session.Query(statement, binds));
  return !found.rows.empty();
}

absl::Status RecordMarriage(sql::Session& session, const RegisteredEvent& event) {
  CHUANYU_ASSIGN_OR_RETURN(
      const int64_t inserted,
      session.Execute("INSERT INTO mr_marriage (certificate_no, subject_a, subject_b, registered_on, region, "
                      "ended_by) VALUES (:no, :a, :b, :day, :region, '') ON CONFLICT DO NOTHING",
                      {{"no", event.certificate_no},
                       {"a", event.subject_a},
                       {"b", event.subject_b},
                       {"day", FormatDate(event.registered_on)},
                       {"region", event.region}}));
  // A repeat; they may be divorced since.
  if (inserted == 0) return absl::OkStatus();
  for (const std::string& subject : {event.subject_a, event.subject_b}) {
    CHUANYU_RETURN_IF_ERROR(
        session
            .Execute("INSERT INTO mr_spouse (subject, certificate_no) VALUES (:subject, :no)",
                     {{"subject", subject}, {"no", event.certificate_no}})
            .status());
  }
  return absl::OkStatus();
}

absl::Status RecordDivorce(sql::Session& session, const RegisteredEvent& event) {
  CHUANYU_ASSIGN_OR_RETURN(
      const int64_t inserted,
      session.Execute("INSERT INTO mr_divorce (certificate_no, subject_a, subject_b, registered_on, region) "
                      "VALUES (:no, :a, :b, :day, :region) ON CONFLICT DO NOTHING",
                      {{"no", event.certificate_no},
                       {"a", event.subject_a},
                       {"b", event.subject_b},
                       {"day", FormatDate(event.registered_on)},
                       {"region", event.region}}));
  if (inserted == 0) return absl::OkStatus();  // a repeat; they may be married again
  const sql::Binds both = {{"a", event.subject_a}, {"b", event.subject_b}};
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                           session.Query("SELECT x.certificate_no FROM mr_spouse x, mr_spouse y WHERE "
                                         "x.subject = :a AND y.subject = :b AND "
                                         "x.certificate_no = y.certificate_no",
                                         both));
  if (found.rows.empty()) return absl::OkStatus();  // registered elsewhere
  CHUANYU_RETURN_IF_ERROR(session
                              .Execute("UPDATE mr_marriage SET ended_by = :by WHERE certificate_no = :no",
                                       {{"by", event.certificate_no}, {"no", sql::TextOf(found.rows[0][0])}})
                              .status());
  return session.Execute("DELETE FROM mr_spouse WHERE subject = :a OR subject = :b", both).status();
}

}  // namespace

absl::StatusOr<bool> Register::HasSpouse(sql::Session& session, const std::string& subject) const {
  return Any(session, "SELECT 1 FROM mr_spouse WHERE subject = :subject", {{"subject", subject}});
}

absl::StatusOr<bool> Register::HasOpenDivorce(sql::Session& session, const std::string& subject) const {
  return Any(session, "SELECT 1 FROM mr_open_divorce WHERE subject = :subject", {{"subject", subject}});
}

absl::StatusOr<bool> Register::AreCouple(sql::Session& session, const std::string& a,
                                         const std::string& b) const {
  return Any(session,
             "SELECT 1 FROM mr_spouse x, mr_spouse y WHERE x.subject = :a AND y.subject = :b AND "
             "x.certificate_no = y.certificate_no",
             {{"a", a}, {"b", b}});
}

absl::StatusOr<v1::MaritalStatus> Register::StatusOf(sql::Session& session, const std::string& subject,
                                                     Date today) const {
  v1::MaritalStatus out;
  out.mutable_as_of()->set_value(FormatDate(today));
  CHUANYU_ASSIGN_OR_RETURN(const bool married, HasSpouse(session, subject));
  CHUANYU_ASSIGN_OR_RETURN(
      const bool divorced,
      Any(session, "SELECT 1 FROM mr_divorce WHERE subject_a = :subject OR subject_b = :subject",
          {{"subject", subject}}));
  out.set_code(married ? "20" : divorced ? "40" : "10");
  CHUANYU_ASSIGN_OR_RETURN(const bool open, HasOpenDivorce(session, subject));
  out.set_open_divorce(open);
  return out;
}

absl::Status Register::Record(sql::Session& session, const RegisteredEvent& event) const {
  return event.kind == v1::REGISTRATION_KIND_DIVORCE ? RecordDivorce(session, event)
                                                     : RecordMarriage(session, event);
}

absl::StatusOr<std::string> Register::TakeNumber(sql::Session& session, const CertificateSeries& series,
                                                 const Use& use) const {
  const std::string name = absl::StrCat(series.prefix, series.division, "-", series.year);
  CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, NextOfSeries(session, "mr_series", name));
  CHUANYU_ASSIGN_OR_RETURN(const std::string number, CertificateNumber(series, sequence));
  CHUANYU_RETURN_IF_ERROR(
      session
          .Execute("INSERT INTO mr_certificate (certificate_no, series, seq, number, officer, void_reason, "
                   "at_ms) VALUES (:no, :series, :seq, :number, :officer, :reason, :at)",
                   {{"no", number},
                    {"series", name},
                    {"seq", sequence},
                    {"number", use.registration_no},
                    {"officer", use.officer},
                    {"reason", use.void_reason},
                    {"at", use.at_ms}})
          .status());
  return number;
}

}  // namespace chuanyu::marriage
