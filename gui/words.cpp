// SPDX-License-Identifier: Apache-2.0
#include "gui/words.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <array>
#include <cmath>
#include <string>

#include "schema/codec/names.h"

namespace mpm::gui {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("mpm::gui::words", text);
}

// Words of an enumerator whose values count from 0.
template <class E, std::size_t N>
QString pick(const std::array<const char*, N>& words, E value) {
  const auto at = static_cast<std::size_t>(value);
  return at < N ? tr(words[at]) : QString();
}

}  // namespace

QString shown(const std::string& text) {
  QString shown = QString::fromStdString(text);
  for (QChar& c : shown)
    if (c.category() == QChar::Other_Control && c != u'\n' && c != u'\t') c = QChar::Space;
  return shown;
}

QString word(Health health) {
  return pick(std::array{QT_TRANSLATE_NOOP("mpm::gui::words", "well"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "strained"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "saturated"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "unknown")},
              health);
}

QString word(Severity severity) {
  return pick(std::array{QT_TRANSLATE_NOOP("mpm::gui::words", "fine"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "note"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "advice"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "warning"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "danger")},
              severity);
}

QString word(Confidence confidence) {
  return pick(std::array{QT_TRANSLATE_NOOP("mpm::gui::words", "none"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "low"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "medium"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "high")},
              confidence);
}

QString word(RestartClass restart) {
  return pick(std::array{QT_TRANSLATE_NOOP("mpm::gui::words", "graceful reload"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "restart"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "stop and start")},
              restart);
}

QString consequence(RestartClass restart) {
  return pick(
      std::array{
          QT_TRANSLATE_NOOP("mpm::gui::words", "Requests that are being served finish."),
          QT_TRANSLATE_NOOP("mpm::gui::words", "Requests that are being served are cut off."),
          QT_TRANSLATE_NOOP("mpm::gui::words",
                            "Requests that are being served are cut off, and for a moment "
                            "nobody listens.")},
      restart);
}

QString word(Phase phase) {
  return pick(std::array{QT_TRANSLATE_NOOP("mpm::gui::words", "planned"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "files saved"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "files written"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "accepted by the server"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "loaded"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "in force, being watched"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "being taken back"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "files restored"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "kept"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "taken back"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "given up, nothing was touched"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "stuck: needs your hand")},
              phase);
}

QString word(WorkerState state) {
  return pick(std::array{QT_TRANSLATE_NOOP("mpm::gui::words", "no worker"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "starting"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "idle"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "reading a request"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "writing a reply"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "waiting on keep-alive"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "logging"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "looking up a name"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "closing"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "finishing"),
                         QT_TRANSLATE_NOOP("mpm::gui::words", "being ended")},
              state);
}

QString mark(Health health) {
  constexpr std::array kMarks{u"\u2713", u"\u25b2", u"\u25a0", u"?"};
  return QString::fromUtf16(kMarks[static_cast<std::size_t>(health)]);
}

QString mark(Severity severity) {
  constexpr std::array kMarks{u"\u2713", u"\u2022", u"\u25c6", u"\u25b2", u"\u25a0"};
  return QString::fromUtf16(kMarks[static_cast<std::size_t>(severity)]);
}

QString mark(Phase phase) {
  switch (phase) {
    case Phase::Kept:
      return QStringLiteral(u"\u2713");
    case Phase::Undone:
    case Phase::Undoing:
    case Phase::Restored:
      return QStringLiteral(u"\u21a9");
    case Phase::Stuck:
      return QStringLiteral(u"\u25a0");
    default:
      return QStringLiteral(u"\u2022");
  }
}

QString server_name(const TargetStatus& server) {
  const QString name = server.pid > 0       ? tr("httpd, pid %1").arg(server.pid)
                       : server.url.empty() ? tr("httpd")
                                            : tr("httpd at %1").arg(shown(server.url));
  const QString mpm = server.mpm ? shown(std::string(name_of(*server.mpm))) : tr("unknown MPM");
  const QString version = shown(server.version);
  return version.isEmpty() ? QStringLiteral("%1 (%2)").arg(name, mpm)
                           : QStringLiteral("%1 (%2, %3)").arg(name, version, mpm);
}

std::string target_key(const TargetStatus& server) {
  return server.pid > 0 ? std::to_string(server.pid) : server.url;
}

QString number(std::int64_t value) {
  return QLocale().toString(static_cast<qlonglong>(value));
}

QString amount(Bytes bytes) {
  return QLocale().formattedDataSize(bytes.value, 1, QLocale::DataSizeTraditionalFormat);
}

QString seconds(double seconds) {
  if (seconds < 1) return tr("%1 ms").arg(std::lround(seconds * 1000));
  if (seconds < 120) return tr("%1 s").arg(QLocale().toString(seconds, 'f', seconds < 10 ? 1 : 0));
  const auto minutes = std::llround(seconds / 60);
  return minutes < 120 ? tr("%1 min").arg(minutes) : tr("%1 h").arg(minutes / 60);
}

QString moment(Instant instant) {
  const QDateTime local = QDateTime::fromMSecsSinceEpoch(instant.time_since_epoch().count());
  return local.date() == QDate::currentDate()
             ? local.toString(QStringLiteral("HH:mm:ss"))
             : local.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
}

QString directive_value(const std::optional<std::string>& written, const SettingValue& effective) {
  if (written) return shown(*written);
  const auto* held = std::get_if<std::int64_t>(&effective);
  const QString value =
      held != nullptr ? QString::number(*held) : shown(std::get<std::string>(effective));
  return tr("%1 (httpd's default)").arg(value);
}

}  // namespace mpm::gui
