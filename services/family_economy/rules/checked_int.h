// Whole numbers that cannot overflow unseen: a result out of range makes everything computed from it
// unusable, so a formula reads as one and is checked once, at its end. Money is in fen (domain page §3.2).
// Pure, thread-safe.
//
//   CHUANYU_ASSIGN_OR_RETURN(const int64_t need, (Checked(standard) * members).Value("standard"));
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "common/errors/error.h"

namespace chuanyu::family_economy {

class Checked {
 public:
  Checked(int64_t value) : value_(value) {}  // NOLINT: a plain number is a checked one

  friend Checked operator+(Checked a, Checked b) {
    Checked sum(0);
    sum.valid_ = !__builtin_add_overflow(a.value_, b.value_, &sum.value_) && a.valid_ && b.valid_;
    return sum;
  }
  friend Checked operator-(Checked a, Checked b) {
    Checked difference(0);
    difference.valid_ =
        !__builtin_sub_overflow(a.value_, b.value_, &difference.value_) && a.valid_ && b.valid_;
    return difference;
  }
  friend Checked operator*(Checked a, Checked b) {
    Checked product(0);
    product.valid_ = !__builtin_mul_overflow(a.value_, b.value_, &product.value_) && a.valid_ && b.valid_;
    return product;
  }

  // BAD_REQUEST, naming `field`, when a step was out of range.
  absl::StatusOr<int64_t> Value(const char* field) const {
    if (!valid_)
      return MakeError(Reason::BAD_REQUEST, {.field = field, .detail = "the amounts are too large"});
    return value_;
  }

 private:
  int64_t value_ = 0;
  bool valid_ = true;
};

}  // namespace chuanyu::family_economy
