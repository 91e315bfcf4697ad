// Tests that run on two regions with SQLite and on two with PostgreSQL. All tests of a program share these,
// so each brings persons of its own. At the end the journals of both regions must verify, and nothing that
// either has on disk may hold a number or a name.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/errors/error.h"
#include "tests/support/byte_search.h"
#include "tests/support/households.h"
#include "tests/support/journals.h"
#include "tests/support/world.h"

namespace chuanyu::testing {

// "OK", the name of the reason, or what else it is.
inline std::string Outcome(const absl::Status& status) {
  if (const auto reason = ReasonOf(status)) return std::string(ReasonName(*reason));
  return status.ok() ? "OK" : status.ToString();
}

inline const auto kBothBackends = ::testing::Values(Backend::kSqlite, Backend::kPostgresql);
inline std::string BackendName(const ::testing::TestParamInfo<Backend>& info) {
  return info.param == Backend::kSqlite ? "Sqlite" : "Postgresql";
}

// `Fixture` is the fixture itself; its static Persons() are all whom its tests speak of.
template <typename Fixture>
class SharedWorldTest : public ::testing::TestWithParam<Backend> {
 protected:
  virtual WorldOptions Options() const = 0;

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
  }
  static void TearDownTestSuite() {
    for (auto& [backend, world] : worlds()) {
      if (world != nullptr) StopAndExamine(*world, Fixture::Persons());
    }
    worlds().clear();
  }

  World& world() { return *world_; }

 private:
  static void StopAndExamine(World& world, const std::vector<TestPerson>& persons) {
    const absl::Status stopped = world.Stop();
    EXPECT_TRUE(stopped.ok()) << stopped;
    const auto report = VerifyJournals(world.cq(), world.sc());
    EXPECT_TRUE(report.ok() && report->ok())
        << (report.ok() ? Failures(*report) : report.status().ToString());
    ByteSearch search(NeedlesOf(persons));
    for (Region* region : {&world.cq(), &world.sc()}) {
      for (const std::string& folder : region->DataFolders()) search.InFolder(folder);
    }
    EXPECT_THAT(search.sightings(), ::testing::IsEmpty()) << search.Report();
  }
  static std::map<Backend, std::unique_ptr<World>>& worlds() {
    static auto& all = *new std::map<Backend, std::unique_ptr<World>>;
    return all;
  }

  World* world_ = nullptr;
};

}  // namespace chuanyu::testing
