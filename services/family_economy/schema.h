// The tables of CaseStore.
#pragma once

#include <vector>

#include "common/sql/migrate.h"

namespace chuanyu::family_economy {

// For sql::Migrate, component "family_economy". Never changed once released.
const std::vector<sql::Migration>& CaseMigrations();

}  // namespace chuanyu::family_economy
