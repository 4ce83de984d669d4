// SPDX-License-Identifier: Apache-2.0
//
// One client's connection: bytes in, requests, answers, bytes out. advance() does all that can be
// done without waiting and says what to wait for, so the same code serves under every MPM: prefork
// and worker wait in the thread that serves, event hands the connection to its listener.
//
//   Read        in the middle of a request's head
//   Write       the client takes the answer slowly
//   KeepAlive   between two requests
//   Close       it is over: linger() or destroy it
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "agent/base/fd.h"
#include "agent/builtin/file_answer.h"
#include "agent/builtin/generation.h"
#include "agent/builtin/listener.h"
#include "agent/builtin/request.h"

namespace mpm::builtin {

using Moment = std::chrono::steady_clock::time_point;

enum class Next : std::uint8_t { Read, Write, KeepAlive, Close };

// One thread at a time.
class Connection {
 public:
  Connection(Accepted accepted, const Generation& generation);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Next advance(const Seat& seat);

  // Until when `next` may last, counted from now, except that a head has to be whole in a time
  // that runs from its first byte (RequestReadTimeout).
  Moment due(Next next, Moment now) const;
  // For a thread that has nothing else to do: waits here for the next request, up to
  // KeepAliveTimeout, which saves asking first. False: it did not come.
  bool wait_for_request();
  // That time is over: a client that was sending its head is told so with a 408.
  void time_out(const Seat& seat, Next next);

  // Ends our side. False: nothing is left to wait for; true: read with drained() until it is true,
  // so that what the client still sends does not take our answer away from it.
  bool linger();
  bool drained();

  int socket() const { return socket_.get(); }
  int answered() const { return requests_; }  // requests

 private:
  enum class Flow : std::uint8_t { Done, Again, Gone };

  std::optional<Next> go_on_answering(const Seat& seat);
  std::optional<Next> take_request(const Seat& seat);
  Flow receive(int flags);
  Flow send();
  void respond(const Seat& seat);
  void refuse(const Seat& seat, int status);
  void begin(const Seat& seat);
  void finish(const Seat& seat, Flow how);
  void answer_file(const Seat& seat, const std::string& path);
  void answer_status(const Seat& seat);
  void answer_work();
  void answer_page(int status, std::string_view extra_head = {});
  void write_head(int status, std::string_view type, std::int64_t length,
                  std::string_view extra = {});
  void put_body(int status, std::string_view body, std::string_view type,
                std::string_view extra = {});
  bool wants_keep_alive(const Seat& seat) const;

  UniqueFd socket_;
  const std::string client_;
  const std::uint16_t local_port_;
  const Settings& settings_;
  std::string in_;   // what came and is not yet answered
  std::string out_;  // head, and a body that is small
  std::size_t out_sent_ = 0;
  UniqueFd file_;  // the rest of the answer
  std::int64_t file_at_ = 0, file_left_ = 0;
  Request request_;  // its views point into in_, which stays until finish()
  std::size_t head_bytes_ = 0;
  Moment head_since_{};  // when the first byte of the head came
  int status_ = 0;
  std::int64_t body_bytes_ = 0, sent_bytes_ = 0;
  std::int64_t began_us_ = 0;
  int requests_ = 0;  // answered
  bool answering_ = false;
  bool close_after_ = false;
  bool client_closes_ = false;  // the client said that it sends no more
};

}  // namespace mpm::builtin
