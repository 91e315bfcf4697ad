// The asking side of an exchange node for tests, which does what the test says.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "chuanyu/exchange/v1/exchange.grpc.pb.h"
#include "common/base/mutex.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "gtest/gtest.h"

namespace chuanyu {

// The asking side of an exchange node: gives receipts, and answers when told. Sends what was not acknowledged
// again on every new stream. Thread-safe.
class FakeNode final : public exchange::v1::Exchange::Service {
 public:
  using Stream = grpc::ServerReaderWriter<exchange::v1::OpenResponse, exchange::v1::OpenRequest>;
  // The answer to a submission; null when there is none yet.
  using Script = std::function<std::unique_ptr<exchange::v1::Answer>(const exchange::v1::Submission&)>;
  // Why a submission is refused; OK when it is taken.
  using Admit = std::function<absl::Status(const exchange::v1::Submission&)>;

  explicit FakeNode(Script script) : script_(std::move(script)) {}

  void set_admit(Admit admit) {
    MutexLock lock(mu_);
    admit_ = std::move(admit);
  }
  std::vector<exchange::v1::Submission> submissions() {
    MutexLock lock(mu_);
    return submissions_;
  }
  // Sends an answer on the open stream.
  void Send(exchange::v1::Answer answer) {
    MutexLock lock(mu_);
    exchange::v1::OpenResponse response;
    *response.add_answers() = answer;
    unacknowledged_[answer.request_id()] = std::move(answer);
    if (stream_ != nullptr) stream_->Write(response);
  }
  void WaitUntil(const std::function<bool(FakeNode&)>& condition) {
    MutexLock lock(mu_);
    while (!condition(*this)) {
      if (!changed_.WaitFor(mu_, 60'000)) {
        ADD_FAILURE() << "waited for a minute";
        return;
      }
    }
  }
  void WaitForAcknowledgement(const std::string& request_id) {
    WaitUntil([&](FakeNode& node) { return node.acknowledged_.contains(request_id); });
  }
  void WaitForSubmissions(size_t count) {
    WaitUntil([&](FakeNode& node) { return node.submissions_.size() >= count; });
  }

  std::vector<std::string> cancelled() {
    MutexLock lock(mu_);
    return cancelled_;
  }
  void WaitForCancellations(size_t count) {
    WaitUntil([&](FakeNode& node) { return node.cancelled_.size() >= count; });
  }

  // As the real one: CASE_NOT_FOUND for what never came, STATE_CONFLICT for what has an answer.
  grpc::Status CancelRequest(grpc::ServerContext*, const exchange::v1::CancelRequestRequest* request,
                             exchange::v1::CancelRequestResponse* response) override {
    MutexLock lock(mu_);
    const bool known = std::any_of(submissions_.begin(), submissions_.end(),
                                   [&](const exchange::v1::Submission& submission) {
                                     return submission.envelope().request_id() == request->request_id();
                                   });
    if (!known) return rpc::ToGrpc(MakeError(Reason::CASE_NOT_FOUND));
    if (unacknowledged_.contains(request->request_id()))
      return rpc::ToGrpc(MakeError(Reason::STATE_CONFLICT));
    cancelled_.push_back(request->request_id());
    response->set_state(exchange::v1::REQUEST_STATE_CANCELLED);
    changed_.NotifyAll();
    return grpc::Status::OK;
  }

  grpc::Status Open(grpc::ServerContext*, Stream* stream) override {
    {
      MutexLock lock(mu_);
      stream_ = stream;
      exchange::v1::OpenResponse again;
      for (const auto& [id, answer] : unacknowledged_) *again.add_answers() = answer;
      if (again.answers_size() > 0) stream->Write(again);
    }
    exchange::v1::OpenRequest request;
    while (stream->Read(&request)) Take(request, stream);
    MutexLock lock(mu_);
    stream_ = nullptr;
    return grpc::Status::OK;
  }

 private:
  void Take(const exchange::v1::OpenRequest& request, Stream* stream) {
    MutexLock lock(mu_);
    exchange::v1::OpenResponse response;
    for (const exchange::v1::Submission& submission : request.submissions())
      TakeSubmission(submission, &response);
    for (const std::string& id : request.acknowledged_request_ids()) {
      unacknowledged_.erase(id);
      acknowledged_.insert(id);
    }
    if (response.ByteSizeLong() > 0) stream->Write(response);
    changed_.NotifyAll();
  }

  void TakeSubmission(const exchange::v1::Submission& submission, exchange::v1::OpenResponse* response)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    const std::string& id = submission.envelope().request_id();
    submissions_.push_back(submission);
    if (const absl::Status refusal = admit_(submission); !refusal.ok()) {
      exchange::v1::Rejection& rejection = *response->add_rejections();
      rejection.set_request_id(id);
      rejection.mutable_status()->ParseFromString(rpc::ToGrpc(refusal).error_details());
      return;
    }
    response->add_receipts()->set_request_id(id);
    if (auto answer = script_(submission)) {
      *response->add_answers() = *answer;
      unacknowledged_[id] = *answer;
    }
  }

  const Script script_;
  Mutex mu_;
  CondVar changed_;
  Admit admit_ ABSL_GUARDED_BY(mu_) = [](const auto&) { return absl::OkStatus(); };
  Stream* stream_ ABSL_GUARDED_BY(mu_) = nullptr;
  std::vector<exchange::v1::Submission> submissions_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, exchange::v1::Answer> unacknowledged_ ABSL_GUARDED_BY(mu_);
  std::set<std::string> acknowledged_ ABSL_GUARDED_BY(mu_);
  std::vector<std::string> cancelled_ ABSL_GUARDED_BY(mu_);
};

}  // namespace chuanyu
