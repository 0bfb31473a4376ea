# What LLVM is asked for, the same on every machine; cmake reads it with -C.
# What depends on the machine or the target is in the recipe.

macro(enable)
  foreach(name ${ARGN})
    set(${name} ON CACHE STRING "")
  endforeach()
endmacro()

macro(disable)
  foreach(name ${ARGN})
    set(${name} OFF CACHE STRING "")
  endforeach()
endmacro()

set(LLVM_ENABLE_PROJECTS "clang;lld" CACHE STRING "")

# One program under many names: what clang, lld and the small tools share is
# linked, stored and loaded once.
enable(LLVM_TOOL_LLVM_DRIVER_BUILD)

# Optional libraries would be taken from whatever the machine happens to have.
disable(
  LLVM_ENABLE_CURL
  LLVM_ENABLE_FFI
  LLVM_ENABLE_HTTPLIB
  LLVM_ENABLE_ICONV
  LLVM_ENABLE_ICU
  LLVM_ENABLE_LIBEDIT
  LLVM_ENABLE_LIBPFM
  LLVM_ENABLE_LIBXML2
  LLVM_ENABLE_TERMINFO
  LLVM_ENABLE_Z3_SOLVER
  LLVM_ENABLE_ZLIB
  LLVM_ENABLE_ZSTD
  CLANG_ENABLE_LIBXML2
  HAVE_VALGRIND_VALGRIND_H
)

# The same source has to give the same bytes.
disable(LLVM_APPEND_VC_REV LLVM_VERSION_PRINTER_SHOW_BUILD_CONFIG)

# Only the compiler and its tools: most of these folders are not even unpacked.
disable(
  LLVM_INCLUDE_BENCHMARKS
  LLVM_INCLUDE_DOCS
  LLVM_INCLUDE_EXAMPLES
  LLVM_INCLUDE_RUNTIMES
  LLVM_INCLUDE_TESTS
  LLVM_INCLUDE_UTILS
  LLVM_ENABLE_BINDINGS
  LLVM_ENABLE_OCAMLDOC
  CLANG_INCLUDE_DOCS
  CLANG_INCLUDE_TESTS
  CLANG_ENABLE_OBJC_REWRITER
  CLANG_ENABLE_STATIC_ANALYZER
)

# Nothing is loaded at run time, so nothing is exported or position independent
# beyond what the compiler does by default (-fPIE).
disable(LLVM_ENABLE_PIC LLVM_ENABLE_PLUGINS CLANG_PLUGIN_SUPPORT)
disable(LLVM_TOOL_LTO_BUILD LLVM_TOOL_GOLD_BUILD LLVM_TOOL_REMARKS_SHLIB_BUILD)
disable(LLVM_TOOL_LLVM_CONFIG_BUILD CLANG_TOOL_CLANG_SHLIB_BUILD CLANG_TOOL_LIBCLANG_BUILD)

# A stripped program has no use for backtraces; without unwind tables it is
# about a tenth smaller. LLVM itself throws no exceptions.
disable(LLVM_ENABLE_ASSERTIONS LLVM_ENABLE_BACKTRACES LLVM_ENABLE_UNWIND_TABLES)

# Upstream's warnings are upstream's to read.
disable(LLVM_ENABLE_WARNINGS)

# Programs made by this clang stand on LLVM's own libraries alone.
set(CLANG_DEFAULT_LINKER lld CACHE STRING "")
set(CLANG_DEFAULT_RTLIB compiler-rt CACHE STRING "")
set(CLANG_DEFAULT_UNWINDLIB libunwind CACHE STRING "")
set(CLANG_DEFAULT_CXX_STDLIB libc++ CACHE STRING "")
set(CLANG_DEFAULT_OBJCOPY llvm-objcopy CACHE STRING "")

# Names that clang and lld answer to.
set(CLANG_LINKS_TO_CREATE "clang++;clang-cpp" CACHE STRING "")
set(LLD_SYMLINKS_TO_CREATE "ld.lld" CACHE STRING "")
