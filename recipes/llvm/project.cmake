# What there is no option for; CMake includes this right after project(LLVM)
# (CMAKE_PROJECT_LLVM_INCLUDE), so that no source has to be patched.

include(${CMAKE_CURRENT_LIST_DIR}/pch/pch.cmake)

# The one program goes by the name it is called by, and would not know these.
set_property(GLOBAL APPEND PROPERTY LLVM_DRIVER_HIDDEN_TOOL_ALIASES_clang cc c++ cpp)
