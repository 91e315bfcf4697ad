#include "services/family_economy/rules/report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/calendar/china_time.h"
#include "common/identity/masking.h"

namespace chuanyu::family_economy {
namespace {

void Count(v1::ResultState state, v1::ReportCounts* counts) {
  switch (state) {
    case v1::RESULT_STATE_HIT:
      return counts->set_hit(counts->hit() + 1);
    case v1::RESULT_STATE_NO_HIT:
      return counts->set_no_hit(counts->no_hit() + 1);
    case v1::RESULT_STATE_NOT_CHECKED:
      return counts->set_not_checked(counts->not_checked() + 1);
    default:
      return counts->set_error(counts->error() + 1);
  }
}

}  // namespace

std::vector<v1::ReportMember> MaskedMembers(const Application& application, Date today) {
  std::vector<v1::ReportMember> lines;
  for (const Member& member : application.members) {
    const Person& person = member.person;
    v1::ReportMember& line = lines.emplace_back();
    line.set_member_id(member.id);
    line.set_masked_name(person.IsAdultOn(today) ? MaskName(person.name) : MaskMinorName(person.name));
    if (person.document) line.set_masked_doc_no(MaskId(*person.document, today));
    line.set_relation(member.relation);
  }
  return lines;
}

void CompleteReport(absl::Time now, v1::Verification* verification) {
  v1::Report& report = *verification->mutable_report();
  report.set_report_no(
      absl::StrCat(verification->verification_no(), "-R", 1 + verification->earlier_reports_size()));
  report.mutable_generated_at()->set_seconds(absl::ToUnixSeconds(now));
  *report.mutable_classes() = verification->classes();
  report.clear_counts();
  report.clear_unchecked();
  report.clear_statement();
  report.clear_note();
  report.clear_proposal();
  report.clear_valid_to();
  for (const v1::MemberResult& result : verification->results()) {
    Count(result.result().state(), report.mutable_counts());
    if (result.result().state() == v1::RESULT_STATE_HIT ||
        result.result().state() == v1::RESULT_STATE_NO_HIT) {
      continue;
    }
    v1::UncheckedItem& item = *report.add_unchecked();
    item.set_member_id(result.member_id());
    item.set_data_class(result.result().data_class());
    *item.mutable_region() = result.region();
    item.set_reason(result.result().reason());
  }
  report.set_complete(report.unchecked().empty());
}

void SetValidTo(int days, v1::Report* report) {
  const Date made = DayOf(absl::FromUnixSeconds(report->generated_at().seconds()));
  report->mutable_valid_to()->set_value(FormatDate(made + days));
}

v1::Verification EvidenceOf(const v1::Verification& verification) {
  v1::Verification evidence;
  evidence.set_verification_no(verification.verification_no());
  evidence.set_type(verification.type());
  evidence.set_assist_type(verification.assist_type());
  *evidence.mutable_classes() = verification.classes();
  *evidence.mutable_as_of() = verification.as_of();
  evidence.set_income_window_months(verification.income_window_months());
  *evidence.mutable_accept_org() = verification.accept_org();
  *evidence.mutable_results() = verification.results();
  *evidence.mutable_duplicates() = verification.duplicates();
  *evidence.mutable_discrepancies() = verification.discrepancies();
  *evidence.mutable_life_events() = verification.life_events();
  *evidence.mutable_other_checks() = verification.other_checks();
  if (verification.has_economy()) {
    *evidence.mutable_economy() = verification.economy();
    ClearNotes(evidence.mutable_economy());
  }
  *evidence.mutable_report() = verification.report();
  evidence.mutable_report()->clear_statement();
  evidence.mutable_report()->clear_note();
  return evidence;
}

void ClearNotes(v1::HouseholdEconomy* economy) {
  for (v1::FindingSettlement& one : *economy->mutable_settlements()) one.clear_note();
}

std::string VerificationNo(const std::string& own_region, const std::string& county, Date today,
                           int64_t sequence) {
  std::string prefix = own_region.substr(0, 2);
  if (own_region == "500000") prefix = "CQ";
  if (own_region == "510000") prefix = "SC";
  return absl::StrFormat("%s-A-%s-%04d%02d%02d-%08d", prefix, county, today.year(), today.month(),
                         today.day(), sequence % 100'000'000);
}

}  // namespace chuanyu::family_economy
