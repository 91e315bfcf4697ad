#include "services/family_economy/batch/match_keys.h"

#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "common/crypto/seal.h"
#include "common/errors/error.h"
#include "services/family_economy/rules/codes.h"

namespace chuanyu::family_economy {
namespace {

absl::StatusOr<std::shared_ptr<const crypto::BlindIndexer>> ReadKey(const Config& table) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string path, table.Path("file"));
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  if (!file) return table.Invalid("file", "cannot be read");
  std::string key = std::move(bytes).str();
  auto indexer = crypto::BlindIndexer::Create(key);
  crypto::Cleanse(key);
  if (!indexer.ok()) return table.Invalid("file", "is shorter than 32 bytes");
  return std::shared_ptr<const crypto::BlindIndexer>(*std::move(indexer));
}

absl::StatusOr<MatchKey> ReadTable(const Config& table) {
  MatchKey key;
  CHUANYU_ASSIGN_OR_RETURN(key.id, table.String("id"));
  if (!IsToken(key.id, 64)) return table.Invalid("id", "is not 1 to 64 letters, digits, - or _");
  CHUANYU_ASSIGN_OR_RETURN(key.peer, table.String("peer"));
  CHUANYU_ASSIGN_OR_RETURN(const std::string from, table.Date("not_before"));
  CHUANYU_ASSIGN_OR_RETURN(key.not_before, ParseDate(from, "not_before"));
  CHUANYU_ASSIGN_OR_RETURN(const std::string to, table.Date("not_after"));
  CHUANYU_ASSIGN_OR_RETURN(key.not_after, ParseDate(to, "not_after"));
  if (key.not_after < key.not_before) return table.Invalid("not_after", "is before not_before");
  CHUANYU_ASSIGN_OR_RETURN(key.indexer, ReadKey(table));
  return key;
}

}  // namespace

absl::StatusOr<MatchKeys> MatchKeys::Load(const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Load(path));
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> tables, file.Tables("key"));
  MatchKeys keys;
  std::set<std::string> ids;
  for (const Config& table : tables) {
    CHUANYU_ASSIGN_OR_RETURN(MatchKey key, ReadTable(table));
    if (!ids.insert(key.id).second) return table.Invalid("id", "is used twice");
    keys.keys_.push_back(std::move(key));
  }
  CHUANYU_RETURN_IF_ERROR(file.CheckNoUnknownKeys());
  return keys;
}

absl::StatusOr<MatchKey> MatchKeys::ForAsking(const std::string& peer, Date day) const {
  const MatchKey* best = nullptr;
  for (const MatchKey& key : keys_) {
    if (key.peer != peer || !key.InForce(day)) continue;
    if (best == nullptr || best->not_before < key.not_before) best = &key;
  }
  if (best == nullptr) return MakeError(Reason::KEY_UNKNOWN, {.detail = "no match key in force for " + peer});
  return *best;
}

absl::Status MatchKeys::CheckAnswering(const std::string& peer, const std::string& id, Date day) const {
  for (const MatchKey& key : keys_) {
    if (key.id == id && key.peer == peer && key.InForce(day)) return absl::OkStatus();
  }
  return MakeError(Reason::KEY_UNKNOWN, {.field = "key_id"});
}

std::vector<MatchKey> MatchKeys::InForce(Date day) const {
  std::vector<MatchKey> keys;
  for (const MatchKey& key : keys_) {
    if (key.InForce(day)) keys.push_back(key);
  }
  return keys;
}

}  // namespace chuanyu::family_economy
