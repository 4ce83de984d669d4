// SPDX-License-Identifier: Apache-2.0
//
// The main of tests that need an application: without a screen, and with settings of its own, so
// that no test finds what another or a person left.
#include <QApplication>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

// The cache of fonts is never given back, which is not ours to mend; read by the leak sanitizer.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libfontconfig\n";
}

int main(int argc, char** argv) {
  const mpm::TempDir settings;
  qputenv("QT_QPA_PLATFORM", "offscreen");
  qputenv("XDG_CONFIG_HOME", QByteArray::fromStdString(settings.path()));
  qputenv("LC_ALL", "C");
  testing::InitGoogleTest(&argc, argv);
  const QApplication app(argc, argv);
  QApplication::setOrganizationName(QStringLiteral("mpmctl-tests"));
  return RUN_ALL_TESTS();
}
