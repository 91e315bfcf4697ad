// The household tests run on two regions with SQLite and on two with PostgreSQL, which all tests of a program
// share; each test brings persons of its own. At the end the journals of both regions must verify, and
// nothing that either region has on disk may hold a number or a name.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/errors/error.h"
#include "tests/support/byte_search.h"
#include "tests/support/eventually.h"
#include "tests/support/front_client.h"
#include "tests/support/households.h"
#include "tests/support/journals.h"
#include "tests/support/world.h"

namespace chuanyu::testing {

inline std::string Outcome(const absl::Status& status) {
  if (const auto reason = ReasonOf(status)) return std::string(ReasonName(*reason));
  return status.ok() ? "OK" : status.ToString();
}

class HouseholdTest : public ::testing::TestWithParam<Backend> {
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
  // Requests that have left Chongqing, and that have come in at Sichuan.
  static size_t Outbound(World& world) {
    return CountByRequest(ReadJournal(world.cq()), exchange::v1::RECORD_KIND_REQUEST_SENT).size() +
           CountByRequest(ReadJournal(world.sc()), exchange::v1::RECORD_KIND_REQUEST_RECEIVED).size();
  }

  void SetUp() override {
    const auto [at, fresh] = worlds().try_emplace(GetParam());
    if (fresh) {
      auto world = std::make_unique<World>(Options());
      const absl::Status started = world->Start();
      ASSERT_TRUE(started.ok()) << started;
      at->second = std::move(world);
    }
    ASSERT_NE(at->second, nullptr) << "the regions did not start";
    world_ = at->second.get();
    front_ = std::make_unique<FrontClient>(world_->cq().ToFront(kPlatform));
  }
  static void StopAndExamine(World& world) {
    const absl::Status stopped = world.Stop();
    EXPECT_TRUE(stopped.ok()) << stopped;
    const auto report = VerifyJournals(world.cq(), world.sc());
    EXPECT_TRUE(report.ok() && report->ok())
        << (report.ok() ? Failures(*report) : report.status().ToString());
    ByteSearch search(NeedlesOf(AllTestPersons()));
    for (Region* region : {&world.cq(), &world.sc()}) {
      for (const std::string& folder : region->DataFolders()) search.InFolder(folder);
    }
    EXPECT_THAT(search.sightings(), ::testing::IsEmpty()) << search.Report();
  }
  static void TearDownTestSuite() {
    for (auto& [backend, world] : worlds()) {
      if (world != nullptr) StopAndExamine(*world);
    }
    worlds().clear();
  }

  virtual WorldOptions Options() const {
    return {.backend = GetParam(), .registers = CHUANYU_SOURCE_DIR "/tests/support/registers"};
  }

  World& world() { return *world_; }
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
  static std::map<Backend, std::unique_ptr<World>>& worlds() {
    static auto& all = *new std::map<Backend, std::unique_ptr<World>>;
    return all;
  }

  World* world_ = nullptr;
  std::unique_ptr<FrontClient> front_;
};

inline const auto kBothBackends = ::testing::Values(Backend::kSqlite, Backend::kPostgresql);
inline std::string BackendName(const ::testing::TestParamInfo<Backend>& info) {
  return info.param == Backend::kSqlite ? "Sqlite" : "Postgresql";
}

}  // namespace chuanyu::testing
