// The map of both regions and the status of filings: what everybody may see. Own entries follow the filings,
// in the transaction that changes them; entries of other regions come by message, for whom this region has
// subscribed. Blocks; thread-safe.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/outbox/outbox_sender.h"
#include "services/elderly_care/desk.h"

namespace chuanyu::elderly_care {

class Map {
 public:
  explicit Map(const Desk& desk) : desk_(desk) {}
  // Before the first Check; outlives the object.
  void Attach(OutboxSender& sender) { sender_ = &sender; }

  // Brings the entry of an own filing up to date, as the filing will be saved next, and tells who subscribed.
  absl::Status Publish(sql::Session& session, const StoredFiling& stored, CaseDesk::Topics* topics) const;

  // As the front's calls.
  absl::StatusOr<v1::ListInstitutionsResponse> List(const v1::ListInstitutionsRequest& request) const;
  absl::Status Subscribe(const v1::SubscribeMapRequest& request) const;
  absl::StatusOr<std::vector<v1::MapChange>> Changes(int64_t after) const;
  // Adds the version of kMapTopic, if that is asked for: how far what other processes did has come.
  absl::Status Versions(sql::Session& session, const std::vector<std::string>& topics,
                        std::map<std::string, int64_t>* versions) const;
  // `done` runs once: at once for the own region, else with the answer, or PEER_UNAVAILABLE within seconds.
  using Done = std::function<void(absl::StatusOr<v1::CheckStatusResponse>)>;
  void Check(const v1::CheckStatusRequest& request, Done done) const;

  // As the provider's calls; `from` is the asking region.
  absl::Status SendAll(const std::string& from, const std::string& purpose) const;
  absl::Status Take(const std::string& from, const std::string& purpose,
                    const v1::MapChangedRequest& request) const;
  absl::StatusOr<v1::QueryStatusResponse> Status(const std::string& purpose,
                                                 const std::string& filing_no) const;

 private:
  const Desk& desk_;
  OutboxSender* sender_ = nullptr;
};

}  // namespace chuanyu::elderly_care
