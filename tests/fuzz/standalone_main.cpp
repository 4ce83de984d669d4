// SPDX-License-Identifier: Apache-2.0
//
// Runs a libFuzzer target without libFuzzer, as every compiler can: each file of the corpus
// directory as it is, then 2000 mutations of each. The mutations are the same in every run,
// so a failure is repeated by running again. A target fails by crashing; the input being
// run then is in the file named by the second argument.
//
//   fuzz_status_page <corpus directory> <file for the input being run>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <system_error>
#include <vector>

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int kMutations = 2000;

using Random = std::mt19937;

// Not std::uniform_int_distribution, whose numbers differ from one standard library to another.
std::size_t below(Random& random, std::size_t end) {
  return end == 0 ? 0 : random() % end;
}

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void flip_a_bit(std::string& input, Random& random) {
  if (input.empty()) return;
  char& byte = input[below(random, input.size())];
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << below(random, 8)));
}

void insert_a_byte(std::string& input, Random& random) {
  const char byte = static_cast<char>(below(random, 256));
  input.insert(below(random, input.size() + 1), 1, byte);
}

void erase_a_part(std::string& input, Random& random) {
  input.erase(below(random, input.size() + 1), below(random, 32));
}

void repeat_a_part(std::string& input, Random& random) {
  const std::string part = input.substr(below(random, input.size() + 1), below(random, 64));
  input.insert(below(random, input.size() + 1), part);
}

void cut_the_end(std::string& input, Random& random) {
  input.resize(below(random, input.size() + 1));
}

// Numbers at the edges of their types are where parsers of text go wrong.
void put_a_number(std::string& input, Random& random) {
  static const char* const kNumbers[] = {"0", "-1", "2147483648", "18446744073709551616", "1e308"};
  input.insert(below(random, input.size() + 1), kNumbers[below(random, std::size(kNumbers))]);
}

std::string mutated(std::string input, Random& random) {
  using Mutation = void (*)(std::string&, Random&);
  static const Mutation kAll[] = {flip_a_bit,    insert_a_byte, erase_a_part,
                                  repeat_a_part, cut_the_end,   put_a_number};
  const std::size_t times = 1 + below(random, 4);
  for (std::size_t done = 0; done < times; ++done) {
    kAll[below(random, std::size(kAll))](input, random);
  }
  return input;
}

void run(const std::string& input, const char* being_run) {
  std::ofstream(being_run, std::ios::binary)
      .write(input.data(), static_cast<std::streamsize>(input.size()));
  // A copy of exactly this size: a read behind its end is one that a sanitizer sees.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s <corpus directory> <file for the input being run>\n", argv[0]);
    return 2;
  }
  std::vector<std::filesystem::path> corpus;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator at(argv[1], error), end; at != end && !error;
       at.increment(error)) {
    if (at->is_regular_file(error)) corpus.push_back(at->path());
  }
  if (error || corpus.empty()) {
    std::fprintf(stderr, "%s holds no corpus file that can be read\n", argv[1]);
    return 2;
  }
  std::sort(corpus.begin(), corpus.end());
  Random random(1);
  for (const auto& path : corpus) {
    const std::string input = read_whole(path);
    run(input, argv[2]);
    for (int done = 0; done < kMutations; ++done)
      run(mutated(input, random), argv[2]);
  }
  std::printf("%zu files and %d mutations of each\n", corpus.size(), kMutations);
  return 0;
}
