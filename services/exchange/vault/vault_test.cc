// All payloads are synthetic.
#include "services/exchange/vault/vault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "common/calendar/china_time.h"
#include "common/crypto/seal.h"
#include "common/errors/error.h"
#include "services/exchange/vault/durable_file.h"

namespace chuanyu::exchange {
namespace {

namespace fs = std::filesystem;

constexpr char kQuery[] = "/chuanyu.family_economy.v1.FamilyEconomyProvider/QueryStatus";
constexpr char kOther[] = "/chuanyu.marriage.v1.MarriageProvider/CheckStatus";

absl::Time Shanghai(int year, int month, int day, int hour) {
  return absl::FromCivil(absl::CivilHour(year, month, day, hour), ChinaTime());
}

class VaultTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/vaultXXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    WriteKek(options().kek_file);
  }
  void TearDown() override { fs::remove_all(root_); }

  static void WriteKek(const std::string& path) {
    const auto key = crypto::RandomBytes(crypto::kSealKeyBytes);
    ASSERT_TRUE(key.ok());
    ASSERT_TRUE(WriteFileDurably(path, *key).ok());
  }
  VaultOptions options() const { return {.dir = root_ + "/vault", .kek_file = root_ + "/kek"}; }
  std::unique_ptr<Vault> MustOpen(const VaultOptions& options) {
    auto vault = Vault::Open(options);
    EXPECT_TRUE(vault.ok()) << vault.status();
    return vault.ok() ? *std::move(vault) : nullptr;
  }
  std::vector<std::string> KeyFiles() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(root_ + "/vault")) {
      if (entry.path().extension() == ".key") found.push_back(entry.path().string());
    }
    return found;
  }

  std::string root_;
  const absl::Time day_ = Shanghai(2026, 3, 10, 9);
};

TEST_F(VaultTest, OpensWhatItSealedAlsoAfterReopening) {
  std::string sealed;
  {
    const auto vault = MustOpen(options());
    sealed = *vault->Seal(kQuery, day_, "a synthetic payload", "leaf");
    EXPECT_EQ(*vault->Open(sealed, "leaf"), "a synthetic payload");
    EXPECT_EQ(sealed.find("synthetic"), std::string::npos);
  }
  EXPECT_EQ(*MustOpen(options())->Open(sealed, "leaf"), "a synthetic payload");
}

TEST_F(VaultTest, OneKeyADayAndOperationAndReusedAfterReopening) {
  for (int run = 0; run < 2; ++run) {
    const auto vault = MustOpen(options());
    ASSERT_TRUE(vault->Seal(kQuery, day_, "a", "x").ok());
    ASSERT_TRUE(vault->Seal(kQuery, day_ + absl::Hours(2), "b", "x").ok());
    ASSERT_TRUE(vault->Seal(kOther, day_, "c", "x").ok());
    ASSERT_TRUE(vault->Seal(kQuery, day_ + absl::Hours(24), "d", "x").ok());
  }
  EXPECT_EQ(KeyFiles().size(), 3u);
}

TEST_F(VaultTest, DayEndsAtMidnightInShanghai) {
  const auto vault = MustOpen(options());
  ASSERT_TRUE(vault->Seal(kQuery, Shanghai(2026, 3, 10, 23), "a", "x").ok());
  ASSERT_TRUE(vault->Seal(kQuery, Shanghai(2026, 3, 11, 0), "b", "x").ok());
  EXPECT_EQ(KeyFiles().size(), 2u);
}

TEST_F(VaultTest, AnyChangedByteIsRefused) {
  const auto vault = MustOpen(options());
  const std::string sealed = *vault->Seal(kQuery, day_, "payload", "leaf");
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(vault->Open(changed, "leaf").ok()) << i;
  }
  EXPECT_TRUE(HasReason(vault->Open(sealed, "another leaf").status(), Reason::SIG_INVALID));
  EXPECT_TRUE(HasReason(vault->Open("", "leaf").status(), Reason::SIG_INVALID));
  EXPECT_TRUE(HasReason(vault->Open(sealed.substr(0, 35), "leaf").status(), Reason::SIG_INVALID));
}

TEST_F(VaultTest, ErasedPayloadsSayErasedAndOthersStay) {
  const auto vault = MustOpen(options());
  const std::string old_query = *vault->Seal(kQuery, day_, "old", "x");
  const std::string old_other = *vault->Seal(kOther, day_, "other", "x");
  const std::string new_query = *vault->Seal(kQuery, day_ + absl::Hours(24), "new", "x");
  const auto destroyed = vault->Erase(kQuery, Shanghai(2026, 3, 11, 15));
  ASSERT_TRUE(destroyed.ok()) << destroyed.status();
  ASSERT_EQ(destroyed->size(), 1u);
  EXPECT_EQ(old_query.substr(1, destroyed->front().size()), destroyed->front());
  EXPECT_TRUE(HasReason(vault->Open(old_query, "x").status(), Reason::PAYLOAD_ERASED));
  EXPECT_EQ(*vault->Open(old_other, "x"), "other");
  EXPECT_EQ(*vault->Open(new_query, "x"), "new");
  EXPECT_TRUE(HasReason(MustOpen(options())->Open(old_query, "x").status(), Reason::PAYLOAD_ERASED));
}

TEST_F(VaultTest, EmptyOperationErasesAllOldKeys) {
  const auto vault = MustOpen(options());
  const std::string query = *vault->Seal(kQuery, day_, "old", "x");
  const std::string other = *vault->Seal(kOther, day_, "other", "x");
  EXPECT_EQ(vault->Erase("", day_ + absl::Hours(24))->size(), 2u);
  EXPECT_TRUE(KeyFiles().empty());
  EXPECT_FALSE(vault->Open(query, "x").ok());
  EXPECT_FALSE(vault->Open(other, "x").ok());
}

TEST_F(VaultTest, InterruptedErasureIsFinishedAndNamedUntilItIsForgotten) {
  std::string sealed;
  {
    const auto vault = MustOpen(options());
    sealed = *vault->Seal(kQuery, day_, "old", "x");
  }
  // As a crash after the rename leaves it.
  const fs::path key = KeyFiles().at(0);
  fs::rename(key, fs::path(key).replace_extension(".erased"));
  const auto vault = MustOpen(options());
  EXPECT_TRUE(HasReason(vault->Open(sealed, "x").status(), Reason::PAYLOAD_ERASED));
  const auto destroyed = vault->Erase(kOther, day_);
  ASSERT_TRUE(destroyed.ok()) << destroyed.status();
  EXPECT_THAT(*destroyed, ::testing::ElementsAre(key.stem().string()));
  EXPECT_EQ(*vault->Erase(kOther, day_), *destroyed);
  ASSERT_TRUE(vault->Forget(*destroyed).ok());
  EXPECT_TRUE(vault->Erase(kOther, day_)->empty());
  EXPECT_FALSE(fs::exists(fs::path(key).replace_extension(".erased")));
}

TEST_F(VaultTest, KeyMadeAfterErasureDoesNotTakeTheOldName) {
  const auto vault = MustOpen(options());
  const std::string before = *vault->Seal(kQuery, day_, "before", "x");
  ASSERT_EQ(vault->Erase(kQuery, day_ + absl::Hours(24))->size(), 1u);
  const std::string after = *vault->Seal(kQuery, day_, "after", "x");
  EXPECT_TRUE(HasReason(vault->Open(before, "x").status(), Reason::PAYLOAD_ERASED));
  EXPECT_EQ(*vault->Open(after, "x"), "after");
}

TEST_F(VaultTest, DataKeysAreNotOnDiskInClearAndFilesArePrivate) {
  const auto vault = MustOpen(options());
  ASSERT_TRUE(vault->Seal(kQuery, day_, "a", "x").ok());
  ASSERT_EQ(KeyFiles().size(), 1u);
  struct stat info {};
  ASSERT_EQ(::stat(KeyFiles()[0].c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  // Without the right KEK the vault does not open at all.
  WriteKek(root_ + "/other_kek");
  VaultOptions wrong = options();
  wrong.kek_file = root_ + "/other_kek";
  EXPECT_TRUE(HasReason(Vault::Open(wrong).status(), Reason::CONFIG_INVALID));
}

TEST_F(VaultTest, RefusesAReadableOrShortKek) {
  ASSERT_EQ(::chmod(options().kek_file.c_str(), 0640), 0);
  EXPECT_TRUE(HasReason(Vault::Open(options()).status(), Reason::CONFIG_INVALID));
  ASSERT_TRUE(WriteFileDurably(root_ + "/short", "too short").ok());
  VaultOptions short_kek = options();
  short_kek.kek_file = root_ + "/short";
  EXPECT_TRUE(HasReason(Vault::Open(short_kek).status(), Reason::CONFIG_INVALID));
  short_kek.kek_file = root_ + "/missing";
  EXPECT_TRUE(HasReason(Vault::Open(short_kek).status(), Reason::CONFIG_INVALID));
}

TEST_F(VaultTest, SuiteMayChangeAndOldPayloadsStayReadable) {
  const std::string national = *MustOpen(options())->Seal(kQuery, day_, "sm4", "x");
  VaultOptions aes = options();
  aes.suite = crypto::SealSuite::kAes256Gcm;
  const auto vault = MustOpen(aes);
  const std::string international = *vault->Seal(kQuery, day_, "aes", "x");
  EXPECT_EQ(*vault->Open(national, "x"), "sm4");
  EXPECT_EQ(*vault->Open(international, "x"), "aes");
  EXPECT_EQ(national[1], 's');
  EXPECT_EQ(international[1], 'a');
}

}  // namespace
}  // namespace chuanyu::exchange
