// How a domain service talks to its exchange node: one stream that carries submissions, answers and
// acknowledgements in batches.
//
//   ExchangeClient client(channel, {}, [&](exchange::v1::Answer answer) { Store(std::move(answer)); });
//   client.Submit(std::move(submission), [](absl::StatusOr<exchange::v1::Receipt> receipt) { ... });
//   ...  // once the answer is in SQL:
//   client.Acknowledge(request_id);
//
// Life of a submission: it waits here, travels in the next batch (a batch is whatever came while the one
// before was being written), and its callback runs once, with the receipt or the reason why there is none.
// When the stream breaks in between, the client opens another one and sends again what has no receipt: the
// node replays the stored outcome for a request_id it knows, so that is harmless. Nothing else is sent again.
// What must survive a crash of this process is the owner's to keep in SQL and to submit again at start.
//
// Life of an answer: the node sends it until it is acknowledged, also after a reconnect, so the owner sees
// some answers twice and acknowledges only what is stored.
//
// Thread-safe. Callbacks run on gRPC's threads, one at a time for each stream: they must not block for long
// and must not call Shutdown or destroy the client.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/exchange/v1/exchange.pb.h"
#include "common/rpc/status_proto.h"

namespace grpc {
class Channel;
}

namespace chuanyu {

struct ExchangeClientOptions {
  // Submissions without receipt, waiting or on their way; Submit refuses more with QUOTA. About one second of
  // the rate that one stream carries.
  size_t max_in_flight = 16'384;
  // Largest batch: enough to pay the fixed cost of a message once, small enough that receipts flow.
  size_t max_batch = 512;
  // Payload bytes after which a batch is closed; a single submission may be larger (up to 4 MiB).
  size_t max_batch_bytes = 1u << 20;
  // Wait before a new stream; doubles up to the second while streams end without having carried anything.
  absl::Duration min_backoff = absl::Milliseconds(100);
  absl::Duration max_backoff = absl::Seconds(5);
};

// Whether the node may take the same submission later. A wrong clock or a long wait for the node makes
// MSG_CLOCK_SKEW, and the next submission carries a new time.
bool MayBeTakenLater(const absl::Status& refusal);

class ExchangeClient {
 public:
  // The receipt, or why the node took nothing: the reason of its Rejection, SHUTTING_DOWN when the client was
  // shut down first (the node may have the request all the same).
  using ReceiptCallback = std::function<void(absl::StatusOr<exchange::v1::Receipt>)>;
  using AnswerCallback = std::function<void(exchange::v1::Answer)>;

  // Opens the stream in the background. While the node cannot be reached, submissions wait.
  ExchangeClient(std::shared_ptr<grpc::Channel> channel, const ExchangeClientOptions& options,
                 AnswerCallback on_answer);
  // As Shutdown().
  ~ExchangeClient();
  ExchangeClient(const ExchangeClient&) = delete;
  ExchangeClient& operator=(const ExchangeClient&) = delete;

  // OK means that `on_receipt` will run, exactly once; on error it never runs. BAD_REQUEST when the envelope
  // has no request_id or an idempotency_key other than it (a receipt for a repeat names the first request
  // only, so it could not be matched), MSG_REPLAYED when that request_id is in flight already, QUOTA when
  // max_in_flight is reached, SHUTTING_DOWN after Shutdown.
  absl::Status Submit(exchange::v1::Submission submission, ReceiptCallback on_receipt);

  // Takes back a submission without receipt: it is not sent any more, and its callback gets STATE_CONFLICT at
  // once, or, when it is on its way, the receipt, or STATE_CONFLICT when the stream breaks before that. The
  // node may have it in both of the latter cases, so it has to be told as well (Cancel).
  void Withdraw(const std::string& request_id);

  // Tells the node that the answer to this request is stored. Never fails: an acknowledgement that gets lost
  // makes the node send the answer again.
  void Acknowledge(std::string request_id);

  // Submissions without receipt.
  size_t in_flight() const;

  // Ends the stream and waits for running callbacks; submissions without receipt get SHUTTING_DOWN. The
  // second and later calls do nothing.
  void Shutdown();

  // Plain calls beside the stream. They block up to `timeout`; errors are those of the service.
  absl::StatusOr<exchange::v1::RequestView> GetRequest(const std::string& request_id, absl::Duration timeout);
  // Answers a request that a provider deferred; the journal index of the answer.
  absl::StatusOr<uint64_t> AnswerDeferred(const exchange::v1::AnswerDeferredRequest& answer,
                                          absl::Duration timeout);
  // Withdraws a request; its state after the call.
  absl::StatusOr<exchange::v1::RequestState> Cancel(const std::string& request_id, absl::Duration timeout);

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

// For Answer.status and Rejection.status.
using rpc::StatusFromProto;

}  // namespace chuanyu
