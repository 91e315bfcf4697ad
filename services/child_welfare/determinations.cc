#include "services/child_welfare/determinations.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"
#include "common/errors/error.h"
#include "services/child_welfare/recognition_signature.h"

namespace chuanyu::child_welfare {
namespace {

// A status without a nearer date is looked at again after a year (定期核查).
constexpr int kReviewMonths = 12;

// The first month that is paid; of what was held up or ended before that began, a day that is near it.
absl::StatusOr<Date> HeldSince(const v1::Determination& determination) {
  const bool paid = !determination.entitlements().empty();
  if (!paid && determination.has_ended_on()) return ParseDate(determination.ended_on().value());
  const type::v1::Month& month = paid ? determination.entitlements(0).from() : determination.from_month();
  CHUANYU_ASSIGN_OR_RETURN(const Month from, ParseMonth(month.value()));
  return Date(from);
}

// By the region's standard of the day; nothing when none is known.
std::optional<int64_t> StandardOf(const ChildApplication& application, const PolicyDay& policy) {
  const auto fen = policy.fen_month.find(application.care_type);
  return fen == policy.fen_month.end() ? std::nullopt : std::optional<int64_t>(fen->second);
}

// A parent's release, the 18th birthday, a year at the latest.
Date NextReview(Date today, Date last_day_as_child, const Assessment& assessment) {
  const Date review = std::min(AddMonths(today, kReviewMonths), last_day_as_child + 1);
  return assessment.until ? std::min(review, *assessment.until + 1) : review;
}

bool ReusedEvidence(const v1::Application& application) {
  return std::any_of(application.steps().begin(), application.steps().end(),
                     [](const cases::v1::CaseStep& step) { return step.act() == "reuse_evidence"; });
}

}  // namespace

v1::Recognition Determinations::Statement(const std::optional<StoredDetermination>& newest,
                                          bool service_only) const {
  v1::Recognition out;
  out.mutable_region()->set_code(desk_.own_region());
  *out.mutable_as_of() = TimestampOf(desk_.clock().Now());
  out.set_valid(newest && IsValid(newest->determination));
  if (!newest) return out;
  const v1::Determination& determination = newest->determination;
  out.set_category(determination.category());
  if (service_only) return out;
  out.set_suspended(determination.state() == v1::DETERMINATION_STATE_SUSPENDED);
  if (!determination.entitlements().empty()) *out.mutable_from_month() = determination.entitlements(0).from();
  out.set_org(determination.org());
  *out.mutable_next_review() = determination.next_review();
  return out;
}

absl::StatusOr<v1::Recognition> Determinations::Recognise(sql::Session& session, const std::string& subject,
                                                          const Person& person,
                                                          const std::string& purpose) const {
  if (purpose != kPurpose && purpose != kServicePurpose) {
    return MakeError(Reason::PURPOSE_DENIED, {.field = "purpose"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const auto newest, desk_.store().Newest(session, subject));
  v1::Recognition recognition = Statement(newest, purpose == kServicePurpose);
  const auto [type, number] = person.Key();
  CHUANYU_RETURN_IF_ERROR(BindSubject({.type = type, .number = number}, &recognition));
  return recognition;
}

absl::StatusOr<std::optional<uniqueness::Holder>> Determinations::InForce(sql::Session& session,
                                                                          const std::string& subject) const {
  CHUANYU_ASSIGN_OR_RETURN(const auto newest, desk_.store().Newest(session, subject));
  if (!newest || !Holds(newest->determination)) return std::optional<uniqueness::Holder>();
  CHUANYU_ASSIGN_OR_RETURN(const Date since, HeldSince(newest->determination));
  const absl::Time at = absl::FromCivil(absl::CivilSecond(since), ChinaTime());
  return std::optional<uniqueness::Holder>(
      {.region = desk_.own_region(), .accepted_at_ms = absl::ToUnixMillis(at)});
}

absl::StatusOr<Month> Determinations::FirstDue(sql::Session& session, const StoredApplication& stored) const {
  const v1::Application& application = stored.application;
  Month from = FirstMonth(desk_.Today());
  if (application.has_transfer()) {
    CHUANYU_ASSIGN_OR_RETURN(from, ParseMonth(application.transfer().from_month().value()));
    // What was held up goes on by this decision: what lies before stays unpaid.
    if (application.transfer().suspended()) from = std::max(from, Month(desk_.Today()));
  }
  // What an earlier status here was due for is not due again.
  CHUANYU_ASSIGN_OR_RETURN(const auto earlier, desk_.store().Newest(session, stored.subject));
  if (earlier) {
    const Ledger ledger = LedgerOf(earlier->determination);
    if (!ledger.entitlements().empty() && ledger.entitlements().back().to) {
      from = std::max(from, *ledger.entitlements().back().to + 1);
    }
  }
  return from;
}

absl::StatusOr<v1::Determination> Determinations::Begin(sql::Session& session,
                                                        const StoredApplication& stored,
                                                        const ChildApplication& application,
                                                        const Assessment& assessment, v1::Category category,
                                                        const StatedBenefits& others, const std::string& org,
                                                        CaseDesk::Topics* topics) const {
  CHUANYU_ASSIGN_OR_RETURN(const auto holder, InForce(session, stored.subject));
  if (holder) return MakeError(Reason::DUP_BENEFIT, {.field = "child", .detail = "region " + holder->region});
  const Date today = desk_.Today();
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, desk_.PolicyToday());
  CHUANYU_ASSIGN_OR_RETURN(const Month from, FirstDue(session, stored));
  const Date last_day = LastDayAsChild(application.birth, policy.age);
  StoredDetermination made{.subject = stored.subject};
  v1::Determination& out = made.determination;
  out.set_determination_no(DeterminationNumber(stored.application.application_no()));
  out.set_application_no(stored.application.application_no());
  out.set_state(v1::DETERMINATION_STATE_ACTIVE);
  out.set_version(1);
  out.set_category(category);
  out.mutable_from_month()->set_value(FormatMonth(from));
  // What was used again is as old as it was.
  if (ReusedEvidence(stored.application)) {
    *out.mutable_confirmed_on() = stored.application.transfer().confirmed_on();
  } else {
    out.mutable_confirmed_on()->set_value(FormatDate(today));
  }
  const Entitlement entitlement{
      .category = category, .fen_month = StandardOf(application, policy), .from = from};
  if (entitlement.fen_month) out.mutable_fen_month()->set_amount(*entitlement.fen_month);
  Ledger ledger;
  CHUANYU_RETURN_IF_ERROR(ledger.Add(entitlement));
  SetLedger(ledger, &out);
  CHUANYU_ASSIGN_OR_RETURN(const StatedBenefits stated, ReadOtherBenefits(others, from));
  StateOtherBenefits(stated, &out);
  out.set_org(org);
  out.mutable_next_review()->set_value(FormatDate(NextReview(today, last_day, assessment)));
  out.mutable_last_day_as_child()->set_value(FormatDate(last_day));
  out.set_study_stage(application.study_stage);
  CHUANYU_RETURN_IF_ERROR(PostDue(session, &made));
  made.check_on = NextLook(out, today);
  CHUANYU_RETURN_IF_ERROR(desk_.store().InsertDetermination(session, made));
  for (const std::string& region : stored.application.transfer().subscriber_regions()) {
    if (region == desk_.own_region()) continue;
    CHUANYU_RETURN_IF_ERROR(desk_.store().Subscribe(session, stored.subject, region));
  }
  CHUANYU_RETURN_IF_ERROR(TellOthers(session, made, topics));
  return out;
}

absl::Status Determinations::Review(const ChildApplication& application, const Assessment& assessment,
                                    v1::Category category, Date on, v1::Determination* determination) const {
  const Date today = desk_.Today();
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, desk_.PolicyToday());
  CHUANYU_RETURN_IF_ERROR(
      child_welfare::Review(category, StandardOf(application, policy), on, today, determination));
  const Date last_day = LastDayAsChild(application.birth, policy.age);
  determination->mutable_next_review()->set_value(FormatDate(NextReview(today, last_day, assessment)));
  determination->set_study_stage(application.study_stage);
  return absl::OkStatus();
}

absl::StatusOr<MonthAmount> Determinations::AmountFor(const v1::Determination& determination,
                                                      const Entitlement& due, Month month) const {
  if (determination.other_benefits().empty()) return MonthAmount{.fen = due.fen_month};
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, desk_.policy().On(Date(month)));
  return AmountOf(due, month, determination.other_benefits(), policy.top_up);
}

absl::Status Determinations::PostDue(sql::Session& session, StoredDetermination* stored) const {
  v1::Determination& determination = stored->determination;
  const Date today = desk_.Today();
  for (auto month = NextDue(determination, today); month; month = NextDue(determination, today)) {
    const Ledger ledger = LedgerOf(determination);
    const Entitlement& due = *ledger.Of(*month);
    CHUANYU_ASSIGN_OR_RETURN(const MonthAmount amount, AmountFor(determination, due, *month));
    CHUANYU_RETURN_IF_ERROR(desk_.months().Post(
        session, stored->subject, determination.determination_no(),
        {.month = *month, .category = due.category, .fen = amount.fen, .deducted = amount.deducted}));
    determination.mutable_posted_to()->set_value(FormatMonth(*month));
  }
  return absl::OkStatus();
}

absl::Status Determinations::Change(sql::Session& session, StoredDetermination* stored,
                                    absl::FunctionRef<absl::Status(v1::Determination*)> act,
                                    CaseDesk::Topics* topics, Tell tell) const {
  v1::Determination& determination = stored->determination;
  const bool counted = IsValid(determination);
  const v1::Category category = determination.category();
  // What is due until now was due before the act: a resumption passes over what is not posted.
  CHUANYU_RETURN_IF_ERROR(PostDue(session, stored));
  CHUANYU_RETURN_IF_ERROR(act(&determination));
  CHUANYU_RETURN_IF_ERROR(PostDue(session, stored));
  stored->check_on = NextLook(determination, desk_.Today());
  CHUANYU_RETURN_IF_ERROR(desk_.store().SaveDetermination(session, stored));
  if (!Holds(determination)) {
    CHUANYU_ASSIGN_OR_RETURN(const Date ended, ParseDate(determination.ended_on().value()));
    CHUANYU_RETURN_IF_ERROR(desk_.closed().Add(session, determination.application_no(), ended));
  }
  const bool same = counted == IsValid(determination) && category == determination.category();
  if (tell == Tell::kNobody || same) return absl::OkStatus();
  return TellOthers(session, *stored, topics);
}

absl::Status Determinations::EndOf(sql::Session& session, const std::string& subject, v1::EndReason reason,
                                   Date on, CaseDesk::Topics* topics) const {
  CHUANYU_ASSIGN_OR_RETURN(auto stored, desk_.store().Newest(session, subject));
  if (!stored || !Holds(stored->determination)) return absl::OkStatus();
  // The clock of who told it may be ahead.
  const Date day = std::min(on, desk_.Today());
  v1::Determination ended = stored->determination;
  if (HasReason(End(reason, day, desk_.Today(), &ended), Reason::STATE_CONFLICT)) {
    return absl::OkStatus();  // it ends before
  }
  return Change(
      session, &*stored,
      [&](v1::Determination* determination) {
        determination->clear_officer_id();
        return End(reason, day, desk_.Today(), determination);
      },
      topics);
}

absl::Status Determinations::TellOthers(sql::Session& session, const StoredDetermination& stored,
                                        CaseDesk::Topics* topics) const {
  CHUANYU_ASSIGN_OR_RETURN(const auto regions, desk_.store().Subscribers(session, stored.subject));
  CHUANYU_ASSIGN_OR_RETURN(const auto orgs, desk_.store().Watchers(session, stored.subject));
  // Most have none, and a signature takes longer than all the rest of the transaction.
  if (regions.empty() && orgs.empty()) return absl::OkStatus();
  // Without the salted hash: the subject is named beside it, and only who subscribed gets it.
  CHUANYU_ASSIGN_OR_RETURN(const v1::SignedRecognition recognition,
                           SignRecognition(desk_.signers(), Statement(stored, /*service_only=*/true)));
  if (!regions.empty()) {
    v1::StatusChangedRequest change;
    change.set_subject(absl::HexStringToBytes(stored.subject));
    change.set_key_id(desk_.config().claim_key_id);
    *change.mutable_signed_recognition() = recognition;
    *change.mutable_changed_at() = TimestampOf(desk_.clock().Now());
    CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, desk_.rows().NextSequence(session));
    change.set_sequence(sequence);
    for (const std::string& region : regions) {
      CHUANYU_RETURN_IF_ERROR(
          desk_.Send(session, region, kStatusChanged, stored.determination.determination_no(), change));
    }
  }
  if (orgs.empty()) return absl::OkStatus();
  CHUANYU_RETURN_IF_ERROR(desk_.store().AddChange(session, stored.subject, recognition, desk_.Today()));
  for (const std::string& org : orgs) topics->push_back(OrgTopic(org));
  return absl::OkStatus();
}

absl::Status Determinations::Look(const std::string& number) const {
  return desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(StoredDetermination stored, desk_.store().LoadDetermination(session, number));
    const Date today = desk_.Today();
    if (!Holds(stored.determination) || stored.check_on > today) return absl::OkStatus();
    const auto by_time = [&](v1::Determination* determination) -> absl::Status {
      Advance(today, determination);
      if (!ComesOfAge(*determination, today)) return absl::OkStatus();
      CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, desk_.PolicyToday());
      CHUANYU_ASSIGN_OR_RETURN(const Date last_day, ParseDate(determination->last_day_as_child().value()));
      CHUANYU_ASSIGN_OR_RETURN(const Date review, ParseDate(determination->next_review().value()));
      if (MayStudyOn(determination->category(), determination->study_stage(), policy.age)) {
        // Looked at again for the next school year.
        determination->mutable_next_review()->set_value(FormatDate(AddMonths(today, kReviewMonths)));
        return absl::OkStatus();
      }
      // From the birthday on, or from the review that no longer finds it at school.
      return End(v1::END_REASON_ADULT, std::min(std::max(last_day + 1, review), today), today, determination);
    };
    return Change(session, &stored, by_time, topics);
  });
}

absl::Status Determinations::RunClock(int limit) const {
  std::vector<std::string> numbers;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(numbers, desk_.store().ToCheck(session, desk_.Today(), limit));
    return absl::OkStatus();
  }));
  for (const std::string& number : numbers) CHUANYU_RETURN_IF_ERROR(Look(number));
  return absl::OkStatus();
}

}  // namespace chuanyu::child_welfare
