#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/time/clock.h"
#include "common/base/mutex.h"
#include "common/base/uuid.h"
#include "common/exchange_client/exchange_client.h"
#include "common/rpc/error_details.h"
#include "tests/bench/buffers.h"
#include "tests/bench/hops.h"

namespace chuanyu::bench {
namespace {

class FrontReactor;

// Which call waits for which answer. Nothing survives a restart: the load program counts what it lost.
class Front final : public grpc::CallbackGenericService {
 public:
  Front(std::shared_ptr<grpc::Channel> node, FrontOptions options)
      : options_(std::move(options)),
        client_(std::move(node), {}, [this](exchange::v1::Answer answer) { Deliver(std::move(answer)); }) {}

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override;
  void Ask(FrontReactor* reactor, std::string payload);

 private:
  exchange::v1::Submission MakeSubmission(std::string payload);
  void Deliver(exchange::v1::Answer answer);
  FrontReactor* Take(const std::string& request_id) {
    MutexLock lock(mu_);
    const auto it = waiting_.find(request_id);
    if (it == waiting_.end()) return nullptr;
    FrontReactor* const reactor = it->second;
    waiting_.erase(it);
    return reactor;
  }

  const FrontOptions options_;
  UuidV7Generator ids_;
  Mutex mu_;
  absl::flat_hash_map<std::string, FrontReactor*> waiting_ ABSL_GUARDED_BY(mu_);
  ExchangeClient client_;
};

class FrontReactor final : public grpc::ServerGenericBidiReactor {
 public:
  explicit FrontReactor(Front& front) : front_(front) { StartRead(&request_); }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    front_.Ask(this, ToString(request_));
  }
  void Answer(const std::string& payload) {
    answer_ = ToBuffer(payload);
    StartWriteAndFinish(&answer_, grpc::WriteOptions(), grpc::Status::OK);
  }
  void OnDone() override { delete this; }

 private:
  Front& front_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer answer_;
};

grpc::ServerGenericBidiReactor* Front::CreateReactor(grpc::GenericCallbackServerContext*) {
  return new FrontReactor(*this);
}

exchange::v1::Submission Front::MakeSubmission(std::string payload) {
  const absl::Time now = absl::Now();
  exchange::v1::Submission submission;
  exchange::v1::Envelope& envelope = *submission.mutable_envelope();
  envelope.set_request_id(ids_.Next(absl::ToUnixMillis(now)));
  envelope.set_operation(options_.operation);
  envelope.set_to_region(options_.to_region);
  envelope.set_purpose("P-DIBAO");
  envelope.set_legal_basis("社会救助暂行办法§58");
  envelope.set_authorization_no("AUTH-BENCH-1");
  envelope.set_subject_count(1);
  envelope.mutable_sent_at()->set_seconds(absl::ToUnixSeconds(now));
  envelope.mutable_deadline()->set_seconds(absl::ToUnixSeconds(now) + 300);
  submission.set_payload(std::move(payload));
  return submission;
}

void Front::Ask(FrontReactor* reactor, std::string payload) {
  exchange::v1::Submission submission = MakeSubmission(std::move(payload));
  const std::string request_id = submission.envelope().request_id();
  {
    MutexLock lock(mu_);
    waiting_.emplace(request_id, reactor);
  }
  const absl::Status status = client_.Submit(
      std::move(submission), [this, request_id](absl::StatusOr<exchange::v1::Receipt> receipt) {
        if (receipt.ok()) return;
        if (FrontReactor* refused = Take(request_id)) refused->Finish(rpc::ToGrpc(receipt.status()));
      });
  if (status.ok()) return;
  if (FrontReactor* refused = Take(request_id)) refused->Finish(rpc::ToGrpc(status));
}

void Front::Deliver(exchange::v1::Answer answer) {
  client_.Acknowledge(answer.request_id());
  FrontReactor* const reactor = Take(answer.request_id());
  if (reactor == nullptr) return;
  if (answer.status().code() != 0) return reactor->Finish(rpc::ToGrpc(StatusFromProto(answer.status())));
  reactor->Answer(answer.payload());
}

}  // namespace

std::unique_ptr<grpc::CallbackGenericService> MakeFront(std::shared_ptr<grpc::Channel> node,
                                                        const FrontOptions& options) {
  return std::make_unique<Front>(std::move(node), options);
}

}  // namespace chuanyu::bench
