// Fills the demo's register tables from a file of synthetic records (deploy/demo/registers/<region>.json).
// The file has document numbers of persons who do not exist; the tables get blind indexes, and reg_person the
// sealed number of each, from which the match index of re-checks is made. A region's
// real registers are its own and are reached by their own mapping files.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/crypto/blind_index.h"
#include "common/crypto/seal.h"
#include "common/sql/sql.h"

namespace chuanyu::family_economy {

// Replaces everything in the demo's tables (made when missing) by the records of the file at `path`, in one
// transaction. CONFIG_INVALID, by the record's place in the file and without its values, when the file is not
// marked "synthetic", cannot be read, or names an unknown register, column or document number.
absl::Status LoadRegisters(sql::Pool& pool, const crypto::BlindIndexer& indexer, const crypto::Sealer& sealer,
                           const std::string& path);

}  // namespace chuanyu::family_economy
