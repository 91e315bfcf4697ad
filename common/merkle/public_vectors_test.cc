// The RFC 6962 proof cases of transparency-dev/merkle (testdata/README.md).
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include "absl/strings/escaping.h"
#include "common/errors/error.h"
#include "common/merkle/testing.h"
#include "common/merkle/tree.h"
#include "gtest/gtest.h"

namespace chuanyu::merkle {
namespace {

using testing_support::TestData;
using Json = google::protobuf::Value;

Json ParseJson(const std::string& text) {
  Json value;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text, &value).ok());
  return value;
}

std::string Bytes(const std::string& base64) {
  std::string bytes;
  EXPECT_TRUE(absl::Base64Unescape(base64, &bytes));
  return bytes;
}

// The consistency vectors hold some hashes that are not 32 bytes ("don't care"); filled up with zeroes they
// are still equal where they were equal.
Digest DigestOf(const std::string& base64) {
  std::string bytes = Bytes(base64);
  bytes.resize(sizeof(Digest));
  return crypto::DigestFrom(bytes);
}

// JSON numbers are doubles: 2^64 - 1 arrives as 2^64.
uint64_t Count(const Json& value) {
  return value.number_value() >= 18446744073709551615.0 ? ~uint64_t{0}
                                                        : static_cast<uint64_t>(value.number_value());
}

std::vector<Digest> ProofOf(const Json& value) {
  std::vector<Digest> proof;
  for (const Json& hash : value.list_value().values()) proof.push_back(DigestOf(hash.string_value()));
  return proof;
}

TEST(PublicVectors, EveryInclusionCaseIsJudgedAsItsAuthorsSay) {
  const Json cases = ParseJson(TestData("merkle-inclusion.json"));
  int rejected = 0;
  for (const auto& [name, value] : cases.struct_value().fields()) {
    auto field = value.struct_value().fields();
    const std::string leaf = field["leafHash"].string_value();
    const std::string root = field["root"].string_value();
    if (Bytes(leaf).empty() || Bytes(root).empty()) {
      // A hash of no bytes is no Digest: our types refuse it before the proof is looked at.
      EXPECT_TRUE(field["wantErr"].bool_value()) << name;
      ++rejected;
      continue;
    }
    const TreeHead head{.size = Count(field["treeSize"]), .root = DigestOf(root)};
    const absl::Status status = VerifyInclusion(HashAlg::kSha256, Count(field["leafIdx"]), DigestOf(leaf),
                                                head, ProofOf(field["proof"]));
    EXPECT_EQ(!status.ok(), field["wantErr"].bool_value()) << name << ": " << status;
    EXPECT_TRUE(status.ok() || HasReason(status, Reason::PROOF_INVALID)) << name;
    rejected += !status.ok();
  }
  EXPECT_EQ(cases.struct_value().fields_size(), 98);
  EXPECT_EQ(rejected, 92);
}

TEST(PublicVectors, EveryConsistencyCaseIsJudgedAsItsAuthorsSay) {
  const Json cases = ParseJson(TestData("merkle-consistency.json"));
  int rejected = 0;
  for (const auto& [name, value] : cases.struct_value().fields()) {
    auto field = value.struct_value().fields();
    const TreeHead older{.size = Count(field["size1"]), .root = DigestOf(field["root1"].string_value())};
    const TreeHead newer{.size = Count(field["size2"]), .root = DigestOf(field["root2"].string_value())};
    const absl::Status status = VerifyConsistency(HashAlg::kSha256, older, newer, ProofOf(field["proof"]));
    EXPECT_EQ(!status.ok(), field["wantErr"].bool_value()) << name << ": " << status;
    rejected += !status.ok();
  }
  EXPECT_EQ(cases.struct_value().fields_size(), 98);
  EXPECT_EQ(rejected, 92);
}

}  // namespace
}  // namespace chuanyu::merkle
