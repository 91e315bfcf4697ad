// Two regions without servers: desks with a clock that the test moves, and messages carried by hand, each of
// them twice, or with faults that a seed decides. Synthetic persons.
#pragma once

#include <algorithm>
#include <future>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/case_service/case_desk_testing.h"
#include "common/errors/error.h"
#include "gtest/gtest.h"
#include "services/child_welfare/peers.h"
#include "services/child_welfare/recognitions.h"
#include "services/child_welfare/rules/rules_testing.h"
#include "services/child_welfare/status_acts.h"

namespace chuanyu::child_welfare {

inline absl::Time Noon(Date day) {
  return absl::FromCivil(absl::CivilSecond(day) + 12 * 3600, absl::FixedTimeZone(8 * 3600));
}

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
  Side(sql::Dialect dialect, const std::string& region, const std::string& peer, const Clock& clock)
      : files_(dialect), county_(region == "500000" ? kCountyCq : kCountySc) {
    CaseConfig config = files_.Config("child_welfare", region, {peer});
    config.offices = {{.org = "county", .roles = {"WINDOW", "TOWN", "COUNTY"}, .counties = {county_}},
                      {.org = "other", .roles = {"WINDOW", "COUNTY"}, .counties = {}}};
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
  absl::StatusOr<v1::Application> Act(const std::string& number, const std::string& act,
                                      const std::string& role) {
    v1::PerformStepRequest request;
    request.set_request_id(NextId());
    request.set_application_no(number);
    request.set_act(act);
    request.set_role(role);
    request.set_officer_id("officer-1");
    if (act == "approve" || act == "reject") request.set_version(Get(number).version());
    return applications_->Perform(kCounty, request);
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
  std::string Told() {
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
    const absl::Status looked = determinations_->RunClock(100);
    EXPECT_TRUE(looked.ok()) << looked;
  }

  // What this region's provider answers.
  absl::StatusOr<std::string> Answer(const std::string& from, const OutboxMessage& message) {
    const std::string method = message.operation.substr(message.operation.rfind('/') + 1);
    if (method == "ClaimSubject") {
      const auto granted = claims_->Claim(from, Read<cases::v1::ClaimSubjectRequest>(message));
      if (!granted.ok()) return granted.status();
      return granted->SerializeAsString();
    }
    if (method == "PushApplication") {
      const auto taken = applications_->Push(from, Read<v1::PushApplicationRequest>(message));
      if (!taken.ok()) return taken.status();
      return taken->SerializeAsString();
    }
    absl::Status done;
    if (method == "ReleaseSubject") {
      done = claims_->Release(from, Read<cases::v1::ReleaseSubjectRequest>(message));
    } else if (method == "ReturnResult") {
      done = applications_->TakeResult(from, Read<v1::ReturnResultRequest>(message));
    } else {
      EXPECT_EQ(method, "StatusChanged");
      done = peers_->TakeChange(from, Read<v1::StatusChangedRequest>(message));
    }
    if (!done.ok()) return done;
    return std::string();
  }

  static inline const Caller kCounty = {.org = "county", .name = "county/platform"};
  static inline const Caller kOther = {.org = "other", .name = "other/platform"};  // of no county

 private:
  template <typename Request>
  static Request Read(const OutboxMessage& message) {
    Request request;
    EXPECT_TRUE(request.ParseFromString(message.payload));
    return request;
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

class TwoRegions {
 public:
  explicit TwoRegions(sql::Dialect dialect)
      : cq_(dialect, "500000", "510000", clock_), sc_(dialect, "510000", "500000", clock_) {}

  Side& cq() { return cq_; }
  Side& sc() { return sc_; }
  Date today() const { return TodayShanghai(clock_); }
  void SetDay(Date day) { clock_.Set(Noon(day)); }
  void MoveTo(Date day) {
    SetDay(day);
    Settle();
  }
  // Carries every message, and its answer, twice, until nothing is left; ticks in between.
  void Settle() {
    for (int round = 0; round < 100; ++round) {
      cq_.Tick();
      sc_.Tick();
      if (Carry(cq_, sc_) + Carry(sc_, cq_) == 0 || ::testing::Test::HasFatalFailure()) return;
    }
    ADD_FAILURE() << "messages go on and on";
  }
  // Some messages, in any order; some get lost, arrive twice, or their answers get lost.
  void CarrySome(std::mt19937& random) {
    cq_.Tick();
    sc_.Tick();
    for (Side* from : {&cq_, &sc_}) {
      Side& to = from == &cq_ ? sc_ : cq_;
      auto due = from->desk().outbox().Due(clock_.Now(), "", 100).value();
      std::shuffle(due.begin(), due.end(), random);
      for (const std::string& id : due) {
        const auto roll = random() % 5;
        if (roll == 0) continue;
        Deliver(*from, to, id, /*times=*/roll == 1 ? 2 : 1, /*answers=*/roll == 2 ? 0 : 1);
      }
    }
  }
  // Waiting messages of one side, the newest first, once.
  void CarryBackwards(Side& from, Side& to) {
    auto due = from.desk().outbox().Due(clock_.Now(), "", 100).value();
    std::reverse(due.begin(), due.end());
    for (const std::string& id : due) Deliver(from, to, id, 1, 1);
  }

 private:
  int Carry(Side& from, Side& to) {
    const auto due = from.desk().outbox().Due(clock_.Now(), "", 100).value();
    for (const std::string& id : due) Deliver(from, to, id, 2, 2);
    return static_cast<int>(due.size());
  }
  void Deliver(Side& from, Side& to, const std::string& id, int times, int answers) {
    const auto message = from.desk().outbox().Find(id).value();
    if (!message) return;
    std::string answer;
    for (int i = 0; i < times; ++i) {
      const auto said = to.Answer(from.desk().own_region(), *message);
      ASSERT_TRUE(said.ok()) << message->operation << " " << said.status();
      if (i > 0) {
        EXPECT_EQ(*said, answer) << message->operation << ": a repeat has the same answer";
      }
      answer = *said;
    }
    for (int i = 0; i < answers; ++i) {
      const absl::Status taken = from.applications().TakeAnswer(*message, answer);
      ASSERT_TRUE(taken.ok()) << taken;
    }
  }

  FakeClock clock_{Noon(Date(2026, 3, 2))};
  Side cq_;
  Side sc_;
};

}  // namespace chuanyu::child_welfare
