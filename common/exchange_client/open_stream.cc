#include "common/exchange_client/open_stream.h"

#include <utility>

namespace chuanyu {

OpenStream::OpenStream(exchange::v1::Exchange::Stub& stub, Hooks hooks) : hooks_(std::move(hooks)) {
  // Waits for the node instead of failing: the channel does the reconnecting with its own backoff.
  context_.set_wait_for_ready(true);
  stub.async()->Open(&context_, this);
  // Writes start outside of reactions (Wake), so gRPC must not finish the stream before Close says so.
  AddHold();
  StartRead(&response_);
  StartCall();
}

void OpenStream::Wake() {
  MutexLock lock(mu_);
  WriteIfReady();
}

void OpenStream::Cancel() { context_.TryCancel(); }

void OpenStream::OnWriteDone(bool ok) {
  MutexLock lock(mu_);
  writing_ = false;
  if (ok) WriteIfReady();
  // When not ok the stream is broken, and the pending read fails and closes it.
}

void OpenStream::OnReadDone(bool ok) {
  if (ok) {
    carried_ = true;
    hooks_.take(response_);
    response_.Clear();
    StartRead(&response_);
    return;
  }
  MutexLock lock(mu_);
  Close();
}

void OpenStream::OnDone(const grpc::Status& status) {
  const auto done =
      hooks_.done;  // the owner may destroy this stream, and hooks_ with it, before the call returns
  done(status);
}

void OpenStream::WriteIfReady() {
  if (closed_ || writing_ || !hooks_.fill(request_)) return;
  writing_ = true;
  StartWrite(&request_);
}

void OpenStream::Close() {
  closed_ = true;
  RemoveHold();
}

}  // namespace chuanyu
