#include "common/service/keys.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu {
namespace {

absl::StatusOr<std::string> ReadKeyFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  if (!file) return MakeError(Reason::CONFIG_INVALID, {.detail = path + " cannot be read"});
  return std::move(bytes).str();
}

}  // namespace

absl::StatusOr<std::unique_ptr<crypto::Sealer>> LoadSealer(const std::string& file, const std::string& name) {
  CHUANYU_ASSIGN_OR_RETURN(std::string kek, ReadKeyFile(file));
  auto sealer = crypto::Sealer::Create(crypto::SealSuite::kSm4CtrHmacSm3, kek, name);
  crypto::Cleanse(kek);
  return sealer;
}

absl::StatusOr<std::unique_ptr<crypto::BlindIndexer>> LoadIndexer(const std::string& file) {
  CHUANYU_ASSIGN_OR_RETURN(std::string key, ReadKeyFile(file));
  auto indexer = crypto::BlindIndexer::Create(key);
  crypto::Cleanse(key);
  return indexer;
}

absl::StatusOr<std::vector<merkle::NoteSigner>> LoadSigners(const std::string& name,
                                                            const std::string& ed25519_file,
                                                            const std::string& sm2_file) {
  std::vector<merkle::NoteSigner> signers;
  for (const auto& [path, type] : {std::pair{ed25519_file, merkle::SignatureType::kEd25519},
                                   std::pair{sm2_file, merkle::SignatureType::kSm2}}) {
    if (path.empty()) continue;
    CHUANYU_ASSIGN_OR_RETURN(std::shared_ptr<const crypto::Signer> key, crypto::LoadSigner(path));
    if (key->alg() != merkle::KeyAlgOf(type)) {
      return MakeError(Reason::CONFIG_INVALID, {.detail = path + " is a key of another kind"});
    }
    CHUANYU_ASSIGN_OR_RETURN(merkle::NoteSigner signer, merkle::NoteSigner::Create(name, type, key));
    signers.push_back(std::move(signer));
  }
  return signers;
}

}  // namespace chuanyu
