#include "common/merkle/statement_batch.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/merkle/text.h"

namespace chuanyu::merkle {
namespace {

constexpr std::string_view kHeader = "chuanyu-batch 1\n";
constexpr std::string_view kOf = " of ";
constexpr std::string_view kSha256 = "sha256:";
constexpr std::string_view kSm3 = "sm3:";
constexpr size_t kMaxPath = 64;

absl::Status BadPath(const char* why) {
  return MakeError(Reason::BAD_REQUEST, {.detail = absl::StrCat("batch: ", why)});
}

struct Place {
  uint64_t index = 0;
  uint64_t size = 0;
};

std::optional<Place> ParsePlace(std::string_view line) {
  const size_t of = line.find(kOf);
  if (of == std::string_view::npos) return std::nullopt;
  const auto index = ParseDecimal(line.substr(0, of));
  const auto size = ParseDecimal(line.substr(of + kOf.size()));
  if (!index || !size) return std::nullopt;
  return Place{.index = *index, .size = *size};
}

std::optional<Digest> ParseHash(std::string_view base64) {
  const auto bytes = Base64Decode(base64);
  if (!bytes || bytes->size() != sizeof(Digest)) return std::nullopt;
  return crypto::DigestFrom(*bytes);
}

}  // namespace

void StatementBatch::Tree::Add(std::string_view text) {
  frontier.Append(LeafHash(frontier.alg(), text), [this](NodeId id, const Digest& hash) {
    if (levels.size() <= id.level) levels.emplace_back();
    levels[id.level].push_back(hash);
  });
}

absl::StatusOr<std::vector<Digest>> StatementBatch::Tree::PathOf(uint64_t index) const {
  return InclusionProof(frontier.alg(), index, frontier.size(), [this](NodeId id) -> absl::StatusOr<Digest> {
    return levels.at(id.level).at(id.index);
  });
}

void StatementBatch::Add(std::string_view text) {
  sha256_.Add(text);
  sm3_.Add(text);
}

BatchRoots StatementBatch::Roots() const {
  return {.size = sha256_.frontier.size(), .sha256 = sha256_.frontier.root(), .sm3 = sm3_.frontier.root()};
}

absl::StatusOr<std::string> StatementBatch::PathOf(uint64_t index) const {
  std::string text =
      absl::StrCat(std::string(kHeader), index, std::string(kOf), sha256_.frontier.size(), "\n");
  for (const auto& [tree, word] : {std::pair{&sha256_, kSha256}, {&sm3_, kSm3}}) {
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<Digest> path, tree->PathOf(index));
    for (const Digest& hash : path) text += std::string(word) + Base64Encode(crypto::View(hash)) + "\n";
  }
  return text + "\n";
}

bool IsInBatch(std::string_view note) { return note.starts_with(kHeader); }

absl::StatusOr<BatchRoots> TakePath(std::string_view text, std::string_view* note) {
  if (!IsInBatch(*note)) return BadPath("no header line");
  note->remove_prefix(kHeader.size());
  auto line = TakeLine(*note);
  const auto place = ParsePlace(line.value_or(""));
  if (!place) return BadPath("malformed place");
  std::vector<Digest> sha256;
  std::vector<Digest> sm3;
  for (line = TakeLine(*note); line && !line->empty(); line = TakeLine(*note)) {
    const bool is_sm3 = line->starts_with(kSm3);
    if (!is_sm3 && !line->starts_with(kSha256)) return BadPath("malformed line");
    const auto hash = ParseHash(line->substr(is_sm3 ? kSm3.size() : kSha256.size()));
    if (!hash) return BadPath("malformed hash");
    std::vector<Digest>& path = is_sm3 ? sm3 : sha256;
    if (path.size() == kMaxPath) return BadPath("too many hashes");
    path.push_back(*hash);
  }
  if (!line) return BadPath("no empty line before the note");
  const auto root = [&](HashAlg alg, const std::vector<Digest>& path) {
    return RootOfInclusion(alg, place->index, place->size, LeafHash(alg, text), path);
  };
  BatchRoots roots{.size = place->size};
  CHUANYU_ASSIGN_OR_RETURN(roots.sha256, root(HashAlg::kSha256, sha256));
  CHUANYU_ASSIGN_OR_RETURN(roots.sm3, root(HashAlg::kSm3, sm3));
  return roots;
}

}  // namespace chuanyu::merkle
