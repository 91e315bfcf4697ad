#include "services/disability/rules/recovery.h"

#include <algorithm>

#include "common/errors/error.h"

namespace chuanyu::disability {

std::optional<v1::Recovery> RecoveryOf(Month month, int64_t fen, std::optional<Month> end,
                                       const std::vector<v1::OverlapDuty>& duties) {
  const auto says = [&](v1::OverlapDuty duty) {
    return std::find(duties.begin(), duties.end(), duty) != duties.end();
  };
  const bool after_end = end && month > *end;
  v1::Recovery out;
  if (after_end || says(v1::OVERLAP_DUTY_RECOVER)) {
    out.set_duty(v1::OVERLAP_DUTY_RECOVER);
  } else if (says(v1::OVERLAP_DUTY_UNDECIDED)) {
    out.set_duty(v1::OVERLAP_DUTY_UNDECIDED);
  } else {
    return std::nullopt;
  }
  out.mutable_month()->set_value(FormatMonth(month));
  out.set_after_end(after_end);
  out.mutable_fen()->set_amount(fen);
  out.mutable_left()->set_amount(fen);
  return out;
}

void AddActs(const std::vector<v1::RecoveryAct>& acts, v1::Recovery* recovery) {
  int64_t left = recovery->fen().amount();
  for (const v1::RecoveryAct& act : acts) {
    *recovery->add_acts() = act;
    // What was decided of an undecided month says nothing of one that lies after an end that came later.
    const bool settles = act.keeps() && recovery->duty() == v1::OVERLAP_DUTY_UNDECIDED;
    left = settles ? 0 : left - act.fen().amount();
  }
  recovery->mutable_left()->set_amount(std::max<int64_t>(left, 0));
}

absl::Status CheckAct(const v1::RecoveryAct& act, const v1::Recovery& recovery) {
  if (act.keeps() == act.has_fen()) {
    return MakeError(Reason::BAD_REQUEST, {.field = "fen", .detail = "an amount, or keeps"});
  }
  if (act.keeps()) {
    const bool open = recovery.duty() == v1::OVERLAP_DUTY_UNDECIDED && recovery.acts().empty();
    return open ? absl::OkStatus() : MakeError(Reason::STATE_CONFLICT, {.field = "keeps"});
  }
  if (act.fen().amount() <= 0) return MakeError(Reason::BAD_REQUEST, {.field = "fen"});
  return act.fen().amount() <= recovery.left().amount()
             ? absl::OkStatus()
             : MakeError(Reason::STATE_CONFLICT, {.field = "fen", .detail = "more than is left"});
}

}  // namespace chuanyu::disability
