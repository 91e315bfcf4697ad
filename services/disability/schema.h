// The tables of the disability service.
#pragma once

#include <vector>

#include "common/sql/migrate.h"

namespace chuanyu::disability {

// Their names begin with it.
inline constexpr char kTables[] = "dis";

const std::vector<sql::Migration>& StoreMigrations();

}  // namespace chuanyu::disability
