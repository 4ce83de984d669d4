// SPDX-License-Identifier: Apache-2.0
//
// Any bytes are a configuration file: its lines tile it, every byte of a line maps to the same
// byte of the file, another value in the place of one word leaves all other lines as they were,
// reading the bytes as a site ends, and what the editor would change of them is one line.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "agent/config/edit.h"
#include "agent/config/site.h"
#include "agent/config/tree.h"
#include "tests/support/memory_files.h"

namespace {

using namespace mpm::config;

void require(bool law) {
  if (!law) std::abort();
}

void tiles(const Tree& tree) {
  const std::string& bytes = tree.bytes();
  std::size_t at = 0;
  for (const Line& line : tree.lines()) {
    require(line.bytes.begin == at && line.bytes.end > at);
    at = line.bytes.end;
    for (std::size_t i = 0; i < line.text.size(); ++i) {
      const Span one = Tree::physical(line, Span{i, i + 1});
      require(one.size() == 1 && bytes[one.begin] == line.text[i]);
    }
  }
  require(at == bytes.size());
}

// The word's bytes become a number, as an editor of values would have it. What lies before and
// behind stays, so all other lines say what they said, and this one all but the word.
void changes_only_the_word(const Tree& tree, std::size_t which, const Word& word) {
  const Line& changed = tree.lines()[which];
  const Span place = Tree::physical(changed, word.logical);
  require(place.begin >= changed.bytes.begin && place.end <= changed.bytes.end);
  std::string bytes = tree.bytes();
  bytes.replace(place.begin, place.size(), "4096");
  const Tree again = Tree::read(std::move(bytes));
  require(again.lines().size() == tree.lines().size());
  for (std::size_t i = 0; i < tree.lines().size(); ++i)
    if (i != which) require(again.lines()[i].text == tree.lines()[i].text);
  std::string expected = changed.text;
  expected.replace(word.logical.begin, word.logical.size(), "4096");
  require(again.lines()[which].text == expected);
}

// Some of the words: a file of n lines is read again for each.
void edits_stay_in_their_place(const Tree& tree) {
  constexpr std::size_t kEdits = 8;
  const std::size_t step = tree.lines().size() / kEdits + 1;
  for (std::size_t i = 0; i < tree.lines().size(); i += step) {
    const std::vector<Word> words = split_words(tree.lines()[i].text);
    if (words.empty()) continue;
    changes_only_the_word(tree, i, words.front());
    changes_only_the_word(tree, i, words.back());
  }
}

// Another value, or a directive more: of the file as it was, only bytes of one logical line go.
void changes_one_line(const Tree& tree, const FileEdit& edit) {
  const std::string& before = tree.bytes();
  require(edit.before == before);
  const auto [old_end, new_end] =
      std::mismatch(before.begin(), before.end(), edit.after.begin(), edit.after.end());
  const auto begin = static_cast<std::size_t>(old_end - before.begin());
  std::size_t end = before.size();
  for (std::size_t size = edit.after.size();
       end > begin && size > begin && before[end - 1] == edit.after[size - 1]; --size)
    --end;
  std::size_t touched = 0;
  for (const Line& line : tree.lines())
    touched += line.bytes.begin < end && begin < line.bytes.end ? 1 : 0;
  require(touched <= 1);
}

void edits_are_small(const Tree& tree, const SiteOptions& options, const FileSystem& files) {
  EditRequest request;
  request.site = options;
  request.wishes = {{"MaxRequestWorkers", "4096"}};
  const auto planned = plan_edit(request, files);
  if (!planned) return;
  for (const FileEdit& edit : planned->files)
    if (edit.path == options.server_root + "/" + options.config_file) changes_one_line(tree, edit);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(data, data + size);
  const Tree tree = Tree::read(bytes);
  tiles(tree);
  edits_stay_in_their_place(tree);
  SiteOptions options;
  options.server_root = "/R";
  options.config_file = "httpd.conf";
  options.version = "2.4.57";
  options.builtin_sources = {"core.c", "event.c", "mod_macro.c", "mod_version.c"};
  MemoryFiles files;
  files.add("/R/httpd.conf", bytes);
  read_site(options, files);
  edits_are_small(tree, options, files);
  return 0;
}
