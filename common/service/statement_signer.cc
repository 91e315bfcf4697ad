#include "common/service/statement_signer.h"

#include <utility>

#include "common/errors/error.h"

namespace chuanyu {
namespace {

// As many calls as an exchange node has on their way to a provider, several times over.
constexpr size_t kMaxWaiting = 4096;

}  // namespace

StatementSigner::StatementSigner(std::vector<merkle::NoteSigner> signers) : signers_(std::move(signers)) {
  thread_ = std::thread([this] { Run(); });
}

StatementSigner::~StatementSigner() { Stop(); }

void StatementSigner::Sign(merkle::Statement statement, Done done) {
  absl::Status refused;
  {
    MutexLock lock(mu_);
    if (stopping_) {
      refused = MakeError(Reason::SHUTTING_DOWN);
    } else if (waiting_.done.size() >= kMaxWaiting) {
      refused = MakeError(Reason::QUOTA, {.detail = "the service is overloaded"});
    } else {
      waiting_.statements.push_back(std::move(statement));
      waiting_.done.push_back(std::move(done));
      wakes_.NotifyOne();
      return;
    }
  }
  done(refused);
}

void StatementSigner::Stop() {
  if (!thread_.joinable()) return;
  {
    MutexLock lock(mu_);
    stopping_ = true;
    wakes_.NotifyOne();
  }
  thread_.join();
}

void StatementSigner::Run() {
  for (;;) {
    Waiting batch;
    {
      MutexLock lock(mu_);
      while (waiting_.done.empty() && !stopping_) wakes_.Wait(mu_);
      if (waiting_.done.empty()) return;
      std::swap(batch, waiting_);
    }
    SignAll(std::move(batch));
  }
}

void StatementSigner::SignAll(Waiting batch) const {
  absl::StatusOr<std::vector<std::string>> notes = merkle::SignStatements(signers_, batch.statements);
  for (size_t i = 0; i < batch.done.size(); ++i) {
    if (notes.ok())
      batch.done[i](std::move((*notes)[i]));
    else
      batch.done[i](notes.status());
  }
}

}  // namespace chuanyu
