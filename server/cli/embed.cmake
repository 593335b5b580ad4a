# Makes files part of the program: each becomes a row of a table, its name and its text.
# assay_embed_files(NAME FOLDER PATTERN...): the files below FOLDER that the patterns mean; generated/cli/NAME.inc.
function(assay_embed_files name folder)
  list(TRANSFORM ARGN PREPEND ${folder}/)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${folder} ${ARGN})
  list(SORT files)
  set(rows "")
  foreach(file ${files})
    if(file MATCHES "^schema/")
      continue()
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/${file})
    file(READ ${folder}/${file} text)
    # A literal may have 64 KiB by the standard; the text is cut into pieces that the compiler joins.
    string(LENGTH "${text}" length)
    set(pieces "")
    set(offset 0)
    while(offset LESS length)
      string(SUBSTRING "${text}" ${offset} 8000 piece)
      string(APPEND pieces "R\"json(${piece})json\"\n")
      math(EXPR offset "${offset} + 8000")
    endwhile()
    string(APPEND rows "    {\"${file}\",\n${pieces}},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/cli/${name}.inc CONTENT "@rows@" @ONLY)
endfunction()

# The workflow definitions: every .json below workflows/ but the schema.
assay_embed_files(embedded_workflows ${CMAKE_SOURCE_DIR}/workflows *.json)
# What `assay plugin new` writes: the templates, and the SDK that they build with.
assay_embed_files(embedded_templates ${CMAKE_SOURCE_DIR}/sdk templates/* include/*.h
  cmake/AssayPlugin.cmake cmake/EmbedText.cmake cmake/PackManifest.cmake cmake/plugin.map)

include(GNUInstallDirs)
target_compile_definitions(assay_cli PRIVATE ASSAY_VERSION="${PROJECT_VERSION}" ASSAY_LIBDIR="${CMAKE_INSTALL_LIBDIR}")
