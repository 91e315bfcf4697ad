#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/family_economy/rules/findings.h"
#include "services/family_economy/rules/report.h"
#include "services/family_economy/rules/routing.h"
#include "services/family_economy/rules/rules_testing.h"
#include "services/family_economy/rules/states.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

v1::ClassResult& AddResult(v1::Verification& verification, const std::string& member,
                           const std::string& region, v1::DataClass data_class, v1::ResultState state) {
  v1::MemberResult& result = *verification.add_results();
  result.set_member_id(member);
  result.mutable_region()->set_code(region);
  result.mutable_result()->set_data_class(data_class);
  result.mutable_result()->set_state(state);
  return *result.mutable_result();
}

v1::Verification WithAssistance(const char* purpose, v1::VerificationType type, const std::string& region,
                                v1::AssistanceType paid) {
  v1::Verification verification = Demo();
  verification.set_assist_type(purpose);
  verification.set_type(type);
  v1::Assistance& item =
      *AddResult(verification, "P02", region, v1::DATA_CLASS_A10_ASSISTANCE, v1::RESULT_STATE_HIT)
           .add_items()
           ->mutable_assistance();
  item.set_type(paid);
  item.mutable_from_month()->set_value("2025-07");
  FindDuplicatesAndDiscrepancies(kChongqing, &verification);
  return verification;
}

// Scenario 3: region, type and first month, nothing else.
TEST(Duplicates, AnActiveDibaoInTheOtherRegionIsFound) {
  const v1::Verification found =
      WithAssistance("P-DIBAO", v1::VERIFICATION_TYPE_NEW, kSichuan, v1::ASSISTANCE_TYPE_DIBAO_RURAL);
  ASSERT_THAT(found.duplicates(), SizeIs(1));
  EXPECT_EQ(found.duplicates(0).ShortDebugString(),
            "member_id: \"P02\" region { code: \"510000\" } type: ASSISTANCE_TYPE_DIBAO_RURAL "
            "from_month { value: \"2025-07\" } reason: \"DUP_BENEFIT\"");
}

TEST(Duplicates, FollowTheTableOfKinds) {
  struct Row {
    const char* purpose;
    v1::VerificationType type;
    const char* region;
    v1::AssistanceType paid;
    bool duplicate;
  };
  const auto kNew = v1::VERIFICATION_TYPE_NEW;
  for (const Row& row : {
           Row{"P-DIBAO", kNew, kChongqing, v1::ASSISTANCE_TYPE_DIBAO_URBAN, true},
           Row{"P-DIBAO", kNew, kSichuan, v1::ASSISTANCE_TYPE_TEKUN, true},
           Row{"P-DIBAO", kNew, kSichuan, v1::ASSISTANCE_TYPE_BIANYUAN, false},
           Row{"P-TEKUN", kNew, kSichuan, v1::ASSISTANCE_TYPE_DIBAO_URBAN, true},
           Row{"P-BIANYUAN", kNew, kSichuan, v1::ASSISTANCE_TYPE_BIANYUAN, true},
           Row{"P-BIANYUAN", kNew, kSichuan, v1::ASSISTANCE_TYPE_GANGXING, false},
           Row{"P-GANGXING", kNew, kSichuan, v1::ASSISTANCE_TYPE_GANGXING, true},
           Row{"P-LINSHI", kNew, kSichuan, v1::ASSISTANCE_TYPE_DIBAO_URBAN, false},
           Row{"P-RECHECK", v1::VERIFICATION_TYPE_RECHECK, kChongqing, v1::ASSISTANCE_TYPE_DIBAO_URBAN,
               false},
           Row{"P-RECHECK", v1::VERIFICATION_TYPE_RECHECK, kSichuan, v1::ASSISTANCE_TYPE_DIBAO_URBAN, true},
       }) {
    EXPECT_EQ(WithAssistance(row.purpose, row.type, row.region, row.paid).duplicates_size(),
              row.duplicate ? 1 : 0)
        << row.purpose << " " << row.region << " " << v1::AssistanceType_Name(row.paid);
  }
}

TEST(Discrepancies, CompareTheDeclaredMaritalStatus) {
  struct Row {
    const char* declared;
    const char* found;
    bool differs;
  };
  for (const Row& row :
       {Row{"20", "20", false}, Row{"20", "22", false}, Row{"21", "40", true}, Row{"10", "20", true},
        Row{"90", "20", false}, Row{"", "20", false}, Row{"20", "90", false}}) {
    v1::Verification verification = Demo();
    MemberAt(verification, 0).set_declared_marital_code(row.declared);
    AddResult(verification, "P01", kChongqing, v1::DATA_CLASS_A02_MARRIAGE, v1::RESULT_STATE_HIT)
        .add_items()
        ->mutable_marital_status()
        ->set_marital_code(row.found);
    FindDuplicatesAndDiscrepancies(kChongqing, &verification);
    EXPECT_EQ(verification.discrepancies_size(), row.differs ? 1 : 0) << row.declared << " " << row.found;
  }
}

TEST(Discrepancies, ADeathRecordIsOne) {
  v1::Verification verification = Demo();
  AddResult(verification, "P02", kSichuan, v1::DATA_CLASS_A03_DEATH, v1::RESULT_STATE_HIT).add_items();
  FindDuplicatesAndDiscrepancies(kChongqing, &verification);
  ASSERT_THAT(verification.discrepancies(), SizeIs(1));
  EXPECT_EQ(verification.discrepancies(0).kind(), v1::DISCREPANCY_KIND_DECEASED);
}

TEST(ReadAnswer, WhatIsMissingOrMalformedIsAnError) {
  v1::QueryStatusResponse answer;
  v1::ClassResult& hit = *answer.add_results();
  hit.set_data_class(v1::DATA_CLASS_A10_ASSISTANCE);
  hit.set_state(v1::RESULT_STATE_HIT);
  v1::ClassResult& odd = *answer.add_results();
  odd.set_data_class(v1::DATA_CLASS_A02_MARRIAGE);
  std::vector<v1::ResultState> states;
  for (const auto& result : ReadAnswer(
           answer, {v1::DATA_CLASS_A02_MARRIAGE, v1::DATA_CLASS_A03_DEATH, v1::DATA_CLASS_A10_ASSISTANCE})) {
    states.push_back(result.state());
  }
  EXPECT_THAT(states, ElementsAre(v1::RESULT_STATE_ERROR, v1::RESULT_STATE_ERROR, v1::RESULT_STATE_HIT));
}

TEST(Report, MasksPersonsAndNamesWhatWasNotChecked) {
  v1::Verification verification = Demo();
  const auto parsed = ParseApplication(verification, TestContext());
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  verification.set_verification_no("CQ-A-500109-20260320-00000001");
  for (const v1::ReportMember& line : MaskedMembers(*parsed, TestContext().today)) {
    *verification.mutable_report()->add_members() = line;
  }
  AddResult(verification, "P01", kChongqing, v1::DATA_CLASS_A10_ASSISTANCE, v1::RESULT_STATE_NO_HIT);
  AddResult(verification, "P02", kSichuan, v1::DATA_CLASS_A10_ASSISTANCE, v1::RESULT_STATE_NOT_CHECKED)
      .set_reason("PEER_UNAVAILABLE");
  CompleteReport(TestNow(), &verification);
  const v1::Report& report = verification.report();
  EXPECT_EQ(report.report_no(), "CQ-A-500109-20260320-00000001-R1");
  EXPECT_EQ(report.members(0).masked_name(), "张*甲");
  EXPECT_EQ(report.members(0).masked_doc_no(), "500***********9912");
  EXPECT_EQ(report.members(2).masked_name(), "张**");
  EXPECT_EQ(report.members(2).masked_doc_no(), "500***************");
  EXPECT_EQ(report.counts().no_hit(), 1u);
  EXPECT_EQ(report.counts().not_checked(), 1u);
  EXPECT_FALSE(report.complete());
  ASSERT_THAT(report.unchecked(), SizeIs(1));
  EXPECT_EQ(report.unchecked(0).reason(), "PEER_UNAVAILABLE");
}

TEST(VerificationNo, NamesRegionDivisionDayAndSequence) {
  EXPECT_EQ(VerificationNo("500000", "500109", Date(2026, 3, 2), 7), "CQ-A-500109-20260302-00000007");
  EXPECT_EQ(VerificationNo("510000", "511623", Date(2026, 12, 31), 123456789),
            "SC-A-511623-20261231-23456789");
}

TEST(NextState, FollowsTheTable) {
  struct Row {
    const char* what;
    v1::VerificationState from;
    CaseFacts facts;
    v1::VerificationState to;
  };
  constexpr auto kAccepted = v1::VERIFICATION_STATE_ACCEPTED;
  constexpr auto kDispatched = v1::VERIFICATION_STATE_DISPATCHED;
  constexpr auto kQuerying = v1::VERIFICATION_STATE_QUERYING;
  constexpr auto kPartial = v1::VERIFICATION_STATE_PARTIAL;
  constexpr auto kReported = v1::VERIFICATION_STATE_REPORTED;
  constexpr auto kExpired = v1::VERIFICATION_STATE_EXPIRED;
  constexpr auto kReviewing = v1::VERIFICATION_STATE_REVIEWING;
  constexpr auto kReviewed = v1::VERIFICATION_STATE_REVIEWED;
  const Row rows[] = {
      {"all own", kAccepted, {.all_checked = true, .any_checked = true}, kReported},
      {"own register down", kAccepted, {}, kPartial},
      {"waits", kAccepted, {.queries = 2, .submitted = 1}, kAccepted},
      {"all durable", kAccepted, {.queries = 2, .submitted = 2}, kDispatched},
      {"one answer", kDispatched, {.queries = 2, .submitted = 2, .answered = 1}, kQuerying},
      {"receipt after answer", kQuerying, {.queries = 2, .submitted = 2, .answered = 1}, kQuerying},
      {"all answers", kQuerying, {2, 2, 2, false, true, true}, kReported},
      {"an answer is an error", kQuerying, {2, 2, 2, false, false, true}, kPartial},
      {"deadline", kQuerying, {2, 2, 1, true, false, true}, kPartial},
      {"deadline, nothing learnt", kDispatched, {2, 2, 0, true, false, false}, kExpired},
      {"late answer", kPartial, {2, 2, 2, true, true, true}, kPartial},
      {"review waits", kReviewing, {.queries = 1, .submitted = 1, .any_checked = true}, kReviewing},
      {"review, all answers", kReviewing, {1, 1, 1, false, true, true}, kReviewed},
      {"review, an answer is an error", kReviewing, {1, 1, 1, false, false, true}, kReviewed},
      {"review, deadline, nothing learnt", kReviewing, {1, 1, 0, true, false, false}, kReviewed},
      {"withdrawn",
       v1::VERIFICATION_STATE_REVOKED,
       {1, 1, 1, false, true, true},
       v1::VERIFICATION_STATE_REVOKED},
  };
  for (const Row& row : rows) EXPECT_EQ(NextState(row.from, row.facts), row.to) << row.what;
}

}  // namespace
}  // namespace chuanyu::family_economy
