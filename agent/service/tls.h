// SPDX-License-Identifier: Apache-2.0
//
// TLS for the agent's port: its certificate, and the authority that clients' certificates have to
// be of, when one is asked for. TLS 1.2 at least.
//
// Threads: a context may make sessions in any thread; a session belongs to one.
#pragma once

#include <memory>
#include <string>

#include "schema/model/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace mpm {

struct TlsEnd {
  void operator()(ssl_ctx_st* context) const;
  void operator()(ssl_st* session) const;
};
using TlsSession = std::unique_ptr<ssl_st, TlsEnd>;

struct TlsFiles {
  std::string certificate;  // PEM, with those between it and the authority behind it
  std::string key;          // PEM, without a passphrase
  std::string client_ca;    // PEM; empty: clients need no certificate
};

class TlsContext {
 public:
  // NotFound, Denied: a file cannot be read. Malformed: it is not what it should be.
  static Result<TlsContext> read(const TlsFiles& files);

  // Over a connected socket, which must outlive it. Null when there is no memory for it.
  TlsSession session(int socket) const;

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  std::unique_ptr<ssl_ctx_st, TlsEnd> context_;
};

}  // namespace mpm
