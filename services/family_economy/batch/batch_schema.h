// Tables of the periodic re-check.
#pragma once

#include <vector>

#include "common/sql/migrate.h"

namespace chuanyu::family_economy {

// For sql::Migrate, component "family_economy_batch". Never changed once released.
const std::vector<sql::Migration>& BatchMigrations();

}  // namespace chuanyu::family_economy
