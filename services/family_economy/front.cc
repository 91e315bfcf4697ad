#include "services/family_economy/front.h"

#include <charconv>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "common/rpc/identity.h"
#include "common/rpc/unknown_fields.h"
#include "services/family_economy/rules/progress.h"
#include "services/family_economy/watch_call.h"

namespace chuanyu::family_economy {
namespace {

constexpr int kDefaultPage = 50;
constexpr int kLargestPage = 200;

class RefusedWatch final : public grpc::ServerWriteReactor<v1::WatchVerificationResponse> {
 public:
  explicit RefusedWatch(const absl::Status& why) { Finish(rpc::ToGrpc(why)); }
  void OnDone() override { delete this; }
};

// 0 for the first page.
absl::StatusOr<int64_t> ReadPageToken(const std::string& token) {
  if (token.empty()) return 0;
  int64_t before = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), before);
  if (error != std::errc() || end != token.data() + token.size() || before <= 0) {
    return MakeError(Reason::BAD_REQUEST, {.field = "page_token", .detail = "not from an earlier page"});
  }
  return before;
}

}  // namespace

Front::Front(const FrontDeps& deps) : deps_(deps) {
  if (deps_.metrics == nullptr) return;
  created_ = deps_.metrics->AddCounter("chuanyu_verifications_accepted_total",
                                       "CreateVerification calls that ended well");
  refused_ = deps_.metrics->AddCounter("chuanyu_verifications_refused_total",
                                       "CreateVerification calls that ended with an error");
}

void Front::Drain() {
  draining_->store(true);
  deps_.watchers.NotifyAll();
}

absl::StatusOr<std::string> Front::Authorise(const grpc::CallbackServerContext& context,
                                             const google::protobuf::Message& request) const {
  CHUANYU_ASSIGN_OR_RETURN(rpc::CallerIdentity caller, rpc::IdentifyCaller(context));
  if (caller.region != deps_.own_region) return MakeError(Reason::CALLER_WRONG_REGION);
  CHUANYU_RETURN_IF_ERROR(rpc::RequireRole(caller, rpc::CallerRole::kSystem));
  CHUANYU_RETURN_IF_ERROR(rpc::RejectOversized(request));
  CHUANYU_RETURN_IF_ERROR(rpc::RejectUnknownFields(request));
  return std::move(caller.org);
}

grpc::ServerUnaryReactor* Front::Run(grpc::CallbackServerContext* context,
                                     const google::protobuf::Message& request,
                                     std::function<absl::Status(const std::string& org)> work) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  absl::StatusOr<std::string> org = Authorise(*context, request);
  if (!org.ok()) {
    reactor->Finish(rpc::ToGrpc(org.status()));
    return reactor;
  }
  const bool posted = deps_.workers.Post(
      [reactor, org = *std::move(org), work = std::move(work)] { reactor->Finish(rpc::ToGrpc(work(org))); });
  if (!posted) {
    reactor->Finish(rpc::ToGrpc(MakeError(Reason::QUOTA, {.detail = "the service is overloaded"})));
  }
  return reactor;
}

grpc::ServerUnaryReactor* Front::CreateVerification(grpc::CallbackServerContext* context,
                                                    const v1::CreateVerificationRequest* request,
                                                    v1::CreateVerificationResponse* response) {
  return Run(context, *request, [this, request, response](const std::string& org) -> absl::Status {
    const absl::StatusOr<v1::Verification> created = deps_.cases.Create(org, *request);
    (created.ok() ? created_ : refused_).Add();
    if (!created.ok()) return created.status();
    *response->mutable_verification() = ViewOf(*created, false);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::GetVerification(grpc::CallbackServerContext* context,
                                                 const v1::GetVerificationRequest* request,
                                                 v1::GetVerificationResponse* response) {
  return Run(context, *request, [this, request, response](const std::string& org) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const v1::Verification found, deps_.store.Get(org, request->verification_no()));
    *response->mutable_verification() = ViewOf(found, request->view() == v1::VERIFICATION_VIEW_FULL);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::ListVerifications(grpc::CallbackServerContext* context,
                                                   const v1::ListVerificationsRequest* request,
                                                   v1::ListVerificationsResponse* response) {
  return Run(context, *request, [this, request, response](const std::string& org) -> absl::Status {
    if (request->page_size() < 0 || request->page_size() > kLargestPage) {
      return MakeError(Reason::BAD_REQUEST, {.field = "page_size", .detail = "not 0 to 200"});
    }
    CHUANYU_ASSIGN_OR_RETURN(const int64_t before, ReadPageToken(request->page_token()));
    const int size = request->page_size() == 0 ? kDefaultPage : request->page_size();
    CHUANYU_ASSIGN_OR_RETURN(const CaseStore::Page page,
                             deps_.store.List(org, request->state(), size, before));
    for (const v1::VerificationSummary& line : page.checks) *response->add_verifications() = line;
    if (page.next_before > 0) response->set_next_page_token(std::to_string(page.next_before));
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::WatchVerificationResponse>* Front::WatchVerification(
    grpc::CallbackServerContext* context, const v1::WatchVerificationRequest* request) {
  absl::StatusOr<std::string> org = Authorise(*context, *request);
  if (!org.ok()) return new RefusedWatch(org.status());
  return WatchCall::Start({deps_.store, deps_.watchers, deps_.workers, draining_}, *std::move(org),
                          request->verification_no());
}

}  // namespace chuanyu::family_economy
