// SPDX-License-Identifier: Apache-2.0
#include "agent/service/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "agent/base/file.h"

namespace mpm {
namespace {

// Why OpenSSL takes a file for something else, as far as it says.
Error malformed(const std::string& path, std::string_view wanted) {
  const unsigned long code = ::ERR_peek_last_error();
  const char* const reason = ::ERR_reason_error_string(code);
  ::ERR_clear_error();
  return {Error::Kind::Malformed,
          fmt::format("{}: it has to be {}{}", path, wanted,
                      reason == nullptr ? std::string() : fmt::format(" ({})", reason))};
}

// OpenSSL asks at the terminal else, where nobody sits.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

}  // namespace

void TlsEnd::operator()(ssl_ctx_st* context) const {
  ::SSL_CTX_free(context);
}
void TlsEnd::operator()(ssl_st* session) const {
  ::SSL_free(session);
}

Result<TlsContext> TlsContext::read(const TlsFiles& files) {
  for (const std::string& path : {files.certificate, files.key, files.client_ca})
    if (!path.empty())
      if (const auto text = read_file(path); !text) return fail(text.error());
  TlsContext tls(::SSL_CTX_new(::TLS_server_method()));
  SSL_CTX* const context = tls.context_.get();
  if (context == nullptr) return fail(Error::Kind::Internal, "OpenSSL cannot begin");
  ::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  ::SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  ::SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  ::SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  if (::SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
    return fail(malformed(files.certificate, "a certificate in PEM"));
  if (::SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return fail(malformed(files.key, "the key of that certificate in PEM, without a passphrase"));
  if (files.client_ca.empty()) return tls;
  if (::SSL_CTX_load_verify_locations(context, files.client_ca.c_str(), nullptr) != 1)
    return fail(malformed(files.client_ca, "certificates of authorities in PEM"));
  ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  // A session that is resumed has to have been one of ours.
  constexpr unsigned char kOurs[] = "mpm-agent";
  ::SSL_CTX_set_session_id_context(context, kOurs, sizeof kOurs - 1);
  return tls;
}

TlsSession TlsContext::session(int socket) const {
  TlsSession session(::SSL_new(context_.get()));
  if (session && ::SSL_set_fd(session.get(), socket) != 1) session.reset();
  return session;
}

}  // namespace mpm
