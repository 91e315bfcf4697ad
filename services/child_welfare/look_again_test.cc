// An act that asks registers first is done on the case that was looked at (common/case_service, CaseWork).
// Here the case changes while they are asked, which real registers cannot be made to wait for: an item of the
// test stands in for the one of the service, over its desk. On SQLite and on a real PostgreSQL. Synthetic
// persons.
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "services/child_welfare/service_testing.h"

namespace chuanyu::child_welfare {
namespace {

// Looks up nothing, and lets something happen to the case at each of its first `changes` looks.
class Examiner final : public CaseWork<Messages> {
 public:
  Examiner(const Desk& desk, const ClaimCalls& claims, std::function<void()> change, int changes)
      : CaseWork(desk, desk.store(), claims, "B"), change_(std::move(change)), changes_(changes) {}

  // Versions that were looked at, in order.
  const std::vector<int64_t>& looks() const { return looks_; }
  int64_t done_on() const { return done_on_; }

 private:
  bool Examines(const v1::PerformStepRequest&) const override { return true; }
  Messages::LookedUp LookUp(const v1::Application& application,
                            const v1::PerformStepRequest&) const override {
    looks_.push_back(application.version());
    if (static_cast<int>(looks_.size()) <= changes_) change_();
    return {};
  }
  absl::Status Before(sql::Session&, const Caller&, const v1::PerformStepRequest&, const Messages::LookedUp&,
                      StoredApplication* stored, Topics*) override {
    done_on_ = stored->application.version();
    return absl::OkStatus();
  }

  std::string HukouOf(const v1::Application& application) const override {
    return application.child().hukou_code().code();
  }
  absl::Status NotHukou() const override { return absl::InternalError("not used"); }
  absl::StatusOr<CaseFacts> FactsOf(const v1::Application&) const override { return NotHukou(); }
  bool OwnOutputsEmpty(const v1::Application&) const override { return true; }
  void CopyPushed(const v1::Application&, v1::Application*) const override {}
  void CopyResult(const v1::Application&, v1::ReturnResultRequest*) const override {}
  void CopyResult(const v1::ReturnResultRequest&, v1::Application*) const override {}
  void Correct(const v1::Application&, v1::Application*) const override {}
  v1::Application Basic(const v1::Application& application) const override { return application; }
  absl::Status Decide(sql::Session&, const Caller&, const v1::PerformStepRequest&, StoredApplication*,
                      Topics*) override {
    return NotHukou();
  }
  absl::StatusOr<std::optional<Date>> NeededUntil(sql::Session&, const StoredApplication&) const override {
    return NotHukou();
  }
  absl::Status Erase(sql::Session&, StoredApplication*) const override { return NotHukou(); }

  const std::function<void()> change_;
  const int changes_;
  mutable std::vector<int64_t> looks_;
  int64_t done_on_ = 0;
};

class LookAgainTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  void SetUp() override {
    regions_ = std::make_unique<TwoRegions>(GetParam());
    const auto created = sc().Create(kCountySc);
    ASSERT_TRUE(created.ok()) << created.status();
    no_ = created->application_no();
    regions_->Settle();
    ASSERT_EQ(ReasonText(sc().Act(no_, "push", "WINDOW").status()), "OK");
  }
  Side& sc() { return regions_->sc(); }
  // The town passes it; while it looks things up, a move is reported `changes` times.
  std::string Pass(int changes, int64_t version) {
    const ClaimCalls claims(sc().desk(), nullptr);
    examiner_ = std::make_unique<Examiner>(
        sc().desk(), claims, [this] { EXPECT_EQ(sc().Moved(day_ = day_ + 1), "OK"); }, changes);
    v1::PerformStepRequest request;
    request.set_request_id(sc().NextId());
    request.set_application_no(no_);
    request.set_version(version);
    request.set_act("town_pass");
    request.set_role("TOWN");
    request.set_officer_id("officer-1");
    return ReasonText(examiner_->Perform(Side::kCounty, request).status());
  }

  std::unique_ptr<TwoRegions> regions_;
  std::string no_;
  std::unique_ptr<Examiner> examiner_;
  Date day_{2026, 2, 1};
};
INSTANTIATE_TEST_SUITE_P(On, LookAgainTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST_P(LookAgainTest, WhoNamesNoVersionActsOnTheCaseAsItIsThen) {
  const int64_t before = sc().Get(no_).version();
  EXPECT_EQ(Pass(/*changes=*/2, /*version=*/0), "OK");
  EXPECT_EQ(examiner_->looks(), (std::vector<int64_t>{before, before + 1, before + 2}));
  EXPECT_EQ(examiner_->done_on(), before + 2) << "on what was looked at last";
  EXPECT_EQ(sc().Get(no_).state(), v1::APPLICATION_STATE_COUNTY_REVIEW);
}

TEST_P(LookAgainTest, WhoNamesAVersionIsToldThatItIsStale) {
  const int64_t before = sc().Get(no_).version();
  EXPECT_EQ(Pass(/*changes=*/1, before), "STALE_VERSION version");
  EXPECT_EQ(examiner_->looks().size(), 1u);
  EXPECT_EQ(sc().Get(no_).state(), v1::APPLICATION_STATE_TOWN_REVIEW);
}

TEST_P(LookAgainTest, DoesNotLookForEver) {
  EXPECT_EQ(Pass(/*changes=*/100, /*version=*/0), "STALE_VERSION version");
  EXPECT_EQ(examiner_->looks().size(), 5u);
  EXPECT_EQ(sc().Get(no_).state(), v1::APPLICATION_STATE_TOWN_REVIEW);
}

}  // namespace
}  // namespace chuanyu::child_welfare
