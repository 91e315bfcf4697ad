// The region's own registers, asked about one person. Blocks; thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/calendar/date.h"
#include "common/crypto/blind_index.h"
#include "common/sql/sql.h"
#include "services/family_economy/registers/mapping.h"

namespace chuanyu::family_economy {

class Registers {
 public:
  struct Options {
    std::string folder;  // its *.toml files, see mapping.h
    std::string region;  // 6 digits
  };

  // Reads the mappings and tries every statement. CONFIG_INVALID, naming the file, for one that does not run,
  // has other columns than mapped, or maps a class a second time. `pool` (unavailable = SOURCE_UNAVAILABLE)
  // outlives the registers.
  static absl::StatusOr<std::unique_ptr<Registers>> Load(sql::Pool& pool, const Options& options);

  // Never fails: HIT, NO_HIT, NOT_CHECKED (SOURCE_UNAVAILABLE: no register for the class, or its database
  // does not answer) or ERROR (a record that cannot be read: then none is told, because half a truth reads
  // like the whole).
  v1::ClassResult Ask(v1::DataClass data_class, const crypto::BlindIndex& person, Date as_of) const;

 private:
  Registers(sql::Pool& pool, std::string region) : pool_(pool), region_(std::move(region)) {}
  absl::Status Try(const RegisterMapping& mapping) const;
  absl::StatusOr<v1::ClassResult> Read(const RegisterMapping& mapping, const sql::Binds& binds) const;

  sql::Pool& pool_;
  const std::string region_;
  std::map<v1::DataClass, RegisterMapping> mappings_;
};

}  // namespace chuanyu::family_economy
