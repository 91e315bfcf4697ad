// Of applications.h: the 户籍 of a person moves, and what is paid with it (domain page §8).
#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/disability/applications.h"

namespace chuanyu::disability {

absl::StatusOr<std::string> Applications::MoveTo(sql::Session& session, const std::string& subject,
                                                 const std::string& org, const std::string& hukou_code,
                                                 Date on, const std::string& officer_id, Topics* topics) {
  CHUANYU_ASSIGN_OR_RETURN(std::vector<StoredGrant> moved, grants_.InForce(session, subject, org));
  if (moved.empty()) {
    return MakeError(Reason::STATE_CONFLICT,
                     {.field = "grant_no", .detail = "is over, ends or moves already"});
  }
  std::vector<Month> next;
  for (StoredGrant& each : moved) {
    CHUANYU_ASSIGN_OR_RETURN(next.emplace_back(), grants_.BeginMove(session, hukou_code, on, &each));
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::string number, FileMove(session, moved, next, on, topics));
  for (StoredGrant& each : moved) {
    each.grant.set_move_application_no(number);
    each.grant.set_officer_id(officer_id);
    CHUANYU_RETURN_IF_ERROR(desk_.grants().Save(session, &each, desk_.Today()));
  }
  return number;
}

absl::StatusOr<std::string> Applications::FileMove(sql::Session& session,
                                                   const std::vector<StoredGrant>& moved,
                                                   const std::vector<Month>& next, Date on, Topics* topics) {
  StoredApplication stored{.org = moved.front().grant.org(), .window_region = desk_.own_region()};
  v1::Application& out = stored.application;
  v1::Claimant& claimant = *out.mutable_claimant();
  v1::Transfer& transfer = *out.mutable_transfer();
  transfer.mutable_moved_on()->set_value(FormatDate(on));
  for (size_t i = 0; i < moved.size(); ++i) {
    const v1::Grant& grant = moved[i].grant;
    CHUANYU_ASSIGN_OR_RETURN(const StoredApplication decided,
                             desk_.store().Load(session, grant.application_no()));
    // What was stated last; of the need of care what was stated for CARE, which comes last.
    if (i == 0 || decided.application.application_no() != moved[i - 1].grant.application_no()) {
      claimant = decided.application.claimant();
      *out.mutable_filer() = decided.application.filer();
    }
    v1::MovedGrant& each = *transfer.add_grants();
    each.set_benefit(grant.benefit());
    each.set_grant_no(grant.grant_no());
    each.mutable_from_month()->set_value(FormatMonth(next[i]));
    each.set_suspended(grant.has_suspended_from());
  }
  claimant.clear_benefits();
  for (const v1::MovedGrant& each : transfer.grants()) claimant.add_benefits(each.benefit());
  // As 残联 has it.
  *claimant.mutable_certificate()->mutable_valid_to() = moved.back().grant.cert_valid_to();
  *out.mutable_accept_division() = claimant.hukou_code();  // the county that files it
  *claimant.mutable_hukou_code() = moved.front().grant.moved_to();
  CHUANYU_RETURN_IF_ERROR(FileTransfer(session, &stored, topics));
  return out.application_no();
}

absl::Status Applications::MoveAnswered(sql::Session& session, const v1::Application& moved, MoveEnd end,
                                        Topics*) {
  CHUANYU_ASSIGN_OR_RETURN(const Date on, ParseDate(moved.transfer().moved_on().value()));
  for (const v1::MovedGrant& each : moved.transfer().grants()) {
    CHUANYU_RETURN_IF_ERROR(grants_.AnswerMove(session, each.grant_no(), on, end == MoveEnd::kBack));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> Applications::InForceBy(sql::Session& session,
                                                                 const std::string& subject) {
  std::vector<std::string> out;
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<StoredGrant> grants, grants_.InForce(session, subject));
  for (const StoredGrant& each : grants) out.push_back(each.grant.application_no());
  return out;
}

absl::StatusOr<bool> Applications::MoveAway(sql::Session& session, const std::string& subject,
                                            const std::string& hukou_code, Date on, Topics* topics) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<StoredGrant> grants, grants_.InForce(session, subject));
  if (grants.empty()) return true;
  // What two offices pay goes in two applications, one after the other: one is open at a time.
  const std::string& org = grants.front().grant.org();
  CHUANYU_RETURN_IF_ERROR(MoveTo(session, subject, org, hukou_code, on, "", topics).status());
  return std::all_of(grants.begin(), grants.end(),
                     [&](const StoredGrant& each) { return each.grant.org() == org; });
}

absl::Status Applications::EndMovedAway(sql::Session& session, const std::string& subject, Date on, Topics*) {
  return grants_.StopAll(session, subject, v1::STOP_REASON_HUKOU_OUT, on);
}

}  // namespace chuanyu::disability
