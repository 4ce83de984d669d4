// SPDX-License-Identifier: Apache-2.0
//
// A descriptor that closes itself, and a connection to 127.0.0.1: what a load is made of.
#pragma once

#include <cstdint>
#include <utility>

#include <unistd.h>

namespace mpm {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

// A socket that never blocks, connecting or connected; empty when the kernel refuses at once.
Descriptor begin_connecting(std::uint16_t port);

// A port that nobody had a moment ago, and that the kernel does not hand out again soon; 0 when
// it has none.
std::uint16_t unused_port();

}  // namespace mpm
