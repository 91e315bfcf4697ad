// What may not be kept any longer: 30 days here. Between two regions, without servers, on SQLite and on a
// real PostgreSQL. Synthetic persons.
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "common/rpc/test_pki.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/child_welfare/service.h"
#include "services/child_welfare/service_testing.h"

namespace chuanyu::child_welfare {
namespace {

using ::testing::ElementsAre;

class ChildRetentionTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  void SetUp() override { regions_ = std::make_unique<TwoRegions>(GetParam()); }
  TwoRegions& regions() { return *regions_; }
  Side& cq() { return regions_->cq(); }
  Side& sc() { return regions_->sc(); }

  // Filed in Chongqing, confirmed in Sichuan on 2026-03-02 and told; its number.
  std::string Confirmed() {
    const auto created = cq().Create(kCountySc);
    EXPECT_TRUE(created.ok()) << created.status();
    const std::string no = created->application_no();
    regions().Settle();
    EXPECT_EQ(ReasonText(cq().Act(no, "push", "WINDOW").status()), "OK");
    regions().Settle();
    EXPECT_EQ(ReasonText(sc().Act(no, "town_pass", "TOWN").status()), "OK");
    EXPECT_EQ(ReasonText(sc().Act(no, "approve", "COUNTY").status()), "OK");
    regions().Settle();
    EXPECT_EQ(ReasonText(cq().Act(no, "notify", "WINDOW").status()), "OK");
    regions().Settle();
    return no;
  }
  static int Erased(Side& side) {
    const absl::StatusOr<int> erased = side.applications().EraseOnce();
    EXPECT_TRUE(erased.ok()) << erased.status();
    return erased.value_or(-1);
  }
  static bool HasPersons(const v1::Application& application) {
    return application.child().has_person() || !application.parents().empty() || application.has_guardian();
  }
  static int64_t Count(Side& side, const std::string& what) {
    int64_t count = -1;
    const absl::Status counted = side.desk().Read([&](sql::Session& session) -> absl::Status {
      const auto found = session.Query("SELECT * FROM " + what);
      if (found.ok()) count = static_cast<int64_t>(found->rows.size());
      return found.status();
    });
    EXPECT_TRUE(counted.ok()) << counted;
    return count;
  }

 private:
  std::unique_ptr<TwoRegions> regions_;
};
INSTANTIATE_TEST_SUITE_P(On, ChildRetentionTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST_P(ChildRetentionTest, PersonsLeaveTheWindowLongBeforeTheyLeaveThePlaceThatPays) {
  const std::string no = Confirmed();
  regions().MoveTo(Date(2026, 3, 31));
  EXPECT_EQ(Erased(cq()) + Erased(sc()), 0) << "29 days after it was told";
  regions().MoveTo(Date(2026, 4, 1));
  EXPECT_EQ(Erased(sc()), 0) << "the status is in force";
  EXPECT_EQ(Erased(cq()), 1);
  EXPECT_EQ(Erased(cq()), 0) << "once";
  const v1::Application window = cq().Get(no);
  EXPECT_TRUE(window.erased());
  EXPECT_FALSE(HasPersons(window));
  EXPECT_EQ(window.state(), v1::APPLICATION_STATE_NOTIFIED);
  EXPECT_EQ(window.steps_size(), 4) << "who did what when stays";
  EXPECT_EQ(window.result().determination_no(), no + "-D");
  EXPECT_EQ(Count(cq(), "cw_application WHERE subject <> ''"), 0);
  EXPECT_TRUE(HasPersons(sc().Get(no)));
  // It ends, and is paid to the end of June.
  regions().MoveTo(Date(2026, 6, 9));
  ASSERT_TRUE(sc().End(no + "-D", v1::END_REASON_ADOPTED, Date(2026, 6, 9)).ok());
  regions().MoveTo(Date(2026, 7, 29));
  EXPECT_EQ(Erased(sc()), 0);
  regions().MoveTo(Date(2026, 7, 30));
  EXPECT_EQ(Erased(sc()), 1);
  const v1::Application decided = sc().Get(no);
  EXPECT_TRUE(decided.erased()) << "and its county still sees that it was";
  EXPECT_FALSE(HasPersons(decided));
  EXPECT_EQ(decided.child().hukou_code().code(), kCountySc);
  const v1::Determination ended = sc().Status(no + "-D").determination();
  EXPECT_EQ(ended.end_reason(), v1::END_REASON_ADOPTED);
  EXPECT_FALSE(ended.has_last_day_as_child());
  EXPECT_THAT(sc().Months(), ElementsAre("2026-04", "2026-05", "2026-06")) << "the ledger stays";
  // The child may come again; what was paid is not paid twice.
  EXPECT_TRUE(cq().Create(kCountySc).ok());
}

// Five years after the last month that was paid, by the policy that is shipped.
TEST_P(ChildRetentionTest, TheLedgerGoesWhenThePolicySaysSo) {
  const std::string no = Confirmed();
  regions().MoveTo(Date(2026, 6, 9));
  ASSERT_TRUE(sc().End(no + "-D", v1::END_REASON_ADOPTED, Date(2026, 6, 9)).ok());
  regions().MoveTo(Date(2026, 7, 30));
  EXPECT_EQ(Erased(sc()), 1);
  regions().SetDay(Date(2031, 6, 29));
  EXPECT_EQ(Erased(sc()), 0);
  EXPECT_EQ(Count(sc(), "cw_month"), 3);
  EXPECT_EQ(Count(sc(), "cw_determination WHERE subject <> ''"), 1);
  regions().SetDay(Date(2031, 6, 30));
  EXPECT_EQ(Erased(sc()), 0);
  EXPECT_EQ(Count(sc(), "cw_month"), 0);
  EXPECT_EQ(Count(sc(), "cw_determination WHERE subject <> ''"), 0);
  EXPECT_EQ(sc().Status(no + "-D").determination().end_reason(), v1::END_REASON_ADOPTED)
      << "that it was stays";
}

TEST_P(ChildRetentionTest, WhatIsNotRecoveredKeepsTheLedger) {
  const std::string no = Confirmed();
  regions().MoveTo(Date(2026, 6, 9));
  ASSERT_TRUE(sc().End(no + "-D", v1::END_REASON_ADOPTED, Date(2026, 4, 9)).ok()) << "known late";
  regions().MoveTo(Date(2026, 9, 1));
  EXPECT_EQ(Erased(sc()), 1);
  regions().SetDay(Date(2033, 1, 3));
  for (int run = 0; run < 2; ++run) EXPECT_EQ(Erased(sc()), 0);
  EXPECT_EQ(Count(sc(), "cw_month"), 3);
}

TEST_P(ChildRetentionTest, WhatIsOpenIsKept) {
  const auto created = cq().Create(kCountySc);
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string no = created->application_no();
  ASSERT_EQ(ReasonText(cq().Act(no, "supplement", "WINDOW").status()), "OK");
  regions().MoveTo(Date(2026, 9, 1));
  EXPECT_EQ(Erased(cq()), 0);
  EXPECT_TRUE(HasPersons(cq().Get(no)));
  ASSERT_EQ(ReasonText(cq().Act(no, "withdraw", "WINDOW").status()), "OK");
  regions().MoveTo(Date(2026, 9, 30));
  EXPECT_EQ(Erased(cq()), 0);
  regions().MoveTo(Date(2026, 10, 1));
  EXPECT_EQ(Erased(cq()), 1);
  EXPECT_EQ(cq().Get(no).state(), v1::APPLICATION_STATE_WITHDRAWN);
}

// Claims hold an index of the person: they go once no repeat of a message can come, and not before.
TEST_P(ChildRetentionTest, ClaimsAreForgottenWhenNoRepeatCanCome) {
  const std::string no = Confirmed();
  ASSERT_EQ(Count(cq(), "uq_claim"), 1);
  ASSERT_EQ(Count(sc(), "uq_claim"), 1);
  regions().SetDay(Date(2026, 3, 2) + 366);
  EXPECT_EQ(Erased(cq()), 1);
  EXPECT_EQ(Count(cq(), "uq_claim"), 1);
  regions().SetDay(Date(2026, 3, 2) + 368);
  Erased(cq());
  Erased(sc());
  EXPECT_EQ(Count(cq(), "uq_claim") + Count(sc(), "uq_claim"), 0);
}

TEST_P(ChildRetentionTest, NobodyWatchesWhatWasOverLongAgo) {
  const std::string no = Confirmed();
  cq().Watch();
  sc().Watch();
  sc().Check("500000", "P-CHILD-SERVICE", /*subscribe=*/true);
  ASSERT_TRUE(sc().End(no + "-D", v1::END_REASON_ADOPTED, Date(2026, 3, 2)).ok());
  regions().MoveTo(Date(2026, 4, 1));
  ASSERT_EQ(cq().ToldSchool(), "510000 not");
  const auto erase_changes = [](Side& side) { EXPECT_TRUE(side.recognitions().EraseOnce().ok()); };
  regions().SetDay(Date(2026, 4, 30));
  erase_changes(cq());
  EXPECT_EQ(cq().ToldSchool(), "510000 not");
  regions().SetDay(Date(2026, 5, 1));
  erase_changes(cq());
  EXPECT_EQ(cq().ToldSchool(), "");
  EXPECT_EQ(Count(cq(), "cw_watch"), 0);
  EXPECT_EQ(Count(cq(), "cw_heard"), 0);
  // Where the status was.
  EXPECT_EQ(Erased(sc()), 1);
  EXPECT_EQ(Count(sc(), "cw_subscriber") + Count(sc(), "cw_watch") + Count(sc(), "cw_change"), 0);
}

// A status that is in force is told of as long as it is, however long ago something was told.
TEST_P(ChildRetentionTest, AWatchOfWhatIsInForceStays) {
  const std::string no = Confirmed();
  cq().Watch();
  sc().Check("500000", "P-CHILD-SERVICE", /*subscribe=*/true);
  ASSERT_TRUE(sc().Suspend(no + "-D", Date(2026, 3, 2)).ok());
  ASSERT_TRUE(sc().Resume(no + "-D", Date(2026, 3, 2)).ok());
  regions().Settle();
  ASSERT_EQ(cq().ToldSchool(), "510000 not, 510000 valid");
  regions().MoveTo(Date(2026, 9, 1));
  ASSERT_TRUE(cq().recognitions().EraseOnce().ok());
  EXPECT_EQ(cq().ToldSchool(), "") << "what was told is gone";
  ASSERT_TRUE(sc().Suspend(no + "-D", Date(2026, 9, 1)).ok());
  regions().Settle();
  EXPECT_EQ(cq().ToldSchool(), "510000 not");
}

// The whole service, on the database of a region that was closed: what is due goes without anybody's doing.
TEST(ChildRetention, RunsByItself) {
  const rpc::TestPki pki({"500000/mzj/child-welfare/system"});
  TwoRegions regions(sql::Dialect::kSqlite);
  Side& side = regions.cq();
  const auto created = side.Create(kCountySc);
  ASSERT_TRUE(created.ok()) << created.status();
  ASSERT_EQ(ReasonText(side.Act(created->application_no(), "withdraw", "WINDOW").status()), "OK");
  std::string folder = (std::filesystem::temp_directory_path() / "chuanyu-keep-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  ServiceConfig config = side.desk().config();
  config.front_listen = {"unix:" + folder + "/front.sock"};
  config.provider_listen = {"unix:" + folder + "/provider.sock"};
  config.tls = pki.Files("500000/mzj/child-welfare");
  config.exchange_target = "unix:" + folder + "/nobody.sock";
  config.exchange_identity = "spiffe://500000.chuanyu/exchange/node";
  const FakeClock clock(Noon(Date(2026, 4, 1)));
  {
    const auto service = Service::Start(config, clock);
    ASSERT_TRUE(service.ok()) << service.status();
    const absl::Time limit = absl::Now() + absl::Minutes(1);
    while (!side.Get(created->application_no()).erased()) ASSERT_LT(absl::Now(), limit);
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace chuanyu::child_welfare
