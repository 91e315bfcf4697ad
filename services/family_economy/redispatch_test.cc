// What nobody has answered: the list of open questions, and a check that is asked again. Synthetic persons.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/family_economy/acts_testing.h"
#include "services/family_economy/open_questions.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kOperator[] = "500000/ops/duty";

class UnansweredTest : public ActsFixture {
 protected:
  // Everybody has a 户籍 in Sichuan and nobody answers until the deadline: nothing at all was learnt.
  std::string Expired() {
    script_ = [](const auto&) { return nullptr; };
    ask_own_ = [](const auto& question, const std::string&) {
      v1::QueryStatusResponse none = AnswerTo(question);
      for (v1::ClassResult& result : *none.mutable_results()) {
        result.Clear();
        result.set_data_class(v1::DATA_CLASS_A10_ASSISTANCE);
        result.set_state(v1::RESULT_STATE_NOT_CHECKED);
        result.set_reason("SOURCE_UNAVAILABLE");
      }
      return none;
    };
    Start();
    const std::string number = MustCreate().verification_no();
    clock_.Advance(absl::Hours(24 * 40));
    remote_->Wake();
    EXPECT_EQ(Final(number).state(), v1::VERIFICATION_STATE_EXPIRED);
    return number;
  }
  absl::StatusOr<v1::Verification> Redispatch(const std::string& number, const std::string& id = "redispatch",
                                              const std::string& who = kPlatform) {
    auto request = RequestFor<v1::RedispatchVerificationRequest>(number, id);
    request.set_officer_id("officer-7");
    request.mutable_deadline()->set_seconds(absl::ToUnixSeconds(clock_.Now()) + 3600);
    return Call(&v1::FamilyEconomy::Stub::RedispatchVerification, request, who);
  }
  absl::StatusOr<v1::ListOpenQuestionsResponse> List(const v1::ListOpenQuestionsRequest& request = {},
                                                     const std::string& who = kPlatform) {
    grpc::ClientContext context;
    v1::ListOpenQuestionsResponse response;
    const grpc::Status status = Stub(who)->ListOpenQuestions(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }
};

TEST_F(UnansweredTest, AnExpiredCheckIsAskedAgainOnce) {
  const std::string number = Expired();
  const size_t asked = node_->submissions().size();
  script_ = [](const auto& submission) { return Answered(submission); };
  ask_own_ = [](const auto& question, const std::string&) { return AnswerTo(question); };
  const auto again = Redispatch(number);
  ASSERT_TRUE(again.ok()) << again.status();
  const v1::Verification reported = Final(number);
  EXPECT_EQ(reported.state(), v1::VERIFICATION_STATE_REPORTED);
  EXPECT_EQ(node_->submissions().size(), 2 * asked);
  // The first round is on record, without a report.
  ASSERT_THAT(reported.earlier_reports(), SizeIs(1));
  EXPECT_FALSE(reported.earlier_reports(0).has_report());
  EXPECT_FALSE(reported.earlier_reports(0).remote_queries().empty());
  bool told = false;
  for (const v1::CaseEvent& event : reported.events()) {
    told = told || (event.kind() == v1::CASE_EVENT_KIND_REDISPATCHED && event.officer_id() == "officer-7");
  }
  EXPECT_TRUE(told);
  EXPECT_EQ(Redispatch(number)->state(), v1::VERIFICATION_STATE_REPORTED) << "a repeat is the same act";
  EXPECT_TRUE(HasReason(Redispatch(number, "second").status(), Reason::STATE_CONFLICT));
}

TEST_F(UnansweredTest, TheSecondExpiryIsFinal) {
  const std::string number = Expired();
  ASSERT_TRUE(Redispatch(number).ok());
  clock_.Advance(absl::Hours(24));
  remote_->Wake();
  WaitForState(number, v1::VERIFICATION_STATE_EXPIRED);
  EXPECT_TRUE(HasReason(Redispatch(number, "second").status(), Reason::STATE_CONFLICT));
}

TEST_F(UnansweredTest, IsNotAskedAgainWhenSomethingStandsAgainstIt) {
  const std::string number = Expired();
  auto request = RequestFor<v1::RedispatchVerificationRequest>(number, "r");
  const auto call = [&] { return Call(&v1::FamilyEconomy::Stub::RedispatchVerification, request).status(); };
  EXPECT_TRUE(HasReason(call(), Reason::BAD_REQUEST)) << "somebody must order it";
  request.set_officer_id("officer-7");
  EXPECT_TRUE(HasReason(call(), Reason::BAD_REQUEST)) << "a new deadline";
  request.mutable_deadline()->set_seconds(absl::ToUnixSeconds(clock_.Now()) - 1);
  EXPECT_TRUE(HasReason(call(), Reason::DEADLINE_PASSED));
  request.set_version(77);
  EXPECT_TRUE(HasReason(call(), Reason::STALE_VERSION));
  EXPECT_TRUE(HasReason(Redispatch(number, "r", "500000/town/window").status(), Reason::CASE_NOT_FOUND));
  EXPECT_TRUE(
      HasReason(Redispatch(number, "r", "510000/county/platform").status(), Reason::CALLER_WRONG_REGION));
  // A member has applied anew since.
  v1::CreateVerificationRequest other = DemoRequest();
  other.set_request_id("other");
  other.mutable_verification()->mutable_authorization()->set_auth_no("SQ-DEMO-0002");
  other.mutable_verification()->mutable_deadline()->set_seconds(absl::ToUnixSeconds(clock_.Now()) + 3600);
  const v1::Verification second = MustCreate(other);
  EXPECT_TRUE(HasReason(Redispatch(number).status(), Reason::DUP_ACTIVE_APPLICATION));
  EXPECT_EQ(Get(number)->state(), v1::VERIFICATION_STATE_EXPIRED) << "nothing half-done";
  ASSERT_TRUE(Cancel(second.verification_no()).ok());
  EXPECT_TRUE(Redispatch(number).ok());
}

TEST_F(UnansweredTest, AnOperatorOrdersItForAnyOrganisationAndSeesNothingOfIt) {
  const std::string number = Expired();
  const auto ordered = Redispatch(number, "ops-1", kOperator);
  ASSERT_TRUE(ordered.ok()) << ordered.status();
  EXPECT_EQ(ordered->state(), v1::VERIFICATION_STATE_ACCEPTED);
  EXPECT_GT(ordered->version(), 0);
  EXPECT_FALSE(ordered->has_report());
  EXPECT_THAT(ordered->remote_queries(), IsEmpty());
  EXPECT_TRUE(HasReason(Redispatch("CQ-A-500109-20260320-99999999", "ops-2", kOperator).status(),
                        Reason::CASE_NOT_FOUND));
}

TEST_F(UnansweredTest, OpenQuestionsAreListedWithTheirLights) {
  script_ = [](const auto&) { return nullptr; };
  Start();
  std::vector<std::string> numbers;
  for (int i = 0; i < 3; ++i) {
    v1::CreateVerificationRequest request = Recheck("r" + std::to_string(i));
    numbers.push_back(MustCreate(request).verification_no());
    WaitForState(numbers.back(), v1::VERIFICATION_STATE_DISPATCHED);
  }
  v1::ListOpenQuestionsRequest request;
  request.set_page_size(2);
  const auto first = List(request);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_THAT(first->questions(), SizeIs(2));
  const v1::OpenQuestionView& one = first->questions(0);
  EXPECT_EQ(one.region().code(), kSichuan);
  EXPECT_EQ(one.holder(), v1::QUESTION_HOLDER_OTHER_REGION);
  EXPECT_EQ(one.light(), cases::v1::DEADLINE_LIGHT_GREEN);
  EXPECT_THAT(one.classes(), ::testing::Contains(v1::DATA_CLASS_A10_ASSISTANCE));
  EXPECT_EQ(first->DebugString().find(kP02), std::string::npos);
  request.set_page_token(first->next_page_token());
  const auto second = List(request);
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_THAT(second->questions(), SizeIs(1));
  EXPECT_THAT(second->next_page_token(), IsEmpty());
  std::set<std::string> listed;
  for (const auto* page : {&*first, &*second}) {
    for (const v1::OpenQuestionView& question : page->questions()) listed.insert(question.verification_no());
  }
  EXPECT_EQ(listed, std::set<std::string>(numbers.begin(), numbers.end()));

  // Another organisation sees none of them, an operator all; a token is good for its own list.
  EXPECT_THAT(List({}, "500000/town/window")->questions(), IsEmpty());
  EXPECT_THAT(List({}, kOperator)->questions(), SizeIs(3));
  EXPECT_TRUE(HasReason(List(request, kOperator).status(), Reason::BAD_REQUEST));
  EXPECT_TRUE(HasReason(List({}, "510000/county/platform").status(), Reason::CALLER_WRONG_REGION));
  v1::ListOpenQuestionsRequest bad;
  bad.set_region("51");
  EXPECT_TRUE(HasReason(List(bad).status(), Reason::BAD_REQUEST));

  v1::ListOpenQuestionsRequest late;
  late.set_overdue_only(true);
  EXPECT_THAT(List(late)->questions(), IsEmpty());
  clock_.Advance(absl::Seconds(4));  // own data is due after 3
  const auto overdue = List(late);
  ASSERT_TRUE(overdue.ok()) << overdue.status();
  ASSERT_THAT(overdue->questions(), SizeIs(3));
  EXPECT_EQ(overdue->questions(0).light(), cases::v1::DEADLINE_LIGHT_RED);
}

TEST_F(UnansweredTest, AQuestionThatTheNodeHasNotTakenIsNotSent) {
  StartService();  // the node is not there
  MustCreate();
  const auto open = List();
  ASSERT_TRUE(open.ok()) << open.status();
  ASSERT_THAT(open->questions(), SizeIs(1));
  EXPECT_EQ(open->questions(0).holder(), v1::QUESTION_HOLDER_NOT_SENT);
}

TEST(LightOfAQuestion, IsGreenWhileMoreThanAFifthIsLeft) {
  const absl::Time asked = TestNow();
  const absl::Time due = asked + absl::Seconds(100);
  EXPECT_EQ(LightOf(asked, due, asked), cases::v1::DEADLINE_LIGHT_GREEN);
  EXPECT_EQ(LightOf(asked, due, asked + absl::Seconds(79)), cases::v1::DEADLINE_LIGHT_GREEN);
  EXPECT_EQ(LightOf(asked, due, asked + absl::Seconds(80)), cases::v1::DEADLINE_LIGHT_AMBER);
  EXPECT_EQ(LightOf(asked, due, asked + absl::Seconds(99)), cases::v1::DEADLINE_LIGHT_AMBER);
  EXPECT_EQ(LightOf(asked, due, due), cases::v1::DEADLINE_LIGHT_RED);
}

}  // namespace
}  // namespace chuanyu::family_economy
