#include "common/rpc/raw_tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <ctime>
#include <memory>
#include <thread>

namespace chuanyu::rpc {
namespace {

struct Free {
  void operator()(BIO* p) const { BIO_free_all(p); }
  void operator()(SSL_CTX* p) const { SSL_CTX_free(p); }
  void operator()(SSL* p) const { SSL_free(p); }
};
using BioPtr = std::unique_ptr<BIO, Free>;
using ContextPtr = std::unique_ptr<SSL_CTX, Free>;
using SslPtr = std::unique_ptr<SSL, Free>;

ContextPtr MakeContext(const TlsFiles& files, int max_version) {
  ContextPtr context(SSL_CTX_new(TLS_method()));
  SSL_CTX_set_max_proto_version(context.get(), max_version);
  SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str());
  SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM);
  // gRPC ends a handshake that did not agree on HTTP/2.
  static constexpr unsigned char kH2[] = {2, 'h', '2'};
  SSL_CTX_set_alpn_protos(context.get(), kH2, sizeof kH2);
  return context;
}

Handshake Describe(SSL* ssl, bool done) {
  Handshake result{.done = done};
  ERR_clear_error();
  if (!done) return result;
  result.version = SSL_get_version(ssl);
  std::tm end{};
  if (X509* peer = SSL_get0_peer_certificate(ssl); peer != nullptr) {
    ASN1_TIME_to_tm(X509_get0_notAfter(peer), &end);
    char text[11];
    std::strftime(text, sizeof text, "%Y-%m-%d", &end);
    result.peer_not_after = text;
  }
  return result;
}

}  // namespace

Handshake ConnectRaw(const std::string& address, const TlsFiles& files, int max_version) {
  const ContextPtr context = MakeContext(files, max_version);
  BIO* const connection = BIO_new_connect(address.c_str());
  const SslPtr ssl(SSL_new(context.get()));
  SSL_set_bio(ssl.get(), connection, connection);
  if (BIO_do_connect(connection) != 1) return Describe(ssl.get(), false);
  return Describe(ssl.get(), SSL_connect(ssl.get()) == 1);
}

Handshake AcceptRaw(const TlsFiles& files, int max_version, const std::function<void(std::string)>& connect) {
  const ContextPtr context = MakeContext(files, max_version);
  const BioPtr listener(BIO_new_accept("127.0.0.1:0"));
  if (BIO_do_accept(listener.get()) != 1) return {};  // the first call binds
  std::thread client(connect, std::string("127.0.0.1:") + BIO_get_accept_port(listener.get()));
  Handshake result;
  if (BIO_do_accept(listener.get()) == 1) {
    BIO* const connection = BIO_pop(listener.get());
    const SslPtr ssl(SSL_new(context.get()));
    SSL_set_bio(ssl.get(), connection, connection);
    result = Describe(ssl.get(), SSL_accept(ssl.get()) == 1);
  }
  client.join();
  return result;
}

}  // namespace chuanyu::rpc
