// Which months each side pays when the 户籍 of a person moves to another region. Domain page §5.4, §8: the
// old side pays the month of the move, the new side from the next one on. Pure, thread-safe.
#pragma once

#include <algorithm>
#include <optional>

#include "common/calendar/date.h"
#include "common/calendar/month.h"

namespace chuanyu::cases {

struct MoveMonths {
  Month last;  // of the old side
  Month next;  // first of the new side
};

// `on`: day of the move. `posted_to`: the last month that the old side has paid; `from`: the first for which
// it was to pay. What is paid stays paid: a move that becomes known late costs nobody a month, and pays none
// twice.
inline MoveMonths MonthsOfMove(Date on, std::optional<Month> posted_to, std::optional<Month> from) {
  const Month last = std::max(Month(on), posted_to.value_or(Month(on)));
  return {.last = last, .next = std::max(last + 1, from.value_or(last + 1))};
}

}  // namespace chuanyu::cases
