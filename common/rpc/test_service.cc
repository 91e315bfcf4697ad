#include "common/rpc/test_service.h"

#include <utility>

#include "absl/time/time.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "common/rpc/identity.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"

namespace chuanyu::rpc {
namespace {

std::string ToString(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return "";
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

absl::StatusOr<std::string> WhoAmI(const grpc::ServerContextBase& context) {
  const absl::StatusOr<CallerIdentity> caller = IdentifyCaller(context);
  if (!caller.ok()) return caller.status();
  return caller->Spiffe() + " " + std::string(CallerRoleName(caller->role)) + " " +
         absl::FormatTime("%Y-%m-%d", caller->not_after, absl::UTCTimeZone());
}

class Reactor final : public grpc::ServerGenericBidiReactor {
 public:
  Reactor(TestService* service, grpc::GenericCallbackServerContext* context)
      : service_(service), context_(context) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    if (context_->method() == "/test/Hold") {
      service_->held.Notify();
      return service_->Run([this] {
        service_->release.Wait();
        Answer(ToString(request_));
      });
    }
    Answer(Handle());
  }

  void OnWriteDone(bool /*ok*/) override { Finish(grpc::Status::OK); }

  void OnCancel() override { service_->release.Notify(); }
  void OnDone() override { delete this; }

 private:
  absl::StatusOr<std::string> Handle() {
    if (context_->method() == "/test/Echo") return ToString(request_);
    if (context_->method() == "/test/WhoAmI") return WhoAmI(*context_);
    if (context_->method() == "/test/Fail") {
      return MakeError(Reason::ID_CHECK, {.field = "members[1].doc_no", .detail = "synthetic"});
    }
    return absl::DataLossError("text that must stay inside");
  }

  void Answer(absl::StatusOr<std::string> answer) {
    if (!answer.ok()) return Finish(ToGrpc(answer.status()));
    answer_ = ToBuffer(*answer);
    StartWrite(&answer_);
  }

  TestService* const service_;
  grpc::GenericCallbackServerContext* const context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer answer_;
};

}  // namespace

TestService::~TestService() {
  MutexLock lock(mu_);
  for (std::thread& thread : threads_) thread.join();
}

void TestService::Run(std::function<void()> work) {
  MutexLock lock(mu_);
  threads_.emplace_back(std::move(work));
}

grpc::ServerGenericBidiReactor* TestService::CreateReactor(grpc::GenericCallbackServerContext* context) {
  return new Reactor(this, context);
}

absl::StatusOr<std::string> Call(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                                 const std::string& request) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  SetDeadline(context, absl::Now() + absl::Minutes(1));
  const grpc::ByteBuffer in = ToBuffer(request);
  grpc::ByteBuffer out;
  grpc::Status status;
  Signal done;
  stub.UnaryCall(&context, method, {}, &in, &out, [&](grpc::Status result) {
    status = std::move(result);
    done.Notify();
  });
  done.Wait();
  if (!status.ok()) return FromGrpc(status);
  return ToString(out);
}

}  // namespace chuanyu::rpc
