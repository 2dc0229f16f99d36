# Third-party C and C++ code, and data. What Debian packages comes from there; the rest is compiled
# here from sources that third_party/fetch brings in, pinned by hash.

# Where downloads and the bridge's build output are kept, outside of the checkout.
if(DEFINED ENV{ALLUVIUM_CACHE})
  set(cache "$ENV{ALLUVIUM_CACHE}")
elseif(DEFINED ENV{XDG_CACHE_HOME})
  set(cache "$ENV{XDG_CACHE_HOME}/alluvium")
else()
  set(cache "$ENV{HOME}/.cache/alluvium")
endif()
set(ALLUVIUM_CACHE "${cache}" CACHE PATH "Downloads and build output shared by all checkouts")

set(manifests "${CMAKE_CURRENT_LIST_DIR}/third_party")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  "${manifests}/fetch" "${manifests}/Cargo.lock" "${manifests}/requirements.txt")
execute_process(
  COMMAND "${CMAKE_COMMAND}" -E env "ALLUVIUM_CACHE=${ALLUVIUM_CACHE}" "${manifests}/fetch"
  OUTPUT_VARIABLE ALLUVIUM_THIRD_PARTY_SOURCES
  OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)

# Compiles sources as a static library that is optimised in every build type (an unoptimised
# parser would make tests slow), keeps its symbols to itself and shows none of its warnings.
function(alluvium_third_party_library name)
  add_library(${name} STATIC ${ARGN})
  set_target_properties(${name} PROPERTIES C_VISIBILITY_PRESET hidden)
  target_compile_options(${name} PRIVATE -O2 -w)
endfunction()

# tree-sitter and its Python grammar: <tree_sitter/api.h>, <tree_sitter/tree-sitter-python.h>
set(tree_sitter "${ALLUVIUM_THIRD_PARTY_SOURCES}/tree-sitter")
set(grammar "${ALLUVIUM_THIRD_PARTY_SOURCES}/tree-sitter-python")
alluvium_third_party_library(alluvium_tree_sitter_python "${grammar}/src/parser.c" "${grammar}/src/scanner.c")
target_include_directories(alluvium_tree_sitter_python PRIVATE "${grammar}/src")
alluvium_third_party_library(alluvium_tree_sitter "${tree_sitter}/src/lib.c")
target_compile_definitions(alluvium_tree_sitter PRIVATE
  _POSIX_C_SOURCE=200112L _DEFAULT_SOURCE _BSD_SOURCE _DARWIN_C_SOURCE)
target_include_directories(alluvium_tree_sitter PRIVATE "${tree_sitter}/src" "${tree_sitter}/src/wasm")
target_include_directories(alluvium_tree_sitter SYSTEM PUBLIC
  "${tree_sitter}/include" "${CMAKE_CURRENT_LIST_DIR}/third_party/include")
target_link_libraries(alluvium_tree_sitter PUBLIC alluvium_tree_sitter_python)

# nanoarrow with its IPC part, its symbols prefixed by `Alluvium`: <nanoarrow/nanoarrow.hpp>,
# <nanoarrow/nanoarrow_ipc.hpp>. The flatbuffers runtime comes with its sources.
set(nanoarrow "${ALLUVIUM_THIRD_PARTY_SOURCES}/nanoarrow/subprojects/arrow-nanoarrow/src")
file(GLOB flatcc "${ALLUVIUM_THIRD_PARTY_SOURCES}/nanoarrow/subprojects/flatcc-*")
set(NANOARROW_VERSION_MAJOR 0)
set(NANOARROW_VERSION_MINOR 9)
set(NANOARROW_VERSION_PATCH 0)
set(NANOARROW_VERSION 0.9.0)
set(NANOARROW_NAMESPACE_DEFINE "#define NANOARROW_NAMESPACE Alluvium")
configure_file("${nanoarrow}/nanoarrow/nanoarrow_config.h.in"
  "${PROJECT_BINARY_DIR}/third_party/nanoarrow/nanoarrow_config.h")
alluvium_third_party_library(alluvium_nanoarrow
  "${nanoarrow}/nanoarrow/common/array.c" "${nanoarrow}/nanoarrow/common/array_stream.c"
  "${nanoarrow}/nanoarrow/common/schema.c" "${nanoarrow}/nanoarrow/common/utils.c"
  "${nanoarrow}/nanoarrow/ipc/codecs.c" "${nanoarrow}/nanoarrow/ipc/decoder.c"
  "${nanoarrow}/nanoarrow/ipc/encoder.c" "${nanoarrow}/nanoarrow/ipc/reader.c"
  "${nanoarrow}/nanoarrow/ipc/writer.c"
  "${flatcc}/src/runtime/builder.c" "${flatcc}/src/runtime/emitter.c"
  "${flatcc}/src/runtime/refmap.c" "${flatcc}/src/runtime/verifier.c")
target_include_directories(alluvium_nanoarrow PRIVATE "${flatcc}/include")
target_include_directories(alluvium_nanoarrow SYSTEM PUBLIC
  "${nanoarrow}" "${PROJECT_BINARY_DIR}/third_party")

# UnicodeData.txt and NameAliases.txt: src/code/extract/embed.cmake makes a table of them.
set(ALLUVIUM_UNICODE_DATA "${ALLUVIUM_THIRD_PARTY_SOURCES}/unicode")

# Debian's packages, for our own targets.
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(ZLIB REQUIRED)
find_path(ALLUVIUM_PROTOZERO_INCLUDE protozero/pbf_reader.hpp REQUIRED)
find_path(ALLUVIUM_XXHASH_INCLUDE xxhash.h REQUIRED)
find_path(ALLUVIUM_TOMLPLUSPLUS_INCLUDE toml++/toml.h REQUIRED)
# The archives, so that the installed library needs no other.
find_library(ALLUVIUM_UTF8PROC libutf8proc.a REQUIRED)
find_library(ALLUVIUM_MD libmd.a REQUIRED)  # SHA-256
add_library(alluvium_third_party INTERFACE)
target_include_directories(alluvium_third_party SYSTEM INTERFACE
  "${ALLUVIUM_PROTOZERO_INCLUDE}" "${ALLUVIUM_XXHASH_INCLUDE}" "${ALLUVIUM_TOMLPLUSPLUS_INCLUDE}")
# xxHash, fmt and toml++ are compiled in, so that the installed library needs none of them.
target_compile_definitions(alluvium_third_party INTERFACE XXH_INLINE_ALL TOML_HEADER_ONLY=1
  UTF8PROC_STATIC)
target_link_libraries(alluvium_third_party INTERFACE
  alluvium_nanoarrow alluvium_tree_sitter fmt::fmt-header-only nlohmann_json::nlohmann_json
  ZLIB::ZLIB "${ALLUVIUM_UTF8PROC}" "${ALLUVIUM_MD}")
