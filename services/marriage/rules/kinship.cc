#include "services/marriage/rules/kinship.h"

#include <algorithm>
#include <utility>

namespace chuanyu::marriage {
namespace {

using enum v1::KinRelation;

struct Shared {
  v1::KinRelation one;
  v1::KinRelation other;
  Kinship means;
};

// What it means that somebody is this to the one and that to the other. Oneself is the first generation,
// grandparents are the third. Pairs that are not here (a child of both) forbid nothing.
constexpr Shared kShared[] = {
    {KIN_RELATION_PARENT, KIN_RELATION_PARENT, Kinship::kForbidden},            // brother and sister
    {KIN_RELATION_PARENT, KIN_RELATION_GRANDPARENT, Kinship::kForbidden},       // uncle and niece
    {KIN_RELATION_PARENT, KIN_RELATION_SIBLING, Kinship::kForbidden},           // the same
    {KIN_RELATION_GRANDPARENT, KIN_RELATION_GRANDPARENT, Kinship::kForbidden},  // first cousins
    {KIN_RELATION_PARENT, KIN_RELATION_UNCLE_AUNT, Kinship::kForbidden},        // the same
    {KIN_RELATION_UNCLE_AUNT, KIN_RELATION_UNCLE_AUNT, Kinship::kForbidden},    // the same (§6.2)
    {KIN_RELATION_PARENT, KIN_RELATION_CHILD, Kinship::kForbidden},             // grandparent
    {KIN_RELATION_PARENT, KIN_RELATION_GRANDCHILD, Kinship::kForbidden},        // and further up
    {KIN_RELATION_GRANDPARENT, KIN_RELATION_CHILD, Kinship::kForbidden},
    // Half brothers and sisters of one person may share no ancestor with each other.
    {KIN_RELATION_SIBLING, KIN_RELATION_SIBLING, Kinship::kReview},
    {KIN_RELATION_SIBLING, KIN_RELATION_UNCLE_AUNT, Kinship::kReview},
    {KIN_RELATION_SIBLING, KIN_RELATION_CHILD, Kinship::kReview},
};

Kinship MeaningOf(const Relative& one, const Relative& other) {
  for (const Shared& row : kShared) {
    const bool here = (row.one == one.relation && row.other == other.relation) ||
                      (row.one == other.relation && row.other == one.relation);
    if (here) return one.by_blood && other.by_blood ? row.means : Kinship::kReview;
  }
  return Kinship::kNone;
}

}  // namespace

Kinship KinshipOf(const Family& a, const Family& b) {
  Kinship out = Kinship::kNone;
  // One is named as the other's relative: every relation there is is lineal or within three generations.
  for (const auto& [family, other] : {std::pair{&a, &b}, {&b, &a}}) {
    for (const Relative& relative : family->relatives) {
      if (relative.key != other->self) continue;
      out = std::max(out, relative.by_blood ? Kinship::kForbidden : Kinship::kReview);
    }
  }
  for (const Relative& one : a.relatives) {
    for (const Relative& other : b.relatives) {
      if (one.key == other.key) out = std::max(out, MeaningOf(one, other));
    }
  }
  return out;
}

}  // namespace chuanyu::marriage
