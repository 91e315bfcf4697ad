#include "services/exchange/intake/mailbox.h"

#include <algorithm>
#include <utility>

namespace chuanyu::exchange {

void Mailbox::Attach(const std::string& caller, std::shared_ptr<AnswerSink> sink) {
  MutexLock lock(mu_);
  sinks_[caller].push_back(std::move(sink));
}

void Mailbox::Detach(const std::string& caller, const AnswerSink* sink) {
  MutexLock lock(mu_);
  const auto it = sinks_.find(caller);
  if (it == sinks_.end()) return;
  std::erase_if(it->second, [sink](const auto& held) { return held.get() == sink; });
  if (!it->second.empty()) return;
  sinks_.erase(it);
  handed_out_.erase(caller);
}

void Mailbox::Deliver(const std::string& caller,
                      const std::vector<std::shared_ptr<const v1::Answer>>& answers) {
  std::shared_ptr<AnswerSink> sink;
  std::vector<std::pair<Waiter, std::shared_ptr<const v1::Answer>>> to_call;
  {
    MutexLock lock(mu_);
    if (const auto it = sinks_.find(caller); it != sinks_.end()) {
      sink = it->second.back();
      for (const auto& answer : answers) Remember(caller, answer->request_id());
    }
    for (const auto& answer : answers) {
      const auto it = waiters_.find(answer->request_id());
      if (it == waiters_.end()) continue;
      for (Waiting& waiting : it->second) to_call.emplace_back(std::move(waiting.waiter), answer);
      waiters_.erase(it);
    }
  }
  if (sink != nullptr) sink->OnAnswers(answers);
  for (auto& [waiter, answer] : to_call) waiter(std::move(answer));
}

void Mailbox::Remember(const std::string& caller, const std::string& request_id) {
  auto& handed_out = handed_out_[caller];
  if (handed_out.size() < kMaxHandedOut) handed_out.insert(request_id);
}

uint64_t Mailbox::Await(const std::string& request_id, Waiter waiter) {
  MutexLock lock(mu_);
  const uint64_t ticket = next_ticket_++;
  waiters_[request_id].push_back({ticket, std::move(waiter)});
  return ticket;
}

bool Mailbox::StopAwaiting(const std::string& request_id, uint64_t ticket) {
  MutexLock lock(mu_);
  const auto it = waiters_.find(request_id);
  if (it == waiters_.end()) return false;
  const size_t removed = std::erase_if(it->second, [ticket](const Waiting& w) { return w.ticket == ticket; });
  if (it->second.empty()) waiters_.erase(it);
  return removed > 0;
}

bool Mailbox::TakeHandedOut(const std::string& caller, const std::string& request_id) {
  MutexLock lock(mu_);
  const auto it = handed_out_.find(caller);
  return it != handed_out_.end() && it->second.erase(request_id) > 0;
}

}  // namespace chuanyu::exchange
