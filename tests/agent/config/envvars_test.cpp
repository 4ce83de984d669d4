// SPDX-License-Identifier: Apache-2.0
#include "agent/config/envvars.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mpm::config {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Envvars, ReadsTheScriptOfDebian) {
  EXPECT_THAT(
      read_envvars("# envvars - default environment variables\n"
                   "unset HOME\n\n"
                   "if [ \"${APACHE_CONFDIR##/etc/apache2-}\" != \"${APACHE_CONFDIR}\" ] ; then\n"
                   "\tSUFFIX=\"-${APACHE_CONFDIR##/etc/apache2-}\"\n"
                   "else\n\tSUFFIX=\nfi\n"
                   ": ${APACHE_RUN_USER:=www-data}\nexport APACHE_RUN_USER\n"
                   "export APACHE_PID_FILE=/var/run/apache2$SUFFIX/apache2.pid\n"
                   "export APACHE_LOG_DIR=\"/var/log/apache2${SUFFIX}\" ; export X='a $b'\n"
                   "#export APACHE_ULIMIT_MAX_FILES='ulimit -n 65536'\n"),
      ElementsAre(Pair("SUFFIX", ""), Pair("APACHE_RUN_USER", "www-data"),
                  Pair("APACHE_PID_FILE", "/var/run/apache2/apache2.pid"),
                  Pair("APACHE_LOG_DIR", "/var/log/apache2")));
}

TEST(Envvars, TakesTheLastAssignmentAndWhatWasThere) {
  EXPECT_THAT(read_envvars("A=1\nB=$A$C${D:-4}\\ x\nA=2", {{"C", "3"}}),
              ElementsAre(Pair("C", "3"), Pair("A", "2"), Pair("B", "134 x")));
}

TEST(Envvars, GetsOverAnything) {
  EXPECT_THAT(read_envvars("=\nexport\n${\nA=${\nB=\"open\nC='\n1\n$A=2\nD=$"),
              ElementsAre(Pair("A", ""), Pair("B", "open"), Pair("C", ""), Pair("D", "")));
}

}  // namespace
}  // namespace mpm::config
