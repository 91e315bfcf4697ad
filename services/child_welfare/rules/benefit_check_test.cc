#include "services/child_welfare/rules/benefit_check.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/child_welfare/rules/rules_testing.h"

namespace chuanyu::child_welfare {
namespace {

constexpr auto kDibao = v1::OTHER_BENEFIT_KIND_DIBAO;
constexpr auto kTekun = v1::OTHER_BENEFIT_KIND_TEKUN;
constexpr auto kHit = cases::v1::REGISTER_STATE_HIT;
constexpr auto kNoHit = cases::v1::REGISTER_STATE_NO_HIT;
constexpr auto kAway = cases::v1::REGISTER_STATE_NOT_CHECKED;
constexpr auto kError = cases::v1::REGISTER_STATE_ERROR;
constexpr int64_t kNotSaid = -1;

// A register of 低保 and 特困; what it has of 低保.
v1::BenefitCheck Register(cases::v1::RegisterState state, std::vector<int64_t> fen = {}) {
  v1::BenefitCheck check;
  check.add_kinds(kDibao);
  check.add_kinds(kTekun);
  check.mutable_answer()->set_state(state);
  check.mutable_answer()->set_source("社会救助库");
  for (const int64_t each : fen) {
    v1::BenefitRecord& record = *check.add_records();
    record.set_kind(kDibao);
    if (each != kNotSaid) record.set_fen_month(each);
  }
  return check;
}

v1::OtherBenefit Stated(v1::OtherBenefitKind kind, int64_t fen, const std::string& from = "") {
  v1::OtherBenefit out;
  out.set_kind(kind);
  out.mutable_fen_month()->set_amount(fen);
  out.set_source("officer");
  if (!from.empty()) out.mutable_from_month()->set_value(from);
  return out;
}

// "1 64000 社会救助库": kind, amount, source of each; or the reason.
std::string Taken(const std::vector<v1::BenefitCheck>& checks, const std::vector<v1::OtherBenefit>& stated,
                  const std::set<v1::OtherBenefitKind>& deducted = {kDibao, kTekun}) {
  const auto taken = TakeBenefits({checks.begin(), checks.end()}, {stated.begin(), stated.end()}, deducted);
  if (!taken.ok()) return ReasonText(taken.status());
  std::string out;
  for (const v1::OtherBenefit& each : *taken) {
    absl::StrAppend(&out, out.empty() ? "" : ", ", each.kind(), " ", each.fen_month().amount(), " ",
                    each.source());
  }
  return out;
}

TEST(BenefitCheck, DataComesFirstAndWhatIsAwayIsNotNothing) {
  const auto one = Stated(kDibao, 64000);
  const auto none = Stated(kDibao, 0);
  struct Case {
    const char* name;
    std::vector<v1::BenefitCheck> checks;
    std::vector<v1::OtherBenefit> stated;
    const char* taken;
  };
  for (const Case& each : std::vector<Case>{
           {"no register", {}, {one}, "1 64000 officer"},
           {"no register, nothing stated", {}, {}, ""},
           {"has it", {Register(kHit, {64000})}, {}, "1 64000 社会救助库"},
           {"has it, and the same is stated", {Register(kHit, {64000})}, {one}, "1 64000 officer"},
           {"has it, and less is stated",
            {Register(kHit, {70000})},
            {one},
            "B_EVIDENCE_CONFLICT other_benefits[0].fen_month"},
           {"has it, and nothing is said to be paid",
            {Register(kHit, {64000})},
            {none},
            "B_EVIDENCE_CONFLICT other_benefits[0].fen_month"},
           {"has it, and a change is stated",
            {Register(kHit, {64000})},
            {Stated(kDibao, 0, "2026-07")},
            "1 0 officer, 1 64000 社会救助库"},
           {"has it, not how much", {Register(kHit, {kNotSaid})}, {}, "B_EVIDENCE_CONFLICT other_benefits"},
           {"has it, not how much, and that is stated",
            {Register(kHit, {kNotSaid})},
            {one},
            "1 64000 officer"},
           {"has it, not how much, and nothing is said to be paid",
            {Register(kHit, {kNotSaid})},
            {none},
            "B_EVIDENCE_CONFLICT other_benefits[0].fen_month"},
           {"has nothing", {Register(kNoHit)}, {}, ""},
           {"has nothing, another source has", {Register(kNoHit)}, {one}, "1 64000 officer"},
           {"away", {Register(kAway)}, {}, "SOURCE_UNAVAILABLE other_benefits"},
           {"cannot be read", {Register(kError)}, {}, "SOURCE_UNAVAILABLE other_benefits"},
           {"away, and half is stated", {Register(kAway)}, {one}, "SOURCE_UNAVAILABLE other_benefits"},
           {"away, and all is stated",
            {Register(kAway)},
            {none, Stated(kTekun, 0)},
            "1 0 officer, 2 0 officer"},
           {"one of two is away",
            {Register(kAway), Register(kHit, {64000})},
            {Stated(kTekun, 0)},
            "2 0 officer, 1 64000 社会救助库"},
           {"two have two amounts",
            {Register(kHit, {64000}), Register(kHit, {70000})},
            {},
            "B_EVIDENCE_CONFLICT other_benefits"},
       }) {
    EXPECT_EQ(Taken(each.checks, each.stated), each.taken) << each.name;
  }
}

TEST(BenefitCheck, WhatIsNotDeductedIsNotWaitedFor) {
  EXPECT_EQ(Taken({Register(kAway)}, {}, {}), "");
  EXPECT_EQ(Taken({Register(kHit, {64000})}, {}, {}), "1 64000 社会救助库") << "it may be after a review";
}

}  // namespace
}  // namespace chuanyu::child_welfare
