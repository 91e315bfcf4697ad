// The region's own registers, asked about one person. Blocks; thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/calendar/date.h"
#include "common/crypto/blind_index.h"
#include "common/crypto/seal.h"
#include "common/sql/sql.h"
#include "services/family_economy/registers/mapping.h"

namespace chuanyu::family_economy {

// Somebody whom a register knows. Personal data.
struct RegisterPerson {
  uint8_t doc_type = 0;  // number of chuanyu.type.v1.DocType
  std::string doc_no;    // canonical
};

class Registers {
 public:
  struct Options {
    std::string folder;  // its *.toml files, see mapping.h
    std::string region;  // 6 digits
    // Opens the document numbers that a `persons` statement gives sealed. Outlives the registers.
    const crypto::Sealer* sealer = nullptr;
  };

  // Reads the mappings and tries every statement. CONFIG_INVALID, naming the file, for one that does not run,
  // has other columns than mapped, or maps a class a second time. `pool` (unavailable = SOURCE_UNAVAILABLE)
  // outlives the registers.
  static absl::StatusOr<std::unique_ptr<Registers>> Load(sql::Pool& pool, const Options& options);

  // Never fails: HIT, NO_HIT, NOT_CHECKED (SOURCE_NOT_CONFIGURED: no register for the class;
  // SOURCE_UNAVAILABLE: its database does not answer) or ERROR (a record that cannot be read: then none is
  // told, because half a truth reads like the whole).
  v1::ClassResult Ask(v1::DataClass data_class, const crypto::BlindIndex& person, Date as_of) const;

  bool Has(v1::DataClass data_class) const { return mappings_.contains(data_class); }

  bool Lists(v1::DataClass data_class) const {
    const auto found = mappings_.find(data_class);
    return found != mappings_.end() && !found->second.persons.empty();
  }
  // Classes whose register can be listed.
  std::vector<v1::DataClass> ListableClasses() const;
  // The next page of those whom the register of the class knows, at most `limit`. Numbers that are not valid
  // are left out: nobody can ask about them. SOURCE_UNAVAILABLE; CODE_UNKNOWN when the statement gives other
  // columns than it should; SIG_INVALID.
  struct PersonPage {
    std::vector<RegisterPerson> persons;
    std::string last_key;  // `after` of the next page; empty after the last one
  };
  absl::StatusOr<PersonPage> ListPersons(v1::DataClass data_class, const std::string& after, int limit,
                                         Date today) const;

 private:
  Registers(sql::Pool& pool, const Options& options)
      : pool_(pool), region_(options.region), sealer_(options.sealer) {}
  absl::Status Try(const RegisterMapping& mapping) const;
  absl::StatusOr<v1::ClassResult> Read(const RegisterMapping& mapping, const sql::Binds& binds) const;

  sql::Pool& pool_;
  const std::string region_;
  const crypto::Sealer* const sealer_;
  std::map<v1::DataClass, RegisterMapping> mappings_;
};

}  // namespace chuanyu::family_economy
