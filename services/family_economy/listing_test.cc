// Filters and page tokens, on SQLite and on a real PostgreSQL. Synthetic persons.
#include "services/family_economy/listing.h"

#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/family_economy/rules/rules_testing.h"
#include "services/family_economy/store_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::ElementsAre;

class ListingTest : public StoreFixture {
 protected:
  void SetUp() override {
    store_ = CaseStore::Open(*pool_, *sealer_, {}).value();
    listing_ = std::make_unique<Listing>(*store_, *indexer_, clock_);
    // One an hour; every second one is about 特困.
    for (int i = 0; i < 6; ++i) Add("county", i, i % 2 == 0 ? "P-DIBAO" : "P-TEKUN");
    Add("town", 6, "P-DIBAO");
  }
  // A check of a household, granted (or, without a day, refused).
  std::string Decide(const std::string& id, const std::string& household, const std::string& due,
                     v1::BatchTier tier) {
    NewCase add{.key = {"county", id}, .body = {"body"}, .document = {"document"}};
    add.household = {.household_id = household, .members_mac = "m", .facts_mac = "f"};
    add.verification.set_state(v1::VERIFICATION_STATE_REPORTED);
    add.region = kChongqing;
    add.county = "500109";
    add.today = TestContext().today;
    add.now = Hour(10);
    const std::string number = store_->Create(add).value().verification_no();
    const ActOn act{
        .key = {"county", "decide-" + id}, .body = {"body"}, .verification_no = number, .now = Hour(11)};
    const auto decided = store_->Perform(act, {}, [&](v1::Verification* check) {
      check->mutable_decision()->set_report_no(number + "-R1");
      if (due.empty()) return absl::OkStatus();
      check->set_review_tier(tier);
      check->mutable_next_review_date()->set_value(due);
      return absl::OkStatus();
    });
    EXPECT_TRUE(decided.ok()) << decided.status();
    return number;
  }
  static v1::ListVerificationsRequest DueBy(const std::string& day) {
    v1::ListVerificationsRequest request = Pages(1);
    request.mutable_review_due_by()->set_value(day);
    return request;
  }
  void Add(const std::string& org, int i, const char* assist_type) {
    NewCase add{.key = {org, "r" + std::to_string(i)}, .body = {"body"}, .document = {"document"}};
    add.verification.set_assist_type(assist_type);
    add.verification.set_state(i < 3 ? v1::VERIFICATION_STATE_REPORTED : v1::VERIFICATION_STATE_ACCEPTED);
    add.region = kChongqing;
    add.county = "500109";
    add.today = TestContext().today;
    add.now = Hour(i);
    ASSERT_TRUE(store_->Create(add).ok());
  }
  static absl::Time Hour(int i) { return TestNow() + absl::Hours(i); }
  static v1::ListVerificationsRequest Pages(int size) {
    v1::ListVerificationsRequest request;
    request.set_page_size(size);
    return request;
  }
  // The request ids of all pages.
  std::vector<std::string> All(v1::ListVerificationsRequest request, const std::string& org = "county") {
    std::vector<std::string> ids;
    do {
      const auto page = listing_->List(org, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const auto& line : page->verifications()) ids.push_back(line.request_id());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return ids;
  }
  std::string FieldRefused(const v1::ListVerificationsRequest& request, const std::string& org = "county") {
    return FieldOf(listing_->List(org, request).status());
  }

  FakeClock clock_{TestNow()};
  std::unique_ptr<CaseStore> store_;
  std::unique_ptr<Listing> listing_;
};

TEST_P(ListingTest, NewestFirstAndOnlyTheOwnOrganisations) {
  for (const int size : {0, 1, 2, 6, 200}) {
    EXPECT_THAT(All(Pages(size)), ElementsAre("r5", "r4", "r3", "r2", "r1", "r0")) << size;
  }
  EXPECT_THAT(All(Pages(0), "town"), ElementsAre("r6"));
  EXPECT_THAT(All(Pages(0), "nobody"), ElementsAre());
  const auto first = listing_->List("county", Pages(1));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->verifications(0).assist_type(), "P-TEKUN");
  EXPECT_EQ(first->verifications(0).create_time().seconds(), absl::ToUnixSeconds(Hour(5)));
}

TEST_P(ListingTest, FiltersByStateKindAndTime) {
  v1::ListVerificationsRequest request = Pages(1);
  request.set_state(v1::VERIFICATION_STATE_REPORTED);
  EXPECT_THAT(All(request), ElementsAre("r2", "r1", "r0"));
  request.set_assist_type("P-DIBAO");
  EXPECT_THAT(All(request), ElementsAre("r2", "r0"));
  request = Pages(1);
  request.mutable_created_from()->set_seconds(absl::ToUnixSeconds(Hour(1)));
  request.mutable_created_before()->set_seconds(absl::ToUnixSeconds(Hour(4)));
  EXPECT_THAT(All(request), ElementsAre("r3", "r2", "r1"));
  request.set_assist_type("P-TEKUN");
  EXPECT_THAT(All(request), ElementsAre("r3", "r1"));
}

TEST_P(ListingTest, ATokenHoldsForItsFilterAndOrganisationOnly) {
  v1::ListVerificationsRequest request = Pages(2);
  const auto first = listing_->List("county", request);
  ASSERT_TRUE(first.ok()) << first.status();
  request.set_page_token(first->next_page_token());
  EXPECT_EQ(FieldRefused(request, "town"), "page_token");
  request.set_page_size(3);  // the size is no part of the filter
  EXPECT_EQ(FieldRefused(request), "");
  request.set_state(v1::VERIFICATION_STATE_REPORTED);
  EXPECT_EQ(FieldRefused(request), "page_token");
  for (const std::string& token : {std::string("4"), first->next_page_token() + "A", std::string("%%")}) {
    request = Pages(2);
    request.set_page_token(token);
    EXPECT_EQ(FieldRefused(request), "page_token") << token;
  }
}

TEST_P(ListingTest, FindsWhoIsDueToBeLookedAtAgain) {
  Decide("a", "HH-A", "2026-04-20", v1::BATCH_TIER_MONTHLY);
  Decide("b", "HH-B", "2026-09-20", v1::BATCH_TIER_HALF_YEARLY);
  Decide("c", "HH-C", "", v1::BATCH_TIER_UNSPECIFIED);
  EXPECT_THAT(All(DueBy("2026-04-19")), ElementsAre());
  EXPECT_THAT(All(DueBy("2026-04-20")), ElementsAre("a"));
  EXPECT_THAT(All(DueBy("2026-12-31")), ElementsAre("b", "a"));
  EXPECT_THAT(All(DueBy("2026-12-31"), "town"), ElementsAre());
  v1::ListVerificationsRequest request = DueBy("2026-12-31");
  request.set_review_tier(v1::BATCH_TIER_HALF_YEARLY);
  const auto page = listing_->List("county", request);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->verifications_size(), 1);
  EXPECT_EQ(page->verifications(0).household_id(), "HH-B");
  EXPECT_EQ(page->verifications(0).next_review_date().value(), "2026-09-20");
  EXPECT_EQ(page->verifications(0).review_tier(), v1::BATCH_TIER_HALF_YEARLY);
  request.clear_review_due_by();
  EXPECT_THAT(All(request), ElementsAre("b"));
}

// A family is due by the check that was decided last, whatever happens to the ones before.
TEST_P(ListingTest, ALaterDecisionAboutAHouseholdTakesOver) {
  const std::string first = Decide("a", "HH-A", "2026-04-20", v1::BATCH_TIER_MONTHLY);
  Decide("b", "HH-A", "2026-09-20", v1::BATCH_TIER_HALF_YEARLY);
  EXPECT_THAT(All(DueBy("2026-12-31")), ElementsAre("b"));
  ASSERT_TRUE(store_
                  ->Change(first, Hour(12),
                           [](v1::Verification* check) {
                             check->set_state(v1::VERIFICATION_STATE_ARCHIVED);
                             return true;
                           })
                  .ok());
  EXPECT_THAT(All(DueBy("2026-12-31")), ElementsAre("b"));
  EXPECT_EQ(store_->Get("county", first)->next_review_date().value(), "2026-04-20");
  // Refused: nothing is paid any more.
  Decide("c", "HH-A", "", v1::BATCH_TIER_UNSPECIFIED);
  EXPECT_THAT(All(DueBy("2026-12-31")), ElementsAre());
}

TEST_P(ListingTest, ShowsAndFiltersByWhatIsDue) {
  const Date today = TestContext().today;
  const std::pair<const char*, Date> rows[] = {
      {"red", today - 1}, {"last day", today}, {"amber", today + 2}, {"green", today + 20}};
  for (const auto& [id, due] : rows) {
    NewCase add{.key = {"due", id}, .body = {"body"}, .document = {"document"}};
    add.verification.set_state(v1::VERIFICATION_STATE_REPORTED);
    v1::DueAct& act = *add.verification.add_due_acts();
    act.set_act(v1::PROCEDURE_ACT_DECISION);
    act.mutable_due_date()->set_value(FormatDate(due));
    act.mutable_amber_date()->set_value(FormatDate(due - 3));
    add.region = kChongqing;
    add.county = "500109";
    add.today = today;
    add.now = Hour(20);
    ASSERT_TRUE(store_->Create(add).ok());
  }
  const std::pair<cases::v1::DeadlineLight, std::vector<std::string>> want[] = {
      {cases::v1::DEADLINE_LIGHT_RED, {"red"}},
      {cases::v1::DEADLINE_LIGHT_AMBER, {"amber", "last day"}},
      {cases::v1::DEADLINE_LIGHT_GREEN, {"green"}},
      {cases::v1::DEADLINE_LIGHT_NONE, {}}};
  for (const auto& [light, ids] : want) {
    v1::ListVerificationsRequest request = Pages(1);
    request.set_light(light);
    EXPECT_EQ(All(request, "due"), ids);
    const auto page = listing_->List("due", request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& line : page->verifications()) EXPECT_EQ(line.light(), light);
  }
  const auto overview = listing_->Overview("due");
  ASSERT_TRUE(overview.ok()) << overview.status();
  ASSERT_EQ(overview->lines_size(), 3);
  EXPECT_EQ(overview->lines(0).light(), cases::v1::DEADLINE_LIGHT_RED);
  EXPECT_EQ(overview->lines(1).light(), cases::v1::DEADLINE_LIGHT_AMBER);
  EXPECT_EQ(overview->lines(1).count(), 2);
  EXPECT_EQ(overview->lines(1).earliest_due_date().value(), FormatDate(today));
  int64_t all = 0;
  const auto every = listing_->Overview("");
  for (const auto& line : every->lines()) all += line.count();
  EXPECT_EQ(all, 11);  // with those of SetUp
}

TEST_P(ListingTest, RefusesMalformedFilters) {
  EXPECT_EQ(FieldRefused(Pages(201)), "page_size");
  EXPECT_EQ(FieldRefused(Pages(-1)), "page_size");
  v1::ListVerificationsRequest request;
  request.set_state(static_cast<v1::VerificationState>(99));
  EXPECT_EQ(FieldRefused(request), "state");
  request = {};
  request.set_assist_type("P-MARRY");
  EXPECT_TRUE(HasReason(listing_->List("county", request).status(), Reason::CODE_UNKNOWN));
  request = {};
  request.mutable_created_from()->set_seconds(2);
  request.mutable_created_before()->set_seconds(1);
  EXPECT_EQ(FieldRefused(request), "created_before");
  request.mutable_created_from()->set_seconds(int64_t{1} << 60);
  EXPECT_EQ(FieldRefused(request), "created_from");
  EXPECT_EQ(FieldRefused(DueBy("2026-02-30")), "review_due_by");
  request = {};
  request.set_review_tier(static_cast<v1::BatchTier>(99));
  EXPECT_EQ(FieldRefused(request), "review_tier");
  request = {};
  request.set_light(static_cast<cases::v1::DeadlineLight>(99));
  EXPECT_EQ(FieldRefused(request), "light");
}

INSTANTIATE_TEST_SUITE_P(Databases, ListingTest, kBothDatabases, DatabaseName);

}  // namespace
}  // namespace chuanyu::family_economy
