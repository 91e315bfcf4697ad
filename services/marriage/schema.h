// The tables of the service, for SQLite and PostgreSQL.
#pragma once

#include <vector>

#include "common/sql/migrate.h"

namespace chuanyu::marriage {

inline constexpr char kTables[] = "mr";

const std::vector<sql::Migration>& StoreMigrations();

}  // namespace chuanyu::marriage
