#include "services/exchange/vault/vault.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/time/civil_time.h"
#include "common/base/mutex.h"
#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"
#include "common/crypto/hash.h"
#include "common/crypto/key_wrap.h"
#include "common/errors/error.h"
#include "services/exchange/vault/durable_file.h"

namespace chuanyu::exchange {
namespace {

using crypto::SealSuite;

constexpr std::string_view kKeySuffix = ".key";
// A key whose destruction has begun, also where a crash came in between: Erase finishes and names it until it
// is forgotten.
constexpr std::string_view kErasedSuffix = ".erased";
constexpr std::string_view kCheckFile = "kek.check";
constexpr size_t kOperationHexDigits = 16;
constexpr size_t kRandomHexDigits = 8;

char SuiteLetter(SealSuite suite) { return suite == SealSuite::kSm4CtrHmacSm3 ? 's' : 'a'; }

// "20260310" in Asia/Shanghai, which has had no summer time since 1991.
std::string DayOf(absl::Time at) {
  const std::string day = absl::FormatTime("%Y%m%d", at, ChinaTime());
  return day.size() == 8 ? day : "00000000";
}

// Operations are method paths with slashes; a hash makes them fit a file name.
std::string OperationCode(std::string_view operation) {
  return crypto::HexEncode(crypto::View(crypto::Hash(crypto::HashAlg::kSm3, {operation})))
      .substr(0, kOperationHexDigits);
}

// "s20260310-<operation>-<random>". The random end keeps a key made after an erasure from taking the name of
// the destroyed one: its payloads must say PAYLOAD_ERASED, not SIG_INVALID.
struct KeyId {
  std::string text;

  static constexpr size_t kLength = 1 + 8 + 1 + kOperationHexDigits + 1 + kRandomHexDigits;
  std::string_view day() const { return std::string_view(text).substr(1, 8); }
  std::string_view operation() const { return std::string_view(text).substr(10, kOperationHexDigits); }
  std::string_view slot() const { return std::string_view(text).substr(0, kLength - 1 - kRandomHexDigits); }
  SealSuite suite() const { return text[0] == 's' ? SealSuite::kSm4CtrHmacSm3 : SealSuite::kAes256Gcm; }

  static std::optional<KeyId> Parse(std::string_view text) {
    if (text.size() != kLength || (text[0] != 's' && text[0] != 'a')) return std::nullopt;
    if (text[9] != '-' || text[10 + kOperationHexDigits] != '-') return std::nullopt;
    const bool plain = text.substr(1).find_first_not_of("0123456789abcdef-") == std::string_view::npos;
    return plain ? std::optional<KeyId>(KeyId{std::string(text)}) : std::nullopt;
  }
};

std::optional<KeyId> IdOfFile(std::string_view name, std::string_view suffix) {
  if (!name.ends_with(suffix)) return std::nullopt;
  return KeyId::Parse(name.substr(0, name.size() - suffix.size()));
}

absl::StatusOr<std::string> ReadKek(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    return MakeError(Reason::CONFIG_INVALID, {.detail = "no key encryption key at " + path});
  }
  if ((info.st_mode & 077) != 0) {
    return MakeError(Reason::CONFIG_INVALID, {.detail = path + " must have mode 0600 or stricter"});
  }
  CHUANYU_ASSIGN_OR_RETURN(std::optional<std::string> bytes, ReadFileIfExists(path));
  if (!bytes.has_value() || bytes->size() != crypto::kSealKeyBytes) {
    return MakeError(Reason::CONFIG_INVALID,
                     {.detail = path + " must hold " + std::to_string(crypto::kSealKeyBytes) + " bytes"});
  }
  return *std::move(bytes);
}

class FileVault final : public Vault {
 public:
  FileVault(VaultOptions options, std::map<SealSuite, std::unique_ptr<crypto::Sealer>> keks)
      : options_(std::move(options)), keks_(std::move(keks)) {}

  absl::Status Start();

  absl::StatusOr<std::string> Seal(std::string_view operation, absl::Time at, std::string_view plaintext,
                                   std::string_view associated_data) override;
  absl::StatusOr<std::string> Open(std::string_view sealed, std::string_view associated_data) override;
  absl::StatusOr<std::vector<std::string>> Erase(std::string_view operation, absl::Time before) override;
  absl::Status Forget(const std::vector<std::string>& key_ids) override;

 private:
  struct DataKey {
    KeyId id;
    std::unique_ptr<crypto::Sealer> sealer;
  };
  using SharedKey = std::shared_ptr<const DataKey>;

  std::string PathOf(const KeyId& id) const { return options_.dir + "/" + id.text + std::string(kKeySuffix); }
  std::string ErasedPathOf(const KeyId& id) const {
    return options_.dir + "/" + id.text + std::string(kErasedSuffix);
  }
  absl::Status CheckKek();
  absl::StatusOr<SharedKey> CurrentKey(std::string_view operation, const std::string& day)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::StatusOr<SharedKey> MakeKey(const std::string& slot) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::StatusOr<SharedKey> LoadKey(const KeyId& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::StatusOr<SharedKey> Remember(const KeyId& id, std::string& key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status Destroy(const KeyId& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const VaultOptions options_;
  const std::map<SealSuite, std::unique_ptr<crypto::Sealer>> keks_;
  Mutex mu_;
  // Newest key of a (suite, day, operation); the key itself is loaded when first used.
  absl::flat_hash_map<std::string, KeyId> slots_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<std::string, SharedKey> keys_ ABSL_GUARDED_BY(mu_);
  // What CurrentKey found last for an operation, so that the hot path hashes no operation name.
  struct Recent {
    std::string day;
    SharedKey key;
  };
  absl::flat_hash_map<std::string, Recent> recent_ ABSL_GUARDED_BY(mu_);
};

absl::Status FileVault::Start() {
  CHUANYU_RETURN_IF_ERROR(MakeDirDurably(options_.dir));
  CHUANYU_RETURN_IF_ERROR(CheckKek());
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListDir(options_.dir));
  MutexLock lock(mu_);
  for (const std::string& name : names) {
    const std::optional<KeyId> id = IdOfFile(name, kKeySuffix);
    if (id.has_value()) slots_[std::string(id->slot())] = *id;
  }
  return absl::OkStatus();
}

// A vault opened with another node's KEK would make keys that nobody can unwrap later: refuse at start.
absl::Status FileVault::CheckKek() {
  const std::string path = options_.dir + "/" + std::string(kCheckFile);
  const crypto::Sealer& kek = *keks_.at(SealSuite::kSm4CtrHmacSm3);
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<std::string> stored, ReadFileIfExists(path));
  if (!stored.has_value()) {
    CHUANYU_ASSIGN_OR_RETURN(const std::string mark, kek.Seal("chuanyu vault", kCheckFile));
    return WriteFileDurably(path, mark);
  }
  if (!kek.Open(*stored, kCheckFile).ok()) {
    return MakeError(Reason::CONFIG_INVALID, {.detail = options_.kek_file + " is not the key that " +
                                                        options_.dir + " was made with"});
  }
  return absl::OkStatus();
}

absl::StatusOr<FileVault::SharedKey> FileVault::CurrentKey(std::string_view operation,
                                                           const std::string& day) {
  const auto recent = recent_.find(absl::string_view(operation.data(), operation.size()));
  if (recent != recent_.end() && recent->second.day == day) return recent->second.key;
  const std::string slot = SuiteLetter(options_.suite) + day + "-" + OperationCode(operation);
  const auto known = slots_.find(slot);
  CHUANYU_ASSIGN_OR_RETURN(SharedKey key, known == slots_.end() ? MakeKey(slot) : LoadKey(known->second));
  recent_[std::string(operation)] = {day, key};
  return key;
}

absl::StatusOr<FileVault::SharedKey> FileVault::MakeKey(const std::string& slot) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string random, crypto::RandomBytes(kRandomHexDigits / 2));
  const KeyId id{slot + "-" + crypto::HexEncode(random)};
  CHUANYU_ASSIGN_OR_RETURN(std::string key, crypto::NewDataKey());
  CHUANYU_ASSIGN_OR_RETURN(const std::string wrapped, crypto::WrapKey(*keks_.at(id.suite()), {id.text}, key));
  // Durable before its first use: a payload under a key that the disk lost would be erased without a record.
  CHUANYU_RETURN_IF_ERROR(WriteFileDurably(PathOf(id), wrapped));
  slots_[slot] = id;
  return Remember(id, key);
}

absl::StatusOr<FileVault::SharedKey> FileVault::LoadKey(const KeyId& id) {
  const auto known = keys_.find(id.text);
  if (known != keys_.end()) return known->second;
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<std::string> wrapped, ReadFileIfExists(PathOf(id)));
  if (!wrapped.has_value()) {
    return MakeError(Reason::PAYLOAD_ERASED, {.detail = "data key " + id.text + " was destroyed"});
  }
  CHUANYU_ASSIGN_OR_RETURN(std::string key, crypto::UnwrapKey(*keks_.at(id.suite()), {id.text}, *wrapped));
  return Remember(id, key);
}

absl::StatusOr<FileVault::SharedKey> FileVault::Remember(const KeyId& id, std::string& key) {
  auto sealer = crypto::Sealer::Create(id.suite(), key, id.text);
  crypto::Cleanse(key);
  CHUANYU_RETURN_IF_ERROR(sealer.status());
  auto shared = std::make_shared<const DataKey>(DataKey{id, *std::move(sealer)});
  keys_[id.text] = shared;
  return shared;
}

absl::StatusOr<std::string> FileVault::Seal(std::string_view operation, absl::Time at,
                                            std::string_view plaintext, std::string_view associated_data) {
  SharedKey key;
  {
    const std::string day = DayOf(at);
    MutexLock lock(mu_);
    CHUANYU_ASSIGN_OR_RETURN(key, CurrentKey(operation, day));
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::string body, key->sealer->Seal(plaintext, associated_data));
  std::string sealed;
  sealed.reserve(1 + KeyId::kLength + body.size());
  sealed.push_back(static_cast<char>(KeyId::kLength));
  return sealed.append(key->id.text).append(body);
}

absl::StatusOr<std::string> FileVault::Open(std::string_view sealed, std::string_view associated_data) {
  const bool framed = sealed.size() > KeyId::kLength && sealed[0] == static_cast<char>(KeyId::kLength);
  const std::optional<KeyId> id = framed ? KeyId::Parse(sealed.substr(1, KeyId::kLength)) : std::nullopt;
  if (!id.has_value()) {
    return MakeError(Reason::SIG_INVALID, {.detail = "sealed payload does not start with a data key id"});
  }
  SharedKey key;
  {
    MutexLock lock(mu_);
    CHUANYU_ASSIGN_OR_RETURN(key, LoadKey(*id));
  }
  return key->sealer->Open(sealed.substr(1 + KeyId::kLength), associated_data);
}

absl::Status FileVault::Destroy(const KeyId& id) {
  const std::string path = PathOf(id);
  const std::string doomed = ErasedPathOf(id);
  // Renamed first, so that a crash leaves either a whole key or one that is known to be destroyed.
  if (::rename(path.c_str(), doomed.c_str()) != 0 && errno != ENOENT) return FileError("rename", path);
  CHUANYU_RETURN_IF_ERROR(SyncDir(options_.dir));
  CHUANYU_RETURN_IF_ERROR(OverwriteAndSync(doomed));
  keys_.erase(id.text);
  const auto slot = slots_.find(std::string(id.slot()));
  if (slot != slots_.end() && slot->second.text == id.text) slots_.erase(slot);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> FileVault::Erase(std::string_view operation, absl::Time before) {
  const std::string first_kept_day = DayOf(before);
  const std::string code = OperationCode(operation);
  MutexLock lock(mu_);
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListDir(options_.dir));
  recent_.clear();
  std::vector<std::string> destroyed;
  for (const std::string& name : names) {
    const bool begun = IdOfFile(name, kErasedSuffix).has_value();
    const std::optional<KeyId> id = IdOfFile(name, begun ? kErasedSuffix : kKeySuffix);
    if (!id.has_value()) continue;
    const bool due = id->day() < first_kept_day && (operation.empty() || id->operation() == code);
    if (!due && !begun) continue;
    CHUANYU_RETURN_IF_ERROR(Destroy(*id));
    destroyed.push_back(id->text);
  }
  return destroyed;
}

absl::Status FileVault::Forget(const std::vector<std::string>& key_ids) {
  MutexLock lock(mu_);
  for (const std::string& text : key_ids) {
    const std::optional<KeyId> id = KeyId::Parse(text);
    if (!id.has_value()) continue;
    const std::string path = ErasedPathOf(*id);
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return FileError("unlink", path);
  }
  return SyncDir(options_.dir);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Vault>> Vault::Open(VaultOptions options) {
  CHUANYU_ASSIGN_OR_RETURN(std::string kek, ReadKek(options.kek_file));
  std::map<SealSuite, std::unique_ptr<crypto::Sealer>> keks;
  for (const SealSuite suite : {SealSuite::kSm4CtrHmacSm3, SealSuite::kAes256Gcm}) {
    auto sealer = crypto::Sealer::Create(suite, kek, "kek");
    if (!sealer.ok()) crypto::Cleanse(kek);
    CHUANYU_RETURN_IF_ERROR(sealer.status());
    keks[suite] = *std::move(sealer);
  }
  crypto::Cleanse(kek);
  auto vault = std::make_unique<FileVault>(std::move(options), std::move(keks));
  CHUANYU_RETURN_IF_ERROR(vault->Start());
  return vault;
}

}  // namespace chuanyu::exchange
