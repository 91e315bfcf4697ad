#include "common/service/page_token.h"

#include <charconv>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/hash.h"
#include "common/errors/error.h"

namespace chuanyu {
namespace {

constexpr int kDefaultPage = 50;
constexpr int kLargestPage = 200;

}  // namespace

std::string PageToken(const crypto::BlindIndexer& indexer, const std::string& scope, int64_t before) {
  // Type 0 is no kind of document, so this is never the index of a person.
  const std::string text = absl::StrCat("page\n", before, "\n", scope);
  const std::string mac = indexer.Index({.type = 0, .number = text}).ToHex().substr(0, 32);
  return absl::WebSafeBase64Escape(absl::StrCat(before, ".", mac));
}

absl::StatusOr<int64_t> ReadPageToken(const crypto::BlindIndexer& indexer, const std::string& scope,
                                      const std::string& token) {
  if (token.empty()) return 0;
  const absl::Status bad = MakeError(
      Reason::BAD_REQUEST, {.field = "page_token", .detail = "not from an earlier page of this list"});
  std::string text;
  if (!absl::WebSafeBase64Unescape(token, &text)) return bad;
  int64_t before = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), before);
  if (error != std::errc() || before <= 0) return bad;
  // Whatever is wrong with it, it is not the one that belongs to this place in this list.
  if (!crypto::ConstantTimeEqual(PageToken(indexer, scope, before), token)) return bad;
  return before;
}

absl::StatusOr<int> PageSize(int asked) {
  if (asked < 0 || asked > kLargestPage) {
    return MakeError(Reason::BAD_REQUEST, {.field = "page_size", .detail = "not 0 to 200"});
  }
  return asked == 0 ? kDefaultPage : asked;
}

}  // namespace chuanyu
