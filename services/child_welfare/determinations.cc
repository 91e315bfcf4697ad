#include "services/child_welfare/determinations.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/child_welfare/recognition_signature.h"

namespace chuanyu::child_welfare {
namespace {

// A status without a nearer date is looked at again after a year (定期核查).
constexpr int kReviewMonths = 12;

bool Holds(const v1::Determination& determination) {
  return determination.state() == v1::DETERMINATION_STATE_ACTIVE ||
         determination.state() == v1::DETERMINATION_STATE_ENDING;
}

// The first month that is paid; of what ended before that began, the day of its end.
absl::StatusOr<Date> HeldSince(const v1::Determination& determination) {
  if (determination.entitlements().empty()) return ParseDate(determination.ended_on().value());
  CHUANYU_ASSIGN_OR_RETURN(const Month from, ParseMonth(determination.entitlements(0).from().value()));
  return Date(from);
}

Date FirstOfNextMonth(Date day) { return Date(Month(day) + 1); }

}  // namespace

v1::Recognition Determinations::Statement(const std::optional<StoredDetermination>& newest,
                                          bool service_only) const {
  v1::Recognition out;
  out.mutable_region()->set_code(desk_.own_region());
  *out.mutable_as_of() = TimestampOf(desk_.clock().Now());
  if (!newest) return out;
  const v1::Determination& determination = newest->determination;
  out.set_valid(Holds(determination));
  out.set_category(determination.category());
  if (service_only) return out;
  if (!determination.entitlements().empty()) *out.mutable_from_month() = determination.entitlements(0).from();
  out.set_org(determination.org());
  *out.mutable_next_review() = determination.next_review();
  return out;
}

absl::StatusOr<v1::SignedRecognition> Determinations::Recognise(sql::Session& session,
                                                                const std::string& subject,
                                                                const Person& person,
                                                                const std::string& purpose) const {
  if (purpose != kPurpose && purpose != kServicePurpose) {
    return MakeError(Reason::PURPOSE_DENIED, {.field = "purpose"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const auto newest, desk_.store().Newest(session, subject));
  v1::Recognition recognition = Statement(newest, purpose == kServicePurpose);
  const auto [type, number] = person.Key();
  CHUANYU_RETURN_IF_ERROR(BindSubject({.type = type, .number = number}, &recognition));
  return SignRecognition(desk_.signers(), recognition);
}

absl::StatusOr<std::optional<uniqueness::Holder>> Determinations::InForce(sql::Session& session,
                                                                          const std::string& subject) const {
  CHUANYU_ASSIGN_OR_RETURN(const auto newest, desk_.store().Newest(session, subject));
  if (!newest || !Holds(newest->determination)) return std::optional<uniqueness::Holder>();
  CHUANYU_ASSIGN_OR_RETURN(const Date since, HeldSince(newest->determination));
  const absl::Time at = absl::FromCivil(absl::CivilSecond(since), absl::FixedTimeZone(8 * 3600));
  return std::optional<uniqueness::Holder>(
      {.region = desk_.own_region(), .accepted_at_ms = absl::ToUnixMillis(at)});
}

absl::StatusOr<v1::Determination> Determinations::Begin(sql::Session& session,
                                                        const StoredApplication& stored,
                                                        const ChildApplication& application,
                                                        const Assessment& assessment, v1::Category category,
                                                        const std::string& org, CaseDesk::Topics* topics) {
  CHUANYU_ASSIGN_OR_RETURN(const auto holder, InForce(session, stored.subject));
  if (holder) return MakeError(Reason::DUP_BENEFIT, {.field = "child", .detail = "region " + holder->region});
  const Date today = desk_.Today();
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, desk_.PolicyToday());
  const Date last_day = LastDayAsChild(application.birth, policy.age);
  StoredDetermination made{.subject = stored.subject, .check_on = last_day + 1};
  v1::Determination& out = made.determination;
  out.set_determination_no(stored.application.application_no() + "-D");
  out.set_application_no(stored.application.application_no());
  out.set_state(v1::DETERMINATION_STATE_ACTIVE);
  out.set_version(1);
  out.set_category(category);
  v1::Entitlement& entitlement = *out.add_entitlements();
  entitlement.set_category(category);
  entitlement.mutable_from()->set_value(FormatMonth(FirstMonth(today)));
  if (const auto fen = policy.fen_month.find(application.care_type); fen != policy.fen_month.end()) {
    entitlement.mutable_fen_month()->set_amount(fen->second);
  }
  out.set_org(org);
  Date review = std::min(AddMonths(today, kReviewMonths), last_day + 1);
  if (assessment.until) review = std::min(review, *assessment.until + 1);
  out.mutable_next_review()->set_value(FormatDate(review));
  out.mutable_last_day_as_child()->set_value(FormatDate(last_day));
  out.set_study_stage(application.study_stage);
  CHUANYU_RETURN_IF_ERROR(desk_.store().InsertDetermination(session, made));
  CHUANYU_RETURN_IF_ERROR(Tell(session, made, topics));
  return out;
}

absl::StatusOr<v1::Determination> Determinations::End(sql::Session& session, const std::string& number,
                                                      v1::EndReason reason, Date on,
                                                      const std::string& officer_id,
                                                      CaseDesk::Topics* topics) {
  CHUANYU_ASSIGN_OR_RETURN(StoredDetermination stored, desk_.store().LoadDetermination(session, number));
  v1::Determination& determination = stored.determination;
  const Date today = desk_.Today();
  if (determination.state() != v1::DETERMINATION_STATE_ACTIVE) {
    return MakeError(Reason::STATE_CONFLICT,
                     {.field = "determination_no", .detail = "has ended or is ending"});
  }
  if (on > today) return MakeError(Reason::STATE_CONFLICT, {.field = "on", .detail = "is after today"});
  determination.set_end_reason(reason);
  determination.mutable_ended_on()->set_value(FormatDate(on));
  determination.set_officer_id(officer_id);
  v1::Entitlement& last = *determination.mutable_entitlements(determination.entitlements_size() - 1);
  CHUANYU_ASSIGN_OR_RETURN(const Month from, ParseMonth(last.from().value()));
  // Paid to the end of the month of the event; what had not begun by then was never due.
  if (Month(on) < from)
    determination.mutable_entitlements()->RemoveLast();
  else
    last.mutable_to()->set_value(FormatMonth(Month(on)));
  const bool over = FirstOfNextMonth(on) <= today;
  determination.set_state(over ? v1::DETERMINATION_STATE_ENDED : v1::DETERMINATION_STATE_ENDING);
  stored.check_on = FirstOfNextMonth(on);
  CHUANYU_RETURN_IF_ERROR(desk_.store().SaveDetermination(session, &stored));
  if (over) CHUANYU_RETURN_IF_ERROR(Tell(session, stored, topics));
  return determination;
}

absl::Status Determinations::Tell(sql::Session& session, const StoredDetermination& stored,
                                  CaseDesk::Topics* topics) const {
  // Without the salted hash: the subject is named beside it, and only who subscribed gets it.
  CHUANYU_ASSIGN_OR_RETURN(const v1::SignedRecognition recognition,
                           SignRecognition(desk_.signers(), Statement(stored, /*service_only=*/true)));
  CHUANYU_ASSIGN_OR_RETURN(const auto regions, desk_.store().Subscribers(session, stored.subject));
  v1::StatusChangedRequest change;
  change.set_subject(absl::HexStringToBytes(stored.subject));
  change.set_key_id(desk_.config().claim_key_id);
  *change.mutable_signed_recognition() = recognition;
  *change.mutable_changed_at() = TimestampOf(desk_.clock().Now());
  for (const std::string& region : regions) {
    CHUANYU_RETURN_IF_ERROR(
        desk_.Send(session, region, kStatusChanged, stored.determination.determination_no(), change));
  }
  CHUANYU_ASSIGN_OR_RETURN(const auto orgs, desk_.store().Watchers(session, stored.subject));
  if (orgs.empty()) return absl::OkStatus();
  CHUANYU_RETURN_IF_ERROR(desk_.store().AddChange(session, stored.subject, recognition));
  for (const std::string& org : orgs) topics->push_back(OrgTopic(org));
  return absl::OkStatus();
}

absl::Status Determinations::Look(const std::string& number) {
  return desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(StoredDetermination stored, desk_.store().LoadDetermination(session, number));
    v1::Determination& determination = stored.determination;
    const Date today = desk_.Today();
    if (!Holds(determination) || stored.check_on > today) return absl::OkStatus();
    if (determination.state() == v1::DETERMINATION_STATE_ENDING) {
      determination.set_state(v1::DETERMINATION_STATE_ENDED);
      CHUANYU_RETURN_IF_ERROR(desk_.store().SaveDetermination(session, &stored));
      return Tell(session, stored, topics);
    }
    CHUANYU_ASSIGN_OR_RETURN(const Date last_day, ParseDate(determination.last_day_as_child().value()));
    CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, desk_.PolicyToday());
    const auto& studying = policy.age.studying;
    if (studying && studying->categories.contains(determination.category()) &&
        studying->stages.contains(determination.study_stage())) {
      // Looked at again for the next school year.
      stored.check_on = AddMonths(today, kReviewMonths);
      determination.mutable_next_review()->set_value(FormatDate(stored.check_on));
      return desk_.store().SaveDetermination(session, &stored);
    }
    return End(session, number, v1::END_REASON_ADULT, last_day + 1, "", topics).status();
  });
}

absl::Status Determinations::RunClock(int limit) {
  std::vector<std::string> numbers;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(numbers, desk_.store().ToCheck(session, desk_.Today(), limit));
    return absl::OkStatus();
  }));
  for (const std::string& number : numbers) CHUANYU_RETURN_IF_ERROR(Look(number));
  return absl::OkStatus();
}

}  // namespace chuanyu::child_welfare
