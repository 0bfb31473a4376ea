# Shared precompiled headers for LLVM, clang and lld, without touching a source.
#
# Most of the time it takes to compile LLVM goes into reading the same headers
# two thousand times; these halve it. This file is included before any library is
# known, so the work is put off to the end of the configuration: five libraries
# of one empty file each own a precompiled header, one per level below, and the
# others reuse the header of their level.

# gcc gains little from it, and clang before 18 does not do it well.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 18)
  return()
endif()

set(pch_dir ${CMAKE_CURRENT_LIST_DIR})

# LLVM and clang want their headers seen as they stand, not as system headers.
set(CMAKE_PCH_PROLOGUE "")

# A header's time is not its content: after an interrupted build, what was
# compiled stays valid.
string(APPEND CMAKE_CXX_FLAGS " -Xclang -fno-pch-timestamp")

# The library that owns the precompiled header of a level.
function(pch_add_owner level)
  set(source ${CMAKE_BINARY_DIR}/pch/${level}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "")
  add_library(pch-${level} OBJECT EXCLUDE_FROM_ALL ${source})
  # without LLVM's own flags the header would allow exceptions and its users not
  llvm_update_compile_flags(pch-${level})
  target_precompile_headers(pch-${level} PRIVATE ${pch_dir}/${level}.h)
  target_include_directories(pch-${level} PRIVATE ${LLVM_MAIN_INCLUDE_DIR} ${LLVM_INCLUDE_DIR})
endfunction()

# Its headers include generated ones.
function(pch_needs level)
  foreach(target ${ARGN})
    if(TARGET ${target})
      add_dependencies(pch-${level} ${target})
    endif()
  endforeach()
endfunction()

# clang compiles with options and include folders of its own.
function(pch_like_clang level)
  set(source ${LLVM_MAIN_SRC_DIR}/../clang)
  get_directory_property(options DIRECTORY ${source} COMPILE_OPTIONS)
  target_compile_options(pch-${level} PRIVATE ${options})
  target_compile_definitions(pch-${level} PRIVATE CLANG_EXPORTS)
  target_include_directories(pch-${level} PRIVATE ${source}/include ${CMAKE_BINARY_DIR}/tools/clang/include)
endfunction()

# Every library below a folder, and programs made of more than their main file.
function(pch_collect dir result)
  set(found)
  get_property(targets DIRECTORY ${dir} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target ${targets})
    get_target_property(type ${target} TYPE)
    if(type MATCHES "^(STATIC|OBJECT)_LIBRARY$" OR target MATCHES "-tblgen$")
      list(APPEND found ${target})
    endif()
  endforeach()
  get_property(folders DIRECTORY ${dir} PROPERTY SUBDIRECTORIES)
  foreach(folder ${folders})
    pch_collect(${folder} more)
    list(APPEND found ${more})
  endforeach()
  set(${result} ${found} PARENT_SCOPE)
endfunction()

# Every library whose whole name is one of the given expressions reuses the
# level's header. CMake may compile a library X through an object library obj.X.
function(pch_use level)
  list(JOIN ARGN "|" names)
  foreach(target ${pch_targets})
    if(target MATCHES "^(obj\\.)?(${names})$")
      target_precompile_headers(${target} REUSE_FROM pch-${level})
    endif()
  endforeach()
endfunction()

function(pch_apply)
  foreach(level base ir codegen ast sema)
    pch_add_owner(${level})
  endforeach()

  set(generated intrinsics_gen vt_gen target_parser_gen analysis_gen omp_gen acc_gen)
  pch_needs(ir ${generated})
  pch_needs(codegen ${generated})
  foreach(level ast sema)
    pch_like_clang(${level})
    pch_needs(${level} ${generated} clang-tablegen-targets)
  endforeach()

  # its CommentColor and the one in clang's syntax tree cannot be told apart
  get_filename_component(frontend ${LLVM_MAIN_SRC_DIR}/../clang/lib/Frontend ABSOLUTE)
  set_source_files_properties(${frontend}/TextDiagnostic.cpp
    DIRECTORY ${frontend}
    PROPERTIES SKIP_PRECOMPILE_HEADERS ON)

  pch_collect(${CMAKE_SOURCE_DIR} pch_targets)
  list(JOIN LLVM_TARGETS_TO_BUILD "|" backends)

  pch_use(base
    "LLVMTableGen(Basic|Common)?" "llvm-tblgen" "llvm-min-tblgen" "clang-tblgen"
    "LLVMMC(Parser|Disassembler|A)?"
    "LLVM(${backends})(Desc|Info|Utils|AsmParser|Disassembler|TargetMCA)"
    "LLVM(DebugInfo.*|DWARFLinker.*|ObjCopy|TextAPI.*|Remarks|Option|TargetParser)"
    "clang(Basic|Lex|Driver|Options)"
    "lld(Common|ELF)")

  # ObjectYAML is left out: it has a Module of its own beside llvm::Module
  pch_use(ir
    "LLVM(Core|IRReader|IRPrinter|AsmParser|BitReader|BitWriter|Linker|SandboxIR)"
    "LLVM(Analysis|Passes|Scalar.*|.*InstCombine|Vectorize|TransformUtils|ipo|Instrumentation)"
    "LLVM(ObjCARC.*|Coroutines|CFGuard|HipStdPar|LTO|Target|Extensions|Plugins|Frontend.*)"
    "LLVM(ProfileData|Coverage|CGData|Symbolize|Object|CodeGenTypes)")

  pch_use(codegen
    "LLVM(CodeGen|SelectionDAG|GlobalISel|AsmPrinter|MIRParser)"
    "LLVM(${backends})CodeGen")

  pch_use(ast
    "clang(AST|ASTMatchers|Analysis.*|Serialization|Index|Format|Tooling.*|InstallAPI|DependencyScanning)")

  pch_use(sema
    "clang(Sema|Parse|CodeGen|Frontend|FrontendTool|RewriteFrontend|ExtractAPI|Interpreter|CrossTU)")
endfunction()

cmake_language(DEFER DIRECTORY ${CMAKE_SOURCE_DIR} CALL pch_apply)
