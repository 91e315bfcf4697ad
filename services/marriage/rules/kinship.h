// Whether two persons are too closely related to marry, by the relatives that are known of each: 民法典
// §1048, domain page §6.2. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "chuanyu/marriage/v1/registration.pb.h"

namespace chuanyu::marriage {

struct Relative {
  v1::KinRelation relation = v1::KIN_RELATION_UNSPECIFIED;  // what this person is to the one of the family
  std::string key;                                          // equal for the same person
  bool by_blood = true;
};

struct Family {
  std::string self;  // a key as those of the relatives
  std::vector<Relative> relatives;
};

// In the order of what weighs more.
enum class Kinship {
  kNone,       // that these families show
  kReview,     // by step-parents or adoption, or where it depends: a person must decide
  kForbidden,  // lineal, or collateral within three generations
};

Kinship KinshipOf(const Family& a, const Family& b);

}  // namespace chuanyu::marriage
