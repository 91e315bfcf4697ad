// One side of common/case_service/two_regions_testing.h. Synthetic persons.
#pragma once

#include <algorithm>
#include <functional>
#include <future>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/case_service/case_desk_testing.h"
#include "common/case_service/two_regions_testing.h"
#include "common/errors/error.h"
#include "gtest/gtest.h"
#include "services/child_welfare/peers.h"
#include "services/child_welfare/recognitions.h"
#include "services/child_welfare/rules/rules_testing.h"
#include "services/child_welfare/status_acts.h"

namespace chuanyu::child_welfare {

inline constexpr char kCountyCq[] = "500109";
inline constexpr char kCountySc[] = "511623";

// P09, whose father is dead and whose mother is severely disabled; 户籍 in `county`.
inline v1::Application FormOf(const std::string& county) {
  const Form form = TestForm();
  v1::Application out;
  *out.mutable_child() = form.child;
  out.mutable_child()->mutable_hukou_code()->set_code(county);
  for (const v1::ParentFact& fact : form.parents) *out.add_parents() = fact;
  *out.mutable_guardian() = form.guardian;
  return out;
}

class Side {
 public:
  // `registers`: of both regions; none without. `policy`: another folder than the one that is shipped.
  Side(sql::Dialect dialect, const std::string& region, const std::string& peer, const Clock& clock,
       const registers::RegistersConfig& registers = {}, const std::string& policy = "")
      : files_(dialect), county_(region == "500000" ? kCountyCq : kCountySc) {
    CaseConfig config = files_.Config("child_welfare", region, {peer});
    config.offices = {{.org = "county", .roles = {"WINDOW", "TOWN", "COUNTY"}, .counties = {county_}},
                      {.org = "other", .roles = {"WINDOW", "COUNTY"}, .counties = {}}};
    config.retention.content_days = 30;
    config.registers = registers;
    if (!policy.empty()) config.policy = policy;
    desk_ = Desk::Open(config, clock).value();
    determinations_ = std::make_unique<Determinations>(*desk_);
    claims_ = std::make_unique<ClaimCalls>(*desk_, [this](sql::Session& session, const std::string& subject) {
      return determinations_->InForce(session, subject);
    });
    applications_ = std::make_unique<Applications>(*desk_, *determinations_, *claims_);
    acts_ = std::make_unique<StatusActs>(*desk_, *determinations_, *applications_);
    peers_ = std::make_unique<Peers>(*desk_, *determinations_);
    recognitions_ = std::make_unique<Recognitions>(*desk_, *peers_);
  }

  Desk& desk() { return *desk_; }
  Applications& applications() { return *applications_; }
  StatusActs& acts() { return *acts_; }
  Recognitions& recognitions() { return *recognitions_; }
  const std::string& county() const { return county_; }

  std::string NextId() { return absl::StrCat("request-", ++ids_); }
  absl::StatusOr<v1::Application> Create(const std::string& hukou) {
    v1::CreateApplicationRequest request;
    request.set_request_id(NextId());
    *request.mutable_application() = FormOf(hukou);
    request.mutable_application()->mutable_accept_division()->set_code(county_);
    return applications_->Create(kCounty, request);
  }
  absl::StatusOr<v1::Application> Act(
      const std::string& number, const std::string& act, const std::string& role,
      const std::function<v1::PerformStepRequest(v1::PerformStepRequest)>& with =
          [](const v1::PerformStepRequest& request) { return request; }) {
    v1::PerformStepRequest request;
    request.set_request_id(NextId());
    request.set_application_no(number);
    request.set_act(act);
    request.set_role(role);
    request.set_officer_id("officer-1");
    if (act == "approve" || act == "reject") request.set_version(Get(number).version());
    return applications_->Perform(kCounty, with(request));
  }
  v1::Application Get(const std::string& number) {
    const auto found = applications_->Get("county", number);
    return found.ok() ? *found : v1::Application();
  }
  v1::GetDeterminationResponse Status(const std::string& number) {
    const auto found = acts_->Get("county", number);
    return found.ok() ? *found : v1::GetDeterminationResponse();
  }
  // An act on a status by an officer on a day.
  template <typename Request>
  Request ActOf(const std::string& number, Date on) {
    Request request;
    request.set_request_id(NextId());
    request.set_determination_no(number);
    request.mutable_on()->set_value(FormatDate(on));
    request.set_officer_id("officer-1");
    return request;
  }
  absl::StatusOr<v1::Determination> End(const std::string& number, v1::EndReason reason, Date on) {
    auto request = ActOf<v1::EndDeterminationRequest>(number, on);
    request.set_reason(reason);
    return acts_->End(kCounty, request);
  }
  absl::StatusOr<v1::Determination> Suspend(const std::string& number, Date on) {
    auto request = ActOf<v1::SuspendDeterminationRequest>(number, on);
    request.set_reason(v1::SUSPEND_REASON_CONDITION_IN_DOUBT);
    return acts_->Suspend(kCounty, request);
  }
  absl::StatusOr<v1::Determination> Resume(const std::string& number, Date on) {
    return acts_->Resume(kCounty, ActOf<v1::ResumeDeterminationRequest>(number, on));
  }
  // What is stated of the parents now; nothing: as it was.
  absl::StatusOr<v1::Determination> Review(const std::string& number, Date on,
                                           const std::vector<v1::ParentFact>& parents = {}) {
    auto request = ActOf<v1::ReviewDeterminationRequest>(number, on);
    for (const v1::ParentFact& fact : parents) *request.add_parents() = fact;
    return acts_->Review(kCounty, request);
  }
  absl::StatusOr<v1::Determination> Move(const std::string& number, const std::string& hukou, Date on) {
    auto request = ActOf<v1::MoveDeterminationRequest>(number, on);
    request.mutable_hukou_code()->set_code(hukou);
    return acts_->Move(kCounty, request);
  }
  // The child has died.
  std::string Die(Date day) {
    return ReasonText(desk_->Transact([&](sql::Session& session, CaseDesk::Topics* topics) {
      return applications_->TakeDeath(session, Subject(), day, topics);
    }));
  }
  // The death was reported wrongly.
  std::string Live() {
    return ReasonText(desk_->Transact([&](sql::Session& session, CaseDesk::Topics*) {
      return applications_->TakeBackDeath(session, Subject());
    }));
  }
  // The child's 户籍 has moved, or that was reported wrongly.
  std::string Moved(Date day, const std::string& to = kCountyCq, const std::string& from = kCountySc) {
    return ReasonText(desk_->Transact([&](sql::Session& session, CaseDesk::Topics* topics) {
      return applications_->TakeMove(session, Subject(), MoveOf(day, to, from), topics);
    }));
  }
  // The police of both regions name different places, this one among them.
  std::string Disputed(Date day, const std::string& to = kCountyCq, const std::string& from = kCountySc) {
    HukouMove move = MoveOf(day, to, from);
    move.disputed = true;
    return ReasonText(desk_->Transact([&](sql::Session& session, CaseDesk::Topics* topics) {
      return applications_->TakeMove(session, Subject(), move, topics);
    }));
  }
  std::string NotMoved(Date day, const std::string& to = kCountyCq, const std::string& from = kCountySc) {
    return ReasonText(desk_->Transact([&](sql::Session& session, CaseDesk::Topics* topics) {
      return applications_->TakeBackMove(session, Subject(), MoveOf(day, to, from), topics);
    }));
  }
  std::string Subject() {
    std::vector<Warning> warnings;
    return desk_->SubjectOf(
        ParsePerson(TestForm().child.person(), desk_->Today(), Divisions(), "person", &warnings).value());
  }
  // What another region, or this one, is told of the child.
  v1::Recognition Check(const std::string& from, const std::string& purpose, bool subscribe = false) {
    v1::CheckStatusRequest request;
    *request.mutable_person() = TestForm().child.person();
    request.set_subscribe(subscribe);
    v1::Recognition out;
    std::promise<absl::StatusOr<v1::SignedRecognition>> told;
    peers_->CheckStatus(from, purpose, request, [&told](absl::StatusOr<v1::SignedRecognition> answer) {
      told.set_value(std::move(answer));
    });
    const auto answer = told.get_future().get();
    EXPECT_TRUE(answer.ok()) << answer.status();
    if (answer.ok()) out.ParseFromString(answer->statement());
    return out;
  }
  // A school of this region wants to hear of the child.
  void Watch() {
    EXPECT_TRUE(desk_
                    ->Transact([&](sql::Session& session, CaseDesk::Topics*) {
                      return desk_->store().Watch(session, "school", Subject(), "subscription");
                    })
                    .ok());
  }
  // "510000 valid, 510000 not": what the school was told, in order.
  std::string ToldSchool() {
    std::string out;
    const auto changes = recognitions_->Changes("school", 0).value();
    for (const v1::RecognitionChange& change : changes) {
      absl::StrAppend(&out, out.empty() ? "" : ", ", change.recognition().region().code(),
                      change.recognition().valid() ? " valid" : " not");
    }
    return out;
  }
  // "2026-04 2026-05": the months that this region has paid for the child.
  std::vector<std::string> Months() {
    std::vector<std::string> out;
    EXPECT_TRUE(desk_
                    ->Read([&](sql::Session& session) -> absl::Status {
                      out.clear();
                      CHUANYU_ASSIGN_OR_RETURN(
                          const sql::Result found,
                          session.Query("SELECT month FROM cw_month WHERE subject = :subject ORDER BY month",
                                        {{"subject", Subject()}}));
                      for (const sql::Row& row : found.rows) out.push_back(sql::TextOf(row[0]));
                      return absl::OkStatus();
                    })
                    .ok());
    return out;
  }
  void Tick() {
    const absl::Status told = applications_->TellCases();
    EXPECT_TRUE(told.ok()) << told;
    const absl::Status untold = applications_->EndUntold(100);
    EXPECT_TRUE(untold.ok()) << untold;
    const absl::Status followed = applications_->FollowMoves(100);
    EXPECT_TRUE(followed.ok()) << followed;
    const absl::Status looked = determinations_->RunClock(100);
    EXPECT_TRUE(looked.ok()) << looked;
  }

  // What this region's provider answers.
  absl::StatusOr<std::string> Answer(const std::string& from, const OutboxMessage& message) {
    if (auto answer = AnswerOfCases<Messages>(*claims_, *applications_, from, message)) return *answer;
    EXPECT_EQ(MethodOf(message), "StatusChanged");
    return Told(peers_->TakeChange(from, ReadRequest<v1::StatusChangedRequest>(message)));
  }

  static inline const Caller kCounty = {.org = "county", .name = "county/platform"};
  static inline const Caller kOther = {.org = "other", .name = "other/platform"};  // of no county

 private:
  static HukouMove MoveOf(Date day, const std::string& to, const std::string& from) {
    return {.from = from, .to = to, .day = day, .region = from.substr(0, 2) + "0000"};
  }

  CaseDeskFiles files_;
  const std::string county_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<Determinations> determinations_;
  std::unique_ptr<ClaimCalls> claims_;
  std::unique_ptr<Applications> applications_;
  std::unique_ptr<StatusActs> acts_;
  std::unique_ptr<Peers> peers_;
  std::unique_ptr<Recognitions> recognitions_;
  int ids_ = 0;
};

using TwoRegions = TwoDesks<Side>;

}  // namespace chuanyu::child_welfare
