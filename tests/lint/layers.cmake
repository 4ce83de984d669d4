# SPDX-License-Identifier: Apache-2.0
#
# Holds every #include "..." of ours against layers.txt.
#   cmake -DROOT=<tree> -DRULES=<layers.txt> -P layers.cmake
cmake_minimum_required(VERSION 3.25)
file(STRINGS ${RULES} rules REGEX "^[a-z]")
set(folders "")
foreach(rule IN LISTS rules)
  string(REGEX REPLACE " +" ";" words "${rule}")
  list(POP_FRONT words folder)
  list(APPEND folders ${folder})
  set(allowed_${folder} ${words})
endforeach()

# The line that a path obeys: that of the longest name it begins with.
function(rule_of path result)
  set(best "")
  foreach(folder IN LISTS folders)
    string(FIND "${path}/" "${folder}/" at)
    string(LENGTH "${folder}" length)
    string(LENGTH "${best}" best_length)
    if(at EQUAL 0 AND length GREATER best_length)
      set(best ${folder})
    endif()
  endforeach()
  set(${result} "${best}" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE sources RELATIVE ${ROOT}
  ${ROOT}/schema/*.h ${ROOT}/schema/*.cpp ${ROOT}/agent/*.h ${ROOT}/agent/*.cpp
  ${ROOT}/cli/*.h ${ROOT}/cli/*.cpp ${ROOT}/gui/*.h ${ROOT}/gui/*.cpp)
set(failures 0)
foreach(source IN LISTS sources)
  rule_of(${source} from)
  if(from STREQUAL "")
    message(SEND_ERROR "${source}: its folder has no line in layers.txt")
    math(EXPR failures "${failures} + 1")
    continue()
  endif()
  file(STRINGS ${ROOT}/${source} includes REGEX "^#include \"(schema|agent|cli|gui|tests)/")
  foreach(include IN LISTS includes)
    string(REGEX REPLACE "^#include \"([^\"]+)\".*" "\\1" target "${include}")
    rule_of(${target} to)
    # What CMake makes lies in folders of the same names: schema/migrations.h, cli/version.h.
    if(to STREQUAL "" AND target MATCHES "^schema/[a-z_]+\\.h$")
      continue()
    endif()
    if(NOT to STREQUAL from AND NOT "*" IN_LIST allowed_${from}
        AND NOT to IN_LIST allowed_${from})
      message(SEND_ERROR "${source} includes ${target}: ${from} may not include it (layers.txt)")
      math(EXPR failures "${failures} + 1")
    endif()
  endforeach()
endforeach()
list(LENGTH sources count)
if(count LESS 1)
  message(FATAL_ERROR "there are no sources below ${ROOT}")
endif()
message(STATUS "layers: ${count} files, ${failures} violations")
