// SPDX-License-Identifier: Apache-2.0
//
// A kernel's list of unix sockets, for the tests of php-fpm's queue.
#pragma once

namespace mpm {

// Of a real host while five clients were connected to a pool of two processes.
inline constexpr const char* kUnix =
    "Num       RefCount Protocol Flags    Type St Inode Path\n"
    "000000006b5a7679: 00000003 00000000 00000000 0001 03 4113164 /run/php/php8.2-fpm.sock\n"
    "00000000991353be: 00000002 00000000 00010000 0001 01 4113162 /run/php/php8.2-fpm.sock\n"
    "00000000f64d1805: 00000003 00000000 00000000 0001 02     0 /run/php/php8.2-fpm.sock\n"
    "00000000e5b7bef5: 00000003 00000000 00000000 0001 02     0 /run/php/php8.2-fpm.sock\n"
    "00000000989f7e8d: 00000003 00000000 00000000 0001 03 4113165 /run/php/php8.2-fpm.sock\n"
    "00000000fa859f0e: 00000003 00000000 00000000 0001 02     0 /run/php/php8.2-fpm.sock\n"
    "00000000aa859f0e: 00000003 00000000 00000000 0001 02     0 /run/php/other.sock\n"
    "00000000ca859f0e: 00000002 00000000 00010000 0001 01 4113171 /run/php/with a blank.sock\n"
    "00000000da859f0e: 00000003 00000000 00000000 0001 02     0 /run/php/with a blank.sock\n"
    "00000000ba859f0e: 00000003 00000000 00000000 0001 03 4113170\n";

}  // namespace mpm
