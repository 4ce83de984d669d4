// SPDX-License-Identifier: Apache-2.0
//
// Configurations as distributions lay them out, small; a plan made of one, and carried out on a
// copy in memory.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/config/edit.h"
#include "agent/config/settings.h"
#include "agent/config/site.h"
#include "tests/support/memory_files.h"

namespace mpm::config::testing_edit {

struct Layout {
  MemoryFiles files;
  SiteOptions site;
};

inline SiteOptions site_of(std::string root, std::string main) {
  SiteOptions site;
  site.server_root = std::move(root);
  site.config_file = std::move(main);
  site.version = "2.4.62";
  site.builtin_sources = {"core.c", "mod_so.c", "http_core.c"};
  return site;
}

inline const char* const kDebianEvent =
    "# event MPM\n"
    "# StartServers: initial number of server processes to start\n"
    "StartServers            2\n"
    "MinSpareThreads         25\n"
    "MaxSpareThreads         75\n"
    "ThreadLimit             64\n"
    "ThreadsPerChild         25\n"
    "MaxRequestWorkers       150\n"
    "MaxConnectionsPerChild  0\n";

inline const char* const kDebianOldEvent =
    "<IfModule mpm_event_module>\n"
    "\tStartServers\t\t2\n"
    "\tMinSpareThreads\t\t25\n"
    "\tMaxSpareThreads\t\t75\n"
    "\tThreadLimit\t\t64\n"
    "\tThreadsPerChild\t\t25\n"
    "\tMaxRequestWorkers\t150\n"
    "\tMaxConnectionsPerChild\t0\n"
    "</IfModule>\n";

// Debian: links in mods-enabled and conf-enabled, the core's directives in apache2.conf.
inline Layout debian(const std::string& event_conf = kDebianEvent) {
  Layout layout;
  MemoryFiles& files = layout.files;
  const std::string root = "/etc/apache2";
  files.add(root + "/apache2.conf",
            "Timeout 300\nKeepAlive On\nMaxKeepAliveRequests 100\n#ExtendedStatus On\n"
            "IncludeOptional mods-enabled/*.load\nIncludeOptional mods-enabled/*.conf\n"
            "Include ports.conf\n"
            "IncludeOptional conf-enabled/*.conf\nIncludeOptional sites-enabled/*.conf\n");
  files.add(root + "/ports.conf", "Listen 80\n");
  files.add(root + "/conf-available/charset.conf", "#AddDefaultCharset UTF-8\n");
  files.add_link(root + "/conf-enabled/charset.conf", root + "/conf-available/charset.conf");
  files.add(root + "/sites-enabled/000.conf", "<VirtualHost *:80>\nTimeout 20\n</VirtualHost>\n");
  for (const char* mpm : {"event", "worker", "prefork"})
    files.add(root + "/mods-available/mpm_" + mpm + ".load",
              std::string("LoadModule mpm_") + mpm + "_module /usr/lib/apache2/modules/mod_mpm_" +
                  mpm + ".so\n");
  files.add(root + "/mods-available/mpm_event.conf", event_conf);
  files.add(root + "/mods-available/mpm_worker.conf", kDebianEvent);
  files.add(root + "/mods-available/mpm_prefork.conf",
            "StartServers            5\nMinSpareServers         5\nMaxSpareServers         10\n"
            "MaxRequestWorkers       150\nMaxConnectionsPerChild  0\n");
  for (const char* end : {"load", "conf"})
    files.add_link(root + "/mods-enabled/mpm_event." + end,
                   std::string("../mods-available/mpm_event.") + end);
  for (const char* mpm : {"event", "worker", "prefork"})
    files.add(std::string("/usr/lib/apache2/modules/mod_mpm_") + mpm + ".so", "");
  layout.site = site_of(root, root + "/apache2.conf");
  return layout;
}

// RHEL and Fedora: LoadModule lines of which one counts, no values, conf.d.
inline Layout rhel() {
  Layout layout;
  MemoryFiles& files = layout.files;
  files.add("/etc/httpd/conf/httpd.conf",
            "ServerRoot \"/etc/httpd\"\nInclude conf.modules.d/*.conf\nUser apache\n"
            "IncludeOptional conf.d/*.conf\n");
  files.add("/etc/httpd/conf.modules.d/00-mpm.conf",
            "# Select the MPM module which should be used by uncommenting exactly\n"
            "# one of the following LoadModule lines.\n"
            "#LoadModule mpm_prefork_module modules/mod_mpm_prefork.so\n"
            "#LoadModule mpm_worker_module modules/mod_mpm_worker.so\n"
            "LoadModule mpm_event_module modules/mod_mpm_event.so\n");
  files.add("/etc/httpd/conf.d/welcome.conf", "ErrorDocument 403 /x\n");
  for (const char* mpm : {"event", "worker", "prefork"})
    files.add(std::string("/etc/httpd/modules/mod_mpm_") + mpm + ".so", "");
  layout.site = site_of("/etc/httpd", "conf/httpd.conf");
  return layout;
}

// httpd's own build, as its Docker image has it: three lines in httpd.conf, one of them active.
inline Layout docker() {
  Layout layout;
  layout.files.add("/usr/local/apache2/conf/httpd.conf",
                   "ServerRoot \"/usr/local/apache2\"\nListen 80\n"
                   "LoadModule mpm_event_module modules/mod_mpm_event.so\n"
                   "#LoadModule mpm_prefork_module modules/mod_mpm_prefork.so\n"
                   "#LoadModule mpm_worker_module modules/mod_mpm_worker.so\n"
                   "LoadModule authn_file_module modules/mod_authn_file.so\n"
                   "#Include conf/extra/httpd-mpm.conf\n");
  for (const char* module : {"mpm_event", "mpm_worker", "mpm_prefork", "authn_file"})
    layout.files.add(std::string("/usr/local/apache2/modules/mod_") + module + ".so", "");
  layout.site = site_of("/usr/local/apache2", "conf/httpd.conf");
  return layout;
}

// One file below /R, with the event MPM loaded in it.
inline Layout one_file(const std::string& text) {
  Layout layout;
  layout.files.add("/R/httpd.conf",
                   "LoadModule mpm_event_module modules/mod_mpm_event.so\n" + text);
  layout.site = site_of("/R", "httpd.conf");
  return layout;
}

inline Result<PlannedEdit> plan(const Layout& layout, std::vector<Wish> wishes) {
  EditRequest request;
  request.site = layout.site;
  request.wishes = std::move(wishes);
  return plan_edit(request, layout.files);
}

inline Result<PlannedEdit> plan_switch(const Layout& layout, Mpm to,
                                       std::vector<Wish> wishes = {}) {
  EditRequest request;
  request.site = layout.site;
  request.switch_to = to;
  request.wishes = std::move(wishes);
  return plan_edit(request, layout.files);
}

inline void carry_out(const std::vector<FileEdit>& edits, MemoryFiles& files) {
  for (const FileEdit& edit : edits) {
    switch (edit.action) {
      case FileAction::Rewrite:
      case FileAction::Create:
        files.add(edit.path, edit.after);
        break;
      case FileAction::Link:
        files.add_link(edit.path, edit.after);
        break;
      case FileAction::Remove:
      case FileAction::Unlink:
        files.remove(edit.path);
        break;
    }
  }
}

// The lines that a diff takes away and adds, without its headings.
inline std::string changed_lines(const std::string& diff) {
  std::string result;
  for (std::size_t at = 0; at < diff.size();) {
    const std::size_t end = diff.find('\n', at);
    const std::string line = diff.substr(at, end - at + 1);
    const bool heading = line.rfind("---", 0) == 0 || line.rfind("+++", 0) == 0;
    if ((line[0] == '-' || line[0] == '+') && !heading) result += line;
    at = end == std::string::npos ? diff.size() : end + 1;
  }
  return result;
}

// Of all files of a plan, or the sentence why there is none.
inline std::string changed_lines(const Result<PlannedEdit>& planned) {
  if (!planned) return planned.error().what;
  std::string result;
  for (const FileChange& file : planned->plan.files)
    result += changed_lines(file.diff);
  return result;
}

}  // namespace mpm::config::testing_edit
