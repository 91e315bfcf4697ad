// The tables of one component, brought to the version that the program knows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/sql/sql.h"

namespace chuanyu::sql {

// One step: statements that both SQLite and PostgreSQL understand. Never changed once released.
struct Migration {
  std::vector<std::string> statements;
};

// Applies what `component` lacks of `migrations` (the first is version 1) in one transaction: a crash leaves
// the old tables or the new ones. CONFIG_INVALID when the database is newer than the program. Safe to call
// from several processes at once.
absl::Status Migrate(Pool& pool, std::string_view component, const std::vector<Migration>& migrations);

}  // namespace chuanyu::sql
