// SPDX-License-Identifier: Apache-2.0
//
// Modules that do nothing, in the place of those that a configuration loads and this machine
// does not have: with their two names, so that conditions on them are decided as they would be.
// One file has all of them; LoadModule picks by the identifier. mod_version is built into
// Debian's httpd: mod_oracle disarms its <IfVersion>, and the stub arms it again.
#include <dlfcn.h>

// httpd's own headers need httpd.h before them.
#include "httpd.h"

#include "http_config.h"

static void no_hooks(apr_pool_t *pool) {
  (void)pool;
}

// The table of the built-in module is still httpd's, and mod_oracle has made it writable.
static void arm_version(apr_pool_t *pool) {
  (void)pool;
  const module *builtin = dlsym(RTLD_DEFAULT, "version_module");
  if (builtin == NULL) return;
  for (const command_rec *c = builtin->cmds; c != NULL && c->name != NULL; ++c)
    ((command_rec *)(apr_uintptr_t)c)->req_override |= EXEC_ON_READ;
}

// clang-format off
#define STUB(identifier, source, hooks)                                                 \
  module AP_MODULE_DECLARE_DATA identifier = {                                          \
      MODULE_MAGIC_NUMBER_MAJOR, MODULE_MAGIC_NUMBER_MINOR, -1, source, NULL, NULL,     \
      MODULE_MAGIC_COOKIE, NULL, NULL, NULL, NULL, NULL, NULL, hooks,                  \
      AP_MODULE_FLAG_NONE}
// clang-format on

STUB(authz_svn_module, "mod_authz_svn.c", no_hooks);
STUB(dav_lock_module, "mod_dav_lock.c", no_hooks);
STUB(dav_svn_module, "mod_dav_svn.c", no_hooks);
STUB(fcgid_module, "mod_fcgid.c", no_hooks);
STUB(geoip_module, "mod_geoip.c", no_hooks);
STUB(isapi_module, "mod_isapi.c", no_hooks);
STUB(log_config_module, "mod_log_config.c", no_hooks);
STUB(logio_module, "mod_logio.c", no_hooks);
STUB(perl_module, "mod_perl.c", no_hooks);
STUB(php5_module, "mod_php5.c", no_hooks);
STUB(php7_module, "mod_php7.c", no_hooks);
STUB(proxy_handler_module, "mod_proxy_handler.c", no_hooks);
STUB(systemd_module, "mod_systemd.c", no_hooks);
STUB(unixd_module, "mod_unixd.c", no_hooks);
STUB(version_module, "mod_version.c", arm_version);
STUB(watchdog_module, "mod_watchdog.c", no_hooks);
STUB(wsgi_module, "mod_wsgi.c", no_hooks);
