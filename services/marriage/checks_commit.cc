// The end of a check: the number, the register and the notices.
#include "absl/strings/escaping.h"
#include "common/base/status_macros.h"
#include "services/marriage/checks.h"

namespace chuanyu::marriage {

absl::Status Checks::Commit(sql::Session& session, const std::string& officer, v1::RegistrationRecord* record,
                            CaseDesk::Topics* topics) const {
  v1::Registration& registration = *record->mutable_registration();
  CHUANYU_ASSIGN_OR_RETURN(const RegistryOffice* const office, desk_.OfficeOf(registration.office_code()));
  const Date today = desk_.Today();
  CHUANYU_ASSIGN_OR_RETURN(const CertificateSeries series,
                           SeriesOf(registration.kind(), *office, desk_.divisions(), today));
  CHUANYU_ASSIGN_OR_RETURN(const std::string number,
                           registers_.TakeNumber(session, series,
                                                 {.registration_no = registration.registration_no(),
                                                  .officer = officer,
                                                  .at_ms = desk_.clock().NowMs()}));
  CHUANYU_RETURN_IF_ERROR(registers_.Record(session, {.kind = registration.kind(),
                                                      .certificate_no = number,
                                                      .subject_a = record->subject_a(),
                                                      .subject_b = record->subject_b(),
                                                      .registered_on = today,
                                                      .region = desk_.own_region()}));
  registration.set_certificate_no(number);
  registration.mutable_registered_on()->set_value(FormatDate(today));
  v1::RecordEventRequest notice;
  notice.set_kind(registration.kind());
  notice.set_certificate_no(number);
  notice.set_subject_a(absl::HexStringToBytes(record->subject_a()));
  notice.set_subject_b(absl::HexStringToBytes(record->subject_b()));
  notice.set_key_id(desk_.config().claim_key_id);
  notice.mutable_registered_on()->set_value(FormatDate(today));
  for (const std::string& region : desk_.config().peer_regions) {
    record->add_waiting_notice(region);
    CHUANYU_RETURN_IF_ERROR(desk_.Send(session, region, kRecordEvent, registration.registration_no(), notice,
                                       PurposeOf(*record)));
  }
  // From here on no clock ends the hold: it ends when every region knows.
  const sql::Binds of = {{"number", registration.registration_no()}};
  CHUANYU_RETURN_IF_ERROR(session.Execute("DELETE FROM mr_hold WHERE number = :number", of).status());
  CHUANYU_RETURN_IF_ERROR(session.Execute("DELETE FROM mr_open_divorce WHERE number = :number", of).status());
  if (!registration.appointment_no().empty())
    CHUANYU_RETURN_IF_ERROR(bookings_.Fulfil(session, registration.appointment_no(), *record, topics));
  return record->waiting_notice().empty() ? Close(session, record) : absl::OkStatus();
}

}  // namespace chuanyu::marriage
