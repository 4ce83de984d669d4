// SPDX-License-Identifier: Apache-2.0
//
// Goldens: text that was read once by a person and shall stay. `is_golden("cli/status.txt",
// text)` compares with tests/golden/cli/status.txt; with MPM_UPDATE_GOLDEN=1 in the
// environment it writes the file instead, and the change is read in review.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace mpm::test {

inline ::testing::AssertionResult is_golden(const std::string& name, const std::string& text) {
  const std::filesystem::path file = std::filesystem::path(MPM_TESTS) / "golden" / name;
  if (const char* update = std::getenv("MPM_UPDATE_GOLDEN"); update != nullptr && *update == '1') {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return ::testing::AssertionSuccess() << "written";
  }
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    return ::testing::AssertionFailure()
           << name << " does not exist; MPM_UPDATE_GOLDEN=1 writes it";
  std::ostringstream golden;
  golden << stream.rdbuf();
  if (golden.str() == text) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "--- golden " << name << "\n"
                                       << golden.str() << "--- now\n"
                                       << text;
}

}  // namespace mpm::test
