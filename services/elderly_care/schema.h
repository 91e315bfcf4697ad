// The tables of the elderly care service.
#pragma once

#include <vector>

#include "common/sql/migrate.h"

namespace chuanyu::elderly_care {

// Their names begin with it.
inline constexpr char kTables[] = "ec";
// What was found unfiled; of these there is ecu_application alone.
inline constexpr char kUnfiledTables[] = "ecu";

const std::vector<sql::Migration>& StoreMigrations();

}  // namespace chuanyu::elderly_care
