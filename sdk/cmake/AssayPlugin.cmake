# Builds plugins for Assay.
#
#   assay_add_plugin(NAME MANIFEST manifest.json SOURCES file... [FILES file...] [FOLDER folder] [LIBRARY library])
#     Makes the target NAME and the package FOLDER (default: <build>/plugins/NAME) with LIBRARY.so (default: NAME.so), FILES
#     and manifest.json, whose `files` member the build fills in. The id and the version of the manifest reach the sources as
#     ASSAY_PLUGIN_ID and ASSAY_PLUGIN_VERSION. Needs the target assay_sdk.
#
#   assay_embed_text(TARGET FILE file HEADER path NAMESPACE namespace NAME name [C])
#     Lets the sources of TARGET include "path", which holds the text of FILE as the std::string_view NAMESPACE::NAME; with C, as
#     the array NAME of char and NAME_length.

function(assay_add_plugin name)
  cmake_parse_arguments(arg "" "MANIFEST;FOLDER;LIBRARY" "SOURCES;FILES" ${ARGN})
  if(NOT arg_FOLDER)
    set(arg_FOLDER ${CMAKE_BINARY_DIR}/plugins/${name})
  endif()
  if(NOT arg_LIBRARY)
    set(arg_LIBRARY ${name})
  endif()
  cmake_path(ABSOLUTE_PATH arg_MANIFEST BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${arg_MANIFEST})
  file(READ ${arg_MANIFEST} manifest)
  string(JSON id GET "${manifest}" id)
  string(JSON version GET "${manifest}" version)

  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE assay_sdk)
  target_compile_definitions(${name} PRIVATE ASSAY_PLUGIN_ID="${id}" ASSAY_PLUGIN_VERSION="${version}")
  # A unique symbol would be shared between plugins even though each is loaded for itself.
  target_compile_options(${name} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  target_link_options(${name} PRIVATE -Wl,--version-script=${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map
    -Wl,-z,defs,-z,now,-z,nodelete,-Bsymbolic-functions)
  set_target_properties(${name} PROPERTIES PREFIX "" OUTPUT_NAME ${arg_LIBRARY} LIBRARY_OUTPUT_DIRECTORY ${arg_FOLDER}
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON BUILD_WITH_INSTALL_RPATH ON
    LINK_DEPENDS "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map;${arg_MANIFEST}")

  set(names ${arg_LIBRARY}.so)
  set(copies)
  foreach(file IN LISTS arg_FILES)
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    cmake_path(GET file FILENAME file_name)
    list(APPEND names ${file_name})
    list(APPEND copies COMMAND ${CMAKE_COMMAND} -E copy_if_different ${file} ${arg_FOLDER}/${file_name})
    set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS ${file})
  endforeach()
  list(JOIN names "," names)
  add_custom_command(TARGET ${name} POST_BUILD ${copies}
    COMMAND ${CMAKE_COMMAND} -DMANIFEST=${arg_MANIFEST} -DFOLDER=${arg_FOLDER} -DFILES=${names}
            -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/PackManifest.cmake
    VERBATIM)
endfunction()

function(assay_embed_text target)
  cmake_parse_arguments(arg "C" "FILE;HEADER;NAMESPACE;NAME" "" ${ARGN})
  cmake_path(ABSOLUTE_PATH arg_FILE BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  add_custom_command(OUTPUT ${folder}/${arg_HEADER}
    COMMAND ${CMAKE_COMMAND} -DIN=${arg_FILE} -DOUT=${folder}/${arg_HEADER} -DNAMESPACE=${arg_NAMESPACE}
            -DNAME=${arg_NAME} -DC=${arg_C} -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/EmbedText.cmake
    DEPENDS ${arg_FILE} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/EmbedText.cmake VERBATIM)
  target_sources(${target} PRIVATE ${folder}/${arg_HEADER})
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
