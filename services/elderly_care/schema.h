// The tables of the elderly care service.
#pragma once

#include <vector>

#include "common/sql/migrate.h"

namespace chuanyu::elderly_care {

// Their names begin with it.
inline constexpr char kTables[] = "ec";

const std::vector<sql::Migration>& StoreMigrations();

}  // namespace chuanyu::elderly_care
