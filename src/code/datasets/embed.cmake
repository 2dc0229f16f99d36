# alluvium_embed_sql(SOURCE_VARIABLE) sets the variable to a generated C++ source that defines
# alluvium::code::sql_text() (src/code/datasets/sql_text.h) over every .sql file of datasets/,
# resolve/, graph/ and diff/, and that is made again when one of them changes. Used by
# src/CMakeLists.txt:
#
#   include(code/datasets/embed.cmake)
#   alluvium_embed_sql(sql_source)
#   target_sources(alluvium PRIVATE "${sql_source}")
#
# The same file run as a script (cmake -D OUTPUT=... -D INPUTS=... -P) writes that source.
if(CMAKE_SCRIPT_MODE_FILE)
  set(entries "")
  foreach(input IN LISTS INPUTS)
    cmake_path(GET input STEM name)
    file(READ "${input}" text)
    string(APPEND entries "    {\"${name}\", R\"sql(${text})sql\"},\n")
  endforeach()
  file(WRITE "${OUTPUT}" "// Made from the .sql files by embed.cmake.
#include \"code/datasets/sql_text.h\"

#include <map>
#include <string>

#include \"alluvium/error.h\"

namespace alluvium::code {

std::string_view sql_text(std::string_view name) {
  static const std::map<std::string_view, std::string_view> kTexts = {
${entries}  };
  const auto found = kTexts.find(name);
  if (found == kTexts.end()) {
    throw Error(ErrorCode::Internal, \"no SQL file is called \" + std::string(name));
  }
  return found->second;
}

}  // namespace alluvium::code
")
  return()
endif()

set(alluvium_embed_sql_script "${CMAKE_CURRENT_LIST_FILE}")
set(alluvium_embed_sql_folder "${CMAKE_CURRENT_LIST_DIR}")

function(alluvium_embed_sql source_variable)
  file(GLOB inputs CONFIGURE_DEPENDS
    "${alluvium_embed_sql_folder}/*.sql" "${alluvium_embed_sql_folder}/../resolve/*.sql"
    "${alluvium_embed_sql_folder}/../graph/*.sql" "${alluvium_embed_sql_folder}/../diff/*.sql")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/sql_text.cc")
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" -D "OUTPUT=${output}" -D "INPUTS=${inputs}"
      -P "${alluvium_embed_sql_script}"
    DEPENDS ${inputs} "${alluvium_embed_sql_script}"
    COMMENT "Embedding SQL"
    VERBATIM)
  set(${source_variable} "${output}" PARENT_SCOPE)
endfunction()
