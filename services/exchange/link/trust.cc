#include "services/exchange/link/trust.h"

#include <algorithm>
#include <utility>

#include "common/errors/error.h"

namespace chuanyu::exchange {
namespace {

absl::Status Unusable(const std::string& what) {
  return MakeError(Reason::CONFIG_INVALID, {.detail = "trust file: " + what});
}

}  // namespace

absl::StatusOr<PeerKeys> ParseTrust(std::string_view text, std::string_view origin) {
  PeerKeys keys;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    absl::StatusOr<merkle::VerifierKey> key = merkle::VerifierKey::Parse(line);
    if (!key.ok()) return Unusable("a line is no verifier key");
    if (key->name() != origin) return Unusable("a key is of another node than " + std::string(origin));
    (merkle::IsCosignature(key->type()) ? keys.cosignature : keys.checkpoint).push_back(*std::move(key));
  }
  if (keys.checkpoint.empty()) return Unusable("no checkpoint key");
  if (keys.cosignature.empty()) return Unusable("no cosignature key");
  return keys;
}

}  // namespace chuanyu::exchange
