// One stream of a peer. Private to this folder.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "services/exchange/link/receiver.h"

namespace chuanyu::exchange {

// Kept alive by gRPC until OnDone and by whoever still writes a batch of it.
class PeerStream final : public grpc::ServerBidiReactor<v1::LinkFrame, v1::LinkReply>,
                         public std::enable_shared_from_this<PeerStream> {
 public:
  PeerStream(PeerService& service, PeerLog& log) : service_(service), log_(log) {}

  // Begins to read; `self` is dropped in OnDone.
  void Open(std::shared_ptr<PeerStream> self) ABSL_LOCKS_EXCLUDED(mu_);
  // A batch of it was settled.
  void BatchSettled(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  void SendAck(uint64_t size, std::string cosignatures) ABSL_LOCKS_EXCLUDED(mu_);
  // Ends the stream with the reason. Idempotent.
  void End(const absl::Status& why) ABSL_LOCKS_EXCLUDED(mu_);
  PeerLog& log() { return log_; }

 private:
  void OnReadDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnCancel() override;
  void OnDone() override;

  absl::Status Welcome(const v1::LinkHello& hello) ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status TakeBatch(const v1::LinkBatch& batch);
  void WriteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void ReadNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  PeerService& service_;
  PeerLog& log_;
  v1::LinkFrame frame_;  // gRPC's between StartRead and OnReadDone
  uint64_t number_ = 0;  // of the stream, once welcomed; the reading side alone

  Mutex mu_;
  std::shared_ptr<PeerStream> self_ ABSL_GUARDED_BY(mu_);
  std::optional<v1::LinkReply> next_ ABSL_GUARDED_BY(mu_);  // the newest reply that waits
  v1::LinkReply writing_ ABSL_GUARDED_BY(mu_);              // gRPC's while is_writing_
  bool is_writing_ ABSL_GUARDED_BY(mu_) = false;
  bool read_paused_ ABSL_GUARDED_BY(mu_) = false;
  size_t on_their_way_ ABSL_GUARDED_BY(mu_) = 0;
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace chuanyu::exchange
