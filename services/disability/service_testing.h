// Two regions without servers: desks with a clock that the test moves, and messages carried by hand, each of
// them twice. Synthetic persons.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/case_service/case_desk_testing.h"
#include "services/disability/applications.h"
#include "services/disability/comparisons.h"
#include "services/disability/rules/rules_testing.h"
#include "services/disability/status_query.h"

namespace chuanyu::disability {

inline absl::Time Noon(Date day) {
  return absl::FromCivil(absl::CivilSecond(day) + 12 * 3600, absl::FixedTimeZone(8 * 3600));
}

class Side {
 public:
  Side(sql::Dialect dialect, const std::string& region, const std::string& peer, const Clock& clock,
       int chunk_lines)
      : files_(dialect), county_(region == "500000" ? "500109" : "511623") {
    ServiceConfig config;
    static_cast<CaseConfig&>(config) = files_.Config("disability", region, {peer});
    config.standards = kStandards;
    config.offices = {
        {.org = "county", .roles = {"WINDOW", "TOWN", "DISABLED_FED", "COUNTY"}, .counties = {county_}},
        {.org = "other", .roles = {"WINDOW", "COUNTY"}, .counties = {}},
        {.org = "window", .roles = {"WINDOW"}, .counties = {}}};
    desk_ = Desk::Open(config, clock).value();
    claims_ = std::make_unique<ClaimCalls>(*desk_, nullptr);
    grants_ = std::make_unique<Grants>(*desk_, metrics_);
    comparisons_ = std::make_unique<Comparisons>(*desk_, metrics_, chunk_lines);
    applications_ = std::make_unique<Applications>(*desk_, *grants_, *comparisons_, *claims_);
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
    EXPECT_TRUE(grants_->RunClock(100).ok());
    EXPECT_TRUE(comparisons_->RunClock().ok());
  }

  // What this region's provider answers.
  absl::StatusOr<std::string> Answer(const std::string& from, const OutboxMessage& message) {
    const std::string method = message.operation.substr(message.operation.rfind('/') + 1);
    if (method == "ClaimSubject") {
      return Reply<cases::v1::ClaimSubjectRequest>(
          message, [&](const auto& request) { return claims_->Claim(from, request); });
    }
    if (method == "ReleaseSubject") {
      cases::v1::ReleaseSubjectRequest request;
      request.ParseFromString(message.payload);
      CHUANYU_RETURN_IF_ERROR(claims_->Release(from, request));
      return std::string();
    }
    if (method == "PushApplication") {
      return Reply<v1::PushApplicationRequest>(
          message, [&](const auto& request) { return applications_->Push(from, request); });
    }
    if (method == "ReturnResult") {
      v1::ReturnResultRequest request;
      request.ParseFromString(message.payload);
      CHUANYU_RETURN_IF_ERROR(applications_->TakeResult(from, request));
      return std::string();
    }
    if (method == "QueryStatus") {
      return Reply<v1::QueryStatusRequest>(
          message, [&](const auto& request) { return query_->Answer(message.purpose, request); });
    }
    EXPECT_EQ(method, "CompareLedger");
    EXPECT_EQ(message.purpose, "P-DIS-RECON");
    return Reply<v1::CompareLedgerRequest>(
        message, [&](const auto& request) { return comparisons_->Compare(request); });
  }

  static inline const Caller kCounty = {.org = "county", .name = "county/platform"};
  static inline const Caller kOther = {.org = "other", .name = "other/platform"};  // of no county

 private:
  template <typename Request, typename Work>
  static absl::StatusOr<std::string> Reply(const OutboxMessage& message, Work work) {
    Request request;
    request.ParseFromString(message.payload);
    const auto response = work(request);
    if (!response.ok()) return response.status();
    return response->SerializeAsString();
  }

  CaseDeskFiles files_;
  const std::string county_;
  Metrics metrics_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<ClaimCalls> claims_;
  std::unique_ptr<Grants> grants_;
  std::unique_ptr<Comparisons> comparisons_;
  std::unique_ptr<Applications> applications_;
  std::unique_ptr<StatusQuery> query_;
  int acts_ = 0;
};

class TwoRegions {
 public:
  explicit TwoRegions(sql::Dialect dialect, int chunk_lines = 3)
      : cq_(dialect, "500000", "510000", clock_, chunk_lines),
        sc_(dialect, "510000", "500000", clock_, chunk_lines) {}

  Side& cq() { return cq_; }
  Side& sc() { return sc_; }
  void MoveTo(Date day) {
    clock_.Set(Noon(day));
    Settle();
  }
  // Carries every message, and its answer, twice, until nothing is left; ticks in between.
  void Settle() {
    for (bool moved = true; moved;) {
      cq_.Tick();
      sc_.Tick();
      moved = Carry(cq_, sc_) + Carry(sc_, cq_) > 0;
    }
  }
  int carried(const std::string& method) const {
    const auto at = carried_.find(method);
    return at == carried_.end() ? 0 : at->second;
  }

 private:
  int Carry(Side& from, Side& to) {
    const auto due = from.desk().outbox().Due(clock_.Now(), "", 100);
    EXPECT_TRUE(due.ok());
    for (const std::string& id : *due) {
      const auto message = from.desk().outbox().Find(id);
      EXPECT_TRUE(message.ok() && message->has_value());
      const auto answer = to.Answer(from.desk().own_region(), **message);
      const auto again = to.Answer(from.desk().own_region(), **message);
      EXPECT_TRUE(answer.ok() && again.ok()) << (**message).operation << " " << answer.status();
      if (!answer.ok() || !again.ok()) return 0;
      EXPECT_EQ(*answer, *again) << "a repeat has the same answer";
      for (int i = 0; i < 2; ++i) {
        const absl::Status taken = from.applications().TakeAnswer(**message, *answer);
        EXPECT_TRUE(taken.ok()) << taken;
      }
      ++carried_[(**message).operation.substr((**message).operation.rfind('/') + 1)];
    }
    return static_cast<int>(due->size());
  }

  FakeClock clock_{Noon(Date(2026, 3, 2))};
  Side cq_;
  Side sc_;
  std::map<std::string, int> carried_;
};

}  // namespace chuanyu::disability
