// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl config show`: what the files say, what httpd makes of it, and where it stands.
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "cli/amount.h"
#include "cli/place.h"
#include "cli/render.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/words.h"

namespace mpm {
namespace {

std::string effective(const Setting& setting) {
  const bool has_unit =
      std::holds_alternative<std::int64_t>(setting.effective) && !setting.unit.empty();
  const std::string value = text_of(setting.effective);
  return has_unit ? value + " " + setting.unit : value;
}

// The directory of the main file, with its slash; "" when it has none.
std::string_view directory(std::string_view file) {
  return file.substr(0, file.rfind('/') + 1);
}

std::string place_of(const Setting& setting, std::string_view base, int width) {
  if (!setting.file) return setting.value ? "the command line" : "httpd's default";
  return place(*setting.file, setting.line, base, width);
}

std::string sentence(const Remark& remark) {
  return remark.code.empty() ? remark.text : fmt::format("{}: {}", remark.code, remark.text);
}

}  // namespace

std::string render(const MpmSettings& settings, const Style& style) {
  const std::string file =
      settings.config_file.empty() ? "an unknown configuration" : settings.config_file;
  std::string text = paragraph(
      {},
      fmt::format("MPM directives of {}, from {}",
                  server_name({.pid = settings.pid, .url = "", .version = "", .mpm = settings.mpm}),
                  file),
      style, Tone::Strong);
  std::string facts =
      fmt::format("{} {} read.", plural(static_cast<std::int64_t>(settings.files.size()), "file"),
                  settings.files.size() == 1 ? "was" : "were");
  if (settings.worker_limit > 0)
    facts +=
        fmt::format(" At most {} can be busy at once.", plural(settings.worker_limit, "worker"));
  text += paragraph({}, facts, style, Tone::Faint);
  if (settings.changed_since_load)
    text += paragraph({fmt::format("{} ", style.glyphs().warning), Tone::Caution},
                      "A file was changed after the server read its configuration: it may still "
                      "run with other values. Reload it, or look at the file.",
                      style, Tone::Caution);
  text += "\n";
  std::vector<Row> rows;
  for (const Setting& setting : settings.settings) {
    Row row{{setting.directive, setting.value.value_or("-"), effective(setting),
             place_of(setting, directory(settings.config_file), style.width)},
            {}};
    for (const Remark& remark : setting.remarks)
      row.notes.push_back({Tone::Caution, sentence(remark)});
    rows.push_back(row);
  }
  text += rows.empty() ? paragraph({"  "}, "No MPM directive could be read.", style)
                       : table({{.heading = "Directive"},
                                {.heading = "Written", .align = Align::Right},
                                {.heading = "In force", .align = Align::Left, .tone = Tone::Strong},
                                {.heading = "Where", .flexible = true}},
                               rows, style);
  if (settings.remarks.empty()) return text;
  text += "\n" + heading("About the configuration", style);
  for (const Remark& remark : settings.remarks)
    text += paragraph({fmt::format("  {} ", style.glyphs().note)}, sentence(remark), style);
  return text;
}

}  // namespace mpm
