#include "services/exchange/intake/in_flight.h"

#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace chuanyu::exchange {
namespace {

std::string KeyOf(const v1::JournalRecord& record) {
  const std::string& key = record.idempotency_key().empty() ? record.request_id() : record.idempotency_key();
  return absl::StrCat(record.from_region(), "/", record.from_system(), "\n", key);
}

}  // namespace

bool SameEnvelope(const v1::JournalRecord& a, const v1::JournalRecord& b) {
  const auto said = [](const v1::JournalRecord& r) {
    return std::make_tuple(std::cref(r.from_region()), std::cref(r.from_system()), std::cref(r.to_region()),
                           std::cref(r.operation()), std::cref(r.purpose()), std::cref(r.legal_basis()),
                           std::cref(r.authorization_no()), std::cref(r.correlation_id()), r.subject_count());
  };
  return said(a) == said(b);
}

InFlight::Verdict InFlight::Reserve(const v1::JournalRecord& record, const crypto::Digest& payload,
                                    AdmittedCallback& done) {
  std::string key = KeyOf(record);
  MutexLock lock(mu_);
  if (const auto it = entries_.find(key); it != entries_.end()) {
    if (it->second.payload != payload || !SameEnvelope(it->second.record, record)) return Verdict::kConflict;
    it->second.followers.push_back(std::move(done));
    return Verdict::kFollows;
  }
  if (!request_ids_.insert(record.request_id()).second) return Verdict::kReplayed;
  entries_.emplace(std::move(key), Entry{record, payload, {}});
  return Verdict::kLeads;
}

void InFlight::Release(const v1::JournalRecord& record, const Admitted& admitted) {
  std::vector<AdmittedCallback> followers;
  {
    MutexLock lock(mu_);
    const auto it = entries_.find(KeyOf(record));
    if (it == entries_.end()) return;
    followers = std::move(it->second.followers);
    entries_.erase(it);
    request_ids_.erase(record.request_id());
  }
  if (followers.empty()) return;
  Admitted repeat = admitted;
  if (repeat.receipt.ok()) repeat.receipt->set_repeated(true);
  for (const AdmittedCallback& follower : followers) follower(repeat);
}

}  // namespace chuanyu::exchange
