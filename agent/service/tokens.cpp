// SPDX-License-Identifier: Apache-2.0
#include "agent/service/tokens.h"

#include <cerrno>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <sys/stat.h>

#include "agent/base/file.h"

namespace mpm {
namespace {

// One that is shorter can be guessed.
constexpr std::size_t kShortest = 32;
constexpr std::size_t kLongest = 4096;
constexpr ReadLimits kLongestFile{std::size_t{1} << 20};

std::string_view without_space(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

}  // namespace

Tokens::Hash Tokens::hash_of(std::string_view token) {
  Hash hash{};
  ::SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), hash.data());
  return hash;
}

Result<Tokens> Tokens::read(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return fail(system_error(errno, path));
  if ((found.st_mode & S_IRWXO) != 0)
    return fail(
        Error::Kind::Denied,
        fmt::format("{}: everybody may read or write these tokens; chmod 640 {}", path, path));
  const auto text = read_file(path, kLongestFile);
  if (!text) return fail(text.error());
  return parse(*text, path);
}

Result<Tokens> Tokens::parse(std::string_view text, const std::string& path) {
  Tokens tokens;
  for (int line = 1; !text.empty(); ++line) {
    const auto end = text.find('\n');
    const std::string_view whole = without_space(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (whole.empty() || whole.front() == '#') continue;
    const auto gap = whole.find_first_of(" \t");
    const std::string_view word = whole.substr(0, gap);
    const std::string_view token =
        gap == std::string_view::npos ? std::string_view() : without_space(whole.substr(gap));
    const Right right = word == "read"     ? Right::Read
                        : word == "change" ? Right::Change
                                           : Right::None;
    // What stands there may be a secret, and is not repeated.
    if (right == Right::None)
      return fail(
          Error::Kind::Malformed,
          fmt::format("{}:{}: a line has to be \"read TOKEN\" or \"change TOKEN\"", path, line));
    if (token.size() < kShortest || token.size() > kLongest ||
        token.find_first_of(" \t") != std::string_view::npos)
      return fail(Error::Kind::Malformed,
                  fmt::format("{}:{}: a token has at least {} characters and no space; make one "
                              "with openssl rand -hex 32",
                              path, line, kShortest));
    tokens.entries_.push_back({hash_of(token), right});
  }
  if (tokens.entries_.empty())
    return fail(Error::Kind::Malformed,
                path + ": there is no token in it; add a line as \"read TOKEN\"");
  return tokens;
}

Right Tokens::right_of(std::string_view token) const {
  if (token.size() > kLongest) return Right::None;
  const Hash hash = hash_of(token);
  Right right = Right::None;
  for (const Entry& entry : entries_)
    if (::CRYPTO_memcmp(entry.hash.data(), hash.data(), hash.size()) == 0) right = entry.right;
  return right;
}

}  // namespace mpm
