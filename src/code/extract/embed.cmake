# alluvium_embed_character_names(SOURCE_VARIABLE) sets the variable to a generated C++ source that
# defines what src/code/extract/character_name_table.h declares, made of the Unicode data that
# cmake/third_party/fetch brings in. Used by src/CMakeLists.txt.
set(alluvium_embed_character_names_script
  "${CMAKE_CURRENT_LIST_DIR}/embed_character_names.py")

function(alluvium_embed_character_names source_variable)
  set(data "${ALLUVIUM_UNICODE_DATA}/UnicodeData.txt" "${ALLUVIUM_UNICODE_DATA}/NameAliases.txt")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/character_name_table.cc")
  add_custom_command(OUTPUT "${output}"
    COMMAND Python3::Interpreter "${alluvium_embed_character_names_script}" ${data} "${output}"
    DEPENDS ${data} "${alluvium_embed_character_names_script}"
    COMMENT "Embedding the names of characters"
    VERBATIM)
  set(${source_variable} "${output}" PARENT_SCOPE)
endfunction()
