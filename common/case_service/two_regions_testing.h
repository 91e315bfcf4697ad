// Two regions without servers, for tests: desks with one clock that the test moves, and messages carried by
// hand, each of them twice, or with faults that a seed decides.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"
#include "common/case_service/claim_calls.h"
#include "common/clock/clock.h"
#include "common/outbox/outbox_store.h"
#include "common/sql/sql.h"
#include "gtest/gtest.h"

namespace chuanyu {

inline absl::Time Noon(Date day) { return absl::FromCivil(absl::CivilSecond(day) + 12 * 3600, ChinaTime()); }

inline std::string MethodOf(const OutboxMessage& message) {
  return message.operation.substr(message.operation.rfind('/') + 1);
}

template <typename Request>
Request ReadRequest(const OutboxMessage& message) {
  Request request;
  EXPECT_TRUE(request.ParseFromString(message.payload));
  return request;
}

// What a provider answers: `done` of a call that says nothing, `answer` of one that does.
inline absl::StatusOr<std::string> Told(const absl::Status& done) {
  if (!done.ok()) return done;
  return std::string();
}
template <typename Response>
absl::StatusOr<std::string> Told(const absl::StatusOr<Response>& answer) {
  if (!answer.ok()) return answer.status();
  return answer->SerializeAsString();
}

// The calls that every item's provider has; nothing for another one. `Messages` as in CaseWork.
template <typename Messages, typename Applications>
std::optional<absl::StatusOr<std::string>> AnswerOfCases(const ClaimCalls& claims, Applications& applications,
                                                         const std::string& from,
                                                         const OutboxMessage& message) {
  const std::string method = MethodOf(message);
  if (method == "ClaimSubject") {
    return Told(claims.Claim(from, ReadRequest<cases::v1::ClaimSubjectRequest>(message)));
  }
  if (method == "ReleaseSubject") {
    return Told(claims.Release(from, ReadRequest<cases::v1::ReleaseSubjectRequest>(message)));
  }
  if (method == "PushApplication") {
    return Told(applications.Push(from, ReadRequest<typename Messages::PushRequest>(message)));
  }
  if (method == "ReturnResult") {
    return Told(applications.TakeResult(from, ReadRequest<typename Messages::ResultRequest>(message)));
  }
  return std::nullopt;
}

// `Side`: one region; made of (dialect, region, peer, clock, more...), with desk(), applications(), Tick(),
// and Answer(from, message) for its provider.
template <typename Side>
class TwoDesks {
 public:
  template <typename... More>
  explicit TwoDesks(sql::Dialect dialect, const More&... more)
      : cq_(dialect, "500000", "510000", clock_, more...),
        sc_(dialect, "510000", "500000", clock_, more...) {}

  Side& cq() { return cq_; }
  Side& sc() { return sc_; }
  Side& Other(const Side& side) { return &side == &cq_ ? sc_ : cq_; }
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
      if (Carry(cq_) + Carry(sc_) == 0 || ::testing::Test::HasFatalFailure()) return;
    }
    ADD_FAILURE() << "messages go on and on";
  }
  // Some messages, in any order; some get lost, arrive twice, or their answers get lost.
  void CarrySome(std::mt19937& random) {
    cq_.Tick();
    sc_.Tick();
    for (Side* from : {&cq_, &sc_}) {
      auto due = Due(*from);
      std::shuffle(due.begin(), due.end(), random);
      for (const std::string& id : due) {
        const auto roll = random() % 5;
        if (roll == 0) continue;
        Deliver(*from, id, /*times=*/roll == 1 ? 2 : 1, /*answers=*/roll == 2 ? 0 : 1);
      }
    }
  }
  // Waiting messages of one side, the newest first, once.
  void CarryBackwards(Side& from) {
    auto due = Due(from);
    std::reverse(due.begin(), due.end());
    for (const std::string& id : due) Deliver(from, id, 1, 1);
  }
  // Messages of a method that were carried.
  int carried(const std::string& method) const {
    const auto at = carried_.find(method);
    return at == carried_.end() ? 0 : at->second;
  }

 private:
  std::vector<std::string> Due(Side& from) { return from.desk().outbox().Due(clock_.Now(), "", 100).value(); }
  int Carry(Side& from) {
    const auto due = Due(from);
    for (const std::string& id : due) Deliver(from, id, 2, 2);
    return static_cast<int>(due.size());
  }
  void Deliver(Side& from, const std::string& id, int times, int answers) {
    const auto message = from.desk().outbox().Find(id).value();
    if (!message) return;
    std::string answer;
    for (int i = 0; i < times; ++i) {
      const auto said = Other(from).Answer(from.desk().own_region(), *message);
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
    ++carried_[MethodOf(*message)];
  }

  FakeClock clock_{Noon(Date(2026, 3, 2))};
  Side cq_;
  Side sc_;
  std::map<std::string, int> carried_;
};

}  // namespace chuanyu
