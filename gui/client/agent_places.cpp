// SPDX-License-Identifier: Apache-2.0
#include "gui/client/agent_places.h"

#include <QFileInfo>
#include <QSettings>
#include <algorithm>

#include <fmt/format.h>

namespace mpm::gui {
namespace {

constexpr QLatin1String kArray("agents");
constexpr QLatin1String kName("name");
constexpr QLatin1String kAddress("address");
constexpr QLatin1String kTokenFile("token_file");
constexpr QLatin1String kCaFile("ca_file");
constexpr QLatin1String kElsewhere("elsewhere");

// What is remembered holds in other directories too.
QString whole_path(const QString& path) {
  return path.isEmpty() ? path : QFileInfo(path).absoluteFilePath();
}

// "web1=https://web1:9117". A '=' behind a '/' or a ':' is of the address.
AgentPlace place_elsewhere(const QString& written) {
  AgentPlace place;
  place.elsewhere = true;
  const auto equals = written.indexOf(u'=');
  const bool named =
      equals > 0 && !written.left(equals).contains(u'/') && !written.left(equals).contains(u':');
  if (named) place.name = written.left(equals);
  place.address = named ? written.mid(equals + 1) : written;
  if (!is_port(place.address)) place.address = whole_path(place.address);
  return place;
}

Result<void> give_tokens(std::vector<AgentPlace>& places, const QStringList& files) {
  const auto has_port = [](const AgentPlace& place) { return is_port(place.address); };
  const auto ports = std::ranges::count_if(places, has_port);
  if (files.isEmpty()) return {};
  if (ports != files.size())
    return fail(Error::Kind::Usage,
                fmt::format("There are {} ports to connect to and {} token files; give one "
                            "--token-file for each port, in their order",
                            ports, files.size()));
  auto file = files.begin();
  for (AgentPlace& place : places)
    if (has_port(place)) place.token_file = whole_path(*file++);
  return {};
}

}  // namespace

Result<std::vector<AgentPlace>> places_of(const NamedAgents& named) {
  std::vector<AgentPlace> places;
  if (!named.here.isEmpty()) {
    if (is_port(named.here))
      return fail(Error::Kind::Usage,
                  fmt::format("{} is no path of a Unix socket; give it to --connect",
                              named.here.toStdString()));
    places.emplace_back().address = whole_path(named.here);
  }
  for (const QString& written : named.elsewhere) {
    AgentPlace place = place_elsewhere(written);
    if (const auto checked = checked_address(place.address); !checked) return fail(checked.error());
    if (is_tls(place.address)) place.ca_file = whole_path(named.ca_file);
    const auto same = [&](const AgentPlace& each) { return each.address == place.address; };
    if (std::ranges::any_of(places, same))
      return fail(Error::Kind::Usage, fmt::format("{} is named twice; give each agent once",
                                                  place.address.toStdString()));
    places.push_back(std::move(place));
  }
  if (const auto given = give_tokens(places, named.token_files); !given) return fail(given.error());
  return places;
}

void remember(const std::vector<AgentPlace>& places, QSettings& settings) {
  settings.remove(kArray);
  settings.beginWriteArray(kArray, static_cast<int>(places.size()));
  for (std::size_t i = 0; i < places.size(); ++i) {
    settings.setArrayIndex(static_cast<int>(i));
    settings.setValue(kName, places[i].name);
    settings.setValue(kAddress, places[i].address);
    settings.setValue(kTokenFile, places[i].token_file);
    settings.setValue(kCaFile, places[i].ca_file);
    settings.setValue(kElsewhere, places[i].elsewhere);
  }
  settings.endArray();
}

std::vector<AgentPlace> remembered(QSettings& settings) {
  std::vector<AgentPlace> places;
  const int count = settings.beginReadArray(kArray);
  for (int i = 0; i < count; ++i) {
    settings.setArrayIndex(i);
    const auto text = [&](const QString& key) { return settings.value(key).toString(); };
    AgentPlace place{text(kName), text(kAddress), text(kTokenFile), text(kCaFile),
                     settings.value(kElsewhere).toBool()};
    const bool fit = !place.address.isEmpty() && (place.elsewhere || !is_port(place.address));
    if (fit && checked_address(place.address)) places.push_back(std::move(place));
  }
  settings.endArray();
  return places;
}

}  // namespace mpm::gui
