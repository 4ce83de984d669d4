# Packages by CPack, as .deb and .rpm: mpmctl is what a server needs, mpmctl-dashboard what a desk
# does. README.md here has the commands.
set(CPACK_PACKAGE_VENDOR "mpmctl")
set(CPACK_PACKAGE_CONTACT "mpmctl developers <mpmctl@users.noreply.github.com>")
# Each package has a summary of its own, above which CPack would put this one; as it would the
# project's, were this not set.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
# The configuration goes to /etc, outside the prefix.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
  GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL mpmctl)
if(MPM_GUI)
  list(APPEND CPACK_COMPONENTS_ALL dashboard)
endif()
set(folder ${CMAKE_CURRENT_LIST_DIR})

# What each is: a summary, and paragraphs.
set(summary_of_mpmctl "control plane for Apache httpd's MPMs")
set(description_of_mpmctl
"Reads the scoreboard of every Apache httpd of a host out of its shared memory,
measures the real memory of its processes, proposes MPM directives with the
evidence for each, and changes them safely: checked, loaded, watched, and
taken back when requests get slower.

Contains mpmctl (the command line), mpm-agent (the service that watches) and
mpm-httpd (httpd's MPMs as a server of their own, to try things on).")
set(summary_of_dashboard "dashboard of mpmctl, for Apache httpd's MPMs")
set(description_of_dashboard
"Shows the servers that mpm-agent watches: their workers live, their past, what
to change and why, and the course of each change.")

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_MPMCTL_PACKAGE_NAME mpmctl)
set(CPACK_DEBIAN_MPMCTL_DESCRIPTION "${summary_of_mpmctl}
${description_of_mpmctl}")
# systemd-sysusers makes the user; a host without systemd has it alone.
set(CPACK_DEBIAN_MPMCTL_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers")
set(CPACK_DEBIAN_MPMCTL_PACKAGE_SUGGESTS "apache2, prometheus, mpmctl-dashboard")
set(CPACK_DEBIAN_MPMCTL_PACKAGE_CONTROL_EXTRA
  ${folder}/postinst ${folder}/prerm ${folder}/postrm ${folder}/conffiles)
set(CPACK_DEBIAN_DASHBOARD_PACKAGE_NAME mpmctl-dashboard)
set(CPACK_DEBIAN_DASHBOARD_DESCRIPTION "${summary_of_dashboard}
${description_of_dashboard}")
set(CPACK_DEBIAN_DASHBOARD_PACKAGE_RECOMMENDS "mpmctl")

set(CPACK_RPM_COMPONENT_INSTALL ON)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE Apache-2.0)
set(CPACK_RPM_MPMCTL_PACKAGE_NAME mpmctl)
set(CPACK_RPM_MPMCTL_PACKAGE_SUMMARY "${summary_of_mpmctl}")
set(CPACK_RPM_MPMCTL_PACKAGE_DESCRIPTION "${description_of_mpmctl}")
set(CPACK_RPM_MPMCTL_USER_FILELIST "%config(noreplace) /etc/mpm-agent/mpm-agent.toml")
set(CPACK_RPM_MPMCTL_PACKAGE_REQUIRES systemd)
set(CPACK_RPM_MPMCTL_POST_INSTALL_SCRIPT_FILE ${folder}/rpm-post)
set(CPACK_RPM_MPMCTL_PRE_UNINSTALL_SCRIPT_FILE ${folder}/rpm-preun)
set(CPACK_RPM_DASHBOARD_PACKAGE_NAME mpmctl-dashboard)
set(CPACK_RPM_DASHBOARD_PACKAGE_SUMMARY "${summary_of_dashboard}")
set(CPACK_RPM_DASHBOARD_PACKAGE_DESCRIPTION "${description_of_dashboard}")
# These are the system's own.
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION /usr/share/man /usr/share/man/man1
  /usr/share/man/man5 /usr/share/man/man8 /usr/lib/systemd /usr/lib/systemd/system
  /usr/lib/sysusers.d /usr/share/zsh /usr/share/zsh/site-functions /usr/share/zsh/vendor-completions /usr/share/fish
  /usr/share/fish/vendor_completions.d /usr/share/bash-completion
  /usr/share/bash-completion/completions /usr/share/applications /usr/share/icons
  /usr/share/icons/hicolor /usr/share/icons/hicolor/scalable
  /usr/share/icons/hicolor/scalable/apps /usr/share/metainfo)

# Whose it is, and what is new: of each package.
function(package_documents package component)
  set(PACKAGE ${package})
  set(made ${CMAKE_CURRENT_BINARY_DIR}/package/${package})
  configure_file(${folder}/changelog.in ${made}/changelog @ONLY)
  execute_process(COMMAND gzip -9nf ${made}/changelog COMMAND_ERROR_IS_FATAL ANY)
  install(FILES ${made}/changelog.gz DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package}
    COMPONENT ${component})
  install(FILES ${folder}/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package}
    COMPONENT ${component})
endfunction()
if(MPM_PACKAGE)
  package_documents(mpmctl mpmctl)
  if(MPM_GUI)
    package_documents(mpmctl-dashboard dashboard)
  endif()
endif()

include(CPack)
