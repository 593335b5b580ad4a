# The misbehaving plugins of the tests, built with the function that plugin authors use. Their packages go to
# <build>/test-plugins/NAME; what varies between the C ones is a definition.
function(assay_test_plugin name source)
  set(extensions "${ARGN}")
  if(NOT extensions)
    set(extensions "\"checklist/1\": {\"catalogues\": [\"small\"]}")
  endif()
  set(manifest ${CMAKE_CURRENT_BINARY_DIR}/test-plugins/${name}.json)
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/plugins/bad/manifest.json.in ${manifest} @ONLY)
  assay_add_plugin(${name} MANIFEST ${manifest} SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/plugins/bad/${source}
    FOLDER ${CMAKE_BINARY_DIR}/test-plugins/${name})
  target_link_libraries(${name} PRIVATE assay_flags)
  string(MAKE_C_IDENTIFIER ${name} definition)
  string(TOUPPER ${definition} definition)
  target_compile_definitions(${name} PRIVATE FAULT_${definition})
  set_target_properties(${name} PROPERTIES CXX_STANDARD 17)
  add_dependencies(test_plugins ${name})
endfunction()

foreach(name bad-signature bad-major newer-minor small-entry null-entry missing-function no-entry wrong-id wrong-version
        undeclared undelivered failing-init sound)
  assay_test_plugin(${name} plain.c)
endforeach()
assay_test_plugin(leaking-exception leaking_exception.cc)
set(formats "")
foreach(format plain throw throw-int refuse fail silent halfway flood malformed split slow swallow)
  list(APPEND formats "{\"id\": \"${format}\", \"media_type\": \"text/plain\", \"file_extension\": \"txt\", \"title\": {\"en\": \"x\"}}")
endforeach()
list(JOIN formats "," formats)
assay_test_plugin(unruly unruly.cc
  "\"checklist/1\": {\"catalogues\": [\"small\"]}, \"report/1\": {\"formats\": [${formats}]}")

# What attacks is built as it would be shipped, and so is the host that it is tried in: a sanitizer takes more memory than the
# sandbox allows and catches signals itself.
set(plain assay-plugin-host)
if(ASSAY_SANITIZE)
  set(plain assay-plugin-host-plain)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/server/sandbox/*.cpp)
  add_executable(${plain} ${CMAKE_SOURCE_DIR}/server/plugin_host.cpp ${sources})
  target_include_directories(${plain} PRIVATE ${CMAKE_SOURCE_DIR}/server)
  target_link_libraries(${plain} PRIVATE assay_flags assay_sdk ${CMAKE_DL_LIBS})
  target_compile_options(${plain} PRIVATE -fno-sanitize=all)
  target_link_options(${plain} PRIVATE -fno-sanitize=all)
endif()
target_compile_definitions(test_plugins PRIVATE ASSAY_PLAIN_HOST="$<TARGET_FILE:${plain}>"
  ASSAY_PLUGIN_HOST="$<TARGET_FILE:assay-plugin-host>")
add_dependencies(test_plugins ${plain} assay-plugin-host)
set(formats "")
foreach(format good segfault hang busy fork flood log-flood stray-flood exit socket passwd outside heap memory forge ask ask-nothing oversize
        exec reach thread kill)
  list(APPEND formats "{\"id\": \"${format}\", \"media_type\": \"text/plain\", \"file_extension\": \"txt\", \"title\": {\"en\": \"x\"}}")
endforeach()
list(JOIN formats "," formats)
foreach(name hostile hostile-constructor hostile-init hostile-reader hostile-caller)
  assay_test_plugin(${name} hostile.cc "\"report/1\": {\"formats\": [${formats}]}")
  target_compile_options(${name} PRIVATE -fno-sanitize=all)
  target_link_options(${name} PRIVATE -fno-sanitize=all)
endforeach()
foreach(name sound leaking-exception wrong-id undeclared no-entry)
  target_compile_options(${name} PRIVATE -fno-sanitize=all)
  target_link_options(${name} PRIVATE -fno-sanitize=all)
endforeach()

# A plugin that implements every extension.
assay_add_plugin(whole MANIFEST plugins/whole/manifest.json SOURCES plugins/whole/whole.cc FILES plugins/whole/notes.txt
  FOLDER ${CMAKE_BINARY_DIR}/test-plugins/whole)
target_link_libraries(whole PRIVATE assay_flags nlohmann_json::nlohmann_json)
target_compile_options(whole PRIVATE -fno-sanitize=all)
target_link_options(whole PRIVATE -fno-sanitize=all)
set_target_properties(whole PROPERTIES CXX_STANDARD 17)
add_dependencies(test_plugins whole)
