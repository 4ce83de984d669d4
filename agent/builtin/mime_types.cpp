// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/mime_types.h"

namespace mpm::builtin {

std::map<std::string, std::string, std::less<>> default_types() {
  return {
      {"avif", "image/avif"},       {"bin", "application/octet-stream"},
      {"bmp", "image/bmp"},         {"css", "text/css"},
      {"csv", "text/csv"},          {"gif", "image/gif"},
      {"gz", "application/gzip"},   {"htm", "text/html"},
      {"html", "text/html"},        {"ico", "image/vnd.microsoft.icon"},
      {"jpeg", "image/jpeg"},       {"jpg", "image/jpeg"},
      {"js", "text/javascript"},    {"json", "application/json"},
      {"md", "text/markdown"},      {"mjs", "text/javascript"},
      {"mp3", "audio/mpeg"},        {"mp4", "video/mp4"},
      {"ogg", "audio/ogg"},         {"otf", "font/otf"},
      {"pdf", "application/pdf"},   {"png", "image/png"},
      {"svg", "image/svg+xml"},     {"tar", "application/x-tar"},
      {"ttf", "font/ttf"},          {"txt", "text/plain"},
      {"wasm", "application/wasm"}, {"wav", "audio/x-wav"},
      {"webm", "video/webm"},       {"webp", "image/webp"},
      {"woff", "font/woff"},        {"woff2", "font/woff2"},
      {"xml", "application/xml"},   {"zip", "application/zip"},
  };
}

}  // namespace mpm::builtin
