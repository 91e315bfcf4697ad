// The keys of a domain service, from the files that its configuration names. CONFIG_INVALID for what cannot
// be read or is no such key.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/crypto/blind_index.h"
#include "common/crypto/seal.h"
#include "common/merkle/note_key.h"

namespace chuanyu {

// What seals data at rest; `name` is bound into every seal.
absl::StatusOr<std::unique_ptr<crypto::Sealer>> LoadSealer(const std::string& file, const std::string& name);
absl::StatusOr<std::unique_ptr<crypto::BlindIndexer>> LoadIndexer(const std::string& file);
// The keys that sign statements under `name`, Ed25519 first; an empty file name: none of that kind.
absl::StatusOr<std::vector<merkle::NoteSigner>> LoadSigners(const std::string& name,
                                                            const std::string& ed25519_file,
                                                            const std::string& sm2_file);

}  // namespace chuanyu
