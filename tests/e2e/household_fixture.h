// Households that are filed in Chongqing, on the regions of shared_world.h.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/e2e/shared_world.h"
#include "tests/support/eventually.h"
#include "tests/support/front_client.h"

namespace chuanyu::testing {

class HouseholdTest : public SharedWorldTest<HouseholdTest> {
 public:
  static std::vector<TestPerson> Persons() { return AllTestPersons(); }

 protected:
  // The result of one member in one class; nullptr when there is none.
  static const family_economy::v1::ClassResult* ResultOf(
      const family_economy::v1::Verification& check, const std::string& member,
      family_economy::v1::DataClass data_class = family_economy::v1::DATA_CLASS_A10_ASSISTANCE) {
    for (const auto& result : check.results()) {
      if (result.member_id() == member && result.result().data_class() == data_class) return &result.result();
    }
    return nullptr;
  }
  // Questions that have left Chongqing, and that have come in at Sichuan. Ends of checks come whenever they
  // come.
  static size_t Outbound(World& world) {
    std::vector<exchange::v1::JournalRecord> records = ReadJournal(world.cq());
    const std::vector<exchange::v1::JournalRecord> sichuan = ReadJournal(world.sc());
    records.insert(records.end(), sichuan.begin(), sichuan.end());
    std::erase_if(records, [](const exchange::v1::JournalRecord& record) {
      return record.operation().ends_with("/TellCheckEnds");
    });
    return CountByRequest(records, exchange::v1::RECORD_KIND_REQUEST_SENT).size() +
           CountByRequest(records, exchange::v1::RECORD_KIND_REQUEST_RECEIVED).size();
  }

  void SetUp() override {
    SharedWorldTest::SetUp();
    if (HasFatalFailure()) return;
    front_ = std::make_unique<FrontClient>(world().cq().ToFront(kPlatform));
  }

  WorldOptions Options() const override {
    return {.backend = GetParam(), .registers = CHUANYU_SOURCE_DIR "/tests/support/registers"};
  }

  FrontClient& front() { return *front_; }

  // Files a check and waits for `state`; what it then is, with household.
  family_economy::v1::Verification FileAndAwait(
      const family_economy::v1::CreateVerificationRequest& request,
      family_economy::v1::VerificationState state = family_economy::v1::VERIFICATION_STATE_REPORTED) {
    const auto created = front().Create(request);
    EXPECT_TRUE(created.ok()) << created.status();
    if (!created.ok()) return {};
    const auto reached = front().Await(created->verification_no(), state);
    EXPECT_TRUE(reached.ok()) << reached.status();
    const auto full = front().Get(created->verification_no());
    EXPECT_TRUE(full.ok()) << full.status();
    return full.ok() ? *full : family_economy::v1::Verification();
  }

 private:
  std::unique_ptr<FrontClient> front_;
};

}  // namespace chuanyu::testing
