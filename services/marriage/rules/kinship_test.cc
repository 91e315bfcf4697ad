// Relatives as tables: 民法典 §1048, domain page §6.2.
#include "services/marriage/rules/kinship.h"

#include "gtest/gtest.h"

namespace chuanyu::marriage {
namespace {

using enum v1::KinRelation;

struct Row {
  const char* what;
  v1::KinRelation to_a;
  const char* who_a;
  v1::KinRelation to_b;
  const char* who_b;
  Kinship expected;
};

constexpr Row kRows[] = {
    {"nobody in common", KIN_RELATION_PARENT, "x", KIN_RELATION_PARENT, "y", Kinship::kNone},
    {"the other is a parent", KIN_RELATION_PARENT, "b", KIN_RELATION_PARENT, "y", Kinship::kForbidden},
    {"the other is a grandchild", KIN_RELATION_GRANDCHILD, "b", KIN_RELATION_PARENT, "y",
     Kinship::kForbidden},
    {"the other is a brother or sister", KIN_RELATION_SIBLING, "b", KIN_RELATION_PARENT, "y",
     Kinship::kForbidden},
    {"the other is an aunt", KIN_RELATION_UNCLE_AUNT, "b", KIN_RELATION_PARENT, "y", Kinship::kForbidden},
    {"the other is a nephew", KIN_RELATION_NEPHEW_NIECE, "b", KIN_RELATION_PARENT, "y", Kinship::kForbidden},
    {"one parent", KIN_RELATION_PARENT, "x", KIN_RELATION_PARENT, "x", Kinship::kForbidden},
    {"uncle and niece", KIN_RELATION_PARENT, "x", KIN_RELATION_GRANDPARENT, "x", Kinship::kForbidden},
    {"uncle and niece by a brother", KIN_RELATION_SIBLING, "x", KIN_RELATION_PARENT, "x",
     Kinship::kForbidden},
    {"first cousins", KIN_RELATION_GRANDPARENT, "x", KIN_RELATION_GRANDPARENT, "x", Kinship::kForbidden},
    {"first cousins by an aunt", KIN_RELATION_UNCLE_AUNT, "x", KIN_RELATION_PARENT, "x", Kinship::kForbidden},
    {"one aunt", KIN_RELATION_UNCLE_AUNT, "x", KIN_RELATION_UNCLE_AUNT, "x", Kinship::kForbidden},
    {"grandparent by the child between", KIN_RELATION_CHILD, "x", KIN_RELATION_PARENT, "x",
     Kinship::kForbidden},
    // Oneself, parent, grandparent, and one more: the fourth generation.
    {"a great-uncle", KIN_RELATION_SIBLING, "x", KIN_RELATION_GRANDPARENT, "x", Kinship::kNone},
    {"second cousins once removed", KIN_RELATION_UNCLE_AUNT, "x", KIN_RELATION_GRANDPARENT, "x",
     Kinship::kNone},
    {"a child of both", KIN_RELATION_CHILD, "x", KIN_RELATION_CHILD, "x", Kinship::kNone},
    {"a half brother of both", KIN_RELATION_SIBLING, "x", KIN_RELATION_SIBLING, "x", Kinship::kReview},
};

TEST(Kinship, LinealAndCollateralWithinThreeGenerationsAreForbidden) {
  for (const Row& row : kRows) {
    const Family a{"a", {{row.to_a, row.who_a}}};
    const Family b{"b", {{row.to_b, row.who_b}}};
    EXPECT_EQ(KinshipOf(a, b), row.expected) << row.what;
    EXPECT_EQ(KinshipOf(b, a), row.expected) << row.what << ", the other way round";
  }
}

TEST(Kinship, ByStepParentsOrAdoptionAPersonMustDecide) {
  for (const Row& row : kRows) {
    if (row.expected != Kinship::kForbidden) continue;
    const Family a{"a", {{row.to_a, row.who_a, /*by_blood=*/false}}};
    const Family b{"b", {{row.to_b, row.who_b}}};
    EXPECT_EQ(KinshipOf(a, b), Kinship::kReview) << row.what;
    EXPECT_EQ(KinshipOf(b, a), Kinship::kReview) << row.what << ", the other way round";
  }
}

TEST(Kinship, WhatForbidsCountsBesideWhatIsToBeReviewed) {
  const Family a{"a", {{KIN_RELATION_PARENT, "x", false}, {KIN_RELATION_GRANDPARENT, "y"}}};
  const Family b{"b", {{KIN_RELATION_PARENT, "x"}, {KIN_RELATION_GRANDPARENT, "y"}}};
  EXPECT_EQ(KinshipOf(a, b), Kinship::kForbidden);
}

}  // namespace
}  // namespace chuanyu::marriage
