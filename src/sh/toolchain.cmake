# Builds for @TRIPLE@ with the compiler and the libraries beside this file, wherever that is:
#	cmake -DCMAKE_TOOLCHAIN_FILE=/this/folder/@TRIPLE@.cmake ...
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR @MACHINE@)
set(CMAKE_SYSROOT "${CMAKE_CURRENT_LIST_DIR}/@TRIPLE@")

set(_program "${CMAKE_CURRENT_LIST_DIR}/bin/@TRIPLE@-")
set(CMAKE_C_COMPILER "${_program}clang")
set(CMAKE_CXX_COMPILER "${_program}clang++")
set(CMAKE_ASM_COMPILER "${_program}clang")
foreach(_tool ar ranlib nm strip objcopy objdump readelf)
  string(TOUPPER ${_tool} _name)
  set(CMAKE_${_name} "${_program}${_tool}" CACHE FILEPATH "" FORCE)
endforeach()
set(CMAKE_C_FLAGS_INIT "@CFLAGS@")
set(CMAKE_CXX_FLAGS_INIT "@CFLAGS@")
set(CMAKE_ASM_FLAGS_INIT "@CFLAGS@")

# programs are this machine's, everything else the target's
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} "${CMAKE_SYSROOT}/usr/lib/pkgconfig:${CMAKE_SYSROOT}/usr/share/pkgconfig")
set(ENV{PKG_CONFIG_SYSROOT_DIR} "${CMAKE_SYSROOT}")
