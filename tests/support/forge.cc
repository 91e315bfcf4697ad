#include "tests/support/forge.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/clock/clock.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/vault/vault.h"

namespace chuanyu::testing {

absl::Status AppendForged(const World& world, const Region& region, uint64_t records) {
  const std::string keys = world.pki().folder() + "/" + region.code() + "/keys";
  const SystemClock clock;
  CHUANYU_ASSIGN_OR_RETURN(const auto vault, exchange::Vault::Open({.dir = region.folder() + "/data/vault",
                                                                    .kek_file = keys + "/kek.bin"}));
  CHUANYU_ASSIGN_OR_RETURN(std::shared_ptr<const crypto::Signer> ed25519,
                           crypto::LoadSigner(keys + "/ed25519.key"));
  CHUANYU_ASSIGN_OR_RETURN(std::shared_ptr<const crypto::Signer> sm2, crypto::LoadSigner(keys + "/sm2.key"));
  CHUANYU_ASSIGN_OR_RETURN(
      const auto journal, exchange::Journal::Open({.dir = region.journal_folder(), .origin = region.origin()},
                                                  clock, *vault, {std::move(ed25519), std::move(sm2)}));
  for (uint64_t i = 0; i < records; ++i) {
    exchange::Draft draft;
    draft.record.set_kind(exchange::v1::RECORD_KIND_POLICY_LOADED);
    draft.record.set_from_region(region.code());
    draft.record.set_outcome(std::string(64, '0'));
    draft.record.set_note("forged");
    CHUANYU_RETURN_IF_ERROR(journal->Append({std::move(draft)}, {}).status());
  }
  return journal->Flush();
}

}  // namespace chuanyu::testing
