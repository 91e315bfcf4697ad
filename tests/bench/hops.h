// The servers between which the load program's calls travel: the last hop of every chain (echo), the plain
// hop (relay), and the hop that goes through an exchange node (front). All are generic unary services, so
// that the two chains differ in the exchange alone.
#pragma once

#include <memory>
#include <string>

#include "common/service/question_server.h"
#include "grpcpp/channel.h"
#include "grpcpp/generic/async_generic_service.h"

namespace chuanyu::bench {

// Answers every call with its request.
std::unique_ptr<grpc::CallbackGenericService> MakeEcho();
// The same over the stream on which a node asks the providers of a region.
std::unique_ptr<QuestionServer> MakeStreamedEcho(const std::string& region);

// Passes every call on to `next` and its answer back.
std::unique_ptr<grpc::CallbackGenericService> MakeRelay(std::shared_ptr<grpc::Channel> next);

struct FrontOptions {
  std::string operation;  // method path of the provider in the other region
  std::string to_region;
};

// Submits every call's request to the exchange node at `node`, acknowledges the answer and returns it. What a
// domain service's front does, without its SQL.
std::unique_ptr<grpc::CallbackGenericService> MakeFront(std::shared_ptr<grpc::Channel> node,
                                                        const FrontOptions& options);

}  // namespace chuanyu::bench
