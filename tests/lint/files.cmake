# SPDX-License-Identifier: Apache-2.0
#
# What every file of ours keeps: a licence line first, in a header a word on what it is for, at
# most 400 lines, a name that says something, and nothing that belongs to one machine.
#   cmake -DROOT=<tree> -P files.cmake
cmake_minimum_required(VERSION 3.25)
set(failures 0)
macro(refuse text)
  message(SEND_ERROR "${text}")
  math(EXPR failures "${failures} + 1")
endmacro()

file(GLOB_RECURSE sources RELATIVE ${ROOT}
  ${ROOT}/schema/*.h ${ROOT}/schema/*.cpp ${ROOT}/agent/*.h ${ROOT}/agent/*.cpp
  ${ROOT}/cli/*.h ${ROOT}/cli/*.cpp ${ROOT}/gui/*.h ${ROOT}/gui/*.cpp
  ${ROOT}/tests/*.h ${ROOT}/tests/*.cpp ${ROOT}/tests/*.c)
# The planted tree is for the test that this lint finds it.
list(FILTER sources EXCLUDE REGEX "^tests/lint/planted/")
set(idle_names util utils common misc helper helpers manager types)
# Written apart, so that this file does not find itself.
string(CONCAT unfinished "TO" "DO|FIX" "ME|XX" "X:")
string(CONCAT machine "/wor" "k/|/hom" "e/[a-z]|regis" "try\\.npmjs|deb\\.deb" "ian\\.org")

foreach(source IN LISTS sources)
  file(STRINGS ${ROOT}/${source} lines)
  file(READ ${ROOT}/${source} text)
  list(GET lines 0 first)
  if(NOT first MATCHES "SPDX-License-Identifier: Apache-2.0")
    refuse("${source}: its first line is not the licence's")
  endif()
  if(source MATCHES "\\.h$" AND NOT text MATCHES "^//[^\n]*\n//\n// [A-Za-z`]")
    refuse("${source}: it does not begin with what it is for")
  endif()
  string(REGEX MATCHALL "\n" ends "${text}")
  list(LENGTH ends count)
  if(count GREATER 400)
    refuse("${source}: ${count} lines are more than 400")
  endif()
  get_filename_component(name ${source} NAME_WE)
  if(name IN_LIST idle_names)
    refuse("${source}: this name says nothing")
  endif()
  if(text MATCHES "${unfinished}")
    refuse("${source}: it holds something unfinished (${CMAKE_MATCH_0})")
  endif()
endforeach()

file(GLOB_RECURSE texts RELATIVE ${ROOT} ${ROOT}/*.md ${ROOT}/deploy/* ${ROOT}/tests/*.txt
  ${ROOT}/tests/*.cmake ${ROOT}/schema/*.sql ${ROOT}/schema/*.json)
foreach(source IN LISTS sources texts)
  if(source MATCHES "^build/")
    continue()
  endif()
  file(READ ${ROOT}/${source} text)
  if(text MATCHES "${machine}")
    refuse("${source}: it names a path or a host of one machine (${CMAKE_MATCH_0})")
  endif()
endforeach()
list(LENGTH sources count)
if(count LESS 1)
  message(FATAL_ERROR "there are no sources below ${ROOT}")
endif()
message(STATUS "files: ${count} files, ${failures} violations")
