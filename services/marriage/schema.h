// The tables of the service, for SQLite and PostgreSQL.
#pragma once

#include <vector>

#include "common/sql/migrate.h"

namespace chuanyu::marriage {

inline constexpr char kTables[] = "mr";

// Of mr_appointment; in these words, so that SQLite sees that an index over nothing else fits.
inline constexpr char kIsHeld[] = "state = 1";
inline constexpr char kIsLive[] = "state <= 3";

const std::vector<sql::Migration>& StoreMigrations();

}  // namespace chuanyu::marriage
