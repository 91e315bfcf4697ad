// Payloads at rest: sealed under a data key per day and operation, which is itself wrapped under the node's
// key encryption key. Destroying a data key erases every payload under it and leaves the journal verifiable.
// Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/seal.h"

namespace chuanyu::exchange {

struct VaultOptions {
  std::string dir;       // wrapped data keys, one file a key, created and synced before first use
  std::string kek_file;  // kSealKeyBytes random bytes, mode 0600
  crypto::SealSuite suite = crypto::SealSuite::kSm4CtrHmacSm3;
};

class Vault {
 public:
  static absl::StatusOr<std::unique_ptr<Vault>> Open(VaultOptions options);
  virtual ~Vault() = default;

  // Seals salt ‖ payload. The result starts with the data key's id. `associated_data` binds it to its record.
  virtual absl::StatusOr<std::string> Seal(std::string_view operation, absl::Time at,
                                           std::string_view plaintext, std::string_view associated_data) = 0;
  // PAYLOAD_ERASED when the data key was destroyed.
  virtual absl::StatusOr<std::string> Open(std::string_view sealed, std::string_view associated_data) = 0;

  // Destroys the data keys of days before `before` (Asia/Shanghai) for `operation` ("" for all): overwrites
  // and syncs. Returns their ids, and those of keys destroyed earlier that nobody forgot: the caller journals
  // PAYLOADS_ERASED and then calls Forget, so that a crash in between loses no record of it.
  virtual absl::StatusOr<std::vector<std::string>> Erase(std::string_view operation, absl::Time before) = 0;
  // Erase names these no more. Ids that it never named are ignored.
  virtual absl::Status Forget(const std::vector<std::string>& key_ids) = 0;
};

}  // namespace chuanyu::exchange
