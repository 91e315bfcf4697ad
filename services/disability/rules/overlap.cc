#include "services/disability/rules/overlap.h"

namespace chuanyu::disability {

v1::OverlapDuty DutyOf(Month own_from, Month other_from) {
  if (own_from == other_from) return v1::OVERLAP_DUTY_UNDECIDED;
  return own_from < other_from ? v1::OVERLAP_DUTY_KEEP : v1::OVERLAP_DUTY_RECOVER;
}

}  // namespace chuanyu::disability
