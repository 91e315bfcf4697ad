// One side of common/case_service/two_regions_testing.h. Synthetic persons.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/case_service/case_desk_testing.h"
#include "common/case_service/two_regions_testing.h"
#include "services/disability/applications.h"
#include "services/disability/comparisons.h"
#include "services/disability/grant_moves.h"
#include "services/disability/recoveries.h"
#include "services/disability/rules/rules_testing.h"
#include "services/disability/status_query.h"

namespace chuanyu::disability {

class Side {
 public:
  Side(sql::Dialect dialect, const std::string& region, const std::string& peer, const Clock& clock,
       int chunk_lines = 3, const registers::RegistersConfig& registers = {})
      : files_(dialect), county_(region == "500000" ? "500109" : "511623") {
    ServiceConfig config;
    static_cast<CaseConfig&>(config) = files_.Config("disability", region, {peer});
    config.standards = kStandards;
    config.retention.content_days = 30;
    config.registers = registers;
    config.retention.max_rows = 2;
    config.offices = {
        {.org = "county", .roles = {"WINDOW", "TOWN", "DISABLED_FED", "COUNTY"}, .counties = {county_}},
        {.org = "other", .roles = {"WINDOW", "COUNTY"}, .counties = {}},
        {.org = "window", .roles = {"WINDOW"}, .counties = {}}};
    desk_ = Desk::Open(config, clock).value();
    claims_ = std::make_unique<ClaimCalls>(*desk_, nullptr);
    grants_ = std::make_unique<Grants>(*desk_, metrics_);
    comparisons_ = std::make_unique<Comparisons>(*desk_, metrics_, chunk_lines);
    applications_ = std::make_unique<Applications>(*desk_, *grants_, *comparisons_, *claims_);
    recoveries_ = std::make_unique<Recoveries>(*desk_);
    moves_ = std::make_unique<GrantMoves>(*desk_, *applications_);
    query_ = std::make_unique<StatusQuery>(*desk_, *grants_);
  }

  Desk& desk() { return *desk_; }
  Grants& grants() { return *grants_; }
  Comparisons& comparisons() { return *comparisons_; }
  Applications& applications() { return *applications_; }
  const std::string& county() const { return county_; }

  absl::StatusOr<v1::Application> Create(const std::string& request_id, const Form& form,
                                         const Caller& caller = kCounty) {
    v1::CreateApplicationRequest request;
    request.set_request_id(request_id);
    *request.mutable_application()->mutable_claimant() = form.claimant;
    *request.mutable_application()->mutable_filer() = form.filer;
    request.mutable_application()->mutable_accept_division()->set_code(county_);
    return applications_->Create(caller, request);
  }
  absl::StatusOr<v1::Application> Act(const std::string& number, const std::string& act,
                                      const std::string& role, const v1::Findings* findings = nullptr,
                                      const Caller& caller = kCounty) {
    v1::PerformStepRequest request;
    request.set_request_id(absl::StrCat("act-", ++acts_));
    request.set_application_no(number);
    request.set_act(act);
    request.set_role(role);
    request.set_officer_id("officer-1");
    if (findings != nullptr) *request.mutable_findings() = *findings;
    if (act == "approve" || act == "reject") request.set_version(Get(number).version());
    return applications_->Perform(caller, request);
  }
  v1::Application Get(const std::string& number) {
    const auto found = applications_->Get("county", number);
    return found.ok() ? *found : v1::Application();
  }
  absl::StatusOr<v1::Grant> Change(const std::string& number, v1::GrantChange change, v1::StopReason reason,
                                   Date on) {
    v1::ChangeGrantRequest request;
    request.set_request_id(absl::StrCat("change-", ++acts_));
    request.set_grant_no(number);
    request.set_change(change);
    request.set_reason(reason);
    request.mutable_on()->set_value(FormatDate(on));
    request.set_officer_id("officer-1");
    return grants_->Change(kCounty, request);
  }
  v1::MoveGrantsRequest MoveOf(const std::string& number, const std::string& hukou, Date on) {
    v1::MoveGrantsRequest request;
    request.set_request_id(absl::StrCat("move-", ++acts_));
    request.set_grant_no(number);
    request.mutable_hukou_code()->set_code(hukou);
    request.mutable_on()->set_value(FormatDate(on));
    request.set_officer_id("officer-1");
    return request;
  }
  absl::StatusOr<v1::MoveGrantsResponse> Move(const v1::MoveGrantsRequest& request) {
    return moves_->Move(kCounty, request);
  }
  // Money of a month has come back; 0: it is kept.
  v1::RecordRecoveryRequest RecoveryOf(const std::string& number, const std::string& month, int64_t fen) {
    v1::RecordRecoveryRequest request;
    request.set_request_id(absl::StrCat("recovery-", ++acts_));
    request.set_grant_no(number);
    request.mutable_month()->set_value(month);
    if (fen != 0) request.mutable_fen()->set_amount(fen);
    request.set_keeps(fen == 0);
    request.mutable_on()->set_value(FormatDate(desk_->Today()));
    request.set_officer_id("officer-1");
    return request;
  }
  absl::StatusOr<v1::Recovery> Record(const v1::RecordRecoveryRequest& request,
                                      const Caller& caller = kCounty) {
    return recoveries_->Record(caller, request);
  }
  v1::ListRecoveriesResponse ToRecover(int page_size = 0, const std::string& token = "",
                                       const Caller& caller = kCounty) {
    v1::ListRecoveriesRequest request;
    request.set_page_size(page_size);
    request.set_page_token(token);
    return recoveries_->List(caller, request).value();
  }
  v1::Grant Grant(const std::string& number) {
    const auto found = grants_->Get("county", number);
    return found.ok() ? found->grant() : v1::Grant();
  }
  // The person of TestForm has died.
  void Die(Date day) {
    const Date today = desk_->Today();
    const auto claim = ReadClaim(TestForm().claimant, TestForm().filer, today, today, Divisions());
    ASSERT_TRUE(claim.ok()) << claim.status();
    const absl::Status taken = desk_->Transact([&](sql::Session& session, CaseDesk::Topics* topics) {
      return applications_->TakeDeath(session, desk_->SubjectOf(claim->person), day, topics);
    });
    ASSERT_TRUE(taken.ok()) << taken;
  }
  // The 户籍 of the person of TestForm has moved, or that was reported wrongly.
  void Moved(Date day, const std::string& to = "500109", bool wrongly = false) {
    const Date today = desk_->Today();
    const auto claim = ReadClaim(TestForm().claimant, TestForm().filer, today, today, Divisions());
    ASSERT_TRUE(claim.ok()) << claim.status();
    const HukouMove move = {.from = "511623", .to = to, .day = day, .region = "510000"};
    const absl::Status taken = desk_->Transact([&](sql::Session& session, CaseDesk::Topics* topics) {
      const std::string subject = desk_->SubjectOf(claim->person);
      return wrongly ? applications_->TakeBackMove(session, subject, move, topics)
                     : applications_->TakeMove(session, subject, move, topics);
    });
    ASSERT_TRUE(taken.ok()) << taken;
  }
  // The death was reported wrongly.
  void Live() {
    const Date today = desk_->Today();
    const auto claim = ReadClaim(TestForm().claimant, TestForm().filer, today, today, Divisions());
    ASSERT_TRUE(claim.ok()) << claim.status();
    const absl::Status taken = desk_->Transact([&](sql::Session& session, CaseDesk::Topics*) {
      return applications_->TakeBackDeath(session, desk_->SubjectOf(claim->person));
    });
    ASSERT_TRUE(taken.ok()) << taken;
  }
  // "2026-06 2026-07": the months posted.
  std::string Months(const std::string& grant_no) {
    const auto found = grants_->Get("county", grant_no);
    std::string out;
    if (!found.ok()) return found.status().ToString();
    for (const v1::LedgerLine& line : found->lines()) {
      absl::StrAppend(&out, out.empty() ? "" : " ", line.month().value());
    }
    return out;
  }
  // All that this region has paid to anybody, by month.
  std::vector<std::string> PaidMonths(v1::Benefit benefit) {
    std::vector<std::string> out;
    EXPECT_TRUE(desk_
                    ->Read([&](sql::Session& session) -> absl::Status {
                      CHUANYU_ASSIGN_OR_RETURN(
                          out, Texts(session,
                                     "SELECT month FROM dis_ledger WHERE benefit = :benefit ORDER BY month",
                                     {{"benefit", int64_t{benefit}}}));
                      return absl::OkStatus();
                    })
                    .ok());
    return out;
  }
  v1::GetComparisonResponse Compared(const std::string& month) {
    v1::GetComparisonRequest request;
    request.mutable_month()->set_value(month);
    return comparisons_->Get(kCounty, request).value();
  }
  absl::Status StartComparison(const std::string& month) {
    v1::StartComparisonRequest request;
    request.mutable_month()->set_value(month);
    return comparisons_->Start(kCounty, request);
  }
  void Tick() {
    EXPECT_TRUE(applications_->TellCases().ok());
    EXPECT_TRUE(applications_->EndUntold(100).ok());
    EXPECT_TRUE(applications_->FollowMoves(100).ok());
    EXPECT_TRUE(grants_->RunClock(100).ok());
    EXPECT_TRUE(comparisons_->RunClock().ok());
  }

  // What this region's provider answers.
  absl::StatusOr<std::string> Answer(const std::string& from, const OutboxMessage& message) {
    if (auto answer = AnswerOfCases<Messages>(*claims_, *applications_, from, message)) return *answer;
    if (MethodOf(message) == "QueryStatus") {
      return Told(query_->Answer(message.purpose, ReadRequest<v1::QueryStatusRequest>(message)));
    }
    EXPECT_EQ(MethodOf(message), "CompareLedger");
    EXPECT_EQ(message.purpose, "P-DIS-RECON");
    return Told(comparisons_->Compare(ReadRequest<v1::CompareLedgerRequest>(message)));
  }

  static inline const Caller kCounty = {.org = "county", .name = "county/platform"};
  static inline const Caller kOther = {.org = "other", .name = "other/platform"};  // of no county

 private:
  CaseDeskFiles files_;
  const std::string county_;
  Metrics metrics_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<ClaimCalls> claims_;
  std::unique_ptr<Grants> grants_;
  std::unique_ptr<Comparisons> comparisons_;
  std::unique_ptr<Applications> applications_;
  std::unique_ptr<Recoveries> recoveries_;
  std::unique_ptr<GrantMoves> moves_;
  std::unique_ptr<StatusQuery> query_;
  int acts_ = 0;
};

using TwoRegions = TwoDesks<Side>;

}  // namespace chuanyu::disability
