// The tables of the child welfare service.
#pragma once

#include <vector>

#include "common/sql/migrate.h"

namespace chuanyu::child_welfare {

// Their names begin with it.
inline constexpr char kTables[] = "cw";

const std::vector<sql::Migration>& StoreMigrations();

}  // namespace chuanyu::child_welfare
