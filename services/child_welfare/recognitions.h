// What systems of this region ask about statuses: of the own region, or of another through the exchange, and
// changes of those they subscribed to. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/outbox/outbox_sender.h"
#include "services/child_welfare/desk.h"
#include "services/child_welfare/peers.h"

namespace chuanyu::child_welfare {

class Recognitions {
 public:
  Recognitions(const Desk& desk, Peers& peers) : desk_(desk), peers_(peers) {}
  // Before the first Check; outlives the object.
  void Attach(OutboxSender& sender) { sender_ = &sender; }

  // Blocks for what is stored here; `done` runs once, at once for the own region, else with the answer:
  // PEER_UNAVAILABLE when there is none within a few seconds.
  using Done = std::function<void(absl::StatusOr<v1::CheckRecognitionResponse>)>;
  void Check(const std::string& org, const v1::CheckRecognitionRequest& request, Done done);

  // Adds the versions of topics of organisations: how far what another process did has come.
  absl::Status Versions(sql::Session& session, const std::vector<std::string>& topics,
                        std::map<std::string, int64_t>* versions) const;
  // For an organisation, after a sequence, oldest first; some at a time.
  absl::StatusOr<std::vector<v1::RecognitionChange>> Changes(const std::string& org, int64_t after);

  // What was told so long ago that it may not be kept any longer, some at a time.
  absl::Status EraseOnce() const;

 private:
  absl::StatusOr<std::string> Prepare(const std::string& org, const v1::CheckRecognitionRequest& request,
                                      std::string* region);

  const Desk& desk_;
  Peers& peers_;
  OutboxSender* sender_ = nullptr;
};

}  // namespace chuanyu::child_welfare
